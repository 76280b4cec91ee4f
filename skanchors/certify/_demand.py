"""The boxes as the bound sees them: all of them, or condensed onto a grid."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from skanchors.metrics._iou_kernels import iou_block, iou_of_quotients

# Along one log side, with the others fixed and away from the kink where box and anchor
# are equal, the second derivative of the IoU is never below -1/27: docs/certifying.rst.
CURVATURE = 1 / 27
# Steps that a grid may have, in log size; 0.12 makes 1000 to 2000 points of real data.
STEPS = tuple(0.015 * 2**i for i in range(7))
# Logarithms this far apart count as equal: that is more than their rounding errors.
_SAME_LOG = 1e-12


@dataclass(frozen=True)
class Demand:
    """Weighted boxes, each of which may stand for boxes up to `reach` away.

    Parameters
    ----------
    boxes : ndarray of shape (n_boxes, n_sides)
        Sizes, all above 0.
    weight : ndarray of shape (n_boxes,)
        Shares of the whole, which sum to at most 1.
    reach : float, default=0.0
        In log size. 0: the boxes are real. Else they are points of a grid of that
        step, and real boxes were shared out among the corners of their grid square.
    n_condensed : int, default=0
        How many boxes went into these, for the rounding of their weights' sums.
    """

    boxes: np.ndarray
    weight: np.ndarray
    reach: float = 0.0
    n_condensed: int = 0

    @property
    def n_terms(self) -> int:
        """How many numbers at most a sum over the boxes has added up."""
        return len(self.boxes) + self.n_condensed

    @cached_property
    def inverse(self) -> np.ndarray:
        """1 / sides, one contiguous row a side."""
        return np.ascontiguousarray(1 / self.boxes.T)

    @cached_property
    def lower(self) -> np.ndarray:
        """Smallest log sides."""
        return np.log(self.boxes.min(axis=0))

    @cached_property
    def upper(self) -> np.ndarray:
        """Largest log sides."""
        return np.log(self.boxes.max(axis=0))

    @property
    def slack(self) -> float:
        """What condensing may take from one anchor's profit, beside the kinks."""
        if not self.reach:
            return 0.0
        n_sides = self.boxes.shape[1]
        return n_sides * (CURVATURE / 2 * (self.reach / 2) ** 2 + 2 * _SAME_LOG)

    @property
    def kink(self) -> tuple[float, float]:
        """Quotients of an anchor's and a box's side between which they may be equal.

        In between, the IoU along that side peaks at one of the boxes that this one
        stands for, and is bounded by that at the peak.
        """
        if not self.reach:
            return 1.0, 1.0
        half = self.reach - _SAME_LOG
        return np.exp(-half), np.exp(half)

    def take(self, box: np.ndarray) -> "Demand":
        """Some of the boxes."""
        return Demand(self.boxes[box], self.weight[box], self.reach, self.n_condensed)

    def iou(self, anchors: np.ndarray) -> np.ndarray:
        """IoU of anchors and boxes, shape (n_anchors, n_boxes), raised near kinks."""
        if not self.reach:
            return iou_block(anchors, self.boxes)
        shrink, grow = self.kink
        volume = np.ones((len(anchors), len(self.boxes)))
        shared = volume.copy()
        for side, inverse in zip(anchors.T, self.inverse, strict=True):
            quotient = side[:, None] * inverse
            quotient[(quotient > shrink) & (quotient < grow)] = 1
            volume *= quotient
            shared *= np.minimum(quotient, 1, out=quotient)
        return iou_of_quotients(shared, volume)


def lowest_bend(multipliers: np.ndarray) -> np.ndarray:
    """How far below 0 the second derivative along a log side of (IoU - multiplier)+ is.

    With f for the IoU, that of the IoU is at least -f / 8 where f <= 1/4 and
    2 f^3 - f^2 above; it only matters where the IoU exceeds the multiplier.
    """
    f = np.clip(multipliers, 1 / 3, 1 / 2)
    return f * f * (1 - 2 * f)


def condense(
    demand: Demand, step: float, most: float = np.inf
) -> tuple[Demand, sparse.csr_array] | None:
    """Share real boxes out among the corners of their square in a grid of log sizes.

    A function that is convex along each side is, at a box, at most the weighted mean
    of its values at those corners. What a profit has of that is in docs/certifying.rst.

    Parameters
    ----------
    demand : Demand
        Real boxes, or points of a grid whose step divides this one's.
    step : float
        Distance of the grid's points in log size.
    most : float, default=inf
        Give up, and return None, if there are more points than this.

    Returns
    -------
    demand : Demand
        The points with their weights.
    shares : sparse array of shape (n_boxes, n_points)
        Each row holds a box's shares, which sum to 1. Multipliers of the points times
        it are multipliers of the boxes that mean the same bound.
    """
    position = np.log(demand.boxes) / step
    corner = np.floor(position)
    fraction = position - corner
    n_boxes, n_sides = position.shape
    squares, square = _unique_rows(corner.astype(np.int64))
    ends = np.array(list(np.ndindex(*(2,) * n_sides)))
    corners = (squares[:, None] + ends).reshape(-1, n_sides)
    points, point = _unique_rows(corners)
    if len(points) > most:
        return None
    parts = np.ones((n_boxes, len(ends)))
    for part, end in zip(parts.T, ends, strict=True):
        for side, is_upper in enumerate(end):
            part *= fraction[:, side] if is_upper else 1 - fraction[:, side]
    shares = sparse.csr_array(
        (
            parts.ravel(),
            point.reshape(len(squares), -1)[square].ravel(),
            np.arange(n_boxes + 1) * len(ends),
        ),
        shape=(n_boxes, len(points)),
    )
    weight = shares.T @ demand.weight
    # Each box is in 2^n_sides of the sums.
    n_terms = n_boxes * len(ends) + demand.n_condensed
    return Demand(np.exp(points * step), weight, step, n_terms), shares


def _unique_rows(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distinct rows of integers, and the index of each row among them."""
    # One integer a row sorts faster than rows. It fits: sizes span a limited range.
    shifted = rows - rows.min(axis=0)
    key = np.ravel_multi_index(tuple(shifted.T), tuple(shifted.max(axis=0) + 1))
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    return rows[first], inverse
