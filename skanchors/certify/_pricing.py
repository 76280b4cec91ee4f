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
from skanchors.certify._demand import CURVATURE

# Cells at the start are about this wide in log size, but at most 16 a side.
_FIRST_WIDTH = 0.5
_FIRST_PER_SIDE = 16
# Cells this narrow are not split further: rounding errors would dominate.
_LAST_WIDTH = 1e-10
# Pairs of cell and box worked on at once: their arrays should stay in the cache.
_PAIRS_PER_BLOCK = 30_000
# Pairs held at once; what has more is worked off in parts.
_PAIRS_PER_PART = 20_000_000
# Cells of a part in which one anchor is tried.
_SAMPLED_PER_PART = 24


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


class _Cells(NamedTuple):
    """Rectangles of log sizes, each with the boxes that it may profit from."""

    lower: np.ndarray
    upper: np.ndarray
    region: np.ndarray
    bound: np.ndarray
    n_boxes: np.ndarray
    box: np.ndarray


def find_best(demand, multipliers, lower, upper, *, known, precision, deadline):
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
        Stop where bound and best known profit are this close.
    deadline : float
        Stop at this value of `time.monotonic`, with a valid but weaker bound.

    Returns
    -------
    Prices
    """
    best = np.array(known, dtype=float)
    ceiling = best.copy()
    parts = [_first_cells(demand, lower, upper)]
    found, n_cells = [], 0
    # Within half a grid step, the doubt about where the boxes lie prevails.
    last_width = max(_LAST_WIDTH, demand.reach / 2)
    with ThreadPoolExecutor(effective_n_threads()) as pool:
        while parts:
            cells = parts.pop()
            if found and time.monotonic() > deadline:
                np.maximum.at(ceiling, cells.region, cells.bound)
                continue
            n_cells += len(cells.region)
            cells, corner = _bound_cells(demand, multipliers, cells, pool)
            sample = _sample(demand, multipliers, cells, corner)
            found.append(sample)
            np.maximum.at(best, sample[2], sample[1])
            narrow = (cells.upper - cells.lower).max(axis=1) < last_width
            done = (cells.bound <= best[cells.region] + precision) | narrow
            done |= cells.n_boxes == 0
            np.maximum.at(ceiling, cells.region[done], cells.bound[done])
            if not done.all():
                parts.extend(_parts(_split(cells, ~done)))
    ceiling = np.maximum(ceiling, best)
    anchors, profit, region = map(np.concatenate, zip(*found, strict=True))
    return Prices(ceiling, anchors, profit, region, n_cells)


def _first_cells(demand, lower, upper):
    n_boxes, n_sides = demand.boxes.shape
    per_side = (_PAIRS_PER_PART / (n_boxes * len(lower))) ** (1 / n_sides)
    per_side = min(max(1, int(per_side)), _FIRST_PER_SIDE)
    lowers, uppers, regions = [], [], []
    for region, (low, high) in enumerate(zip(lower, upper, strict=True)):
        width = max(_FIRST_WIDTH, (high - low).max() / per_side)
        edges = [
            np.linspace(a, b, max(1, int(np.ceil((b - a) / width))) + 1)
            for a, b in zip(low, high, strict=True)
        ]
        lowers.extend(product(*(edge[:-1] for edge in edges)))
        uppers.extend(product(*(edge[1:] for edge in edges)))
        regions.extend([region] * (len(lowers) - len(regions)))
    return _Cells(
        np.array(lowers),
        np.array(uppers),
        np.array(regions),
        np.full(len(regions), np.inf),
        np.full(len(regions), n_boxes),
        np.tile(np.arange(n_boxes, dtype=np.int32), len(regions)),
    )


def _bound_cells(demand, multipliers, cells, pool):
    """Bound each cell, forget the boxes it cannot profit from, find its best corner."""
    n_cells = len(cells.region)
    end = np.cumsum(cells.n_boxes)
    start = end - cells.n_boxes
    bound, corner = np.empty(n_cells), np.empty(n_cells, dtype=np.intp)
    keep = np.empty(len(cells.box), dtype=bool)
    # Blocks of whole cells.
    block = end // _PAIRS_PER_BLOCK
    edges = np.flatnonzero(np.diff(block, prepend=-1, append=block[-1] + 1))

    def fill(i, j):
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


def _bound_block(demand, multipliers, lower, upper, count, box):
    """Largest of the sums of profits over the corners of each cell.

    Along a log side, the IoU is convex but for a little curvature, except where the
    anchor's side passes the box's: there it peaks. So the profit over a cell is at
    most the largest of its corners' profits, where a side that may pass the box's is
    taken to equal it, plus what the curvature can add.
    """
    n_cells, n_sides = lower.shape
    cell = np.repeat(np.arange(n_cells), count)
    low, high = np.exp(lower), np.exp(upper)
    grow, shrink = np.exp(demand.reach), np.exp(-demand.reach)
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
        # IoU = overlap / (1 + volume - overlap), in units of the box's volume.
        volume -= overlap
        volume += 1
        overlap /= volume
        overlap -= multiplier
        keep |= overlap > 0
        np.maximum(overlap, 0, out=overlap)
        overlap *= weight
        sums[corner] = np.add.reduceat(overlap, start)
    half_width = (upper - lower) / 2
    active = np.add.reduceat(np.where(keep, weight, 0), start)
    bend = CURVATURE / 2 * (half_width**2).sum(axis=1) * active
    return sums.max(axis=0) + bend + demand.slack, keep, sums.argmax(axis=0)


def _sample(demand, multipliers, cells, corner):
    """Profits of one anchor in each of the cells with the largest bounds."""
    chosen = np.argsort(-cells.bound, kind="stable")[:_SAMPLED_PER_PART]
    end = np.cumsum(cells.n_boxes)
    n_sides = cells.lower.shape[1]
    ends = np.array(list(product((0, 1), repeat=n_sides)))[corner[chosen]]
    anchors = np.exp(np.where(ends == 1, cells.upper[chosen], cells.lower[chosen]))
    profit = np.zeros(len(chosen))
    for i, cell in enumerate(chosen):
        box = cells.box[end[cell] - cells.n_boxes[cell] : end[cell]]
        sides = demand.boxes[box]
        low, high = np.exp(cells.lower[cell]), np.exp(cells.upper[cell])
        middle = np.sqrt(low * high)
        for side in range(n_sides):
            inside = (sides[:, side] > low[side]) & (sides[:, side] < high[side])
            if inside.any():
                # A peak lies on some box's side; take the one nearest the middle.
                peaks = sides[inside, side]
                nearest = np.abs(np.log(peaks / middle[side])).argmin()
                anchors[i, side] = peaks[nearest]
        ratio = anchors[i] / sides
        overlap = np.minimum(ratio, 1).prod(axis=1)
        iou = overlap / (1 + ratio.prod(axis=1) - overlap)
        profit[i] = np.maximum(iou - multipliers[box], 0) @ demand.weight[box]
    return anchors, profit, cells.region[chosen]


def _split(cells, chosen):
    """Halve every side of the chosen cells."""
    box = cells.box[np.repeat(chosen, cells.n_boxes)]
    lower, upper = cells.lower[chosen], cells.upper[chosen]
    middle = (lower + upper) / 2
    sides = np.flatnonzero(((upper - lower) > 0).any(axis=0))
    lowers, uppers = [], []
    for halves in product((0, 1), repeat=len(sides)):
        low, high = lower.copy(), upper.copy()
        for side, half in zip(sides, halves, strict=True):
            (high if half == 0 else low)[:, side] = middle[:, side]
        lowers.append(low)
        uppers.append(high)
    n = len(lowers)
    return _Cells(
        np.concatenate(lowers),
        np.concatenate(uppers),
        np.tile(cells.region[chosen], n),
        np.tile(cells.bound[chosen], n),
        np.tile(cells.n_boxes[chosen], n),
        np.tile(box, n),
    )


def _parts(cells):
    """Cut cells into parts that are not too large to hold, the last with the best."""
    if len(cells.box) <= _PAIRS_PER_PART:
        return [cells]
    order = np.argsort(cells.bound, kind="stable")
    start = np.cumsum(cells.n_boxes) - cells.n_boxes
    part = np.cumsum(cells.n_boxes[order]) // _PAIRS_PER_PART
    edges = np.flatnonzero(np.diff(part, prepend=-1, append=part[-1] + 1))
    parts = []
    for chosen in np.split(order, edges[1:-1]):
        box = [cells.box[start[i] : start[i] + cells.n_boxes[i]] for i in chosen]
        columns = (column[chosen] for column in cells[:-1])
        parts.append(_Cells(*columns, np.concatenate(box)))
    return parts
