"""YOLOv5 yaml: pixels, one list a level, small to large."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from skanchors.export._anchor_set import AnchorSet
from skanchors.export._saved import is_json
from skanchors.export._style import Given, Style
from skanchors.export._text import (
    as_pairs,
    count,
    holds_numbers,
    level_comment,
    numbers,
    strides_of_comments,
)
from skanchors.export._yaml import without_yaml_comments, yaml_keys, yaml_value

# The key of a model's file, and those of the file that collects named sets.
_KEY = r"anchors(?:_(?!scales\b|ratios\b)\w{1,60})?"


def write(
    anchor_set: AnchorSet,
    precision: int,
    *,
    row: Callable = numbers,
    gap: str = " ",
) -> str:
    lines = [] if anchor_set.n_classes is None else [f"nc: {anchor_set.n_classes}"]
    lines.append("anchors:")
    for group, stride in zip(anchor_set.groups, anchor_set.strides, strict=True):
        lines.append(f"  - [{row(group, precision)}]{gap}# {level_comment(stride)}")
    return "\n".join(lines) + "\n"


def read(text: str, given: Given) -> AnchorSet:
    bare = without_yaml_comments(text)
    keys = yaml_keys(bare, _KEY)
    if not keys:
        raise ValueError("The yaml has no 'anchors:'.")
    key, start = _chosen(keys, given.name)
    inline = bare[start:].split("\n", 1)[0].strip()
    if re.fullmatch(r"\d{1,9}[},]?", inline):
        each = inline.rstrip("},")
        raise ValueError(
            f"'anchors: {each}' holds no anchors: it asks YOLOv5 to compute {each} "
            "a level itself."
        )
    try:
        groups = yaml_value(bare, start)
    except ValueError as error:
        raise ValueError(
            f"The list after {key!r} must hold numbers only, written out. {error}"
        ) from None
    if groups is None or not all(isinstance(row, list | tuple) for row in groups):
        raise ValueError(
            f"'{key}: {inline[:60]}' is not one list of numbers a level."
            if inline
            else f"Under '{key}:' each level must be one line such as "
            "'- [10,13, 16,30, 33,23]'."
        )
    return AnchorSet.from_groups(
        [_pairs(group) for group in groups],
        strides=_strides(text, key, len(groups)),
        n_classes=count(bare, "nc", None),
        name="" if key == "anchors" else key,
    )


def _chosen(keys: list[tuple[str, int]], name: str | None) -> tuple[str, int]:
    """The key that is asked for, or the only one there is.

    Parameters
    ----------
    keys : list of (str, int)
        Candidates, and where their values begin.
    name : str or None
        A key, with or without "anchors_".
    """
    if name is not None:
        for key, start in keys:
            if name in (key, key.removeprefix("anchors_")):
                return key, start
        raise ValueError(
            f"The yaml has no anchors called {name!r}, but {_names(keys)}."
        )
    plain = [(key, start) for key, start in keys if key == "anchors"]
    if plain:
        return plain[0]
    if len(keys) > 1:
        raise ValueError(
            f"The yaml has {len(keys)} sets of anchors: {_names(keys)}. Choose one "
            "with name=."
        )
    return keys[0]


def _names(keys: list[tuple[str, int]]) -> str:
    names = [key for key, _ in keys[:20]]
    return ", ".join(names) + (", ..." if len(keys) > 20 else "")


def _strides(text: str, key: str, n_levels: int) -> list[float] | None:
    """The strides that the comments of the levels' lines name."""
    found = re.search(rf"^[ \t]*{re.escape(key)}[ \t]*:", text, re.MULTILINE)
    if found is None:
        return None
    rows = _rows(text[found.end() :])
    return strides_of_comments(rows) if len(rows) == n_levels else None


def _rows(text: str) -> list[str]:
    """The lines of a block sequence, up to the next key."""
    rows = []
    for line in text.splitlines():
        bare = line.split("#")[0].strip()
        if bare and not bare.startswith("-"):
            break
        if bare:
            rows.append(line)
    return rows


def _pairs(group: Any) -> np.ndarray:
    # Both [w, h, w, h] and [[w, h], [w, h]] occur.
    if not holds_numbers(group):
        raise ValueError("A level of 'anchors:' must hold numbers only, and some.")
    try:
        flat = np.ravel(np.array(group, dtype=float))
    except ValueError:
        raise ValueError("A level of 'anchors:' mixes numbers and lists.") from None
    return as_pairs(flat, where="A level of 'anchors:'")


def recognise(text: str) -> bool:
    if "anchor_masks" in text or is_json(text):
        return False
    return bool(yaml_keys(without_yaml_comments(text), _KEY))


STYLE = Style(
    "YOLOv5 yaml: pixels, one list a level",
    write,
    read,
    recognise,
    precision=0,
    levels="equal",
)
