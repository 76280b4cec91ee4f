"""JSON: a list of [width, height], as MMDetection's optimize_anchors writes it."""

import json

import numpy as np

from skanchors.export._anchor_set import AnchorSet
from skanchors.export._style import Style
from skanchors.export._text import pairs


def write(anchor_set, precision):
    return f"[{pairs(anchor_set.anchors, precision, '[{}, {}]')}]\n"


def read(text, given):
    try:
        value = json.loads(text)
    except ValueError as error:
        raise ValueError(f"This is not JSON: {error}") from None
    if isinstance(value, dict):
        value = value.get("anchors")
    if not isinstance(value, list):
        raise ValueError(
            "The JSON must be [[width, height], ...] or {'anchors': [...]}."
        )
    # One list of pairs a level is understood as well.
    if value and isinstance(value[0], list) and np.ndim(value[0]) == 2:
        return AnchorSet.from_groups(value)
    return AnchorSet(value)


def recognise(text):
    try:
        return isinstance(json.loads(text), list | dict)
    except ValueError:
        return False


STYLE = Style(
    "JSON [[width, height], ...]: pixels, or any unit as given",
    write,
    read,
    recognise,
    precision=None,
    levels="flat",
    any_unit=True,
)
