"""IoU of boxes with anchors where the grid of a detector puts them.

A level of stride s repeats its anchors at every multiple of s, on each axis. A box lies
anywhere, so what counts is the mean over its positions. On each axis its centre is d
from the nearest anchor centre of the level, with d uniform in [-s / 2, s / 2], and
overlaps an anchor by clip((box + anchor) / 2 - |d|, 0, min(box, anchor)). The position
is one for all levels: the centres of a level with stride 2 s are every second one of
the level with stride s, as in torchvision, Detectron2 and MMDetection, and of each
position the best anchor of all levels counts.

The mean is taken over n equally spaced positions an axis, in one common period of all
levels: the k-th is k m / n cells from a centre of a level that fits m times into the
period. With n prime these are, for every level, n positions spread evenly over a cell.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np

# Positions an axis by the number of sides, to report and to descend. Half of them are
# the others mirrored.
_EXACT = {1: 997, 2: 41, 3: 19}
_ROUGH = {1: 31, 2: 9, 3: 7}
# With more sides, points that fill the space take the place of a grid of positions.
_EXACT_POINTS, _ROUGH_POINTS = 2039, 251
# Strides whose ratios are not simpler than this have no common period worth the name.
_FINEST_RATIO = 1000
# Entries of a table (boxes x positions) that is worked on at once.
_BLOCK_ENTRIES = 500_000


class Positions:
    """Where a box can lie on the grids of all levels, each place for many.

    Parameters
    ----------
    strides : sequence of float
        One a level.
    n_sides : int
        The number of axes.
    rough : bool, default=False
        Whether fewer positions will do.

    Attributes
    ----------
    offsets : list of list of ndarray
        For each level and axis, distances from the nearest centre; those of the axes
        broadcast to one shape, that of the positions.
    weight : ndarray
        Weights of the positions, which sum to one.
    """

    def __init__(
        self, strides: Sequence[float], n_sides: int, *, rough: bool = False
    ) -> None:
        turns = _turns(strides)
        counts = _ROUGH if rough else _EXACT
        if n_sides in counts:
            n = counts[n_sides]
            steps = np.arange(n // 2 + 1)
            axes = [
                steps.reshape([-1 if i == axis else 1 for i in range(n_sides)])
                for axis in range(n_sides)
            ]
            self.weight = np.ones(1)
            for axis in axes:
                self.weight = self.weight * np.where(axis == 0, 1, 2) / n
        else:
            n = _ROUGH_POINTS if rough else _EXACT_POINTS
            # A lattice of Korobov's kind: powers of one number, near n / golden mean.
            base = round(n * 0.618)
            axes = [np.arange(n) * pow(base, axis, n) % n for axis in range(n_sides)]
            self.weight = np.full(n, 1 / n)
        self.offsets = []
        for stride, turn in zip(strides, turns, strict=True):
            shares = [axis * (turn % n) % n / n for axis in axes]
            self.offsets.append([stride * np.minimum(s, 1 - s) for s in shares])


def _turns(strides: Sequence[float]) -> list[int]:
    """How often each level's stride fits into a period that all levels share."""
    largest = max(strides)
    ratios = [
        Fraction(largest / stride).limit_denominator(_FINEST_RATIO)
        for stride in strides
    ]
    period = lcm(*(ratio.denominator for ratio in ratios))
    return [int(ratio * period) for ratio in ratios]


def overlap(boxes: np.ndarray, anchor: Any, offsets: np.ndarray) -> np.ndarray:
    """Overlap on one axis of boxes and anchors; sides and offsets broadcast."""
    shared = (boxes + anchor) / 2 - offsets
    # A third faster than clip.
    np.minimum(shared, np.minimum(boxes, anchor), out=shared)
    return np.maximum(shared, 0, out=shared)


def best_on_grid(
    boxes: np.ndarray,
    anchors: np.ndarray,
    levels: Sequence,
    strides: Sequence[float],
    reduce: Callable,
) -> np.ndarray:
    """A mean over positions of the best IoU on the grid, for each box.

    Parameters
    ----------
    boxes : ndarray of shape (n_boxes, n_sides), float64
        Valid sizes.
    anchors : ndarray of shape (n_anchors, n_sides), float64
        Sizes larger than 0.
    levels : sequence of sequence of int
        Rows of `anchors` on each level.
    strides : sequence of float
        One a level.
    reduce : callable
        ``reduce(iou)``: what to take the mean of.

    Returns
    -------
    ndarray of shape (n_boxes,)
    """
    positions = Positions(strides, boxes.shape[1])
    placed = [(row, level) for level, rows in enumerate(levels) for row in rows]
    result = np.empty(len(boxes))
    step = max(1, _BLOCK_ENTRIES // positions.weight.size)
    for start in range(0, len(boxes), step):
        block = boxes[start : start + step]
        best = np.zeros((len(block), *positions.weight.shape))
        for (row, level), rows in zip(
            placed, _contenders(block, anchors, placed, strides), strict=True
        ):
            if len(rows):
                iou = _iou_at(block[rows], anchors[row], positions.offsets[level])
                best[rows] = np.maximum(best[rows], iou)
        mean = reduce(best) * positions.weight
        result[start : start + step] = mean.reshape(len(block), -1).sum(axis=1)
    return result


def _contenders(
    boxes: np.ndarray, anchors: np.ndarray, placed: list, strides: Sequence[float]
) -> list[np.ndarray]:
    """For each anchor on a level, the boxes that it can serve best somewhere.

    Parameters are those of `best_on_grid`; `placed` has the row and level of each.

    An anchor is at its best where the centres are equal, and at its worst half a stride
    away on each axis. Whatever is at its best no better than another at its worst is
    never the best.
    """
    at_best = np.empty((len(placed), len(boxes)))
    at_worst = np.empty_like(at_best)
    centre = [np.zeros(1)] * boxes.shape[1]
    for i, (row, level) in enumerate(placed):
        corner = [np.full(1, strides[level] / 2)] * boxes.shape[1]
        at_best[i] = _iou_at(boxes, anchors[row], centre)[:, 0]
        at_worst[i] = _iou_at(boxes, anchors[row], corner)[:, 0]
    return [np.flatnonzero(row) for row in at_best >= at_worst.max(axis=0)]


def _iou_at(
    boxes: np.ndarray, anchor: np.ndarray, offsets: list[np.ndarray]
) -> np.ndarray:
    """IoU of boxes with one anchor at positions, shape (n_boxes, *positions)."""
    ones = (1,) * offsets[0].ndim
    columns = boxes.T.reshape(-1, len(boxes), *ones)
    shared = overlap(columns[0], anchor[0], offsets[0])
    for column, side, away in zip(columns[1:], anchor[1:], offsets[1:], strict=True):
        shared = shared * overlap(column, side, away)
    union = columns.prod(axis=0) + anchor.prod() - shared
    return np.divide(shared, union, out=np.zeros_like(union), where=union > 0)
