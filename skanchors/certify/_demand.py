"""The boxes as the bound sees them: all of them, or condensed onto a grid."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

# Along one log side, with the others fixed and away from the kink where box and anchor
# are equal, the second derivative of the IoU is never below -1/27: docs/certifying.rst.
CURVATURE = 1 / 27
# Steps that a grid may have, in log size; 0.12 makes 1000 to 2000 nodes of real data.
STEPS = tuple(0.015 * 2**i for i in range(6))


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
        In log size. 0: the boxes are real. Else they are nodes of a grid of that
        step, and real boxes were shared out among the corners of their grid cell.
    n_condensed : int, default=0
        How many boxes went into these, for the rounding of their weights' sums.
    """

    boxes: np.ndarray
    weight: np.ndarray
    reach: float = 0.0
    n_condensed: int = 0

    @property
    def n_terms(self):
        """How many numbers at most a sum over the boxes has added up."""
        return len(self.boxes) + self.n_condensed

    @cached_property
    def inverse(self):
        """1 / sides, one contiguous row a side."""
        return np.ascontiguousarray(1 / self.boxes.T)

    @cached_property
    def lower(self):
        """Smallest log sides."""
        return np.log(self.boxes.min(axis=0))

    @cached_property
    def upper(self):
        """Largest log sides."""
        return np.log(self.boxes.max(axis=0))

    @property
    def slack(self):
        """What condensing may take from one anchor's profit, beside the kinks."""
        return CURVATURE / 2 * self.boxes.shape[1] * (self.reach / 2) ** 2


def condense(demand, step):
    """Share real boxes out among the corners of their cell in a grid of log sizes.

    A function that is convex along each side is, at a box, at most the weighted mean
    of its values at those corners. What a profit has of that is in docs/certifying.rst.

    Parameters
    ----------
    demand : Demand
        Real boxes, or nodes of a grid whose step divides this one's.
    step : float
        Distance of the grid's nodes in log size.

    Returns
    -------
    demand : Demand
        The nodes with their weights.
    shares : sparse array of shape (n_boxes, n_nodes)
        Each row holds a box's shares, which sum to 1. Multipliers of the nodes times
        it are multipliers of the boxes that mean the same bound.
    """
    position = np.log(demand.boxes) / step
    corner = np.floor(position)
    fraction = position - corner
    corner = corner.astype(np.int64)
    n_boxes, n_sides = position.shape
    nodes, shares = [], []
    for bits in np.ndindex(*(2,) * n_sides):
        bits = np.array(bits)
        nodes.append(corner + bits)
        shares.append(np.where(bits == 1, fraction, 1 - fraction).prod(axis=1))
    nodes, node = _unique_rows(np.concatenate(nodes))
    shares = sparse.csr_array(
        (np.concatenate(shares), (np.tile(np.arange(n_boxes), 2**n_sides), node)),
        shape=(n_boxes, len(nodes)),
    )
    weight = shares.T @ demand.weight
    # Each box is in 2^n_sides of the sums.
    n_terms = n_boxes * 2**n_sides + demand.n_condensed
    return Demand(np.exp(nodes * step), weight, step, n_terms), shares


def _unique_rows(rows):
    """Distinct rows of integers, and the index of each row among them."""
    # One integer a row sorts faster than rows. It fits: sizes span a limited range.
    shifted = rows - rows.min(axis=0)
    key = np.ravel_multi_index(tuple(shifted.T), tuple(shifted.max(axis=0) + 1))
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    return rows[first], inverse
