"""Read YOLO label files."""

import re

from skanchors.annotations._files import InvalidFileError, stem
from skanchors.annotations.formats._format import Format

MAX_BYTES = 16 << 20


def read_yolo(data, path, collector, options):
    """Hand what is in a YOLO label file to the collector.

    Each line is ``class x y width height``, all as fractions of the image and ``x
    y`` the centre, perhaps followed by a confidence; or ``class x1 y1 x2 y2 ...``
    with three or more corners of a segment, whose bounding box is taken.

    Parameters
    ----------
    data : bytes
        Content of the file.
    path : str
        Path of the file.
    collector : Collector
        Takes the objects.
    options : ReadOptions
        `image_sizes` gives the sizes of images; `class_names` the names.
    """
    try:
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise InvalidFileError("not a YOLO label file: not UTF-8 text") from None
    size = options.image_sizes.find(path)
    width, height = size or (1.0, 1.0)
    collector.start_image(stem(path), *(size or (0, 0)))
    for number, line in enumerate(lines, 1):
        columns = line.split()
        if not columns:
            continue
        try:
            x, y, w, h = _box(columns)
            label = _label(columns[0], options.class_names)
        except ValueError as error:
            collector.drop(number, str(error))
            continue
        collector.add(
            number,
            label,
            ((x - w / 2) * width, (y - h / 2) * height, w * width, h * height),
        )


def _box(columns):
    n = len(columns)
    if n < 5:
        raise ValueError("fewer than five columns")
    if n > 6 and n % 2 == 0:
        raise ValueError(f"neither a box nor a segment: {n} columns")
    try:
        numbers = [float(column) for column in columns[1:]]
    except ValueError as error:
        raise ValueError(f"column is not a number: {str(error)[:80]}") from None
    if n <= 6:
        return numbers[:4]
    xs, ys = numbers[::2], numbers[1::2]
    w, h = max(xs) - min(xs), max(ys) - min(ys)
    return min(xs) + w / 2, min(ys) + h / 2, w, h


def _label(column, names):
    if names is None:
        return column
    try:
        return names[int(column)]
    except (ValueError, KeyError, IndexError):
        raise ValueError(f"class is not among class_names: {column[:40]}") from None


def sniff(head: bytes, path: str) -> bool:
    """Whether it is empty, or a line has numbers in its columns two to five."""
    lines = head.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    return not head.strip() or any(_LABEL.match(line) for line in lines[:20])


_SEPARATOR = rb"(?:\s*+,\s*+|\s++)"
_LABEL = re.compile(rb"\s*+[\w.+-]++(?:" + _SEPARATOR + rb"[-+]?[.\d][-+.\deE]*+){4}")

FORMAT = Format(
    "yolo",
    read_yolo,
    (".txt",),
    "YOLO labels",
    sniff,
    True,
    max_bytes=MAX_BYTES,
    fractions=True,
    beside=True,
)
