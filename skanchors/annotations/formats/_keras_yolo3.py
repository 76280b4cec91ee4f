"""Read the lists of keras-yolo3: an image a line, with its boxes.

``img.jpg x_min,y_min,x_max,y_max,class ...`` in pixels, see the README of
https://github.com/qqwweee/keras-yolo3
"""

import re

from skanchors.annotations._collector import Collector
from skanchors.annotations._files import without_ending
from skanchors.annotations._text import text_of
from skanchors.annotations.formats._class_numbers import label_of, say_of_classes
from skanchors.annotations.formats._format import Format, ReadOptions
from skanchors.annotations.formats._numbers import to_number

MAX_BYTES = 1 << 30


def read_keras_yolo3(
    data: bytes, path: str, collector: Collector, options: ReadOptions
) -> None:
    """Hand what is in a list of keras-yolo3 to the collector.

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
    lines = text_of(data, "a list of images").splitlines()
    position = 0
    labels: dict[str, None] = {}
    for line in lines:
        if not line.strip():
            continue
        image, boxes = _split(line)
        size = options.image_sizes.find(image, collector.path) or (0.0, 0.0)
        collector.start_image(without_ending(image), *size)
        for text in boxes:
            position += 1
            try:
                x, y, u, v, name = _parse(text, options.class_names)
            except ValueError as error:
                collector.drop(position, str(error))
                continue
            collector.add(position, name, (x, y, u - x, v - y))
            labels[name] = None
    if options.class_names is None:
        say_of_classes(labels, collector)


def _split(line: str) -> tuple[str, list[str]]:
    """The name of the image, and the texts of its boxes."""
    words = line.split()
    n_boxes = 0
    while n_boxes < len(words) - 1 and words[-1 - n_boxes].count(",") >= 3:
        n_boxes += 1
    if not n_boxes:
        return line.strip(), []
    boxes = words[-n_boxes:]
    return line.rsplit(maxsplit=n_boxes)[0].strip(), boxes


def _parse(text: str, names: object) -> tuple[float, float, float, float, str]:
    columns = text.split(",")
    if len(columns) != 5:
        raise ValueError("box is not x_min,y_min,x_max,y_max,class")
    try:
        x, y, u, v = map(to_number, columns[:4])
    except ValueError as error:
        raise ValueError(f"coordinate is not a number: {error}") from None
    return x, y, u, v, label_of(columns[4].strip(), names)


def sniff(head: bytes, path: str) -> bool:
    """Whether a line has the name of an image and then boxes."""
    if b"," not in head:
        return False
    text = head.removeprefix(b"\xef\xbb\xbf")
    return any(_LINE.match(line) for line in text.splitlines()[:20])


_LINE = re.compile(rb"(?=[^\n]*?\.\w{3,4}\s)[^\n]*?\s[-+.\deE]++(?:,[-+.\deE]++){3,5}")

FORMAT = Format(
    "keras-yolo3",
    read_keras_yolo3,
    (".txt",),
    "keras-yolo3 lists",
    sniff,
    max_bytes=MAX_BYTES,
    batch_size=1,
    parallel_from=2,
    beside=True,
)
