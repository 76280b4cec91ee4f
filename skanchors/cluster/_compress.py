"""Few weighted boxes that stand for many.

The search for good anchors runs on these. What it finds is then improved on all
boxes, so a representative only has to be good, not exact.
"""

from typing import Any

import numpy as np

from skanchors.cluster import _tuning as tuning
from skanchors.cluster._runs import middling_unit

# Rows that are worked on at a time where whole columns would cost memory.
_BLOCK = 65_536
# Codes of cells that a table can hold, beside one for every other box.
_TABLE = 1 << 17


def grid_representatives(
    boxes: np.ndarray, weight: np.ndarray, max_boxes: int
) -> tuple[np.ndarray, np.ndarray]:
    """Merge the boxes in each cell of a grid in log size.

    Fast for millions of boxes: the grid costs one pass over them, or a few where the
    boxes hardly differ. With very many sides, no grid merges some of the boxes only;
    then they are cut up as by `variance_cuts`.

    Parameters
    ----------
    boxes : ndarray of shape (n_boxes, n_sides)
        Distinct boxes in an order that does not depend on the input's.
    weight : ndarray of shape (n_boxes,)
    max_boxes : int
        How many representatives are enough.

    Returns
    -------
    boxes, weight : ndarrays
        Weighted geometric means and summed weights of the occupied cells; at least an
        eighth of `max_boxes`. The input itself if it is small enough.
    """
    if len(boxes) <= max_boxes:
        return boxes, weight
    log_of, ranges = _log_blocks(boxes)
    width = tuning.FINE_CELL
    fewest = tuning.FEWEST_SHARE * max_boxes
    fine, masses = _merge_cells(log_of, ranges, weight, width)
    while len(masses) < fewest and width > tuning.FINEST_CELL:
        width /= 4
        fine, masses = _merge_cells(log_of, ranges, weight, width)
    # Widen the cells by what boxes spread evenly would need. Others need more, so that
    # the steps come from below; they merge what is merged already.
    logs, merged = fine, masses
    while len(merged) > max_boxes:
        surplus = len(merged) / max_boxes
        width *= max(1.05, 1.02 * surplus ** (1 / len(fine)))
        logs, merged = _merge_cells(
            lambda side, rows: fine[side, rows], ranges, masses, width
        )
    if len(merged) >= fewest:
        return _sizes(logs, boxes), merged
    if len(masses) > max_boxes:
        boxes, weight = _sizes(fine, boxes), masses
    return variance_cuts(boxes, weight, [max_boxes])[0]


def variance_cuts(
    boxes: np.ndarray, weight: np.ndarray, sizes: Any
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Split the boxes into groups, always the most spread ones, across the widest side.

    Slower than the grid, but the groups are small where the boxes are dense.

    Parameters
    ----------
    boxes : ndarray of shape (n_boxes, n_sides)
    weight : ndarray of shape (n_boxes,)
    sizes : sequence of int
        Numbers of groups, ascending.

    Returns
    -------
    list of (boxes, weight)
        For each size, weighted geometric means and summed weights of the groups; the
        input itself where it is small enough.
    """
    # Logarithms of twice the boxes round otherwise; in this unit they are the same.
    unit = middling_unit(boxes)
    log_of, _ = _log_blocks(boxes / unit)
    logs = np.stack([log_of(side, slice(None)) for side in range(boxes.shape[1])])
    group = np.zeros(len(weight), dtype=np.intp)
    n_groups = 1
    cuts = []
    for size in sizes:
        if size >= len(boxes):
            cuts.append((boxes, weight))
            continue
        masses, means, spreads = _describe(logs, weight, group, n_groups)
        while n_groups < size:
            n_groups += _split(logs, group, means, spreads, size - n_groups)
            masses, means, spreads = _describe(logs, weight, group, n_groups)
        first = np.empty(n_groups, dtype=np.intp)
        first[group[::-1]] = np.arange(len(group))[::-1]
        order = np.argsort(first)
        cuts.append((_sizes(means[:, order], boxes / unit) * unit, masses[order]))
    return cuts


def _describe(
    logs: np.ndarray, weight: np.ndarray, group: np.ndarray, n_groups: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each group its weight and, by side, mean and spread of its log sizes.

    `logs` has shape (n_sides, n_boxes), `weight` and `group` (n_boxes,).
    """
    masses: np.ndarray = np.bincount(group, weight, n_groups)
    means: np.ndarray = np.stack(
        [np.bincount(group, weight * log, n_groups) for log in logs]
    )
    means /= masses
    spreads = [
        np.bincount(group, weight * (log - mean[group]) ** 2, n_groups)
        for log, mean in zip(logs, means, strict=True)
    ]
    return masses, means, np.stack(spreads)


def _split(
    logs: np.ndarray,
    group: np.ndarray,
    means: np.ndarray,
    spreads: np.ndarray,
    n_wanted: int,
) -> int:
    """Split the most spread half of the groups, or as many as wanted, in place.

    Half of them at a time is as good as one after the other. `logs` has shape (n_sides,
    n_boxes), `group` (n_boxes,), `means` and `spreads` (n_sides, n_groups).
    """
    members = np.bincount(group)
    # One box alone never comes before a group, whatever rounding says.
    total = np.where(members > 1, spreads.sum(axis=0), -1)
    n_split = min(n_wanted, (len(total) + 1) // 2, int((members > 1).sum()))
    chosen = np.argsort(-total, kind="stable")[:n_split]
    new = np.full(len(total), -1)
    new[chosen] = len(total) + np.arange(n_split)
    rows = np.flatnonzero(new[group] >= 0)
    own = group[rows]
    side = spreads.argmax(axis=0)[own]
    high = logs[side, rows] > means[side, own]
    n_high = np.bincount(own, high, len(total))
    for one in chosen[(n_high[chosen] == 0) | (n_high[chosen] == members[chosen])]:
        # Equal up to rounding: any half will do.
        equal = np.flatnonzero(own == one)
        high[equal] = np.arange(len(equal)) >= len(equal) // 2
    group[rows[high]] = new[own[high]]
    return n_split


def _log_blocks(boxes: np.ndarray) -> tuple[Any, Any]:
    """``log_of(side, rows)``: log sizes, which are not kept; and their ranges.

    The logarithm of 0 is put well below those of all other sizes.
    """
    floor = _floor(boxes) if boxes.min() == 0 else np.zeros(boxes.shape[1])
    ranges = np.log(np.maximum([boxes.min(axis=0), boxes.max(axis=0)], floor))
    return lambda side, rows: np.log(np.maximum(boxes[rows, side], floor[side])), ranges


def _merge_cells(
    log_of: Any, ranges: Any, weight: np.ndarray, width: float
) -> tuple[np.ndarray, np.ndarray]:
    """Merge what shares a cell of a grid.

    Parameters
    ----------
    log_of : callable
        ``log_of(side, rows)``: log sizes.
    ranges : ndarray of shape (2, n_sides)
        The smallest and the largest of each side, or below and above.
    weight : ndarray of shape (n_boxes,)
    width : float

    Returns
    -------
    logs : ndarray of shape (n_sides, n_cells)
        Weighted means.
    weight : ndarray of shape (n_cells,)
        Sums.
    """
    # In few enough blocks that their tables of cells do not add up, either.
    size = max(_BLOCK, -(-len(weight) // 16))
    blocks = [slice(at, at + size) for at in range(0, len(weight), size)]
    cells, n_cells = _number_cells(log_of, ranges, blocks, len(weight), width)
    total: Any = 0
    sums: Any = 0
    for rows in blocks:
        total = total + np.bincount(cells[rows], weight[rows], n_cells)
        sums = sums + np.stack(
            [
                np.bincount(cells[rows], log_of(side, rows) * weight[rows], n_cells)
                for side in range(ranges.shape[1])
            ]
        )
    return sums / total, total


def _number_cells(
    log_of: Any, ranges: Any, blocks: Any, n_boxes: int, width: float
) -> tuple[np.ndarray, int]:
    """Cell of each box, in their order and without gaps, and the number of cells."""
    codes: np.ndarray = np.zeros(n_boxes, dtype=np.int32)
    n_codes = 1
    for side, (lowest, highest) in enumerate(ranges.T.tolist()):
        # One to spare, as logarithms round.
        n_steps = int((highest - lowest) / width) + 2
        if n_codes * n_steps > np.iinfo(codes.dtype).max:
            codes = codes.astype(np.int64)
        codes *= n_steps
        n_codes *= n_steps
        for rows in blocks:
            # Counted from the smallest size: then wide enough cells merge all, and the
            # unit of the boxes does not matter.
            codes[rows] += ((log_of(side, rows) - lowest) / width).astype(codes.dtype)
        if n_codes > n_boxes // 2 + _TABLE:
            occupied, codes = np.unique(codes, return_inverse=True)
            codes, n_codes = codes.astype(np.int32), len(occupied)
    # Numbering by a table is several times as fast as by sorting.
    occupied = np.zeros(n_codes, dtype=bool)
    occupied[codes] = True
    number = np.cumsum(occupied, dtype=np.int32)
    number -= 1
    for rows in blocks:
        codes[rows] = number[codes[rows]]
    return codes, int(number[-1]) + 1


def _sizes(logs: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Undo `_log_blocks`, from logarithms with the sides first."""
    sizes = np.exp(logs.T)
    if boxes.min() > 0:
        return sizes
    return np.where(sizes <= _floor(boxes) * np.exp(1), 0, sizes)


def _floor(boxes: np.ndarray) -> np.ndarray:
    """For each side, the smallest positive size over e^3; 1 if all are 0."""
    smallest = np.min(boxes, axis=0, where=boxes > 0, initial=np.inf)
    floor = np.exp(-3) * np.where(np.isinf(smallest), 1, smallest)
    return np.maximum(floor, np.finfo(float).tiny)
