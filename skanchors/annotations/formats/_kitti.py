"""Read the object labels of KITTI (``label_2``).

Columns as in the development kit of the 2-D object benchmark,
https://www.cvlibs.net/datasets/kitti/eval_object.php: type, truncated, occluded,
alpha, four sides of the box in pixels, height, width, length, x, y, z, rotation, and
for results a score.
"""

import os
import re

from skanchors.annotations._collector import Collector
from skanchors.annotations._files import stem
from skanchors.annotations._text import text_of
from skanchors.annotations.formats._format import Format, ReadOptions
from skanchors.annotations.formats._numbers import to_number

MAX_BYTES = 16 << 20


def read_kitti(
    data: bytes, path: str, collector: Collector, options: ReadOptions
) -> None:
    """Hand what is in a label file of KITTI to the collector.

    Regions that nobody labelled, ``DontCare``, are crowd regions here.

    Parameters
    ----------
    data : bytes
        Content of the file.
    path : str
        Path of the file.
    collector : Collector
        Takes the objects.
    options : ReadOptions
        `image_sizes` gives the sizes of images.
    """
    find = options.image_sizes.find
    size = find(path) or find(_image(path)) or (0.0, 0.0)
    collector.start_image(stem(path), *size)
    for number, line in rows(data):
        columns = line.split()
        try:
            kind, numbers = columns[0], parse(columns)
        except ValueError as error:
            collector.drop(number, str(error))
            continue
        x, y, u, v = numbers[3:7]
        collector.add(
            number,
            kind,
            (x, y, u - x, v - y),
            truncated=numbers[0] > 0,
            crowd=kind == "DontCare",
        )


def rows(data: bytes) -> list[tuple[int, str]]:
    """Lines that are not empty, with their numbers."""
    lines = text_of(data, "a KITTI label file").splitlines()
    return [(number, line) for number, line in enumerate(lines, 1) if line.strip()]


def parse(columns: list[str]) -> list[float]:
    """The numbers of a line, from the second column on."""
    if not 15 <= len(columns) <= 16:
        raise ValueError(f"not a KITTI label: {len(columns)} columns, not 15 or 16")
    try:
        return [*map(to_number, columns[1:])]
    except ValueError as error:
        raise ValueError(f"column is not a number: {error}") from None


def _image(path: str) -> str:
    """Where the image is: in ``image_2`` beside ``label_2``."""
    folder, name = os.path.split(path)
    above, last = os.path.split(folder)
    return os.path.join(above, last.replace("label", "image"), name)


def sniff(head: bytes, path: str) -> bool:
    """Whether the first line is a word and fourteen or fifteen numbers."""
    return _LINE.match(head.removeprefix(b"\xef\xbb\xbf")) is not None


_LINE = re.compile(
    rb"\s*+[A-Za-z][\w-]*+(?:[ \t]++[-+]?[.\d][\d.eE+-]*+){14,15}[ \t]*+(?:[\r\n]|\Z)"
)

FORMAT = Format(
    "kitti",
    read_kitti,
    (".txt",),
    "KITTI labels",
    sniff,
    max_bytes=MAX_BYTES,
    beside=True,
)
