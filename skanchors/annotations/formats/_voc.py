"""Read PASCAL VOC XML."""

import math
import re
from collections.abc import Callable
from sys import intern
from typing import Any
from xml.parsers import expat

import xmltodict

from skanchors.annotations._collector import DIFFICULT, TRUNCATED
from skanchors.annotations._files import InvalidFileError, stem
from skanchors.annotations.formats._extent import around_turned
from skanchors.annotations.formats._format import Format
from skanchors.annotations.formats._numbers import SIZE_IS_TEXT, to_number
from skanchors.annotations.formats._voc_common import FIELDS, read_common_layout
from skanchors.annotations.formats._voc_elements import read_elements
from skanchors.annotations.formats._xml import (
    MAX_DEPTH,
    refuse_doctype,
    says_what_is_wrong,
    without_utf16,
)

MAX_BYTES = 16 << 20


def read_voc(data: Any, path: Any, collector: Any, options: Any) -> None:
    """Hand what is in a PASCAL VOC file to the collector.

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
    common = read_common_layout(data)
    (width, height), objects = common or _read_any_layout(data)
    stated, why = _image_size(width, height)
    size = options.size(stated, path)
    collector.start_image(stem(path), *(size or (0, 0)), "" if size else why)
    if not _add_all(objects, collector, float if common else to_number):
        _add_each(objects, collector)


def _add_all(
    objects: list[tuple], collector: Any, number: Callable[[str], float]
) -> bool:
    """Hand over the objects if each has one box of numbers; else none, and say so.

    Parameters
    ----------
    objects : list of tuple
        Name, truncated, difficult and four corners of each.
    collector : Collector
        Takes the objects.
    number : callable
        Makes a number of a corner.
    """
    labels: list[str] = []
    boxes: list[float] = []
    flags: list[int] = []
    usual = _USUAL.get
    try:
        for name, truncated, difficult, xmin, ymin, xmax, ymax in objects:
            x, y = number(xmin), number(ymin)
            labels.append(intern(name))
            boxes += (x, y, number(xmax) - x, number(ymax) - y)
            bits = usual((truncated, difficult))
            flags.append(_bits(truncated, difficult) if bits is None else bits)
    except (TypeError, ValueError):  # elements or nothing; text, or no box
        return False
    collector.add_all(labels, boxes, flags)
    collector.note_nameless(labels)
    return True


def _add_each(objects: list[tuple], collector: Any) -> None:
    """Hand over the objects that have a box of numbers, and drop the others."""
    labels: list[str] = []
    for number, (name, truncated, difficult, *corners) in enumerate(objects, 1):
        try:
            xmin, ymin, xmax, ymax = map(to_number, corners)
        except (TypeError, ValueError):
            collector.drop(number, _explain(corners))
            continue
        collector.add(
            number,
            name,
            (xmin, ymin, xmax - xmin, ymax - ymin),
            difficult=_flag(difficult),
            truncated=_flag(truncated),
        )
        labels.append(name)
    collector.note_nameless(labels)


def _bits(truncated: Any, difficult: Any) -> int:
    return TRUNCATED * _flag(truncated) | DIFFICULT * _flag(difficult)


def _image_size(width: Any, height: Any) -> tuple[tuple[float, float] | None, str]:
    """The size that a file states, or None, and perhaps why there is none."""
    try:
        width, height = to_number(width), to_number(height)
    except TypeError:  # nothing, or elements
        return None, ""
    except ValueError:
        return None, SIZE_IS_TEXT if width and height else ""
    if 1 <= width < float("inf") and 1 <= height < float("inf"):
        return (width, height), ""
    return None, ""


def _flag(text: Any) -> bool:
    """Whether a flag is set; some tools write the share that is hidden."""
    if text in ("0", "1", "", None):
        return text == "1"
    if not isinstance(text, str):  # elements
        return False
    try:
        return float(text) != 0
    except ValueError:
        return text.strip().lower() in ("true", "yes")


# The usual texts, as each file has many of them.
_USUAL = {
    (truncated, difficult): _bits(truncated, difficult)
    for truncated in ("0", "1", "", None)
    for difficult in ("0", "1", "", None)
}


def _explain(corners: Any) -> str:
    """Why the coordinates of an object are no numbers."""
    if len(corners) == 1:
        return corners[0]
    for field, value in zip(FIELDS, corners, strict=True):
        if value is None:
            return f"coordinate is missing: {field}"
        if not isinstance(value, str):  # never shown: it may be large
            return f"coordinate is not a number: {field} is made of elements"
        try:
            to_number(value)
        except ValueError as error:
            return f"coordinate is not a number: {field} is {error}"
    return "coordinate is not a number"


# ---------------------------------------------------------------------------
# Any layout: elements as dicts; xmltodict where that fails, to read them or say why.


class _NoNamespace(dict):
    """Every namespace has the empty short name."""

    def __missing__(self, key: str) -> str:
        return ""


class _Expat:
    """The parser that xmltodict uses, made to refuse document type declarations.

    Without those there are neither entities nor references to other files.
    """

    @staticmethod
    def ParserCreate(*args: Any) -> Any:
        parser = expat.ParserCreate(*args)
        parser.StartDoctypeDeclHandler = refuse_doctype
        return parser


def _read_any_layout(data: Any) -> tuple[Any, Any]:
    """Size of the image and raw fields of the objects of any VOC file."""
    data, encoding = without_utf16(data)
    root = read_elements(data, encoding) or _parse(data, encoding)
    if "annotation" not in root:
        raise InvalidFileError(f"not a VOC file: the root is <{next(iter(root))}>")
    root = root["annotation"]
    if not isinstance(root, dict):  # no element in it
        root = {}
    size = root.get("size")
    size = size if isinstance(size, dict) else {}
    objects = [_fields(item) for item in root.get("object", ())]
    return (size.get("width"), size.get("height")), objects


def _fields(item: Any) -> Any:
    if not isinstance(item, dict):
        return "", None, None, "no bndbox"
    name = item.get("name")
    name = name if isinstance(name, str) else ""
    flags = item.get("truncated"), item.get("difficult")
    box = item.get("bndbox")
    if isinstance(box, list):
        return name, *flags, f"{len(box)} bndbox in one object"
    if isinstance(box, dict):
        return name, *flags, *map(box.get, FIELDS)
    turned = item.get("robndbox")
    if isinstance(turned, dict):
        return name, *flags, *_around(turned)
    return name, *flags, "no bndbox"


def _around(turned: dict) -> list[str]:
    """Corners of the upright box around a turned one, as roLabelImg writes it.

    The angle is in radians (https://github.com/cgvict/roLabelImg).
    """
    try:
        x, y, w, h, angle = (to_number(turned[key]) for key in _TURNED)
    except (KeyError, TypeError, ValueError):
        return ["robndbox is not five numbers"]
    x, y, w, h = around_turned(x, y, w, h, math.degrees(angle))
    return list(map(repr, (x, y, x + w, y + h)))


_TURNED = ("cx", "cy", "w", "h", "angle")


@says_what_is_wrong
def _parse(data: Any, encoding: str | None = None) -> Any:
    if len(data) > 2 * MAX_DEPTH:
        _check_depth(data, encoding)
    return xmltodict.parse(
        data,
        encoding=encoding,
        expat=_Expat,
        xml_attribs=False,
        process_namespaces=True,
        namespaces=_NoNamespace(),
        force_list=("object",),
    )


def _check_depth(data: Any, encoding: str | None) -> None:
    """Refuse deep nesting before dicts are built of it."""
    depth = 0

    def start(name: str, attributes: Any) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise InvalidFileError(f"elements are nested more than {MAX_DEPTH} deep")

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1

    parser = _Expat.ParserCreate(encoding)
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError, UnicodeError):
        return  # xmltodict will say what is wrong
    except ValueError as error:
        if isinstance(error, InvalidFileError):
            raise


def sniff(head: bytes, path: str) -> bool:
    """Whether the root is an annotation, or there is none as the file is broken."""
    return _ROOT.search(head) is not None or _ANY_ROOT.search(head) is None


_ROOT = re.compile(rb"<(?:[\w.-]+:)?annotation\b")
_ANY_ROOT = re.compile(rb"<[A-Za-z_]")

FORMAT = Format(
    "voc",
    read_voc,
    (".xml",),
    "PASCAL VOC XML",
    sniff,
    True,
    max_bytes=MAX_BYTES,
    beside=True,
)
