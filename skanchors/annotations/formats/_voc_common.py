"""The common layout of PASCAL VOC XML: one pattern.

Most files come from a handful of programs and look alike: no attributes, no
entities, no comments, elements in one order. A pattern that matches a whole file
of that kind, and only such files, reads it some eight times faster than building
dicts. Any doubt, and xmltodict reads it: what the pattern gives is what xmltodict
would have given.
"""

import re
from typing import Any

FIELDS = ("xmin", "ymin", "xmax", "ymax")

_TEXT = r"[^<>&\x00-\x1f\ufffe\uffff]*+"
_SPACE = r"[ \t\r\n]*+"
_NUMBER = r"[ \t]*+(-?[0-9]++(?:\.[0-9]*+)?)[ \t]*+"


def _element(name: str, content: str = _TEXT) -> str:
    return rf"<{name}>{_SPACE}{content}</{name}>{_SPACE}"


def _leaf(group: str) -> str:
    """An element with nothing but text, or nothing at all, of any other name."""
    name = rf"(?!object\b|size\b)(?P<{group}>[A-Za-z_]\w*+)"
    return rf"<{name}(?:>{_TEXT}</(?P={group})>|{_SPACE}/>){_SPACE}"


def _header(prefix: str) -> str:
    """Leaves, and elements such as source that have only leaves in them."""
    name = rf"(?!object\b|size\b)(?P<{prefix}_outer>[A-Za-z_]\w*+)"
    inner = rf"(?:{_leaf(prefix + '_inner')})*+"
    outer = rf"<{name}>{_SPACE}{inner}</(?P={prefix}_outer)>{_SPACE}"
    return rf"(?:{_leaf(prefix + '_leaf')}|{outer})*+"


def _optional(element: str) -> str:
    return rf"(?:{element})?+"


_HEADER = re.compile(
    _optional(
        r"""<\?xml version=(?P<v>["'])1\.0(?P=v)"""
        r"""(?: encoding=(?P<e>["'])(?i:utf-8)(?P=e))?"""
        r"""(?: standalone=(?P<s>["'])(?:yes|no)(?P=s))? ?\?>"""
    )
    + rf'{_SPACE}<annotation(?: verified="\w++")?>{_SPACE}'
    + _header("before")
    + _element(
        "size",
        _element("width", rf"(?P<width>{_TEXT})")
        + _element("height", rf"(?P<height>{_TEXT})")
        + _optional(_element("depth")),
    )
    + _header("after"),
    re.ASCII,
)
_DIFFICULT = _element("difficult", rf"({_TEXT})")
# As CVAT writes them.
_ATTRIBUTE = _element("attribute", _element("name") + _element("value"))


def _object_or_rest(fields: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(
        _element(
            "object",
            _element("name", rf"({_TEXT})")
            + _optional(rf"{_element('pose')}|<pose{_SPACE}/>{_SPACE}")
            + _optional(_element("truncated", rf"({_TEXT})"))
            + _optional(_element("occluded"))
            + _optional(_DIFFICULT)
            + _optional(_element("occluded"))
            + _element("bndbox", "".join(_element(f, _NUMBER) for f in fields))
            # VOC 2012 has it at the end; not twice.
            + rf"(?(3)|{_optional(_DIFFICULT)})"
            + _optional(_element("attributes", f"(?:{_ATTRIBUTE})*+")),
        )
        + "|(?s:(.++))",
        re.ASCII,
    )


# The order of VOC, and that of Roboflow's exports.
_OBJECT_OR_REST = _object_or_rest(FIELDS)
_BY_AXIS_OR_REST = _object_or_rest(("xmin", "xmax", "ymin", "ymax"))
_END = re.compile(f"</annotation>{_SPACE}")


def read_common_layout(data: Any) -> Any:
    """Size of the image and raw fields of the objects, or None for another layout."""
    try:
        # The codec utf-8-sig is slower, as it is written in Python.
        text = data.decode().removeprefix("\ufeff")
    except UnicodeDecodeError:
        return None
    header = _HEADER.match(text)
    if header is None:
        return None
    size = header["width"].strip(), header["height"].strip()
    *objects, last = _OBJECT_OR_REST.findall(text, header.end()) or [("",)]
    if _END.fullmatch(last[-1]):
        return size, [
            (name.strip(), truncated, difficult or at_end, *corners)
            for name, truncated, difficult, *corners, at_end, _ in objects
        ]
    if objects:
        return None
    *objects, last = _BY_AXIS_OR_REST.findall(text, header.end()) or [("",)]
    if not _END.fullmatch(last[-1]):
        return None
    return size, [
        (name.strip(), truncated, difficult or at_end, xmin, ymin, xmax, ymax)
        for name, truncated, difficult, xmin, xmax, ymin, ymax, at_end, _ in objects
    ]
