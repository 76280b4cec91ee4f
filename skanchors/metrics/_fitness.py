"""The side ratio with YOLOv5's threshold: what its genetic search maximises."""

import numpy as np
from numpy.typing import ArrayLike

from skanchors.metrics._metric import Metric
from skanchors.metrics._ratio import ratio_block, ratio_gradient
from skanchors.metrics._shared import scalar

# YOLOv5's default for `anchor_t`, the largest ratio at which an anchor matches a box.
_THRESHOLD = 4.0


def _distance_block(X: np.ndarray, Y: np.ndarray) -> np.ndarray:
    ratio = ratio_block(X, Y)
    ratio[ratio <= 1 / _THRESHOLD] = 0
    return np.subtract(1, ratio, out=ratio)


def _gradient(x: np.ndarray, a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    distance, gradient = ratio_gradient(x, a)
    missed = distance >= 1 - 1 / _THRESHOLD
    distance[missed] = 1
    gradient[:, missed] = 0
    return distance, gradient


def fitness_distance(u: ArrayLike, v: ArrayLike) -> float:
    r"""Distance of two boxes by YOLOv5's anchor fitness, at its threshold of 4.

    As `ratio_distance`, but boxes that differ by a factor of 4 or more on some side
    are 1 apart: YOLOv5 does not match them, so a near miss is worth nothing. With the
    ratio r of `ratio_distance`,

    .. math:: d(u, v) = \begin{cases}
        1 - r(u, v) & r(u, v) > 1/4 \\
        1 & \text{otherwise} .
        \end{cases}

    One minus the mean over boxes of the distance to the nearest anchor is the fitness
    that YOLOv5's genetic search maximises [1]_.

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

    See Also
    --------
    ratio_distance : The same without a threshold.

    References
    ----------
    .. [1] Ultralytics YOLOv5, ``utils/autoanchor.py``,
       https://github.com/ultralytics/yolov5

    Examples
    --------
    >>> from skanchors.metrics import fitness_distance
    >>> fitness_distance([2, 2], [4, 3])
    0.5
    >>> fitness_distance([2, 2], [9, 2])
    1.0
    """
    return scalar(_distance_block, u, v)


FITNESS = Metric(
    name="fitness",
    func=fitness_distance,
    block=_distance_block,
    gradient=_gradient,
)
