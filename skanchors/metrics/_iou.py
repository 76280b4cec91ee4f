"""Intersection over union of co-centred boxes, and the distance 1 - IoU."""

import numpy as np
from numpy.typing import ArrayLike

from skanchors._boxes import check_pair
from skanchors.metrics._iou_kernels import (
    iou_block,
    iou_blurred,
    iou_distance_of_rank,
    iou_gradient,
    iou_rank,
)
from skanchors.metrics._metric import Metric
from skanchors.metrics._shared import scalar


def _distance_block(X: np.ndarray, Y: np.ndarray) -> np.ndarray:
    iou = iou_block(X, Y)
    return np.subtract(1, iou, out=iou)


def iou_distance(u: ArrayLike, v: ArrayLike) -> float:
    r"""Distance 1 - IoU of two co-centred boxes.

    With V the volume of a box, the product of its sides, and I the product of the
    smaller side of the two on each axis,

    .. math:: d(u, v) = 1 - \frac{I}{V(u) + V(v) - I} .

    It is the Jaccard distance of the two boxes as sets, hence a metric: it obeys the
    triangle inequality [1]_.

    Parameters
    ----------
    u, v : array-like of shape (n_sides,)
        Sizes of the boxes, such as width and height, in any common unit.

    Returns
    -------
    float
        From 0 (equal) to 1. A box with no volume is 1 away from any other box.

    Raises
    ------
    ValueError
        If a size is negative or not finite, or the numbers of sides differ.

    See Also
    --------
    iou_distances : The same for all pairs of rows.

    References
    ----------
    .. [1] S. Kosub, "A note on the triangle inequality for the Jaccard distance",
       Pattern Recognition Letters 120, 2019, https://arxiv.org/abs/1612.02696

    Examples
    --------
    >>> from skanchors.metrics import iou_distance
    >>> iou_distance([2, 2], [2, 1])
    0.5
    """
    return scalar(_distance_block, u, v)


def pairwise_iou(X: ArrayLike, Y: ArrayLike | None = None) -> np.ndarray:
    """Intersection over union of all pairs of co-centred boxes.

    Parameters
    ----------
    X : array-like of shape (n_X, n_sides)
        Sizes of boxes, 0 or larger; any number of sides.
    Y : array-like of shape (n_Y, n_sides), default=None
        Sizes of other boxes, such as anchors. None compares `X` with itself.

    Returns
    -------
    ndarray of shape (n_X, n_Y)
        From 0 to 1; float32 if both inputs are. A box with no volume has IoU 1 with an
        equal box and 0 with any other.

    Raises
    ------
    ValueError
        If a size is negative or not finite, or the numbers of sides differ.

    Examples
    --------
    >>> from skanchors.metrics import pairwise_iou
    >>> pairwise_iou([[2, 2], [4, 1]], [[2, 1], [2, 2]])
    array([[0.5       , 1.        ],
           [0.5       , 0.33333333]])
    """
    out = iou_distances(X, Y)
    return np.subtract(1, out, out=out)


def iou_distances(X: ArrayLike, Y: ArrayLike | None = None) -> np.ndarray:
    """Distance 1 - IoU of all pairs of co-centred boxes.

    Parameters
    ----------
    X : array-like of shape (n_X, n_sides)
        Sizes of boxes, 0 or larger; any number of sides.
    Y : array-like of shape (n_Y, n_sides), default=None
        Sizes of other boxes, such as anchors. None compares `X` with itself.

    Returns
    -------
    ndarray of shape (n_X, n_Y)
        From 0 to 1; float32 if both inputs are.

    Raises
    ------
    ValueError
        If a size is negative or not finite, or the numbers of sides differ.

    Examples
    --------
    >>> from skanchors.metrics import iou_distances
    >>> iou_distances([[2, 2], [4, 1]], [[2, 1], [2, 2]])
    array([[0.5       , 0.        ],
           [0.5       , 0.66666667]])
    """
    return IOU.pairwise(*check_pair(X, Y))


IOU = Metric(
    name="iou",
    func=iou_distance,
    block=_distance_block,
    gradient=iou_gradient,
    blurred=iou_blurred,
    rank=iou_rank,
    correction=iou_distance_of_rank,
)
