"""Checks of counts, sizes and strides, and the even split, for all rooms."""

import math
from collections.abc import Iterable, Sequence
from numbers import Integral
from typing import Any

import numpy as np

from skanchors._near import did_you_mean
from skanchors._tables import excerpt

# How large the anchors of a level usually are: square root of the area in strides. All
# published YOLO sets lie within, 0.6 to 13.5.
USUAL_SIZES_IN_STRIDES = (0.5, 16.0)

# No detector has a larger input, nor a larger stride.
_TOO_LARGE = 1e9


def check_count(value: Any, *, name: str, minimum: int = 1) -> int:
    """Validate a whole number of at least `minimum`."""
    if not isinstance(value, Integral) or isinstance(value, bool) or value < minimum:
        raise ValueError(
            f"{name} must be a whole number of at least {minimum}, got {value!r}."
        )
    return int(value)


def check_number(value: Any, *, name: str, maximum: float = math.inf) -> float:
    """Validate a number from 0 to `maximum`; NaN and infinity are none."""
    if (
        not isinstance(value, int | float | np.integer | np.floating)
        or isinstance(value, bool)
        or not (0 <= value <= maximum and math.isfinite(value))
    ):
        limits = f"from 0 to {maximum}" if math.isfinite(maximum) else "of at least 0"
        raise ValueError(f"{name} must be a number {limits}, got {value!r}.")
    return float(value)


def check_names(value: Any, *, name: str) -> tuple:
    """One name, or several, as a tuple."""
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, Iterable):
        raise TypeError(f"{name} must be one name or several, got {value!r}.")
    return tuple(value)


def check_choice(value: Any, choices: Iterable[str], *, name: str) -> None:
    """Refuse what is none of these names, whatever its type."""
    known = list(choices)
    if not isinstance(value, str) or value not in known:
        raise ValueError(
            f"{name} must be one of {', '.join(known)}; got {excerpt(repr(value))}."
            f"{did_you_mean(value, known)}"
        )


def check_verbose(value: Any) -> int:
    """Validate a level of messages, as scikit-learn's estimators do."""
    if not isinstance(value, bool | np.bool_):
        check_count(value, name="verbose", minimum=0)
    return int(value)


def check_pair_of_counts(value: Any, *, name: str, minimum: int = 1) -> tuple[int, int]:
    """Validate one whole number or two; one stands for both."""
    pair = tuple(value) if hasattr(value, "__iter__") else (value, value)
    if len(pair) != 2:
        raise ValueError(
            f"{name} must be one whole number or two (width, height), got {value!r}."
        )
    first, second = (
        check_count(side, name=f"each side of {name}", minimum=minimum) for side in pair
    )
    return first, second


def check_input_size(input_size: Any) -> tuple[int, int] | None:
    """Validate an input size, one number or (width, height); None stays None."""
    if input_size is None:
        return None
    pair = check_pair_of_counts(input_size, name="input_size")
    if max(pair) > _TOO_LARGE:
        raise ValueError(f"input_size is {max(pair):.3g} pixels; no input is so large.")
    return pair


def check_strides(strides: Any) -> tuple[int | float, ...] | None:
    """Validate strides: positive numbers, none twice; None stays None.

    Whole ones come back as int; fractions occur, as 320 / 3 in SSDlite.
    """
    if strides is None:
        return None
    strides = list(strides) if hasattr(strides, "__iter__") else [strides]
    for stride in strides:
        # Written so that NaN is refused as well.
        if (
            not isinstance(stride, int | float | np.integer | np.floating)
            or isinstance(stride, bool)
            or not 0 < stride < _TOO_LARGE
        ):
            raise ValueError(
                f"each of strides must be a number of pixels above 0, got {stride!r}."
            )
    found = tuple(
        int(stride) if stride == int(stride) else float(stride) for stride in strides
    )
    if not found or len(set(found)) < len(found):
        raise ValueError(f"strides must differ and be at least one, got {found}.")
    return found


def even_counts(
    n_anchors: int,
    strides: Sequence | np.ndarray,
    *,
    advice: str = "give the number on each level",
) -> int:
    """How many anchors each level gets where all get the same number.

    Raises
    ------
    ValueError
        If that does not come out even; it names the numbers that would.
    """
    n_levels = len(strides)
    each, left = divmod(n_anchors, n_levels)
    if left:
        below = n_anchors - left
        choice = f"{below} or {below + n_levels}" if below else f"{n_levels}"
        raise ValueError(
            f"{n_anchors} anchors cannot be shared out evenly among {n_levels} levels "
            f"(strides {', '.join(f'{stride:g}' for stride in strides)}). Use {choice} "
            f"anchors, other strides, or {advice}."
        )
    return each


def even_split(
    order: np.ndarray, strides: Sequence | np.ndarray, *, advice: str
) -> list[np.ndarray]:
    """Rows in an order from small to large, as many for each level, finest first."""
    even_counts(len(order), strides, advice=advice)
    return np.split(order, len(strides))
