"""Read CSV files of boxes with named columns, a box a row."""

import csv
import io
import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from skanchors.annotations._collector import Collector
from skanchors.annotations._files import InvalidFileError, without_ending
from skanchors.annotations._text import text_of
from skanchors.annotations.formats._class_numbers import label_in_table
from skanchors.annotations.formats._csv_rows import Rows
from skanchors.annotations.formats._format import Format, ReadOptions
from skanchors.annotations.formats._numbers import is_set, to_number

MAX_BYTES = 2 << 30

# What the tools call the columns, in lower case and without what is no letter.
_NAMES = {
    "image": "filename image imagename imageid imagepath imagefile path file img "
    "imgpath imgname imgid imgfile filepath",
    "xmin": "xmin x1 left xtl bboxxmin boxxmin roix1",
    "ymin": "ymin y1 top ytl bboxymin boxymin roiy1",
    "xmax": "xmax x2 right xbr bboxxmax boxxmax roix2",
    "ymax": "ymax y2 bottom ybr bboxymax boxymax roiy2",
    "x": "x bboxx boxx xlow",
    "y": "y bboxy boxy ylow",
    "cx": "cx xcenter xcentre centerx centrex xc bboxxcenter",
    "cy": "cy ycenter ycentre centery centrey yc bboxycenter",
    "w": "w bboxwidth bboxw boxwidth boxw",
    "h": "h bboxheight bboxh boxheight boxh",
    "bbox": "bbox box",
    "label": "class label classname labelname category categoryname name cls classes",
    "number": "classid categoryid labelid clsid classnumber classindex",
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
    sided : bool
        Whether the columns are a low corner and sides, so that others may have written
        two corners.
    """

    at: dict[str, int]
    box: Callable[[list[str]], tuple[float, float, float, float]]
    sided: bool = False


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
        `image_sizes` completes sizes that are missing; `class_names` name classes that
        are numbers.
    """
    text = text_of(data, "a CSV file")
    skipped = len(text) - len(text.lstrip("\r\n"))
    header, delimiter = _first_row(text[skipped:])
    columns = find_columns(header)
    if "region_shape_attributes" in header:
        raise InvalidFileError(
            "a table of VIA, the VGG Image Annotator; export its annotations as COCO"
        )
    if columns is None and not _may_be_headerless(header):
        raise InvalidFileError(
            "a CSV file without columns of boxes; its first line must name the columns "
            "image, xmin, ymin, xmax, ymax, label, or image, x, y, w, h: its columns "
            f"are {', '.join(header)[:200]}"
        )
    used = columns or HEADERLESS
    rows = Rows(io.StringIO(text, newline=None), delimiter, used.at.values())
    filled = (item for item in rows if any(item[1]))
    if columns is not None:
        next(filled, None)
    collect_rows(filled, used, collector, options)
    for line in rows.too_long:
        reason = f"a cell has more than {csv.field_size_limit()} characters"
        collector.drop(line, reason)
    if rows.n_open:
        collector.note(
            "quotation marks are not closed, so each line there is read by itself: "
            f"{rows.n_open} lines, the first is {rows.first_open}"
        )


def _first_row(text: str) -> tuple[list[str], str]:
    """The texts of the first line, and what is between them."""
    first = _LINE_END.split(text[:_MAX_HEADER], maxsplit=1)[0].strip()
    delimiter = max(",;\t", key=first.count)
    try:
        return next(csv.reader([first], delimiter=delimiter), []), delimiter
    except csv.Error:
        return [], delimiter


_LINE_END = re.compile("[\r\n]")
_MAX_HEADER = 100_000


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
    if columns.sided:
        collector.may_be_corners()
    labels: list[str] = []
    for name, members in images.items():
        sizes = _sizes(members, at)
        size = sizes.pop() if len(sizes) == 1 else None
        width, height = (
            size or options.image_sizes.find(name, collector.path) or (0.0, 0.0)
        )
        why = f": two sizes are given for image {name[:40]}" if sizes else ""
        collector.start_image(without_ending(name), width, height, why)
        for number, row in members:
            texts = [row[i] for key, i in at.items() if key in _BOX and i < len(row)]
            if not any(text.strip() for text in texts):
                continue
            try:
                box = columns.box(row)
            except (ValueError, IndexError) as error:
                why = str(error)[:80]
                if isinstance(error, IndexError):
                    why = f"the row has only {len(row)} columns"
                collector.drop(number, f"coordinate is missing or not a number: {why}")
                continue
            label = row[at["label"]].strip() if at.get("label", 1e9) < len(row) else ""
            try:
                label = label_in_table(label, options.class_names)
            except ValueError as error:
                collector.drop(number, str(error))
                continue
            flags = {
                key: is_set(row[at[key]])
                for key in _FLAGS
                if at.get(key, 1e9) < len(row)
            }
            collector.add(number, label, box, **flags)
            labels.append(label)
    collector.note_nameless(labels)


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
    if "number" in at:  # of the class, where there is no name
        at.setdefault("label", at.pop("number"))
    if all(key in at for key in _CORNERS):
        return Columns(at, _corners(at))
    # Without a high corner, width and height are those of the box.
    sides = [key for key in ("w", "h", "width", "height") if key in at][:2]
    for low, shift in (("xy", 0.0), (("xmin", "ymin"), 0.0), (("cx", "cy"), 0.5)):
        if len(sides) == 2 and all(key in at for key in low):
            places = [at[key] for key in (*low, *sides)]
            taken = (*_CORNERS, *sides, *low)
            others = {key: i for key, i in at.items() if key not in taken}
            others |= dict(zip("xywh", places, strict=True))
            return Columns(others, _sides(places, shift), not shift)
    if "bbox" in at:
        return Columns(at, _listed(at["bbox"]), True)
    return None


def _corners(at: dict[str, int]) -> Callable:
    places = [at[key] for key in _CORNERS]

    def box(row: list[str]) -> tuple[float, float, float, float]:
        x, y, u, v = (to_number(row[i]) for i in places)
        return x, y, u - x, v - y

    return box


def _sides(places: list[int], shift: float) -> Callable:
    """Of a point and sides; `shift` is where in the box the point is."""

    def box(row: list[str]) -> tuple[float, float, float, float]:
        x, y, w, h = (to_number(row[i]) for i in places)
        return x - shift * w, y - shift * h, w, h

    return box


def _listed(place: int) -> Callable:
    def box(row: list[str]) -> tuple[float, float, float, float]:
        texts = re.split(r"[,;\s]+", row[place].strip(" []()"))
        if len(texts) != 4:
            raise ValueError(f"{row[place][:40]!r} is not four numbers")
        x, y, w, h = map(to_number, texts)
        return x, y, w, h

    return box


HEADERLESS = Columns(
    {"image": 0, "xmin": 1, "ymin": 2, "xmax": 3, "ymax": 4, "label": 5},
    _corners({"xmin": 1, "ymin": 2, "xmax": 3, "ymax": 4}),
)


def _sizes(
    members: list[tuple[int, list[str]]], at: dict[str, int]
) -> set[tuple[float, float]]:
    """Sizes of an image that its rows tell."""
    first = "imagewidth" if "imagewidth" in at else "width"
    second = "imageheight" if "imageheight" in at else "height"
    if first not in at or second not in at:
        return set()
    width, height = at[first], at[second]
    last = max(width, height)
    distinct = {(row[width], row[height]) for _, row in members if last < len(row)}
    return {size for texts in distinct if (size := _size(*texts))}


def _size(first: str, second: str) -> tuple[float, float] | None:
    try:
        width, height = to_number(first), to_number(second)
    except ValueError:
        return None
    return (width, height) if 1 <= width < 1e9 and 1 <= height < 1e9 else None


def sniff(head: bytes, path: str) -> bool:
    """Whether the header names boxes, or the first row is keras-retinanet's."""
    text = head.decode("utf-8-sig", errors="replace")
    row, _ = _first_row(text.lstrip("\r\n"))
    return find_columns(row) is not None or _is_headerless(row)


def _is_headerless(row: list[str]) -> bool:
    """Whether a row is an image, four numbers or none of them, and a class."""
    return len(row) == 6 and (not any(row[1:5]) or all(map(_is_number, row[1:5])))


def _may_be_headerless(row: list[str]) -> bool:
    """The same of a row that may have a fault, but does not name columns."""
    return len(row) == 6 and (not any(row[1:5]) or any(map(_is_number, row[1:5])))


def _is_number(text: str) -> bool:
    try:
        to_number(text)
    except ValueError:
        return False
    return True


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
