"""JSON: a list of [width, height], as MMDetection's optimize_anchors writes it."""

import json

from skanchors.export._anchor_set import AnchorSet
from skanchors.export._saved import fields_of, is_json, is_saved, load_json
from skanchors.export._style import Given, Style
from skanchors.export._text import pairs


def write(anchor_set: AnchorSet, precision: int | None) -> str:
    return f"[{pairs(anchor_set.anchors, precision, '[{}, {}]')}]\n"


def read(text: str, given: Given) -> AnchorSet:
    value = load_json(text)
    if is_saved(value):
        try:
            return AnchorSet(**fields_of(value))
        except TypeError as error:
            raise ValueError(f"The saved AnchorSet is damaged: {error}") from None
    if isinstance(value, dict):
        if is_saved(value.get("anchor_set")):  # what `skanchors fit --json` prints
            return read(json.dumps(value["anchor_set"]), given)
        value = value.get("anchors")
    if not isinstance(value, list):
        raise ValueError(
            "The JSON must be [[width, height], ...] or {'anchors': [...]}."
        )
    # One list of pairs a level is understood as well.
    first = value[0] if value else None
    if isinstance(first, list) and first and isinstance(first[0], list):
        return AnchorSet.from_groups(value)
    return AnchorSet(value)


STYLE = Style(
    "JSON [[width, height], ...]: pixels, or any unit as given",
    write,
    read,
    is_json,
    precision=None,
    levels="flat",
    any_unit=True,
)
