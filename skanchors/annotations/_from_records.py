"""Boxes that are in memory already, as records or in a DataFrame."""

import io
from collections.abc import Iterable, Mapping
from typing import Any

from skanchors._checks import check_choice
from skanchors.annotations._class_names import as_class_names, declared
from skanchors.annotations._collector import Collector
from skanchors.annotations._files import InvalidFileError
from skanchors.annotations._findings import ON_INVALID, raise_finding, report_table
from skanchors.annotations._image_headers import header_size
from skanchors.annotations._image_sizes import make_sizes
from skanchors.annotations._table import AnnotationTable
from skanchors.annotations.formats import ReadOptions
from skanchors.annotations.formats._csv import collect_rows, find_columns
from skanchors.annotations.formats._fractions import as_pixels
from skanchors.annotations.formats._records import collect_record

_IMAGE = ("file_name", "filename", "image_id", "image_path", "path", "id", "image")
_BOXES = ("bbox", "bboxes", "boxes", "box")
_LABELS = ("category", "categories", "label", "labels", "category_id", "class", "name")
_FLAGS = {
    "crowd": ("crowd", "iscrowd", "is_crowd"),
    "difficult": ("difficult", "is_difficult"),
    "truncated": ("truncated", "is_truncated"),
}


def from_records(
    records: Any,
    *,
    box_format: str = "xywh",
    relative: bool = False,
    class_names: Any = None,
    image_sizes: Any = None,
    crowd: bool = False,
    need_image_size: bool = True,
    on_invalid: str = "warn",
) -> AnnotationTable:
    """Make a table of boxes that are in memory already.

    Parameters
    ----------
    records : iterable of mappings, or DataFrame
        An image each, as the data sets of Hugging Face hold them: ``width`` and
        ``height``, or an ``image`` that has a ``size`` or, as it is not decoded,
        ``bytes``; and ``objects``, a mapping of equally long lists ``bbox`` and
        ``category`` (``label``), or a list of mappings with these. Boxes may also be
        in the record itself. A DataFrame has such a column, or one row a box, with
        columns named as in a CSV file: the image, ``xmin``, ``ymin``, ``xmax``,
        ``ymax`` or ``x1``, ``y1``, ``x2``, ``y2``, the class, the size of the image.
    box_format : {"xywh", "xyxy", "cxcywh"}, default="xywh"
        What the four numbers of a box in a record are: low corner and size as in COCO,
        low and high corner, or centre and size.
    relative : bool, default=False
        Whether boxes in records are fractions of the image, not pixels.
    class_names : sequence, mapping of int to str, path-like or None, default=None
        Names of the classes, if they are numbers, as in `read_annotations`.
    image_sizes : mapping, path-like or None, default=None
        Sizes of images that the records do not tell, as in `read_annotations`.
    crowd : bool, default=False
        Whether to keep crowd regions.
    need_image_size : bool, default=True
        Whether to leave out boxes in pixels if the size of their image is unknown.
    on_invalid : {"warn", "raise", "ignore"}, default="warn"
        What to do about boxes that cannot be used, as in `read_annotations`.

    Returns
    -------
    AnnotationTable
        The boxes; `path` is the name or the number of the record.

    Raises
    ------
    ValueError
        If a parameter is wrong, or a DataFrame has no columns of boxes; with
        ``on_invalid="raise"`` also at the first thing that cannot be used.

    See Also
    --------
    read_annotations : The same from files.

    Examples
    --------
    >>> from skanchors.annotations import from_records
    >>> record = {
    ...     "image_id": 15,
    ...     "width": 640,
    ...     "height": 480,
    ...     "objects": {"bbox": [[8, 9, 64, 96]], "category": [1]},
    ... }
    >>> table = from_records([record], class_names=["cat", "dog"])
    >>> table.sizes().tolist(), table.label.tolist()
    ([[0.1, 0.2]], ['dog'])
    """
    check_choice(box_format, _TO_CORNERS, name="box_format")
    check_choice(on_invalid, ON_INVALID, name="on_invalid")
    if isinstance(records, Mapping | str):
        raise TypeError("records must be a sequence of mappings, such as [record].")
    sizes = make_sizes(image_sizes, False)
    names = as_class_names(class_names)
    options = ReadOptions(sizes, names, need_image_size, crowd)
    collector = Collector(need_image_size, crowd, fractions=relative)
    if names is not None:
        collector.declare(declared(names))
    takes = as_pixels(collector) if relative else collector
    if hasattr(records, "itertuples") and "objects" in records.columns:
        records = records.to_dict("records")  # an image a row
    if hasattr(records, "itertuples"):
        _collect_frame(records, takes, options)
    else:
        _collect(records, box_format, takes, options)
    table = collector.table()
    if on_invalid == "raise" and table.first is not None:
        raise_finding(table.first)
    report_table(table, on_invalid)
    return table


def _collect_frame(frame: Any, collector: Collector, options: ReadOptions) -> None:
    columns = find_columns([str(name) for name in frame.columns])
    if columns is None:
        raise ValueError(
            "The DataFrame has no columns of boxes; it must have the name of the "
            "image, such as 'filename', and 'xmin', 'ymin', 'xmax', 'ymax'. Its "
            f"columns are {', '.join(map(str, frame.columns))}."
        )
    collector.start_file("DataFrame")
    rows = (list(map(_text, row)) for row in frame.itertuples(index=False))
    collect_rows(enumerate(rows, 1), columns, collector, options)


def _text(value: Any) -> str:
    """A cell as in a CSV file; what is missing is empty."""
    if isinstance(value, str):
        return value
    if hasattr(value, "__len__"):
        return ",".join(map(str, value))
    return "" if value is None or value != value else str(value)


def _collect(
    records: Iterable[Any],
    box_format: str,
    collector: Collector,
    options: ReadOptions,
) -> None:
    for i, record in enumerate(records):
        collector.start_file(f"records[{i}]")
        if box_format == "xywh":
            collector.may_be_corners()
        try:
            if not isinstance(record, Mapping):
                raise InvalidFileError("record is not a mapping")
            plain = _plain(record, i)
            plain["boxes"] = _corners(plain["boxes"], box_format)
            collect_record(plain, collector, options)
        except InvalidFileError as error:
            collector.drop_file(str(error))


def _plain(record: Mapping, i: int) -> dict[str, Any]:
    """The record as `register_format` wants it, but with boxes as they were."""
    objects = record.get("objects", record)
    if objects is None:
        objects = []
    if isinstance(objects, Mapping):
        columns = {
            key: list(value) for key, value in objects.items() if _is_list(value)
        }
    elif _is_list(objects) and all(isinstance(item, Mapping) for item in objects):
        keys = {key for item in objects for key in item}
        columns = {key: [item.get(key) for item in objects] for key in keys}
    else:
        raise InvalidFileError("objects are neither a mapping nor a list of mappings")
    boxes = _first(columns, _BOXES)
    if boxes is None:
        if objects is record or columns:
            raise InvalidFileError(f"no boxes; keys are {', '.join(map(str, objects))}")
        boxes = []
    image = _first(record, _IMAGE)
    picture = record.get("image")
    size = getattr(picture, "size", None)
    if isinstance(picture, Mapping):  # not decoded: bytes and path
        content = picture.get("bytes")
        size = header_size(io.BytesIO(content)) if isinstance(content, bytes) else None
        image = picture.get("path") if image is picture else image
    width, height = size if isinstance(size, tuple) else (None, None)
    return {
        "image": image if isinstance(image, str | int) else f"records[{i}]",
        "width": width if record.get("width") is None else record["width"],
        "height": height if record.get("height") is None else record["height"],
        "boxes": boxes,
        "labels": _first(columns, _LABELS),
        **{key: _first(columns, aliases) for key, aliases in _FLAGS.items()},
    }


def _is_list(value: Any) -> bool:
    return hasattr(value, "__len__") and not isinstance(value, str | bytes | Mapping)


def _first(columns: Mapping, keys: tuple[str, ...]) -> Any:
    return next((columns[k] for k in keys if columns.get(k) is not None), None)


def _corners(boxes: Iterable[Any], box_format: str) -> list:
    """Boxes as corners; what is no box is left to be refused."""
    corners: list[Any] = []
    for box in boxes:
        try:
            corners.append(_TO_CORNERS[box_format](*map(float, box)))
        except (TypeError, ValueError, OverflowError):
            corners.append(None)
    return corners


_TO_CORNERS = {
    "xywh": lambda x, y, w, h: (x, y, x + w, y + h),
    "xyxy": lambda x, y, u, v: (x, y, u, v),
    "cxcywh": lambda x, y, w, h: (x - w / 2, y - h / 2, x + w / 2, y + h / 2),
}
