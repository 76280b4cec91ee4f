"""Numbers as annotation files have them."""

import re
from numbers import Real
from typing import Any, TypeGuard


def to_number(text: str) -> float:
    """The number that a text is.

    Raises
    ------
    ValueError
        If it is none; the message is the text, and what to do if that is known.
    """
    try:
        if "_" not in text:  # float takes 1_000 for a thousand
            return float(text)
    except ValueError:
        pass
    hint = ", decimals have a point" if _DECIMAL_COMMA.fullmatch(text) else ""
    raise ValueError(f"{text[:40]!r}{hint}")


_DECIMAL_COMMA = re.compile(r"\s*[-+]?\d+,\d+\s*")

# What is said of an image whose width or height is text where a number belongs.
SIZE_IS_TEXT = ": width or height is text, not a number"


def is_number(value: Any) -> TypeGuard[float]:
    """Whether a value is a number, and not true or false."""
    return isinstance(value, Real) and not isinstance(value, bool)


def stated_size(width: Any, height: Any) -> tuple[tuple[float, float] | None, str]:
    """The size of an image as a file has it, or None, and perhaps why there is none."""
    sides = width, height
    if is_number(width) and is_number(height) and _is_side(width) and _is_side(height):
        return (float(width), float(height)), ""
    return None, SIZE_IS_TEXT if any(isinstance(side, str) for side in sides) else ""


def _is_side(value: float) -> bool:
    return 1 <= value < 1e9


def is_set(flag: Any) -> bool:
    """Whether a flag is set, also as text; one that is missing is not."""
    if isinstance(flag, str):
        return flag.strip().lower() in ("1", "1.0", "true", "yes")
    return isinstance(flag, Real) and flag == flag and flag != 0
