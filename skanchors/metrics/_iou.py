"""Intersection over union of co-centred boxes, and the distance 1 - IoU."""

import numpy as np

from skanchors._boxes import check_boxes, check_pair
from skanchors.metrics._registry import Metric
from skanchors.metrics._shared import clipped_products, pair_columns, scalar, volumes


def iou_block(X, Y):
    """IoU of all pairs of valid boxes, without checks; for a block of rows."""
    x_volume, y_volume = volumes(X), volumes(Y)
    if x_volume is None or y_volume is None:
        return _iou_by_ratios(X, Y)
    intersection = np.minimum(X[:, 0, None], Y[:, 0])
    for side in range(1, X.shape[1]):
        intersection *= np.minimum(X[:, side, None], Y[:, side])
    union = np.add.outer(x_volume, y_volume)
    union -= intersection
    if x_volume.min(initial=1) > 0 or y_volume.min(initial=1) > 0:
        intersection /= union
        return intersection
    # Two boxes with no volume: 0 / 0. They have IoU 1 if equal, else 0.
    iou = np.divide(intersection, union, out=intersection, where=union > 0)
    return _mark_equal(iou, X, Y)


def _iou_by_ratios(X, Y):
    """The same from ratios of sides, which neither overflow nor underflow.

    With m the smaller side of a pair, IoU = 1 / (prod(x / m) + prod(y / m) - 1).
    """
    x_excess, y_excess = clipped_products(*pair_columns(X, Y))
    iou = 1 / (x_excess + y_excess - 1)
    return _mark_equal(iou, X, Y)


def _mark_equal(iou, X, Y):
    """Set what involves a box with no volume: 1 for equal boxes, 0 otherwise."""
    flat = np.logical_or.outer((X == 0).any(axis=1), (Y == 0).any(axis=1))
    i, j = np.nonzero(flat)
    iou[i, j] = (X[i] == Y[j]).all(axis=1)
    return iou


def _distance_block(X, Y):
    iou = iou_block(X, Y)
    return np.subtract(1, iou, out=iou)


def iou_gradient(x, a):
    """Distance of pairs, and its derivative by the logarithm of a's sides."""
    x_excess, a_excess = clipped_products(x, a)
    iou = 1 / (x_excess + a_excess - 1)
    flat = ((x == 0) | (a == 0)).any(axis=0)
    iou[flat] = 0
    gradient = np.where(a < x, -x_excess, a_excess)
    gradient *= iou * iou
    distance = np.subtract(1, iou, out=iou)
    if flat.any():
        distance[flat & (x == a).all(axis=0)] = 0
    return distance, gradient


def iou_distance(u, v):
    """Distance 1 - IoU of two co-centred boxes.

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


def pairwise_iou(X, Y=None):
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


def iou_distances(X, Y=None):
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
    X, Y = (check_boxes(X),) * 2 if Y is None else check_pair(X, Y)
    return IOU.pairwise(X, Y)


IOU = Metric(
    name="iou",
    func=iou_distance,
    block=_distance_block,
    center="descent",
    gradient=iou_gradient,
)
