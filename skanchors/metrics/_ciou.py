"""Complete IoU of co-centred rectangles."""

import numpy as np
from numpy.typing import ArrayLike

from skanchors.metrics._iou_kernels import iou_block, iou_blurred, iou_gradient
from skanchors.metrics._metric import Metric
from skanchors.metrics._shared import scalar

_SCALE = 4 / np.pi**2


def _angle(x: np.ndarray) -> np.ndarray:
    """Of the diagonal; sides first. A point has none, and takes the middle."""
    angle = np.arctan2(x[0], x[1])
    angle[(x[0] == 0) & (x[1] == 0)] = np.pi / 4
    return angle


def _penalty(loss: np.ndarray, v: np.ndarray) -> np.ndarray:
    """The trade-off alpha times v; 0 where the boxes are equal."""
    total = loss + v
    return np.divide(v * v, total, out=np.zeros_like(v), where=total > 0)


def _distance_block(X: np.ndarray, Y: np.ndarray) -> np.ndarray:
    if X.shape[1] != 2:
        raise ValueError(
            f"The ciou metric compares aspect ratios of rectangles: it needs 2 sides a "
            f"box (width, height), got {X.shape[1]}."
        )
    loss = 1 - iou_block(X, Y)
    v = _SCALE * np.subtract.outer(_angle(X.T), _angle(Y.T)) ** 2
    return loss + _penalty(loss, v)


def _gradient(
    x: np.ndarray, a: np.ndarray, width: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """With the sides of x blurred in the IoU, if `width` is not 0."""
    loss, loss_gradient = iou_blurred(x, a, width) if width else iou_gradient(x, a)
    angle = _angle(a)
    turn = angle - _angle(x)
    v = _SCALE * turn**2
    # The angle atan(w / h) changes by sin cos for a relative change of w.
    v_gradient = 2 * _SCALE * turn * np.sin(angle) * np.cos(angle)
    share = v / np.maximum(loss + v, np.finfo(v.dtype).tiny)
    by_v = share * (2 - share)
    gradient = loss_gradient * (1 - share**2)
    gradient[0] += by_v * v_gradient
    gradient[1] -= by_v * v_gradient
    return loss + _penalty(loss, v), gradient


def ciou_distance(u: ArrayLike, v: ArrayLike) -> float:
    r"""Distance 1 - CIoU of two co-centred rectangles.

    CIoU subtracts from the IoU a penalty for different aspect ratios [1]_; its term
    for the distance of the centres is 0 here. With IoU as in `iou_distance`,

    .. math::

        d(u, v) = 1 - \mathrm{IoU} + \frac{s^2}{1 - \mathrm{IoU} + s}, \qquad
        s = \frac{4}{\pi^2} \left(\arctan \frac{u_w}{u_h}
        - \arctan \frac{v_w}{v_h}\right)^2 .

    Parameters
    ----------
    u, v : array-like of shape (2,)
        Width and height of the boxes in any common unit.

    Returns
    -------
    float
        From 0 (equal) to 1.5.

    Raises
    ------
    ValueError
        If a size is negative or not finite, or a box does not have two sides.

    References
    ----------
    .. [1] Z. Zheng et al., "Distance-IoU loss: faster and better learning for bounding
       box regression", AAAI 2020, https://arxiv.org/abs/1911.08287

    Examples
    --------
    >>> from skanchors.metrics import ciou_distance
    >>> ciou_distance([2, 2], [1, 1])
    0.75
    >>> round(ciou_distance([2, 1], [1, 2]), 4)
    0.7004
    """
    return scalar(_distance_block, u, v)


CIOU = Metric(
    name="ciou",
    func=ciou_distance,
    block=_distance_block,
    gradient=_gradient,
    blurred=_gradient,
)
