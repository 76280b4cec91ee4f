"""MMYOLO: pixels, levels from fine to coarse."""

import re

from skanchors.export._anchor_set import AnchorSet
from skanchors.export._style import Given, Style
from skanchors.export._text import (
    bracketed,
    level_comment,
    numbers,
    pairs,
    strides_of_comments,
    without_comments,
)

LEVEL = re.compile(r"^.*\)\s*\].*$", re.MULTILINE)


def write(anchor_set: AnchorSet, precision: int) -> str:
    last = len(anchor_set.groups) - 1
    rows = ""
    levels = zip(anchor_set.groups, anchor_set.strides, strict=True)
    for i, (group, stride) in enumerate(levels):
        comma = "," if i < last else ""
        rows += f"    [{pairs(group, precision)}]{comma}  # {level_comment(stride)}\n"
    strides = numbers(anchor_set.strides, None)
    return f"anchors = [\n{rows}]\nstrides = [{strides}]\n"


def read(text: str, given: Given) -> AnchorSet:
    groups = bracketed(text, "anchors")
    if groups is None or not all(isinstance(group, list | tuple) for group in groups):
        raise ValueError("Found no 'anchors = [[(w, h), ...], ...]', one list a level.")
    strides = bracketed(text, "strides")
    if strides is None:
        strides = strides_of_comments(LEVEL.findall(text))
    return AnchorSet.from_groups(groups, strides=strides)


def recognise(text: str) -> bool:
    return bool(re.search(r"(?<!\w)anchors\s*=\s*\[", without_comments(text)))


STYLE = Style(
    "MMYOLO config: pixels, fine level first",
    write,
    read,
    recognise,
    precision=0,
    levels="equal",
)
