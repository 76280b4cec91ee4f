"""Arithmetic that several metrics share."""

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from skanchors._boxes import check_boxes

# A product of ratios above this is as good as infinite: its reciprocal is below what
# any sum of similarities can resolve, and its square does not overflow.
_HUGE = {np.dtype(np.float64): 1e150, np.dtype(np.float32): 1e18}


def scalar(block: Callable, u: ArrayLike, v: ArrayLike) -> float:
    """Apply a block function to two single boxes."""
    one = check_boxes(np.atleast_2d(u), name="u", dtype=np.float64)
    other = check_boxes(np.atleast_2d(v), name="v", dtype=np.float64)
    if one.shape != other.shape or len(one) != 1:
        raise ValueError(
            f"u and v must be two boxes with the same number of sides, got arrays of "
            f"shapes {one.shape} and {other.shape}."
        )
    return float(block(one, other)[0, 0])


def products_are_safe(X: np.ndarray, dtype: Any = None, *, axis: int = 1) -> bool:
    """Whether sums and products of all sides of these boxes stay accurate.

    Computed in `dtype`, by default that of `X`. The sides lie along `axis`.
    """
    if X.size == 0:
        return True
    smallest, largest = _safe_logs(np.dtype(X.dtype if dtype is None else dtype))
    n_sides = X.shape[axis]
    lowest, highest = float(X.min()), float(X.max())
    if lowest == 0:
        lowest = float(X.min(where=X > 0, initial=highest or 1.0))
    return (
        n_sides * math.log(max(highest, 1.0)) < largest
        and n_sides * math.log(min(lowest, 1.0)) > smallest
    )


@cache
def _safe_logs(dtype: np.dtype) -> tuple[float, float]:
    """Logarithms of what is far enough from numbers that vanish, and that overflow."""
    limits = np.finfo(dtype)
    room = 2.0 * math.log(1 / float(limits.eps))
    return math.log(float(limits.tiny)) + room, math.log(float(limits.max)) - room


def pair_columns(X: np.ndarray, Y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sides first, ready to broadcast: shapes (n_sides, n_X, 1) and (n_sides, 1, n_Y).

    Reducing over the first axis is an order of magnitude faster than over a last axis
    of length 2.
    """
    return X.T[:, :, None], Y.T[:, None, :]


def side_ratios(x: np.ndarray, a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """x / max(x, a) and a / max(x, a) for each side; two sides of 0 are equal."""
    return _in_units(x, a, np.maximum(x, a))


def clipped_products(x: np.ndarray, a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """prod(x / m) and prod(a / m) over the first axis, m the smaller of x and a.

    Clipped to a huge number, so that sums, squares and reciprocals stay finite. Sides
    of 0 leave their products without a meaning.
    """
    x_excess, a_excess = _in_units(x, a, np.minimum(x, a))
    huge = _HUGE[x_excess.dtype]
    with np.errstate(over="ignore"):
        return (
            np.minimum(x_excess.prod(axis=0), huge),
            np.minimum(a_excess.prod(axis=0), huge),
        )


def _in_units(
    x: np.ndarray, a: np.ndarray, unit: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """x / unit and a / unit, both 1 where the unit is 0."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        x_part, a_part = x / unit, a / unit
    zero = unit == 0
    if zero.any():
        x_part[zero] = a_part[zero] = 1
    return x_part, a_part
