"""The side-ratio metric by which YOLOv5 and its relatives match anchors."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from skanchors.metrics._metric import BLOCK_ENTRIES, Metric
from skanchors.metrics._shared import pair_columns, scalar, side_ratios


def ratio_block(X: np.ndarray, Y: np.ndarray) -> Any:
    """Smallest side ratio min(x / y, y / x) of all pairs, from 0 to 1."""
    ratio = None
    for x, y in zip(*pair_columns(X, Y), strict=True):
        x_part, y_part = side_ratios(x, y)
        worst = np.minimum(x_part, y_part, out=x_part)
        ratio = worst if ratio is None else np.minimum(ratio, worst, out=ratio)
    return ratio


def map_ratios(
    X: np.ndarray, anchors: np.ndarray, reduce: Callable[[np.ndarray], np.ndarray]
) -> np.ndarray:
    """One value a box from its side ratios with all anchors, block by block.

    Parameters
    ----------
    X : ndarray of shape (n_boxes, n_sides)
    anchors : ndarray of shape (n_anchors, n_sides)
    reduce : callable
        From ratios (n, n_anchors) to values (n,).

    Returns
    -------
    ndarray of shape (n_boxes,)
    """
    step = max(1, BLOCK_ENTRIES // len(anchors))
    blocks = [
        reduce(ratio_block(X[start : start + step], anchors))
        for start in range(0, len(X), step)
    ]
    return np.concatenate(blocks)


def best_ratios(X: np.ndarray, anchors: np.ndarray) -> np.ndarray:
    """Smallest side ratio of each box with the anchor that makes it largest."""
    return map_ratios(X, anchors, lambda ratios: ratios.max(axis=1))


def _distance_block(X: np.ndarray, Y: np.ndarray) -> np.ndarray:
    ratio = ratio_block(X, Y)
    return np.subtract(1, ratio, out=ratio)


def ratio_gradient(x: np.ndarray, a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distance of pairs, and its derivative by the logarithm of a's sides."""
    ratios = np.minimum(*side_ratios(x, a))
    # Only the worst side counts; of several equally bad ones, the first.
    worst = ratios.argmin(axis=0, keepdims=True)
    ratio = np.take_along_axis(ratios, worst, axis=0)
    gradient = np.zeros_like(ratios)
    smaller = np.take_along_axis(a < x, worst, axis=0)
    np.put_along_axis(gradient, worst, np.where(smaller, -ratio, ratio), axis=0)
    return 1 - ratio[0], gradient


def ratio_distance(u: ArrayLike, v: ArrayLike) -> float:
    r"""Distance of two boxes by their most different side.

    With j over the sides,

    .. math:: d(u, v) = 1 - r(u, v), \qquad
        r(u, v) = \min_j \min\left(\frac{u_j}{v_j}, \frac{v_j}{u_j}\right) .

    YOLOv5 calls r the metric of an anchor and accepts an anchor for a box if r is
    above 1/4 [1]_.

    Parameters
    ----------
    u, v : array-like of shape (n_sides,)
        Sizes of the boxes in any common unit.

    Returns
    -------
    float
        From 0 (equal) to 1. Two sides of 0 count as equal.

    Raises
    ------
    ValueError
        If a size is negative or not finite, or the numbers of sides differ.

    References
    ----------
    .. [1] Ultralytics YOLOv5, ``utils/autoanchor.py``,
       https://github.com/ultralytics/yolov5

    Examples
    --------
    >>> from skanchors.metrics import ratio_distance
    >>> ratio_distance([2, 2], [4, 3])
    0.5
    """
    return scalar(_distance_block, u, v)


RATIO = Metric(
    name="ratio",
    func=ratio_distance,
    block=_distance_block,
    gradient=ratio_gradient,
)
