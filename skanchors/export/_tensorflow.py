"""TensorFlow Object Detection API: ssd_anchor_generator, ratio width / height.

Scales are shares of the shorter side of the input. All levels share the ratios, so the
nearest set with one scale a level is written. The multiscale_anchor_generator of
RetinaNet, whose only free size is one factor for all levels, is read too.
"""

import re

import numpy as np

from skanchors.export._anchor_set import AnchorSet
from skanchors.export._cross_product import (
    cross_product,
    loss_comment,
    mean_best_iou,
    nearest_shared_ratios,
    read_cross_product,
    rounded_positive,
)
from skanchors.export._style import Style
from skanchors.export._text import (
    as_float,
    count,
    number,
    scalar,
    without_comments,
)

NEEDS_SIZE = (
    "The scales of TensorFlow's ssd_anchor_generator are relative to the input; give "
    "input_size."
)


def write(anchor_set, precision):
    if anchor_set.input_size is None:
        raise ValueError(NEEDS_SIZE)
    short = min(anchor_set.input_size)
    sizes, ratios = nearest_shared_ratios(anchor_set.groups)
    scales = rounded_positive(sizes / short, precision)
    wide = rounded_positive(1 / ratios, precision)
    boxes = [cross_product([scale * short], 1 / wide) for scale in scales]
    iou = mean_best_iou(anchor_set.groups, boxes)
    width, height = anchor_set.input_size
    fields = "".join(
        [
            f"    num_layers: {len(scales)}\n",
            *(f"    scales: {number(scale, precision)}\n" for scale in scales),
            *(f"    aspect_ratios: {number(ratio, precision)}\n" for ratio in wide),
        ]
    )
    return (
        f"# For a {width} x {height} input. All levels share the ratios (w/h).\n"
        f"{loss_comment(iou)}"
        "anchor_generator {\n"
        "  ssd_anchor_generator {\n"
        f"{fields}"
        "    interpolated_scale_aspect_ratio: 0.0\n"
        "    reduce_boxes_in_lowest_layer: false\n"
        "  }\n"
        "}\n"
    )


def read(text, given):
    wide = _repeated(text, "aspect_ratios")
    if "multiscale_anchor_generator" in text:
        return _read_multiscale(text, wide or [1.0, 2.0, 0.5])
    if given.input_size is None:
        raise ValueError(NEEDS_SIZE)
    if not wide:
        raise ValueError("Found no aspect_ratios in the ssd_anchor_generator.")
    scales = _repeated(text, "scales")
    if not scales:
        n_layers = count(text, "num_layers", 6)
        low, high = _field(text, "min_scale", 0.2), _field(text, "max_scale", 0.95)
        scales = np.linspace(low, high, n_layers).tolist()
    extra = _field(text, "interpolated_scale_aspect_ratio", 1.0)
    reduced = not re.search(r"reduce_boxes_in_lowest_layer\s*:\s*false", text)
    groups = []
    for i, (scale, following) in enumerate(
        zip(scales, [*scales[1:], 1.0], strict=True)
    ):
        specs = [(scale, ratio) for ratio in wide]
        if extra > 0:
            specs.append((abs(scale * following) ** 0.5, extra))
        if i == 0 and reduced:
            specs = [(0.1, 1.0), (scale, 2.0), (scale, 0.5)]
        groups.append([_box(*spec) for spec in specs])
    short = min(given.input_size)
    return AnchorSet.from_groups([np.array(group) * short for group in groups])


def _read_multiscale(text, wide):
    low, high = count(text, "min_level", 3), count(text, "max_level", 7)
    if not low <= high <= 20:
        raise ValueError(f"min_level={low} and max_level={high} are no levels.")
    n_scales = count(text, "scales_per_octave", 2)
    base = _field(text, "anchor_scale", 4.0) * 2.0 ** (np.arange(n_scales) / n_scales)
    strides = [2**level for level in range(low, high + 1)]
    if min(wide) <= 0:
        raise ValueError("The aspect_ratios must be larger than 0.")
    tall = 1 / np.array(wide)
    groups = [read_cross_product(stride * base, tall) for stride in strides]
    return AnchorSet.from_groups(groups, strides=strides)


def _box(scale, ratio):
    if scale <= 0 or ratio <= 0:
        raise ValueError("The scales and aspect_ratios must be larger than 0.")
    return read_cross_product([scale], [1 / ratio])[0]


def _field(text, key, default):
    value = scalar(text, key)
    return default if value is None else value


def _repeated(text, key):
    """The values of a repeated field, written singly or as a list."""
    values = re.findall(
        rf"(?<!\w){key}\s*:\s*(\[[^\]]*\]|[-+.\deE]+)", without_comments(text)
    )
    items = re.findall(r"[-+.\deE]+", " ".join(values))
    return [as_float(item, where=key) for item in items]


STYLE = Style(
    "TensorFlow Object Detection API: nearest scales x ratios (w/h)",
    write,
    read,
    lambda text: bool(re.search(r"(ssd|multiscale)_anchor_generator", text)),
    precision=4,
    levels="equal",
    exact=False,
)
