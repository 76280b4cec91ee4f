"""A C array for deployment: pixels, one row of pairs a level, fine to coarse."""

import re
from typing import Any

from skanchors.export._anchor_set import AnchorSet
from skanchors.export._crossed import about_input
from skanchors.export._literal import closing, evaluate
from skanchors.export._style import Given, Style
from skanchors.export._text import (
    as_pairs,
    holds_numbers,
    level_comment,
    pairs,
    strides_of_comments,
)

# std::vector<float> anchors = {...}, float ANCHORS[3][3][2] = {...} and the like.
_ARRAY = re.compile(
    r"(?<!\w)\w{0,40}anchor\w{0,40}\s{0,20}"
    r"(?:\[[\w ]{0,40}\]\s{0,20}){0,4}=\s{0,20}(?=\{)",
    re.IGNORECASE,
)
_STRIDES = re.compile(
    r"(?<!\w)\w{0,40}strides?\w{0,40}\s{0,20}"
    r"(?:\[[\w ]{0,40}\]\s{0,20}){0,4}=\s{0,20}(?=\{)",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"(?<=[\d.])[fF]\b")
_ROW = re.compile(r"^[^}\n]*\}[^\n]*?//[^\n]*$", re.MULTILINE)


def write(anchor_set: AnchorSet, precision: int | None) -> str:
    counts = {len(group) for group in anchor_set.groups}
    n_levels, most = len(anchor_set.groups), max(counts)
    rows = "".join(
        f"    {{{pairs(group, precision, '{{{}, {}}}')}}}, // {level_comment(stride)}\n"
        for group, stride in zip(anchor_set.groups, anchor_set.strides, strict=True)
    )
    return (
        "// {width, height} in pixels; levels from fine to coarse\n"
        f"{about_input(anchor_set, '// ')}"
        f"static const float ANCHORS[{n_levels}][{most}][2] = {{\n{rows}}};\n"
    )


def read(text: str, given: Given) -> AnchorSet:
    code = _without_blocks(text)
    bare = re.sub("//[^\n]*", "", code)
    value = _array(bare, _ARRAY)
    if value is None:
        raise ValueError("Found no array such as ANCHORS[3][3][2] = {{{10, 13}, ...}}.")
    if not holds_numbers(value):
        raise ValueError("The array must hold numbers, and some.")
    if not isinstance(value[0], list | tuple):
        return AnchorSet(as_pairs(value, where="The array"))
    if len(value[0]) == 2 and not isinstance(value[0][0], list | tuple):
        return AnchorSet(value)
    groups = [as_pairs(_flat(row), where="A level of the array") for row in value]
    rows = _ROW.findall(code)
    strides: Any = strides_of_comments([row.replace("//", "#") for row in rows])
    if strides is None:
        strides = _array(bare, _STRIDES)
    if strides is not None and len(strides) != len(groups):
        strides = None
    return AnchorSet.from_groups(groups, strides=strides)


def _without_blocks(text: str) -> str:
    """Cut the comments between ``/*`` and ``*/``, which need not close."""
    kept: list[str] = []
    place = 0
    while (start := text.find("/*", place)) >= 0:
        end = text.find("*/", start + 2)
        if end < 0:
            break
        kept.append(text[place:start])
        place = end + 2
    return " ".join([*kept, text[place:]])


def _array(bare: str, pattern: re.Pattern) -> Any:
    """The first array whose name matches, as nested lists, or None."""
    match = pattern.search(bare)
    if match is None:
        return None
    end = closing(bare, match.end())
    if end is None:
        raise ValueError("The braces of the array do not close.")
    source = _SUFFIX.sub("", bare[match.end() : end])
    return evaluate(source.replace("{", "[").replace("}", "]"))


def _flat(value: Any) -> list[float]:
    if isinstance(value, list | tuple):
        return [number for item in value for number in _flat(item)]
    return [value]


STYLE = Style(
    "C array: pixels, one row a level, fine level first",
    write,
    read,
    lambda text: _ARRAY.search(text) is not None and "}" in text,
    precision=None,
    levels="equal",
)
