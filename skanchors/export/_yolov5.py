"""YOLOv5 yaml: pixels, one list a level, small to large."""

import re

import numpy as np

from skanchors.export._anchor_set import AnchorSet
from skanchors.export._style import Style
from skanchors.export._text import (
    as_pairs,
    bracketed,
    count,
    level_comment,
    numbers,
    strides_of_comments,
)

KEY = re.compile(r"^[ \t]*anchors[ \t]*:(.*)$", re.MULTILINE)


def write(anchor_set, precision, *, row=numbers, gap=" "):
    lines = [] if anchor_set.n_classes is None else [f"nc: {anchor_set.n_classes}"]
    lines.append("anchors:")
    for group, stride in zip(anchor_set.groups, anchor_set.strides, strict=True):
        lines.append(f"  - [{row(group, precision)}]{gap}# {level_comment(stride)}")
    return "\n".join(lines) + "\n"


def read(text, given):
    key = KEY.search(text)
    if key is None:
        raise ValueError("The yaml has no 'anchors:'.")
    inline = key[1].split("#")[0].strip()
    if re.fullmatch(r"\d+", inline):
        raise ValueError(
            f"'anchors: {inline}' holds no anchors: it asks YOLOv5 to compute {inline} "
            "a level itself."
        )
    if inline:
        groups, strides = bracketed(text, "anchors"), None
        if groups is None or not all(isinstance(row, list | tuple) for row in groups):
            raise ValueError(f"'anchors: {inline}' is not one list of numbers a level.")
    else:
        lines = _rows(text[key.end() :])
        groups = [
            bracketed(f"row: {line.lstrip()[1:].strip()}", "row") for line in lines
        ]
        if not groups or None in groups:
            raise ValueError(
                "Under 'anchors:' each level must be one line such as "
                "'- [10,13, 16,30, 33,23]'."
            )
        strides = strides_of_comments(lines)
    return AnchorSet.from_groups(
        [_pairs(group) for group in groups],
        strides=strides,
        n_classes=count(text, "nc", None),
    )


def _rows(text):
    """The lines of a block sequence, up to the next key."""
    rows = []
    for line in text.splitlines():
        bare = line.split("#")[0].strip()
        if bare and not bare.startswith("-"):
            break
        if bare:
            rows.append(line)
    return rows


def _pairs(group):
    # Both [w, h, w, h] and [[w, h], [w, h]] occur.
    return as_pairs(np.ravel(group), where="A level of 'anchors:'")


def recognise(text):
    return bool(KEY.search(text)) and "anchor_masks" not in text


STYLE = Style(
    "YOLOv5 yaml: pixels, one list a level",
    write,
    read,
    recognise,
    precision=0,
    levels="equal",
)
