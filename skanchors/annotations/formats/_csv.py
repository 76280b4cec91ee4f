"""Read CSV files of boxes with named columns, a box a row."""

import csv
import io
import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from skanchors.annotations._collector import Collector
from skanchors.annotations._files import InvalidFileError, without_ending
from skanchors.annotations.formats._format import Format, ReadOptions

MAX_BYTES = 2 << 30

# What the tools call the columns, in lower case and without what is no letter.
_NAMES = {
    "image": "filename image imagename imageid imagepath imagefile path file img",
    "xmin": "xmin x1 left xtl bboxxmin boxxmin",
    "ymin": "ymin y1 top ytl bboxymin boxymin",
    "xmax": "xmax x2 right xbr bboxxmax boxxmax",
    "ymax": "ymax y2 bottom ybr bboxymax boxymax",
    "x": "x bboxx boxx xlow",
    "y": "y bboxy boxy ylow",
    "w": "w bboxwidth bboxw boxwidth boxw",
    "h": "h bboxheight bboxh boxheight boxh",
    "bbox": "bbox box",
    "label": "class label classname labelname category categoryname name cls classes",
    # Of the image, or of the box where its corners are not given.
    "width": "width",
    "height": "height",
    "imagewidth": "imagewidth imgwidth imgw imagew",
    "imageheight": "imageheight imgheight imgh imageh",
    "crowd": "isgroupof iscrowd crowd",
    "truncated": "istruncated truncated",
    "difficult": "difficult isdifficult",
}
_ALIASES = {alias: key for key, names in _NAMES.items() for alias in names.split()}
_CORNERS = ("xmin", "ymin", "xmax", "ymax")


class Columns(NamedTuple):
    """Which columns hold what.

    Attributes
    ----------
    at : dict of str to int
        Number of the column of each quantity.
    box : callable
        From the texts of a row to low x, low y, width and height.
    """

    at: dict[str, int]
    box: Callable[[list[str]], tuple[float, float, float, float]]


def read_csv(
    data: bytes, path: str, collector: Collector, options: ReadOptions
) -> None:
    """Hand what is in a CSV file to the collector.

    Without a header it is keras-retinanet's: image, x1, y1, x2, y2, class. Rows without
    coordinates are images without objects.

    Parameters
    ----------
    data : bytes
        Content of the file.
    path : str
        Path of the file.
    collector : Collector
        Takes the objects.
    options : ReadOptions
        `image_sizes` completes sizes that are missing.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidFileError("not a CSV file: not UTF-8 text") from None
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        header = next(csv.reader([first], delimiter=delimiter), [])
    except csv.Error as error:
        raise InvalidFileError(f"not a CSV file: {error}") from None
    columns = find_columns(header)
    if columns is None and len(header) != len(HEADERLESS.at):
        raise InvalidFileError(
            "a CSV file without columns of boxes; it needs the name of the image, "
            f"xmin, ymin, xmax, ymax: its columns are {', '.join(header)[:200]}"
        )
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    start = 1
    if columns is None:
        columns = HEADERLESS
    else:
        next(lines, None)
        start = 2
    try:
        collect_rows(enumerate(lines, start), columns, collector, options)
    except csv.Error as error:
        raise InvalidFileError(f"not a CSV file: {error}") from None


def collect_rows(
    rows: Iterable[tuple[int, list[str]]],
    columns: Columns,
    collector: Collector,
    options: ReadOptions,
) -> None:
    """Hand rows to the collector, image by image in the order of their first row.

    Parameters
    ----------
    rows : iterable of (int, list of str)
        Number and texts of each row.
    columns : Columns
        What they hold.
    collector : Collector
        Takes the objects.
    options : ReadOptions
        `image_sizes` completes sizes that are missing.
    """
    at = columns.at
    images: dict[str, list[tuple[int, list[str]]]] = {}
    for number, row in rows:
        if any(row):
            name = row[at["image"]].strip() if at["image"] < len(row) else ""
            images.setdefault(name, []).append((number, row))
    for name, members in images.items():
        size = _size(members[0][1], at) or options.image_sizes.find(
            name, collector.path
        )
        collector.start_image(without_ending(name), *(size or (0.0, 0.0)))
        for number, row in members:
            texts = [row[i] for key, i in at.items() if key in _BOX and i < len(row)]
            if not any(text.strip() for text in texts):
                continue
            try:
                box = columns.box(row)
            except (ValueError, IndexError) as error:
                reason = f"coordinate is missing or not a number: {str(error)[:60]}"
                collector.drop(number, reason)
                continue
            label = row[at["label"]].strip() if at.get("label", 1e9) < len(row) else ""
            flags = {key: _flag(row, at.get(key)) for key in _FLAGS}
            collector.add(number, label, box, **flags)


_BOX = {*_CORNERS, "x", "y", "w", "h", "bbox"}
_FLAGS = ("difficult", "truncated", "crowd")


def find_columns(header: list[str]) -> Columns | None:
    """Which columns the names in a header are, None if they are no names."""
    at: dict[str, int] = {}
    for i, name in enumerate(header):
        key = _ALIASES.get(re.sub(r"[^a-z0-9]", "", name.lower()))
        if key is not None:
            at.setdefault(key, i)
    if "image" not in at:
        return None
    if all(key in at for key in _CORNERS):
        return Columns(at, _corners(at))
    if "x" in at and "y" in at:
        # Without corners, width and height are those of the box.
        sides = [key for key in ("w", "h", "width", "height") if key in at][:2]
        if len(sides) == 2:
            sized = {"x": at["x"], "y": at["y"], "w": at[sides[0]], "h": at[sides[1]]}
            others = {k: i for k, i in at.items() if k not in (*_CORNERS, *sides)}
            return Columns({**others, **sized}, _sides(sized))
    if "bbox" in at:
        return Columns(at, _listed(at["bbox"]))
    return None


def _number(text: str) -> float:
    if "_" in text:
        raise ValueError(text)
    return float(text)


def _corners(at: dict[str, int]) -> Callable:
    places = [at[key] for key in _CORNERS]

    def box(row: list[str]) -> tuple[float, float, float, float]:
        x, y, u, v = (_number(row[i]) for i in places)
        return x, y, u - x, v - y

    return box


def _sides(at: dict[str, int]) -> Callable:
    places = [at[key] for key in "xywh"]

    def box(row: list[str]) -> tuple[float, float, float, float]:
        x, y, w, h = (_number(row[i]) for i in places)
        return x, y, w, h

    return box


def _listed(place: int) -> Callable:
    def box(row: list[str]) -> tuple[float, float, float, float]:
        x, y, w, h = (_number(text) for text in row[place].strip(" []()").split(","))
        return x, y, w, h

    return box


HEADERLESS = Columns(
    {"image": 0, "xmin": 1, "ymin": 2, "xmax": 3, "ymax": 4, "label": 5},
    _corners({"xmin": 1, "ymin": 2, "xmax": 3, "ymax": 4}),
)


def _size(row: list[str], at: dict[str, int]) -> tuple[float, float] | None:
    try:
        width = _number(row[at["imagewidth" if "imagewidth" in at else "width"]])
        height = _number(row[at["imageheight" if "imageheight" in at else "height"]])
    except (KeyError, ValueError, IndexError):
        return None
    return (width, height) if 1 <= width < 1e9 and 1 <= height < 1e9 else None


def _flag(row: list[str], place: int | None) -> bool:
    if place is None or place >= len(row):
        return False
    return row[place].strip().lower() in ("1", "1.0", "true", "yes")


def sniff(head: bytes, path: str) -> bool:
    """Whether the header names boxes, or the first row is keras-retinanet's."""
    first = head.decode("utf-8-sig", errors="replace").partition("\n")[0].strip()
    try:
        row = next(csv.reader([first], delimiter=max(",;\t", key=first.count)), [])
    except csv.Error:
        return False
    return find_columns(row) is not None or _is_headerless(row)


def _is_headerless(row: list[str]) -> bool:
    if len(row) != 6:
        return False
    try:
        return not any(row[1:5]) or bool([_number(text) for text in row[1:5]])
    except ValueError:
        return False


FORMAT = Format(
    "csv",
    read_csv,
    (".csv",),
    "CSV of boxes",
    sniff,
    True,
    max_bytes=MAX_BYTES,
    batch_size=1,
    parallel_from=2,
    beside=True,
)
