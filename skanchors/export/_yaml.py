"""Lists of numbers in YAML, in any flow style, without a YAML library."""

import re
from typing import Any

from skanchors.export._literal import MOST_DEPTH, MOST_NUMBERS, closing, evaluate

# A key at the beginning of a line, after a dash, or inside a flow mapping.
_KEY = (
    r"(?:^[ \t]*(?:-[ \t]+)?|[{{,]\s*)"
    r"(?P<quote>[\"']?)(?P<key>{key})(?P=quote)[ \t]*:(?=\s|[\[\"'!]|$)"
)
_COMMENT = re.compile(r"(^|[ \t])#[^\n]*", re.MULTILINE)
_SPACE = re.compile(r"\s*")
_DASH = re.compile(r"-(?:[ \t]+|$)")
# Lists that a YAML loader of Python computes, as Detectron2's own files have them.
_EVALUATED = re.compile(r"\s*!!python/object/apply:eval\s*\[\s*\"([^\"\n]*)\"\s*\]")
_QUOTED = re.compile(r"\s*(?P<quote>[\"'])(?P<text>[\[(][^\"'\n]*)(?P=quote)")


def without_yaml_comments(text: str) -> str:
    """Cut comments, which begin at a # after a space."""
    return _COMMENT.sub(r"\1", text)


def yaml_keys(text: str, pattern: str) -> list[tuple[str, int]]:
    """The keys that a pattern matches, and where the value of each begins.

    Parameters
    ----------
    text : str
        YAML without comments.
    pattern : str
        A regular expression without groups.

    Returns
    -------
    list of (str, int)
        In the order of the text.
    """
    found = re.finditer(_KEY.format(key=pattern), text, re.MULTILINE)
    return [(match["key"], match.end()) for match in found]


def yaml_list(text: str, key: str) -> Any:
    """The list after a key, or None if the key is nowhere followed by one."""
    for _, start in yaml_keys(text, key):
        value = yaml_value(text, start)
        if value is not None:
            return value
    return None


def yaml_value(text: str, start: int) -> Any:
    """The list that begins at `start`, right after a colon; None if none does.

    Raises
    ------
    ValueError
        If it is not closed, holds something else than numbers, or is too large.
    """
    quoted = _EVALUATED.match(text, start)
    if quoted is not None:
        return _flow(quoted[1], 0)[0]
    quoted = _QUOTED.match(text, start)
    if quoted is not None:
        return _flow(quoted["text"], 0)[0]
    begin = _SPACE.match(text, start).end()  # type: ignore[union-attr]
    if text[begin : begin + 1] in ("[", "("):
        return _flow(text, begin)[0]
    if _DASH.match(text[begin : begin + 2]):
        line = text.rfind("\n", 0, begin) + 1
        return _block(text, line) if line > start else None
    return None


def _flow(text: str, begin: int) -> tuple[Any, int]:
    """The flow sequence that begins at a bracket, and where it ends."""
    end = closing(text, begin)
    if end is None:
        raise ValueError("A list is not closed.")
    value = evaluate(text[begin:end])
    if not isinstance(value, list | tuple):
        raise ValueError("This is no list.")
    return value, end


def _block(text: str, place: int) -> list:
    """The block sequence whose first line begins at `place`."""
    # Lists that are open, with the column of their dashes.
    stack: list[tuple[int, list]] = []
    root: list = []
    count = 0
    while place < len(text):
        end = text.find("\n", place)
        end = len(text) if end < 0 else end
        rest = text[place:end].lstrip(" ")
        column = end - place - len(rest)
        if rest.strip() and (not _DASH.match(rest) or (stack and column < stack[0][0])):
            break
        while _DASH.match(rest):
            count += 1
            if count > MOST_NUMBERS:
                raise ValueError("There is more in it than in any list of anchors.")
            while stack and stack[-1][0] > column:
                stack.pop()
            if not stack or stack[-1][0] < column:
                level: list = root if not stack else []
                if stack:
                    stack[-1][1].append(level)
                stack.append((column, level))
                if len(stack) > MOST_DEPTH:
                    raise ValueError("The list is nested too deeply.")
            bare = rest[1:].lstrip(" \t")
            column += len(rest) - len(bare)
            rest = bare
        if rest.startswith(("[", "(")):
            value, end = _flow(text, end - len(rest))
            stack[-1][1].append(value)
            end = text.find("\n", end)
            end = len(text) if end < 0 else end
        elif rest.strip():
            stack[-1][1].append(evaluate(rest))
        place = end + 1
    return root
