"""Read YOLO label files."""

import re
from itertools import chain

from skanchors.annotations._collector import Collector
from skanchors.annotations._files import stem
from skanchors.annotations._text import text_of
from skanchors.annotations.formats._class_numbers import (
    LONGEST,
    label_of,
    number_as_label,
    say_of_classes,
)
from skanchors.annotations.formats._format import Format, ReadOptions
from skanchors.annotations.formats._yolo_columns import (
    BOX,
    SEGMENT,
    decide,
    is_far,
    looks_like,
    other_text,
)

MAX_BYTES = 16 << 20


def read_yolo(
    data: bytes, path: str, collector: Collector, options: ReadOptions
) -> None:
    """Hand what is in a YOLO label file to the collector.

    Each line is ``class x y width height``, all as fractions of the image and ``x
    y`` the centre, perhaps followed by other values; or ``class x1 y1 x2 y2 ...``
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
        `image_sizes` gives the sizes of images; `class_names` the names; `columns`
        what lines of more than six columns are.
    """
    text = text_of(data, "a YOLO label file")
    lines = text.splitlines()
    size = options.image_sizes.find(path)
    collector.start_image(stem(path), *(size or (0, 0)))
    odd = "_" in text or "," in text or ";" in text or not text.isascii()
    if odd or not _read_plain(lines, collector, options):
        _read_any(lines, collector, options)


def _read_plain(lines: list[str], collector: Collector, options: ReadOptions) -> bool:
    """Take the lines if all of them are plain boxes; else nothing, and return False.

    Most files are of that kind, and this is several times faster than `_read_any`.

    Parameters
    ----------
    lines : list of str
        The lines of the file, in ASCII and with none of ``_,;``, as `float` skips the
        first and names of classes may end in the others.
    collector : Collector
        Takes the boxes.
    options : ReadOptions
        `class_names` are used.
    """
    if not lines:
        return True
    rows = [*map(str.split, lines)]
    if {*map(len, rows)} != {5}:
        return False
    columns = [*chain.from_iterable(rows)]
    classes = columns[::5]
    del columns[::5]
    names = options.class_names
    if max(map(len, classes)) > LONGEST:
        return False
    try:
        numbers = [*map(float, columns)]
        if names is None:
            labels = [*map(number_as_label, classes)]
        else:
            labels = [label_of(text, names) for text in classes]
    except ValueError:
        return False
    if max(numbers) > 2 or min(numbers) < -1:
        return False  # perhaps no fractions
    if names is None:
        say_of_classes(labels, collector)
    collector.add_all(labels, numbers)
    return True


def _read_any(lines: list[str], collector: Collector, options: ReadOptions) -> None:
    """Take what lines of any kind hold, and drop what is of no use.

    Parameters
    ----------
    lines : list of str
        The lines of the file.
    collector : Collector
        Takes the objects.
    options : ReadOptions
        `class_names` and `columns` are used.
    """
    parsed = [_parse(line) for line in lines]
    wide = [p[1] for p in parsed if isinstance(p, tuple) and len(p[1]) > 5]
    meaning, ambiguous = options.columns, False
    if wide and meaning == "auto":
        meaning, ambiguous = decide(wide)
    if ambiguous:
        collector.note(_DECIDED[meaning])
    sixth = [p[1][4] for p in parsed if isinstance(p, tuple) and len(p[1]) == 5]
    if not all(0 <= value <= 1 for value in sixth):
        collector.note(_NO_CONFIDENCE)
    labels = []
    for number, found in enumerate(parsed, 1):
        if found is None:
            continue
        try:
            if isinstance(found, str):
                raise ValueError(found)
            columns, numbers = found
            box = _box(columns, numbers, meaning, options.columns != "auto")
            label = label_of(columns[0], options.class_names)
        except ValueError as error:
            collector.drop(number, str(error))
            continue
        collector.add(number, label, box)
        labels.append(label)
    if options.class_names is None:
        say_of_classes(labels, collector)


def _parse(line: str) -> tuple[list[str], list[float]] | str | None:
    """Columns and numbers of a line; what is wrong with it; None if it is empty."""
    mark = next((mark for mark in ";," if mark in line), "")
    columns = line.replace(";", " ").split()
    if mark:
        if all(_DECIMAL_COMMA.fullmatch(c) for c in columns if "," in c) and (
            "," in line
        ):
            return "commas in numbers: decimals have a point"
        columns = [c for part in line.split(mark) for c in part.split() or [""]]
        if columns[-1] == "":  # one at the end
            columns.pop()
    if not columns:
        return None
    if len(columns) < 5:
        if any(_FILE.search(column) for column in columns):
            return (
                "fewer than five columns, it looks like a list of files; list images "
                "alone, a path a line"
            )
        return "fewer than five columns"
    numbers = []
    for column in columns[1:]:
        try:
            if "_" in column or not column.isascii():  # float takes 1_0 for ten
                raise ValueError
            numbers.append(float(column))
        except ValueError:
            known = other_text(columns)
            return f"column is not a number{known}: {column[:80]!r}"
    return columns, numbers


def _box(
    columns: list[str], numbers: list[float], meaning: str, asked: bool
) -> tuple[float, float, float, float]:
    """Centre and size of the box of a line.

    Parameters
    ----------
    columns, numbers : list
        The line, as `_parse` gives it.
    meaning : {"box", "segment"}
        What lines of more than six columns are.
    asked : bool
        Whether the user said so.
    """
    n_columns = len(columns)
    if n_columns <= 6 or meaning == BOX:
        x, y, w, h = numbers[:4]
    else:
        if n_columns % 2 == 0:
            if not asked:
                what = (
                    f", {looks_like(columns, numbers)}" if max(numbers) > _FAR else ""
                )
                raise ValueError(
                    f"neither a box nor a segment{what}: {n_columns} columns"
                )
            numbers = numbers[:-1]  # a confidence
        xs, ys = numbers[::2], numbers[1::2]
        w, h = max(xs) - min(xs), max(ys) - min(ys)
        x, y = min(xs) + w / 2, min(ys) + h / 2
    if is_far((x, y, w, h)):
        raise ValueError(f"outside of the image, {looks_like(columns, numbers)}")
    return x, y, w, h


# Of columns beyond this at least some are no fractions.
_FAR = 3
_FILE = re.compile(r"\.(?:jpe?g|png|bmp|tiff?|webp|txt|xml)$", re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"[-+]?\d*,\d+")
_NO_CONFIDENCE = (
    "a sixth column that is no confidence is not used; if it is the angle of a turned "
    "box, convert the labels to the corners of upright ones"
)
_DECIDED = {
    BOX: "more than six columns, read as a box and other values (columns='segment' "
    "reads corners of a segment)",
    SEGMENT: "more than six columns, read as corners of a segment (columns='box' "
    "reads a box and other values)",
}


def sniff(head: bytes, path: str) -> bool:
    """Whether it is empty, or a line has numbers in its columns two to five."""
    lines = head.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    return not head.strip() or any(_LABEL.match(line) for line in lines[:20])


_SEPARATOR = rb"(?:\s*+[,;]\s*+|\s++)"
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
    centred=True,
    beside=True,
)
