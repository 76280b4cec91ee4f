"""Fuzzing of the readers of configuration texts, with a bound on time.

``python tests/fuzz/fuzz_styles.py --seconds 900`` changes and splices texts that the
styles themselves write. Where atheris is installed, ``--atheris`` lets it guide the
changes by coverage; what follows are options of libFuzzer, and a folder for what it
finds. The first letter of an input chooses the style, see `style_of`.
"""

import functools
import sys
import time
import warnings
from contextlib import nullcontext
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
import changing

ATHERIS = __name__ == "__main__" and "--atheris" in sys.argv
if ATHERIS:
    import atheris

    instrument = atheris.instrument_imports(include=["skanchors.export", "json"])
else:
    instrument = nullcontext()

with instrument:
    from skanchors.export import (
        default_anchors,
        format_anchors,
        parse_anchors,
        style_names,
    )

STYLES = (*style_names(), "auto")
# What one input may take: some time for the first use of a module, and so much a byte.
SECONDS, SECONDS_A_BYTE = 1.0, 50e-6
PIECES = (
    *"[](){},:;=#'\"-+*/. \n\t0123456789eEnxa_",
    "[[",
    "]]",
    "((",
    "- ",
    "- - ",
    "**",
    "* 9",
    "* 1000",
    "1e9",
    "1e-9",
    "1e999",
    "nan",
    "inf",
    "True",
    "None",
    "anchors: ",
    "anchors = ",
    "/*",
    "*/",
    "}//",
    "1,",
    "anchors_a:\n",
    "sizes=",
    "aspect_ratios=",
    "aspect_ratios: ",
    "scales=",
    "scales: ",
    "strides=",
    "ratios=",
    "base_sizes=",
    "octave_base_scale=",
    "type='AnchorGenerator'",
    "dict(",
    "range(",
    "len(",
    "for x in ",
    "mask = ",
    "num=",
    "[yolo]\n",
    "[region]\n",
    "# P3/8",
    "levels of strides ",
    "For a 300 x 300 input",
    "ssd_anchor_generator {",
    "grid_anchor_generator {",
    "multiscale_anchor_generator {",
    "min_level: ",
    "scales_per_octave: ",
    "DefaultBoxGenerator(",
    "cell_anchors = ",
    "float anchors[] = {",
    '{"format": "skanchors.AnchorSet", "version": 1, ',
    '"levels": ',
)


def style_of(letter):
    """The style that the first letter of an input chooses."""
    return STYLES[ord(letter) % len(STYLES)]


def letter_of(style):
    """A letter that chooses a style."""
    return chr(STYLES.index(style) + 2 * len(STYLES))


def check(text):
    """Read an input; nothing but ValueError may be raised, within the time.

    Returns
    -------
    float
        Seconds taken.
    """
    if not text:
        return 0.0
    style, text = style_of(text[0]), text[1:]
    for input_size in (None, 300):
        start = time.process_time()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found = parse_anchors(text, style, input_size=input_size)
        except ValueError as error:
            assert str(error)
            if error.__cause__ is not None:  # what the reader did not think of
                raise error.__cause__ from None
            found = None
        taken = time.process_time() - start
        assert taken < SECONDS + SECONDS_A_BYTE * len(text), f"{taken:.1f} s"
        if found is not None:
            assert np.isfinite(found.anchors).all()
            assert (found.anchors > 0).all()
            assert found.levels is None or all(found.levels)
    return taken


@functools.cache
def seeds():
    """Texts that the styles write of free anchors and of forms, with their letters."""
    texts = []
    sets = [default_anchors(name) for name in ("yolov3", "mmdet-retinanet")]
    sets += [default_anchors("ssd300_vgg16"), default_anchors("yolov2")]
    for anchor_set in sets:
        for style in style_names():
            if anchor_set.form is None and len(anchor_set.strides) > 1:
                anchor_set = default_anchors("yolov3")
            try:
                text = format_anchors(anchor_set, style, input_size=608)
            except ValueError:
                continue
            texts += [letter_of(style) + text, letter_of("auto") + text]
    return texts


def main():
    """Fuzz, and say how much and how slow."""
    if ATHERIS:
        texts = [text.encode() for text in seeds()]
        changing.guided(
            atheris, lambda data: check(data.decode("utf-8", "ignore")), texts
        )
    changing.main(check, seeds, PIECES, __doc__.split("\n", 1)[0])


if __name__ == "__main__":
    main()
