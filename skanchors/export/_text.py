"""Small tools for writing and reading numbers and lists in configuration text."""

import ast
import re

import numpy as np

# The largest count of levels, scales or repeats that a text may name.
MOST = 1000


def number(value, precision):
    """Write a number with `precision` digits after the point; None writes all."""
    if precision is None:
        return np.format_float_positional(value, trim="-")
    return f"{value:.{precision}f}"


def numbers(values, precision, separator=", "):
    """Write numbers in one line."""
    return separator.join(number(value, precision) for value in np.ravel(values))


def pairs(anchors, precision, template="({}, {})", separator=", "):
    """Write each (width, height) by a template."""
    return separator.join(
        template.format(number(w, precision), number(h, precision)) for w, h in anchors
    )


def split_numbers(line, *, where):
    """Read numbers set apart by commas, with any spaces."""
    return [
        as_float(token, where=where) for token in line.strip().rstrip(",").split(",")
    ]


def as_float(token, *, where):
    """Read a number, or say where something else stands."""
    try:
        return float(token)
    except ValueError:
        raise ValueError(f"{where} holds {token.strip()!r}, not a number.") from None


def as_pairs(values, *, where):
    """Turn w, h, w, h, ... into rows."""
    if not len(values) or len(values) % 2:
        raise ValueError(
            f"{where} holds {len(values)} numbers; anchors come in pairs width, height."
        )
    return np.reshape(values, (-1, 2))


def without_comments(text, mark="#"):
    """Cut every line at the mark of a comment."""
    return re.sub(f"{mark}[^\n]*", "", text)


def bracketed(text, key):
    """Read the list that stands after ``key =`` or ``key:``.

    It may be a fragment of a larger file, in Python or as a YAML flow list, and may
    be repeated by ``* n``.

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
    match = re.search(rf"(?<![\w]){key}[\"']?\s*[=:]\s*(?=[\[(])", text)
    if match is None:
        return None
    depth = 0
    for end in range(match.end(), len(text)):
        depth += {"[": 1, "(": 1, "]": -1, ")": -1}.get(text[end], 0)
        if depth == 0:
            break
    else:
        raise ValueError(f"The list after {key!r} is not closed.")
    try:
        value = ast.literal_eval(text[match.end() : end + 1])
    except (ValueError, SyntaxError):
        raise ValueError(
            f"The list after {key!r} must hold numbers only, written out."
        ) from None
    if not _holds_numbers(value):
        raise ValueError(f"The list after {key!r} must hold numbers, and some.")
    times = re.match(r"\s*\*\s*(\d+)", text[end + 1 :])
    return value * _check_most(int(times[1]), key) if times else value


def _holds_numbers(value):
    """Whether nested lists are nowhere empty and hold real numbers only."""
    if isinstance(value, list | tuple):
        return len(value) > 0 and all(_holds_numbers(item) for item in value)
    return isinstance(value, int | float) and not isinstance(value, bool)


def _check_most(number, key):
    # More levels or anchors than any detector has would only eat memory.
    if not 0 < number <= MOST:
        raise ValueError(f"{key!r} counts {number:g}; 1 to {MOST} were expected.")
    return int(number)


def scalar(text, key):
    """Read the number after ``key =`` or ``key:``, or None."""
    found = re.search(
        rf"(?<![\w]){key}\s*[=:]\s*([-+.\deE]+)(?![\w.])", without_comments(text)
    )
    return None if found is None else as_float(found[1], where=f"{key!r}")


def count(text, key, default):
    """Read the whole number after ``key =`` or ``key:``, or take the default."""
    value = scalar(text, key)
    if value is None:
        return default
    if value != np.floor(value):
        raise ValueError(f"{key!r} is {value:g}, not a whole number.")
    return _check_most(value, key)


def level_comment(stride):
    """How YOLOv5 and its kin name a level, P3/8 for stride 8."""
    power = int(stride).bit_length() - 1
    return f"P{power}/{stride}" if 2**power == stride else f"stride {stride}"


def strides_of_comments(lines):
    """The strides named by comments such as ``# P3/8``, or None if any has none."""
    found = [re.search(r"#\s*(?:P\d+/|stride )(\d+)", line) for line in lines]
    strides = [int(match[1]) for match in found if match]
    return strides if len(strides) == len(lines) == len(set(strides)) else None
