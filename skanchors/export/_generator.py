"""The one block of a Python configuration that describes the anchor generator."""

import ast
import re
from typing import Any

from skanchors.export._literal import Evaluation, closing, evaluate, parse
from skanchors.export._text import MOST, without_comments

_KIND = re.compile(
    r"(?<!\w)type[\"']?\s*[=:]\s*[\"']?(?:\w{1,30}\.){0,5}(\w{0,30}AnchorGenerator)\b"
)
_TOKEN = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"|[()\[\]{}]")
_BEFORE = re.compile(r"(\w{1,60})[\"']?\s{0,20}[=:]\s{0,20}(?:dict\s{0,5})?\Z")
_ASSIGNED = re.compile(r"^(\w{1,60})[ \t]*=[ \t]*", re.MULTILINE)
_FIELD = (
    "strides|ratios|scales|base_sizes|octave_base_scale|scales_per_octave|min_sizes|"
    "max_sizes|input_size|basesize_ratio_range"
)


class Block:
    """What a block says: the kind of generator, and its fields as numbers and lists.

    Parameters
    ----------
    kind : str
        The generator's class, "" if the text does not say.
    fields : dict of str to object
        Its arguments.
    """

    def __init__(self, kind: str, fields: dict[str, Any]) -> None:
        self.kind, self.fields = kind, fields

    def get(self, key: str) -> Any:
        """A field, or None."""
        return self.fields.get(key)

    def row(self, key: str) -> list[float] | None:
        """A field that is a row of numbers; (s, s) stands for s."""
        value = self.fields.get(key)
        if value is None:
            return None
        if not isinstance(value, list | tuple) or not value:
            raise ValueError(f"{key} must be a list of numbers.")
        row = []
        for each in value:
            if isinstance(each, list | tuple) and len(each) in (1, 2):
                if len(set(each)) > 1:
                    raise ValueError(
                        f"{key} differ by axis, {each}; they must be equal."
                    )
                each = each[0]
            if not isinstance(each, int | float):
                raise ValueError(f"{key} must be a list of numbers.")
            row.append(each)
        return row

    def count(self, key: str, default: int) -> int:
        """A field that is a whole number of levels, scales or the like."""
        value = self.fields.get(key, default)
        if value != int(value) or not 0 < value <= MOST:
            raise ValueError(f"{key} is {value!r}; 1 to {MOST} were expected.")
        return int(value)


def generator_block(text: str, name: str | None = None) -> Block:
    """The block of the anchor generator in a configuration, or of a fragment.

    Parameters
    ----------
    text : str
        Python, a whole file or what stands between the generator's brackets.
    name : str or None, default=None
        The key before the block where there are several that differ.

    Raises
    ------
    ValueError
        If there are several and `name` chooses none, or it cannot be read.
    """
    text = without_comments(text)
    blocks = _blocks(text)
    if name is not None:
        blocks = [block for block in blocks if block[0] == name]
        if not blocks:
            raise ValueError(f"Found no anchor generator called {name!r}.")
    names = _assigned(text)
    if not blocks:
        return Block("", _fields_of_fragment(text, names))
    found = [(key, kind, _fields(source, names)) for key, kind, source in blocks]
    kinds = [(kind, fields) for _, kind, fields in found]
    if any(kind != kinds[0] for kind in kinds[1:]):
        called = sorted({key for key, _, _ in found})
        raise ValueError(
            f"The configuration has {len(found)} anchor generators that differ, "
            f"called {', '.join(called)}; choose one with name=, or give its part of "
            "the text."
        )
    return Block(*kinds[0])


def _blocks(text: str) -> list[tuple[str, str, str]]:
    """Name, kind and source of each block that names an anchor generator."""
    kinds = list(_KIND.finditer(text))
    if len(kinds) > MOST:
        raise ValueError(f"The text has {len(kinds)} anchor generators.")
    # The innermost bracket that is open where a generator is named, in one pass.
    found: list[tuple[int, str]] = []
    opened: list[int] = []
    waiting = iter(kinds)
    kind = next(waiting, None)
    for token in _TOKEN.finditer(text):
        while kind is not None and kind.start() < token.start():
            if opened:
                found.append((opened[-1], kind[1]))
            kind = next(waiting, None)
        if token[0] in "([{":
            opened.append(token.start())
        elif token[0] in ")]}" and opened:
            opened.pop()
    blocks = []
    for start, name in dict.fromkeys(found):
        end = closing(text, start)
        if end is None:
            raise ValueError("The brackets of the anchor generator do not close.")
        before = _BEFORE.search(text[max(0, start - 120) : start])
        blocks.append((before[1] if before else "", name, text[start:end]))
    return blocks


def _fields(source: str, names: dict[str, str]) -> dict[str, Any]:
    """The arguments of a block that are numbers or lists of them."""
    node = parse(f"dict{source}" if source.startswith("(") else source)
    if isinstance(node, ast.Call):
        items: list = [(keyword.arg, keyword.value) for keyword in node.keywords]
    elif isinstance(node, ast.Dict):
        items = [
            (key.value, value)
            for key, value in zip(node.keys, node.values, strict=True)
            if isinstance(key, ast.Constant)
        ]
    else:
        raise ValueError("The anchor generator is no dict.")
    wanted = set(_FIELD.split("|"))
    return {
        key: _value(value, key, names)
        for key, value in items
        if key in wanted
        and not (isinstance(value, ast.Constant) and value.value is None)
    }


def _value(node: ast.expr, key: str, names: dict[str, str]) -> Any:
    used = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    known = {}
    for name in used & names.keys():
        try:
            known[name] = evaluate(names[name])
        except ValueError as error:
            raise ValueError(f"{key} is {name}, not understood: {error}") from None
    try:
        return Evaluation(known).of(node)
    except ValueError as error:
        raise ValueError(
            f"{key} must hold numbers only, written out: {error}"
        ) from None


def _assigned(text: str) -> dict[str, str]:
    """What stands after ``name =`` at the beginning of a line, as text."""
    found = {}
    for match in _ASSIGNED.finditer(text):
        start = match.end()
        if text[start : start + 1] in ("[", "("):
            end = _closing_or_none(text, start)
        else:
            end = text.find("\n", start)
            end = len(text) if end < 0 else end
        if end is not None and end - start < 20_000:
            found[match[1]] = text[start:end]
    return found


_ANY_FIELD = re.compile(rf"(?<!\w)({_FIELD})[\"']?\s*[=:]\s*")
_PLAIN = re.compile(r"[-+\w.]+")


def _fields_of_fragment(text: str, names: dict[str, str]) -> dict[str, Any]:
    """The first of each field anywhere in a text that names no generator."""
    found: dict[str, Any] = {}
    for match in _ANY_FIELD.finditer(text):
        key, start = match[1], match.end()
        if key in found:
            continue
        if text[start : start + 1] in ("[", "("):
            end = closing(text, start)
            if end is None:
                raise ValueError(f"The list after {key!r} is not closed.")
        else:
            value = _PLAIN.match(text, start)
            end = start if value is None else value.end()
        source = text[start:end]
        if source in names or (not source.isidentifier() and source):
            found[key] = _value(parse(source), key, names)
    return found


def _closing_or_none(text: str, start: int) -> int | None:
    try:
        return closing(text, start)
    except ValueError:  # nested more deeply than any list of anchors
        return None
