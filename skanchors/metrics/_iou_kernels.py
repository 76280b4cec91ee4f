"""The arithmetic of the IoU of co-centred boxes.

Metrics, solver, certificate and reports use this one. (`skanchors.export`, which knows
no other room, scores the few boxes of a level by itself.)

With I the volume that two co-centred boxes share, the product of the smaller of their
sides, and S the sum of their volumes,

    IoU = I / (S - I).

Products of sides overflow and vanish where sides are extreme. There IoU is computed
from ratios: with m the smaller side of a pair,

    IoU = 1 / (prod(x / m) + prod(a / m) - 1).

The rank of a pair is S / I = 1 + 1 / IoU, the smaller the nearer: it orders as the
distance does and takes one operation less.

The derivative of 1 - IoU by the logarithm of a side a_j of the second box, of volume
V, is

    IoU (1 + IoU) (V / S - [a_j < x_j]).

A box with no volume has IoU 1 with an equal one and 0 with any other.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from skanchors.metrics._shared import clipped_products, pair_columns, products_are_safe

# To begin a row takes as long as some hundred numbers of it.
_LONG_ROW = 256


def iou_block(X: np.ndarray, Y: np.ndarray) -> np.ndarray:
    """IoU of all pairs of valid boxes, without checks; for a block of rows.

    From shapes (n_X, n_sides) and (n_Y, n_sides) to (n_X, n_Y).
    """
    x, y = pair_columns(X, Y)
    if not (products_are_safe(X) and products_are_safe(Y)):
        x_excess, y_excess = clipped_products(x, y)
        return _mark_equal(1 / (x_excess + y_excess - 1), X, Y)
    shared, both = _shared_and_both(x, y)
    both -= shared
    if X.min(initial=1) > 0 or Y.min(initial=1) > 0:
        shared /= both
        return shared
    iou = np.divide(shared, both, out=shared, where=both > 0)
    return _mark_equal(iou, X, Y)


def iou_of_quotients(shared: np.ndarray, volume: np.ndarray) -> np.ndarray:
    """IoU of pairs from I and the volume of a, in units of that of x; in place."""
    volume -= shared
    volume += 1
    return np.divide(shared, volume, out=shared)


def iou_rank(x: np.ndarray, a: np.ndarray) -> np.ndarray:
    """What orders pairs as 1 - IoU does: S / I, infinite where nothing is shared.

    Sides first, in any shapes that broadcast. Sums and products of sides must neither
    overflow nor vanish, and all sides of `a` must be above 0.
    """
    shared, both = _shared_and_both(x, a)
    with np.errstate(divide="ignore", over="ignore"):
        return np.divide(both, shared, out=both)


def iou_distance_of_rank(rank: np.ndarray) -> np.ndarray:
    """1 - IoU of pairs with this `iou_rank`, in place."""
    rank -= 1
    np.divide(1, rank, out=rank)
    return np.subtract(1, rank, out=rank)


def iou_gradient(x: np.ndarray, a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """1 - IoU of pairs, and its derivative by the logarithm of a's sides.

    Sides first, in any shapes that broadcast, where `a` has the shape of the result.
    """
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        shared, both = _shared_and_both(x, a)
        volume = _product(a)
    limits = np.finfo(shared.dtype)
    is_accurate = (
        shared.min(initial=1) > limits.tiny / limits.eps
        and both.max(initial=1) < limits.eps * limits.max
        # A product of more sides can vanish or overflow on the way.
        and (len(a) <= 2 or all(products_are_safe(each, axis=0) for each in (x, a)))
    )
    if not is_accurate:
        return _gradient_by_ratios(x, a)
    part = np.divide(volume, both, out=volume)
    both -= shared
    iou = np.divide(shared, both, out=shared)
    steep = np.add(iou, 1, out=both)
    steep *= iou
    part *= steep
    gradient = np.empty(a.shape, dtype=iou.dtype)
    for by_side, x_side, a_side in zip(gradient, x, a, strict=True):
        np.multiply(steep, a_side < x_side, out=by_side)
        np.subtract(part, by_side, out=by_side)
    return np.subtract(1, iou, out=iou), gradient


def iou_blurred(
    x: np.ndarray, a: np.ndarray, width: float
) -> tuple[np.ndarray, np.ndarray]:
    """As `iou_gradient`, for sides of x spread evenly over `width` times their size.

    The shared sides are averages over that. With q = a_j / x_j and t the share of the
    sides x_j that are longer than a_j, they are q t + (1 - t) (1 - width t / 2) in
    units of x_j, and t is their derivative by q.

    Sums and products of sides must neither overflow nor vanish, and no side is 0.
    """
    width = float(width)  # a number of numpy's would make single precision double
    quotient = a / x
    longer = quotient * (-1 / width)
    longer += 1 / width + 0.5
    longer.clip(0, 1, out=longer)
    shared = longer * (-width / 2)
    shared += 1
    shared *= 1 - longer
    longer *= quotient
    shared += longer
    # The derivative of the logarithm of each shared side by that of a's.
    longer /= shared
    volume = _product(quotient)
    part = volume / (volume + 1)
    iou = iou_of_quotients(_product(shared), volume)
    gradient = np.subtract(part, longer, out=longer)
    gradient *= iou * (1 + iou)
    return np.subtract(1, iou, out=iou), gradient


def _product(sides: np.ndarray) -> np.ndarray:
    """Along the first axis; of two sides twice as fast as numpy, to the same bits."""
    product = sides[0].copy() if len(sides) == 1 else sides[0] * sides[1]
    for side in sides[2:]:
        product *= side
    return product


def _gradient_by_ratios(x: np.ndarray, a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    x_excess, a_excess = clipped_products(x, a)
    iou = 1 / (x_excess + a_excess - 1)
    no_volume = ((x == 0) | (a == 0)).any(axis=0)
    iou[no_volume] = 0
    gradient = np.where(a < x, -x_excess, a_excess)
    gradient *= iou * iou
    distance = np.subtract(1, iou, out=iou)
    if no_volume.any():
        distance[no_volume & (x == a).all(axis=0)] = 0
    return distance, gradient


def _shared_and_both(x: np.ndarray, a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """I and S of pairs."""
    if x.shape[-1] == 1:
        x, a = a, x
    if a.shape[-1] != 1 or x.shape[-1] < _LONG_ROW:
        return _by_smaller(np.minimum, x, a)
    with _Unbuffered():
        return _by_smaller(_clipped, x, a)


def _by_smaller(
    smaller: Callable, x: np.ndarray, a: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """I and S, by a function that returns the smaller one of two sides."""
    shared = smaller(x[0], a[0])
    other = None
    for x_side, a_side in zip(x[1:], a[1:], strict=True):
        other = smaller(x_side, a_side, out=other)
        shared *= other
    return shared, np.add(_product(x), _product(a), out=other)


def _clipped(x: np.ndarray, a: np.ndarray, out: Any = None) -> np.ndarray:
    """The minimum, three times as fast where `a` is one number a long row."""
    return x.clip(0, a, out=out)


class _Unbuffered:
    """Inside, numpy works on broadcast rows where they lie.

    Unless they have more than 8192 entries, it copies them to buffers first, which
    takes longer than the arithmetic. Only for one dtype: casts need these buffers.
    """

    def __enter__(self) -> None:
        self._size = np.setbufsize(16)

    def __exit__(self, *error: object) -> None:
        np.setbufsize(self._size)


def _mark_equal(iou: np.ndarray, X: np.ndarray, Y: np.ndarray) -> np.ndarray:
    """Set what involves a box with no volume: 1 for equal boxes, 0 otherwise."""
    no_volume = np.logical_or.outer((X == 0).any(axis=1), (Y == 0).any(axis=1))
    i, j = np.nonzero(no_volume)
    iou[i, j] = (X[i] == Y[j]).all(axis=1)
    return iou
