"""The largest profit that one anchor can make, proven by branch and bound.

Given a multiplier for each box, an anchor's profit is the weighted sum over boxes of
IoU minus multiplier, where that is positive. `find_best` bounds it from above over
rectangles of log sizes, which it splits where the bound is not yet good enough.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import NamedTuple

import numpy as np

from skanchors._threads import effective_n_threads
from skanchors.certify._cells import Cells, first_cells, in_parts, split
from skanchors.certify._demand import Demand, lowest_bend
from skanchors.metrics._iou_kernels import iou_of_quotients

# Cells this narrow are not split further: rounding errors would dominate.
_LAST_WIDTH = 1e-10
# Nor are those of a grid below this share of its step.
_LAST_SHARE = 1 / 8
# Pairs of cell and box worked on at once: their arrays should stay in the cache.
_PAIRS_PER_BLOCK = 30_000
# Cells of a part in which one anchor is tried ...
_SAMPLED_PER_PART = 24
# ... this share of the cell's width away from a corner: on a grid, profits jump there.
_INSIDE = 1e-6


class Prices(NamedTuple):
    """What the search found; G is the number of regions."""

    ceiling: np.ndarray
    """(G,) no anchor of the region makes a larger profit."""
    anchors: np.ndarray
    """(n, n_sides) promising anchors, in no order."""
    profit: np.ndarray
    """(n,) their profits."""
    region: np.ndarray
    """(n,) the region each lies in."""
    n_cells: int
    """How many cells were bounded."""


def find_best(
    demand: Demand,
    multipliers: np.ndarray,
    lower: np.ndarray,
    upper: np.ndarray,
    *,
    known: np.ndarray,
    precision: float,
    deadline: float,
) -> Prices:
    """Bound the profit of any anchor in each region.

    Parameters
    ----------
    demand : Demand
    multipliers : ndarray of shape (n_boxes,)
    lower, upper : ndarray of shape (G, n_sides)
        The regions, in log size.
    known : ndarray of shape (G,)
        A profit that is known to be possible in each region, or 0.
    precision : float
        Stop where bound and best known profit are this close, but for the slack.
    deadline : float
        Stop at this value of `time.monotonic`, with a valid but weaker bound.

    Returns
    -------
    Prices
    """
    best = np.array(known, dtype=float)
    ceiling = best.copy()
    # Nothing earns more than equality with every box.
    most = np.maximum(1 - multipliers, 0) @ demand.weight + demand.slack
    parts = [first_cells(demand, lower, upper, most)]
    n_sides = lower.shape[1]
    found = [(np.empty((0, n_sides)), np.empty(0), np.empty(0, dtype=np.intp))]
    n_cells = 0
    last_width = max(_LAST_WIDTH, demand.reach * _LAST_SHARE)
    enough = precision + demand.slack
    with ThreadPoolExecutor(effective_n_threads()) as pool:
        while parts:
            cells = parts.pop()
            if time.monotonic() > deadline:
                np.maximum.at(ceiling, cells.region, cells.bound)
                continue
            n_cells += len(cells.region)
            cells, corner = _bound_cells(demand, multipliers, cells, pool, deadline)
            if time.monotonic() <= deadline:
                sample = _sample(demand, multipliers, cells, corner)
                found.append(sample)
                np.maximum.at(best, sample[2], sample[1])
            narrow = (cells.upper - cells.lower).max(axis=1) < last_width
            done = (cells.bound <= best[cells.region] + enough) | narrow
            done |= cells.n_boxes == 0
            # Cutting many cells takes a good part of a second.
            done |= time.monotonic() > deadline
            np.maximum.at(ceiling, cells.region[done], cells.bound[done])
            if not done.all():
                parts.extend(in_parts(split(cells, ~done)))
    ceiling = np.maximum(ceiling, best)
    anchors, profit, region = map(np.concatenate, zip(*found, strict=True))
    # Cells of a grid reach beyond the regions.
    anchors = np.clip(anchors, np.exp(lower[region]), np.exp(upper[region]))
    return Prices(ceiling, anchors, profit, region, n_cells)


def _bound_cells(
    demand: Demand,
    multipliers: np.ndarray,
    cells: Cells,
    pool: ThreadPoolExecutor,
    deadline: float,
) -> tuple[Cells, np.ndarray]:
    """Bound each cell, forget the boxes it cannot profit from, find its best corner.

    `multipliers` has shape (n_boxes,), the corners (n_cells,); bits of a corner say at
    which end of each side it lies. Once late, what is left keeps bound and boxes.
    """
    n_cells = len(cells.region)
    end = np.cumsum(cells.n_boxes)
    start = end - cells.n_boxes
    bound, corner = cells.bound.copy(), np.zeros(n_cells, dtype=np.intp)
    keep = np.ones(len(cells.box), dtype=bool)
    # Blocks of whole cells.
    block = end // _PAIRS_PER_BLOCK
    edges = np.flatnonzero(np.diff(block, prepend=-1, append=block[-1] + 1))

    def fill(i: int, j: int) -> None:
        if time.monotonic() > deadline:
            return
        pairs = slice(start[i], end[j - 1])
        bound[i:j], keep[pairs], corner[i:j] = _bound_block(
            demand,
            multipliers,
            cells.lower[i:j],
            cells.upper[i:j],
            cells.n_boxes[i:j],
            cells.box[pairs],
        )

    list(pool.map(fill, edges[:-1], edges[1:]))
    n_boxes = np.add.reduceat(keep, start, dtype=np.int64)
    # A cell is never worse than the one that it is part of.
    bound = np.minimum(bound, cells.bound)
    return cells._replace(bound=bound, n_boxes=n_boxes, box=cells.box[keep]), corner


def _bound_block(
    demand: Demand,
    multipliers: np.ndarray,
    lower: np.ndarray,
    upper: np.ndarray,
    count: np.ndarray,
    box: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Largest of the sums of profits over the corners of each cell.

    Along a log side, the IoU is convex but for a little curvature, except where the
    anchor's side passes the box's: there it peaks. So the profit over a cell is at
    most the largest of its corners' profits, where a side that may pass the box's is
    taken to equal it, plus what the curvature can add.

    Parameters
    ----------
    demand : Demand
    multipliers : ndarray of shape (n_boxes,)
    lower, upper : ndarray of shape (n_cells, n_sides)
        Log sides.
    count : ndarray of shape (n_cells,)
        Number of boxes of each cell, above 0.
    box : ndarray of shape (count.sum(),)
        Those boxes.

    Returns
    -------
    bound : ndarray of shape (n_cells,)
    keep : ndarray of shape (count.sum(),)
        Whether some anchor of the cell may profit from the box.
    corner : ndarray of shape (n_cells,)
        Number of the corner with the largest sum.
    """
    n_cells, n_sides = lower.shape
    cell = np.repeat(np.arange(n_cells), count)
    low, high = np.exp(lower), np.exp(upper)
    shrink, grow = demand.kink
    # For each side and end: anchor's side / box's side, and that but at most 1.
    ratios, overlaps = [], []
    for side in range(n_sides):
        inverse = demand.inverse[side][box]
        a = low[cell, side] * inverse
        b = inverse
        b *= high[cell, side]
        peak = (a < grow) & (b > shrink)
        a[peak] = 1
        b[peak] = 1
        ratios.append((a, b))
        overlaps.append((np.minimum(a, 1), np.minimum(b, 1)))
    multiplier, weight = multipliers[box], demand.weight[box]
    start = np.cumsum(count) - count
    keep = np.zeros(len(box), dtype=bool)
    sums = np.empty((2**n_sides, n_cells))
    for corner, ends in enumerate(product((0, 1), repeat=n_sides)):
        volume = ratios[0][ends[0]].copy()
        overlap = overlaps[0][ends[0]].copy()
        for side in range(1, n_sides):
            volume *= ratios[side][ends[side]]
            overlap *= overlaps[side][ends[side]]
        profit = iou_of_quotients(overlap, volume)
        profit -= multiplier
        keep |= profit > 0
        np.maximum(profit, 0, out=profit)
        profit *= weight
        sums[corner] = np.add.reduceat(profit, start)
    half_width = (upper - lower) / 2
    bend = np.add.reduceat(np.where(keep, weight * lowest_bend(multiplier), 0), start)
    bend *= (half_width**2).sum(axis=1) / 2
    return sums.max(axis=0) + bend + demand.slack, keep, sums.argmax(axis=0)


def _sample(
    demand: Demand, multipliers: np.ndarray, cells: Cells, corner: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Anchors, profits and regions of one anchor in each of the most promising cells.

    `multipliers` has shape (n_boxes,), `corner` shape (n_cells,).
    """
    chosen = np.argsort(-cells.bound, kind="stable")[:_SAMPLED_PER_PART]
    end = np.cumsum(cells.n_boxes)
    n_sides = cells.lower.shape[1]
    ends = np.array(list(product((0, 1), repeat=n_sides)))[corner[chosen]]
    lower, upper = cells.lower[chosen], cells.upper[chosen]
    place = np.where(ends == 1, upper, lower)
    if demand.reach:
        place += np.where(ends == 1, -_INSIDE, _INSIDE) * (upper - lower)
    anchors = np.exp(place)
    profit = np.zeros(len(chosen))
    for i, cell in enumerate(chosen):
        box = cells.box[end[cell] - cells.n_boxes[cell] : end[cell]]
        if not demand.reach:
            _move_to_peaks(anchors[i], demand.boxes[box], lower[i], upper[i])
        iou = demand.take(box).iou(anchors[i : i + 1])[0]
        profit[i] = np.maximum(iou - multipliers[box], 0) @ demand.weight[box]
    return anchors, profit, cells.region[chosen]


def _move_to_peaks(
    anchor: np.ndarray, boxes: np.ndarray, lower: np.ndarray, upper: np.ndarray
) -> None:
    """Set sides to those of boxes nearest the middle of a cell, for there are peaks.

    From shapes (n_sides,), (n_boxes, n_sides), and twice (n_sides,), of log sides; the
    anchor is changed in place.
    """
    for side, (low, high) in enumerate(zip(np.exp(lower), np.exp(upper), strict=True)):
        peaks = boxes[:, side]
        peaks = peaks[(peaks > low) & (peaks < high)]
        if len(peaks):
            middle = np.sqrt(low * high)
            anchor[side] = peaks[np.abs(np.log(peaks / middle)).argmin()]
