"""Checks of box sizes, and the merging of equal boxes."""

import os
from typing import Any, NamedTuple, TypeGuard

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_array, check_consistent_length
from sklearn.utils.validation import validate_data

from skanchors._array_api import finite_only, to_numpy
from skanchors._compat._sklearn import check_sample_weight

# Weights below this share of the largest one count as 0.
_NEGLIGIBLE = 1e-100
# Rows worked on at a time where all at once would cost memory.
_BLOCK = 65_536

# Volumes nearer than this share of one another differ by rounding alone.
_SAME_VOLUME = 1e-12


class MergedBoxes(NamedTuple):
    """Distinct boxes in order of their sides, with summed weights."""

    boxes: np.ndarray
    weight: np.ndarray


def check_boxes(
    X: ArrayLike,
    *,
    name: str = "X",
    dtype: Any = (np.float64, np.float32),
) -> np.ndarray:
    """Validate box sizes.

    Parameters
    ----------
    X : array-like of shape (n_boxes, n_sides) or AnnotationTable
        Sizes of the boxes, 0 or larger; a table stands for fractions of its images.
    name : str, default="X"
        What the error messages call the array.
    dtype : type or sequence of types, default=(float64, float32)
        Allowed types; anything else becomes the first.

    Returns
    -------
    ndarray of shape (n_boxes, n_sides)
        The sizes; the input itself where nothing had to change.

    Raises
    ------
    ValueError
        If a size is negative, NaN or infinite, or the shape is wrong.
    """
    with finite_only(name):
        return check_array(
            to_numpy(boxes_of(X)),
            dtype=list(dtype) if isinstance(dtype, tuple) else dtype,
            ensure_non_negative=True,
            input_name=name,
        )


def validate_boxes(estimator: Any, X: Any, *, reset: bool) -> np.ndarray:
    """As `check_boxes`, for what an estimator was given.

    Parameters
    ----------
    estimator : BaseEstimator
        Takes note of the sides and their names, or compares them.
    X : array-like of shape (n_boxes, n_sides) or AnnotationTable
    reset : bool
        Whether to take note.
    """
    with finite_only("X"):
        return validate_data(
            estimator,
            to_numpy(boxes_of(X)),
            dtype=[np.float64, np.float32],
            ensure_non_negative=True,
            reset=reset,
        )


def is_table(X: Any) -> TypeGuard[Any]:
    """Whether these are annotations, as `AnnotationTable` holds them."""
    return hasattr(X, "image_index") and hasattr(X, "sizes")


def boxes_of(X: Any) -> Any:
    """Sizes as they are; of a table of annotations, as fractions of the images."""
    if isinstance(X, str | os.PathLike):
        raise TypeError(
            f"X must be sizes of boxes or a table, not a path, {X!r}. Pass "
            "read_dataset(path), or read_dataset(path).sizes(...), of "
            "skanchors.annotations."
        )
    return X.sizes() if is_table(X) else X


def check_pair(
    X: ArrayLike, Y: ArrayLike | None, *, names: tuple[str, str] = ("X", "Y")
) -> tuple[np.ndarray, np.ndarray]:
    """Validate two arrays of boxes with the same number of sides and one dtype.

    Without the second one, both are the first.
    """
    X = check_boxes(X, name=names[0])
    Y = X if Y is None else check_boxes(Y, name=names[1])
    if X.shape[1] != Y.shape[1]:
        raise ValueError(
            f"{names[0]} has {X.shape[1]} sides a box but {names[1]} has {Y.shape[1]}; "
            "both need the same number of columns."
        )
    dtype = np.result_type(X, Y)
    return X.astype(dtype, copy=False), Y.astype(dtype, copy=False)


def check_weight(sample_weight: ArrayLike | None, X: np.ndarray) -> np.ndarray | None:
    """Validate weights: float64, one a box, not negative, not all zero.

    None stays None, which means one for each box. Weights below 1e-100 of the largest
    count as 0: they change no sum, and products of them would vanish.
    """
    if sample_weight is None:
        return None
    sample_weight = to_numpy(sample_weight)
    check_consistent_length(X, sample_weight)
    with finite_only("sample_weight"):
        weight = check_sample_weight(
            sample_weight, X, dtype=np.float64, ensure_non_negative=True
        )
    with np.errstate(over="ignore"):
        total = weight.sum()
    if not np.isfinite(total):
        raise ValueError("sample_weight sums to infinity; divide it by its maximum.")
    negligible = (weight > 0) & (weight < _NEGLIGIBLE * weight.max())
    return np.where(negligible, 0, weight) if negligible.any() else weight


def merge_equal(X: np.ndarray, sample_weight: np.ndarray | None = None) -> MergedBoxes:
    """Merge equal boxes and add up their weights.

    The result depends neither on the order of the rows nor on whether a box
    is repeated or has a weight, so whatever is computed from it does not either.

    Parameters
    ----------
    X : ndarray of shape (n_boxes, n_sides)
        Valid sizes, see `check_boxes`.
    sample_weight : ndarray of shape (n_boxes,) or None, default=None
        Valid weights, see `check_weight`. Boxes of weight 0 are left out.

    Returns
    -------
    MergedBoxes
        `boxes`, distinct rows, float64, and their `weight`: float64, or without
        `sample_weight` counts of the smallest unsigned type that holds them.
    """
    if sample_weight is not None and not sample_weight.all():
        X = X[sample_weight > 0]
        sample_weight = sample_weight[sample_weight > 0]
    if np.signbit(X).any():
        X = np.abs(X)  # -0.0 equals 0.0 but has other bits
    # Whatever holds an entry a row is kept small, and no longer than it is of use: the
    # boxes may take a good part of the memory there is.
    order = _order_by_value(X, sample_weight).astype(np.min_scalar_type(len(X)))
    first = np.zeros(len(order), dtype=bool)
    first[0] = True
    for start in range(1, len(order), _BLOCK):
        rows = order[start - 1 : start + _BLOCK]
        for column in X.T:
            sides = column[rows]
            first[start : start + _BLOCK] |= sides[1:] != sides[:-1]
    starts = np.flatnonzero(first)
    if sample_weight is None:
        weight = _differences(starts, len(X))
    else:
        weight = np.add.reduceat(sample_weight[order], starts)
    del starts
    order = order[first]
    del first
    boxes = np.empty((len(order), X.shape[1]))
    for start in range(0, len(order), _BLOCK):
        rows = order[start : start + _BLOCK]  # of a small type, which `take` widens
        boxes[start : start + _BLOCK] = np.take(X, rows, axis=0)
    return MergedBoxes(boxes, weight)


def _differences(starts: np.ndarray, stop: int) -> np.ndarray:
    """Numbers of rows from each start to the next one, in the smallest type."""
    most = max(
        np.diff(starts[i : i + _BLOCK + 1]).max(initial=1)
        for i in range(0, len(starts), _BLOCK)
    )
    most = max(most, stop - starts[-1])
    counts = np.empty(len(starts), dtype=np.min_scalar_type(most))
    np.subtract(starts[1:], starts[:-1], out=counts[:-1], casting="unsafe")
    counts[-1] = stop - starts[-1]
    return counts


def volume_order(anchors: np.ndarray) -> np.ndarray:
    """The order from the smallest volume to the largest; ties by the sides.

    Volumes that differ by rounding alone tie: those of one size in several ratios are
    equal, whichever way they were computed.
    """
    # Fractions and exponents apart: products neither overflow nor vanish, and the
    # order does not depend on the unit.
    fraction, exponent = np.frexp(anchors)
    fraction, carried = np.frexp(fraction.prod(axis=1))
    exponent = np.where(fraction > 0, exponent.sum(axis=1) + carried, -(2**31))
    order = np.lexsort((fraction, exponent))
    fraction, exponent = fraction[order], exponent[order]
    step = np.diff(exponent)
    # The one before, in units of this one's power of 2.
    before = np.ldexp(fraction[:-1], -np.clip(step, 0, 64))
    larger = (step > 1) | (fraction[1:] - before > _SAME_VOLUME * fraction[1:])
    place = np.empty(len(order), dtype=np.intp)
    place[order] = np.concatenate([[0], np.cumsum(larger)])[: len(order)]
    return np.lexsort((*anchors.T[::-1], place))


def sort_by_volume(anchors: np.ndarray) -> np.ndarray:
    """Sort boxes from the smallest volume to the largest; ties by the sides."""
    return anchors[volume_order(anchors)]


def _order_by_value(X: np.ndarray, sample_weight: ArrayLike | None) -> np.ndarray:
    """Rows sorted by the first side, then by the next ones, then by weight.

    By value, so that the order does not depend on the unit.
    """
    if sample_weight is None and X.shape[1] == 2:
        # Complex numbers sort by their real part, then by the imaginary one, and faster
        # than rows.
        return np.argsort(np.ascontiguousarray(X, np.float64).view(complex)[:, 0])
    # Equal boxes ordered by weight: their sum then rounds the same way always.
    keys = X.T[::-1] if sample_weight is None else (sample_weight, *X.T[::-1])
    return np.lexsort(keys)
