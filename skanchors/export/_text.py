"""Small tools for writing and reading numbers and lists in configuration text."""

import re
from typing import Any

import numpy as np

from skanchors.export._literal import closing, evaluate

# The largest count of levels, scales or repeats that a text may name.
MOST = 1000
_DECIMAL = re.compile(r"(?<![\w.])\d+\.\d{6,}(?![\d.eE])")
_DIGITS = 7
_LEVEL = re.compile(r"#\s*(?:P\d{1,3}/|stride )(\d{1,9}(?:\.\d{1,20})?)")
_REPEATED = re.compile(r"\s*\*\s*(?:(\d{1,18})|len\((\w{1,40})\))")


class _CountError(ValueError):
    """A count that no detector has."""


def number(value: float, precision: int | None) -> str:
    """Write a number with `precision` digits after the point; None writes all."""
    if precision is None:
        return np.format_float_positional(value, trim="-")
    return f"{value:.{precision}f}"


def numbers(values: Any, precision: int | None, separator: str = ", ") -> str:
    """Write numbers in one line."""
    return separator.join(number(value, precision) for value in np.ravel(values))


def pairs(
    anchors: Any,
    precision: int | None,
    template: str = "({}, {})",
    separator: str = ", ",
) -> str:
    """Write each (width, height) by a template."""
    return separator.join(
        template.format(number(w, precision), number(h, precision)) for w, h in anchors
    )


def with_short_numbers(text: str) -> str:
    """Text to paste, with decimals of at most seven significant digits.

    A detector cannot tell more apart, since it holds anchors in single precision: what
    is read back differs by less than 1e-6 of itself.

    Examples
    --------
    >>> with_short_numbers("scales: 0.28126249999999997  # of 512")
    'scales: 0.2812625  # of 512'
    """
    return _DECIMAL.sub(lambda match: _shortest(match[0]), text)


def _shortest(text: str) -> str:
    found = np.format_float_positional(
        float(f"{float(text):.{_DIGITS}g}"), unique=True, trim="-"
    )
    return found if len(found) < len(text) else text


def split_numbers(line: str, *, where: str) -> list[float]:
    """Read numbers set apart by commas, with any spaces."""
    return [
        as_float(token, where=where) for token in line.strip().rstrip(",").split(",")
    ]


def as_float(token: str, *, where: str) -> float:
    """Read a number, or say where something else stands."""
    try:
        return float(token)
    except ValueError:
        raise ValueError(f"{where} holds {token.strip()!r}, not a number.") from None


def as_pairs(values: Any, *, where: str) -> np.ndarray:
    """Turn w, h, w, h, ... into rows."""
    if not len(values) or len(values) % 2:
        raise ValueError(
            f"{where} holds {len(values)} numbers; anchors come in pairs width, height."
        )
    return np.reshape(values, (-1, 2))


def without_comments(text: str, mark: str = "#") -> str:
    """Cut every line at the mark of a comment."""
    return re.sub(f"{mark}[^\n]*", "", text)


def bracketed(text: str, key: str) -> Any:
    """Read the list that stands after ``key =`` or ``key:``.

    It may be a fragment of a larger file, in Python or as a YAML flow list, may be
    repeated by ``* n``, and be a comprehension.

    Parameters
    ----------
    text : str
        Text, with or without comments.
    key : str
        The name before the list.

    Returns
    -------
    list, tuple or None
        The list; None if the name is nowhere followed by a list.

    Raises
    ------
    ValueError
        If brackets do not close or hold something else than numbers.
    """
    text = without_comments(text)
    match = re.search(
        rf"(?<!\w){key}[\"']?\s*[=:]\s*(?P<call>tuple|list)?(?=[\[(])", text
    )
    if match is None:
        return None
    end = closing(text, match.end())
    if end is None:
        raise ValueError(f"The list after {key!r} is not closed.")
    try:
        times = _REPEATED.match(text, end)
        source = text[match.end() : end]
        if times is not None and times[2] is not None:
            source += f"*{len(bracketed(text, times[2]) or ())}"
        elif times is not None:
            source += f"*{_check_most(int(times[1]), key)}"
        value = evaluate((match["call"] or "") + source)
    except _CountError:
        raise
    except ValueError as error:
        raise ValueError(
            f"The list after {key!r} must hold numbers only, written out. {error}"
        ) from None
    if not isinstance(value, list | tuple) or not holds_numbers(value):
        raise ValueError(f"The list after {key!r} must hold numbers, and some.")
    return value


def holds_numbers(value: Any) -> bool:
    """Whether nested lists are nowhere empty and hold real numbers only."""
    if isinstance(value, list | tuple):
        return len(value) > 0 and all(holds_numbers(item) for item in value)
    return isinstance(value, int | float) and not isinstance(value, bool)


def _check_most(number: float, key: str) -> int:
    # More levels or anchors than any detector has would only eat memory.
    if not 0 < number <= MOST:
        raise _CountError(f"{key!r} counts {number:g}; 1 to {MOST} were expected.")
    return int(number)


def scalar(text: str, key: str) -> float | None:
    """Read the number after ``key =`` or ``key:``, or None."""
    found = re.search(
        rf"(?<!\w){key}[\"']?\s*[=:]\s*([-+.\deE]+)(?![\w.])", without_comments(text)
    )
    return None if found is None else as_float(found[1], where=f"{key!r}")


def count(text: str, key: str, default: Any) -> Any:
    """Read the whole number after ``key =`` or ``key:``, or take the default."""
    value = scalar(text, key)
    if value is None:
        return default
    if value != np.floor(value):
        raise ValueError(f"{key!r} is {value:g}, not a whole number.")
    return _check_most(value, key)


def level_comment(stride: float) -> str:
    """How YOLOv5 and its kin name a level, P3/8 for stride 8."""
    power = int(stride).bit_length() - 1
    if 2**power == stride:
        return f"P{power}/{stride:g}"
    return f"stride {number(stride, None)}"


def strides_of_comments(lines: list[str]) -> list[float] | None:
    """The strides named by comments such as ``# P3/8``, or None if any has none."""
    found = [_LEVEL.search(line) for line in lines]
    strides = [float(match[1]) for match in found if match]
    return strides if len(strides) == len(lines) == len(set(strides)) else None
