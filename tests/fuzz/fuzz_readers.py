"""Coverage-guided fuzzing of the readers of annotation files.

Run ``python tests/fuzz/fuzz_readers.py -max_total_time=900 tests/fuzz/corpus`` where
atheris is installed (Linux or macOS); options are those of libFuzzer. A folder before
the corpus takes what the run finds. The first letter of an input chooses the format.
"""

import sys
import time
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import sklearn.base  # noqa: F401, before the instrumentation, which is only for what we test

RUN = __name__ == "__main__"
if RUN:
    sys.path.append(str(Path(__file__).parents[1] / "helpers"))
    try:
        import atheris
    except ImportError:
        sys.exit("This needs atheris: pip install atheris")
    instrument = atheris.instrument_imports(include=["skanchors", "xmltodict", "json"])
else:
    instrument = nullcontext()

with instrument:
    from voc_parts import without_mixed_text

    from skanchors.annotations import AnnotationTable
    from skanchors.annotations._batches import SizeOptions, _collector, _sizes
    from skanchors.annotations._files import InvalidFileError
    from skanchors.annotations._findings import describe
    from skanchors.annotations._image_sizes import GivenSizes, NoSizes
    from skanchors.annotations._repeats import repeats
    from skanchors.annotations.formats import (
        FORMATS,
        ReadOptions,
        _voc,
        of_suffix,
        recognise,
    )
    from skanchors.annotations.formats._voc_elements import read_elements
    from skanchors.annotations.formats._xml import without_utf16
    from skanchors.annotations.layouts._kinds import is_image_list

# The first letter of an input, and the format that it chooses.
KINDS = {
    b"v": "voc",
    b"c": "coco",
    b"y": "yolo",
    b"x": "cvat",
    b"l": "labelme",
    b"k": "kitti",
    b"s": "csv",
    b"o": "openimages",
    b"q": "keras-yolo3",
}
SIZES = {"fuzz": (640, 480), "a.jpg": (100, 200)}
OPTIONS = (
    ReadOptions(NoSizes()),
    ReadOptions(GivenSizes(SIZES), class_names=["a", "b"]),
    ReadOptions(NoSizes(), need_image_size=False, keep_crowd=True),
)
# Seconds of this process for an input, and for each of its bytes; all readers are
# linear, and instrumented code is some ten times slower.
SECONDS, SECONDS_A_BYTE = 1.0, 2e-4


def check(data):
    """Read an input in every way; nothing but InvalidFileError may be raised."""
    kind, content = data[:1], data[1:]
    if kind not in KINDS:
        return
    start = time.process_time()
    row = FORMATS[KINDS[kind]]
    for options in OPTIONS:
        collector = _collector(row, options)
        collector.start_file("fuzz")
        try:
            row.read(content, "fuzz", collector, options)
        except InvalidFileError as error:
            assert len(str(error)) < 1000
            collector.drop_file(str(error))
        table = collector.table()
        check_table(table, collector)
        describe(table.dropped)
        repeats(AnnotationTable.concatenate([table, table]))
    if kind == b"v":
        check_layouts_agree(content)
    for suffix in row.suffixes:
        recognise(of_suffix(suffix), content, "fuzz")
    is_image_list(content[:4096])
    limit = SECONDS + SECONDS_A_BYTE * len(content)
    assert time.process_time() - start < limit, f"slow: {len(content)} bytes"


def check_table(table, collector):
    """Sizes are positive, inside the image, and every object is accounted for."""
    size = np.column_stack([table.width, table.height])
    image = np.column_stack([table.image_width, table.image_height])
    assert np.isfinite(size).all()
    assert (size > 0).all()
    known = image[:, 0] > 0
    assert (size[known] <= image[known] + 1.0).all()
    assert (size[table.relative] <= 1.002).all()
    left_out = sum(finding.object is not None for finding in table.dropped)
    assert len(table) + left_out == table.n_objects == collector.n_objects
    assert all(isinstance(label, str) for label in table.label)
    if not ((image[:, 0] == 0) & ~table.relative).any():
        boxes = _sizes(table, SizeOptions()).boxes
        assert np.isfinite(boxes).all()
        assert (boxes > 0).all()


def check_layouts_agree(content):
    """The quick readers give what xmltodict gives, or nothing."""
    data, encoding = without_utf16(content)
    try:
        expected = _voc._parse(data, encoding)
    except InvalidFileError:
        expected = None
    elements = read_elements(data, encoding)
    assert elements is None or elements == without_mixed_text(expected)
    fast = _voc.read_common_layout(content)
    if fast is None:
        return
    (width, height), objects = fast
    (slow_width, slow_height), slow_objects = _voc._read_any_layout(content)
    # What is missing and what is empty are the same to the reader.
    assert (width, height) == (slow_width or "", slow_height or "")
    assert len(objects) == len(slow_objects)
    for one, other in zip(objects, slow_objects, strict=True):
        assert [text.strip(" \t") for text in one] == [text or "" for text in other]


def main():
    """Fuzz until libFuzzer is told to stop."""
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()


if RUN:
    if len(sys.argv) == 1:
        sys.argv += [str(Path(__file__).with_name("corpus"))]
    main()
