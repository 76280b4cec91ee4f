"""Multipliers that make the bound small, given some candidate anchors.

The bound is convex in the multipliers but has kinks. Where the largest profit is
replaced by a soft maximum, L-BFGS gets close to the minimum in a few hundred steps, and
any multipliers give a valid bound: none of this has to be exact.
"""

import time
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, minimize

from skanchors.certify._demand import Demand

# How far a multiplier may fall in the first and in later passes: smaller IoUs are left
# out of it.
_MARGINS = (0.1, 0.04)
_PAIRS_PER_BLOCK = 2_000_000
_CORRECTIONS = 10


class Multipliers(NamedTuple):
    """Result of `fit_multipliers`."""

    values: np.ndarray
    """(n_boxes,) one for each box."""
    profit: np.ndarray
    """(n_candidates,) what each candidate earns above them."""
    use: np.ndarray
    """(n_candidates,) how much of each candidate the relaxation uses."""


def initial_multipliers(demand: Demand, anchors: np.ndarray) -> np.ndarray:
    """Halfway between each box's best and second-best IoU, which is right for these.

    If the anchors are optimal and the relaxation has no gap, then optimal multipliers
    lie between the two.
    """
    if len(anchors) < 2:
        return np.zeros(len(demand.boxes))
    best_two = np.partition(demand.iou(anchors), -2, axis=0)[-2:]
    return best_two.sum(axis=0) / 2


def fit_multipliers(
    demand: Demand,
    values: np.ndarray,
    candidates: np.ndarray,
    region: np.ndarray,
    counts: np.ndarray,
    softness: Sequence[float],
    max_iter: int,
    deadline: float = np.inf,
) -> Multipliers:
    """Minimise the bound over the candidates.

    Parameters
    ----------
    demand : Demand
    values : ndarray of shape (n_boxes,)
        Multipliers to start from.
    candidates : ndarray of shape (n_candidates, n_sides)
        Sorted by region.
    region : ndarray of shape (n_candidates,)
        Which region each belongs to; none is without a candidate.
    counts : ndarray of shape (n_regions,)
        How many anchors of each region are wanted.
    softness : sequence of float
        Of the soft maximum, one pass each, falling.
    max_iter : int
        Steps of L-BFGS a pass.
    deadline : float, default=inf
        Of `time.monotonic`; no step begins later.

    Returns
    -------
    Multipliers
    """
    # A box's multiplier moves as its weight pulls it.
    scale = np.sqrt(np.maximum(demand.weight / demand.weight.max(), 1e-3))
    for i, soft in enumerate(softness):
        if i and time.monotonic() > deadline:
            break
        lowest = values - _MARGINS[min(i, len(_MARGINS) - 1)]
        objective = _SoftBound(demand, lowest, candidates, region, counts, scale, soft)
        values = objective.minimise(values, max_iter, deadline)
    profit, use, *_ = objective.evaluate(values)
    return Multipliers(values, profit, use)


class _SoftBound:
    """The bound with soft maxima, and its gradient.

    Parameters
    ----------
    demand : Demand
    lowest : ndarray of shape (n_boxes,)
        Multipliers are not below these.
    candidates : ndarray of shape (n_candidates, n_sides)
    region : ndarray of shape (n_candidates,)
        Of each candidate, ascending.
    counts : ndarray of shape (n_regions,)
        How many anchors of each region are wanted.
    scale : ndarray of shape (n_boxes,)
        What the multipliers are divided by before they descend.
    soft : float
        Of the soft maximum.
    """

    def __init__(
        self,
        demand: Demand,
        lowest: np.ndarray,
        candidates: np.ndarray,
        region: np.ndarray,
        counts: np.ndarray,
        scale: np.ndarray,
        soft: float,
    ) -> None:
        self.lowest = lowest
        self.weight, self.scale, self.soft = demand.weight, scale, soft
        self.counts = counts
        self.region = region
        self.first = np.searchsorted(region, np.arange(len(counts)))
        self.box, self.iou, self.size = _pairs(demand, lowest, candidates)
        self.start = np.cumsum(self.size) - self.size
        self.pair_weight = self.weight[self.box]
        # (n_boxes, n_candidates): 1 where a candidate is above the box's multiplier.
        self.serves = sparse.csc_array(
            (self.iou, self.box, np.append(self.start, len(self.box))),
            shape=(len(demand.boxes), len(candidates)),
            copy=True,
        )

    def evaluate(self, values: np.ndarray) -> tuple[np.ndarray, ...]:
        """What multipliers of shape (n_boxes,) leave to earn.

        Returns
        -------
        profit, use : ndarray of shape (n_candidates,)
            Of each candidate, and how much of it the soft maxima use.
        soft_max : ndarray of shape (n_regions,)
        positive : ndarray of shape (n_pairs,)
            Which boxes a candidate profits from.
        """
        excess = self.iou - values[self.box]
        positive = excess > 0
        excess *= self.pair_weight
        excess *= positive
        profit = np.add.reduceat(excess, self.start)
        top = np.maximum.reduceat(profit, self.first)
        share = np.exp((profit - top[self.region]) / self.soft)
        total = np.add.reduceat(share, self.first)
        use = share / total[self.region] * self.counts[self.region]
        return profit, use, top + self.soft * np.log(total), positive

    def __call__(self, scaled: np.ndarray) -> tuple[float, np.ndarray]:
        values = scaled / self.scale
        _, use, soft_max, positive = self.evaluate(values)
        self.serves.data[:] = positive
        served = self.serves @ use
        bound = self.weight @ values + self.counts @ soft_max
        return bound, self.weight * (1 - served) / self.scale

    def minimise(
        self, values: np.ndarray, max_iter: int, deadline: float
    ) -> np.ndarray:
        """Better multipliers, of shape (n_boxes,)."""

        def stop_if_late(scaled: np.ndarray) -> None:
            if time.monotonic() > deadline:
                raise StopIteration

        # Below `lowest`, pairs that are not here would matter.
        result = minimize(
            self,
            values * self.scale,
            jac=True,
            bounds=Bounds(self.lowest * self.scale, np.inf),
            method="L-BFGS-B",
            callback=stop_if_late,
            options={
                "maxiter": max_iter,
                "maxcor": _CORRECTIONS,
                "ftol": 1e-13,
                "gtol": 1e-10,
            },
        )
        return result.x / self.scale


def _pairs(
    demand: Demand, lowest: np.ndarray, candidates: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Boxes and IoUs above `lowest` for each candidate, one after the other."""
    step = max(1, _PAIRS_PER_BLOCK // len(demand.boxes))
    boxes, ious, sizes = [], [], []
    for low in range(0, len(candidates), step):
        iou = demand.iou(candidates[low : low + step])
        near = iou > lowest
        # Each candidate keeps a pair, so that none has an empty range.
        near[np.arange(len(iou)), (iou - lowest).argmax(axis=1)] = True
        sizes.append(near.sum(axis=1))
        boxes.append(np.nonzero(near)[1].astype(np.int32))
        ious.append(iou[near])
    return np.concatenate(boxes), np.concatenate(ious), np.concatenate(sizes)
