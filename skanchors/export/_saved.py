"""An `AnchorSet` as JSON, and back."""

import json
from dataclasses import fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from skanchors.export._anchor_set import AnchorSet

# What tells a saved set from any other JSON; the number grows with the layout.
MARK = "skanchors.AnchorSet"
VERSION = 1


def to_json(anchor_set: "AnchorSet") -> str:
    """All fields, one a line, numbers to the last bit."""
    saved: dict[str, Any] = {"format": MARK, "version": VERSION}
    for field in fields(anchor_set):
        if not field.init:
            continue
        value = getattr(anchor_set, field.name)
        saved[field.name] = value.tolist() if field.name == "anchors" else value
    lines = ",\n".join(
        f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in saved.items()
    )
    return f"{{\n{lines}\n}}\n"


def load_json(text: str) -> Any:
    """The value of a JSON text; only ValueError comes out."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("The JSON is nested too deeply.") from None
    except ValueError as error:
        raise ValueError(f"This is not JSON: {error}") from None


def is_json(text: str) -> bool:
    """Whether a text is a JSON object or list, which YAML and others would read too."""
    if not text.lstrip().startswith(("[", "{")):
        return False
    try:
        return isinstance(load_json(text), list | dict)
    except ValueError:
        return False


def holds_saved(text: str) -> bool:
    """Whether a text is a saved `AnchorSet`, or the JSON of a fit that has one."""
    if not is_json(text):
        return False
    value = load_json(text)
    return is_saved(value) or (
        isinstance(value, dict) and is_saved(value.get("anchor_set"))
    )


def is_saved(value: Any) -> bool:
    """Whether a JSON value is a saved `AnchorSet`."""
    return isinstance(value, dict) and value.get("format") == MARK


def fields_of(value: Any) -> dict[str, Any]:
    """The fields of a saved set, from what its JSON became, for `AnchorSet` to check.

    Raises
    ------
    ValueError
        If it is no saved set, of a later version, or has other fields.
    """
    from skanchors.export._anchor_set import AnchorSet

    if not is_saved(value):
        raise ValueError(f"This is not a saved AnchorSet: 'format' is not {MARK!r}.")
    if value.get("version") != VERSION:
        raise ValueError(
            f"The AnchorSet has version {value.get('version')!r}; this release reads "
            f"version {VERSION}."
        )
    names = {field.name for field in fields(AnchorSet) if field.init}
    found = {k: v for k, v in value.items() if k not in ("format", "version")}
    unknown = sorted(found.keys() - names)
    if unknown or found.get("anchors") is None:
        what = f"unknown fields {unknown}" if unknown else "no anchors"
        raise ValueError(f"The saved AnchorSet has {what}.")
    for text_field in ("name", "source"):
        if not isinstance(found.get(text_field, ""), str):
            raise ValueError(f"{text_field!r} of the saved AnchorSet must be text.")
    return found
