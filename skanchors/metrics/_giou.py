"""Generalised IoU of co-centred boxes."""

import numpy as np
from numpy.typing import ArrayLike

from skanchors.metrics._iou_kernels import iou_block, iou_gradient
from skanchors.metrics._metric import Metric
from skanchors.metrics._shared import pair_columns, scalar, side_ratios


def _filled(x: np.ndarray, a: np.ndarray) -> tuple[np.ndarray, ...]:
    """Union over smallest enclosing box, and the three products that make it up.

    In ratios to the enclosing box's sides, so that nothing overflows.
    """
    x_part, a_part = side_ratios(x, a)
    x_share = x_part.prod(axis=0)
    a_share = a_part.prod(axis=0)
    both_share = np.minimum(x_part, a_part).prod(axis=0)
    return x_share + a_share - both_share, x_share, a_share, both_share


def _distance_block(X: np.ndarray, Y: np.ndarray) -> np.ndarray:
    distance = 2 - iou_block(X, Y)
    distance -= _filled(*pair_columns(X, Y))[0]
    return distance


def _gradient(x: np.ndarray, a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    distance, gradient = iou_gradient(x, a)
    filled, x_share, a_share, both_share = _filled(x, a)
    gradient -= np.where(a < x, a_share - both_share, both_share - x_share)
    return distance + (1 - filled), gradient


def giou_distance(u: ArrayLike, v: ArrayLike) -> float:
    r"""Distance 1 - GIoU of two co-centred boxes.

    GIoU subtracts from the IoU the share of the smallest enclosing box that neither
    box covers [1]_, so that of two boxes with equal IoU the one with the more similar
    shape is nearer. With V the volume of a box, I the product of the smaller side of
    the two on each axis, C that of the larger one, and U the union,

    .. math::

        d(u, v) = 1 - \frac{I}{U} + \frac{C - U}{C}, \qquad U = V(u) + V(v) - I .

    Parameters
    ----------
    u, v : array-like of shape (n_sides,)
        Sizes of the boxes in any common unit.

    Returns
    -------
    float
        From 0 (equal) to 2.

    Raises
    ------
    ValueError
        If a size is negative or not finite, or the numbers of sides differ.

    References
    ----------
    .. [1] H. Rezatofighi et al., "Generalized intersection over union: a metric and a
       loss for bounding box regression", CVPR 2019, https://arxiv.org/abs/1902.09630

    Examples
    --------
    >>> from skanchors.metrics import giou_distance
    >>> giou_distance([2, 2], [2, 1])
    0.5
    >>> giou_distance([2, 1], [1, 2])
    0.9166666666666667
    """
    return scalar(_distance_block, u, v)


GIOU = Metric(
    name="giou",
    func=giou_distance,
    block=_distance_block,
    gradient=_gradient,
)
