"""Rectangles of anchors, each with the boxes that it may profit from."""

from itertools import product
from typing import NamedTuple

import numpy as np

from skanchors.certify._demand import Demand

# Cells at the start are about this wide in log size, but at most 16 a side.
_FIRST_WIDTH = 0.5
_FIRST_PER_SIDE = 16
# Pairs of cell and box held at once; what has more is worked off in parts.
_PAIRS_PER_PART = 5_000_000


class Cells(NamedTuple):
    """Rectangles of log sizes."""

    lower: np.ndarray
    """(n_cells, n_sides) the smallest log sides."""
    upper: np.ndarray
    """(n_cells, n_sides) the largest log sides."""
    region: np.ndarray
    """(n_cells,) the region each is part of."""
    bound: np.ndarray
    """(n_cells,) no anchor of the cell makes a larger profit."""
    n_boxes: np.ndarray
    """(n_cells,) how many boxes each may profit from."""
    box: np.ndarray
    """(n_boxes.sum(),) those boxes, one cell after the other."""


def first_cells(
    demand: Demand, lower: np.ndarray, upper: np.ndarray, bound: float
) -> Cells:
    """Cut regions, log sides of shape (n_regions, n_sides), into cells.

    Those of a grid begin and end at its points, also after halving: in between, the
    same boxes are near their kinks.
    """
    n_boxes, n_sides = demand.boxes.shape
    per_side = (_PAIRS_PER_PART / (n_boxes * len(lower))) ** (1 / n_sides)
    per_side = min(max(1, int(per_side)), _FIRST_PER_SIDE)
    lowers: list[tuple] = []
    uppers: list[tuple] = []
    regions: list[int] = []
    for region, (low, high) in enumerate(zip(lower, upper, strict=True)):
        width = max(_FIRST_WIDTH, (high - low).max() / per_side)
        if demand.reach:
            width = demand.reach * 2 ** max(0, np.ceil(np.log2(width / demand.reach)))
            first, last = np.floor(low / width), np.ceil(high / width)
            edges = [
                width * np.arange(a, max(a + 1, b) + 1)
                for a, b in zip(first, last, strict=True)
            ]
        else:
            edges = [
                np.linspace(a, b, max(1, int(np.ceil((b - a) / width))) + 1)
                for a, b in zip(low, high, strict=True)
            ]
        lowers.extend(product(*(edge[:-1] for edge in edges)))
        uppers.extend(product(*(edge[1:] for edge in edges)))
        regions.extend([region] * (len(lowers) - len(regions)))
    return Cells(
        np.array(lowers),
        np.array(uppers),
        np.array(regions),
        np.full(len(regions), bound),
        np.full(len(regions), n_boxes),
        np.tile(np.arange(n_boxes, dtype=np.int32), len(regions)),
    )


def split(cells: Cells, chosen: np.ndarray) -> Cells:
    """Halve every side of the chosen cells, given by a mask."""
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
    return Cells(
        np.concatenate(lowers),
        np.concatenate(uppers),
        np.tile(cells.region[chosen], n),
        np.tile(cells.bound[chosen], n),
        np.tile(cells.n_boxes[chosen], n),
        np.tile(box, n),
    )


def in_parts(cells: Cells) -> list[Cells]:
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
        columns = [column[chosen] for column in cells[:-1]]
        parts.append(Cells._make([*columns, np.concatenate(box)]))
    return parts
