"""Sums over blocks of images, so that no positive is kept."""

from typing import NamedTuple

import numpy as np

from skanchors.assignment._grid import Grid
from skanchors.assignment._rule import Rule


class _Part(NamedTuple):
    """What is kept of a block of images: sums, by object, level and anchor."""

    n_strong: np.ndarray
    n_slots: np.ndarray
    n_lost: np.ndarray
    by_level: np.ndarray
    best_iou: np.ndarray
    by_anchor: np.ndarray
    n_distinct: int
    n_ignored: int | None
    has_negatives: bool


def count_block(rule: Rule, block: tuple[slice, Grid]) -> tuple[slice, _Part]:
    """Count what a rule finds in the images of a block."""
    rows, grid = block
    found = rule.match(grid)
    n, n_levels = len(grid), grid.n_levels
    count = found.count
    if count is None:
        count = np.ones(len(found.obj), dtype=np.int64)
    cell = found.obj * n_levels + grid.shapes.level[found.shape]
    single = found.slot >= 0
    slot = found.slot[single]
    rising = bool((slot[1:] > slot[:-1]).all())
    n_distinct = len(slot) if rising else len(np.unique(slot))
    strong = ~found.forced
    return rows, _Part(
        n_strong=_sums(found.obj[strong], count[strong], n),
        n_slots=found.n_slots,
        n_lost=found.n_lost,
        by_level=_sums(cell, count, n * n_levels).reshape(n, n_levels),
        best_iou=grid.best_iou().max(axis=1, initial=0),
        by_anchor=_sums(grid.shapes.anchor[found.shape], count, len(grid.anchors)),
        n_distinct=n_distinct + int(count[~single].sum()),
        n_ignored=found.n_ignored,
        has_negatives=found.has_negatives,
    )


class Counts:
    """Sums over blocks of images; arrays in the order of the grid."""

    def __init__(self, grid: Grid) -> None:
        n = len(grid)
        self.n_anchors = int(grid.first_slot[-1])
        self.n_strong, self.n_slots, self.n_lost = (
            np.zeros(n, dtype=np.int64) for _ in range(3)
        )
        self.by_level = np.zeros((n, grid.n_levels), dtype=np.int64)
        self.by_anchor = np.zeros(len(grid.anchors), dtype=np.int64)
        self.best_iou = np.zeros(n)
        self.n_distinct = 0
        self.n_ignored: int | None = 0
        self.has_negatives = True

    def add(self, rows: slice, part: _Part) -> None:
        """Add the sums of a block, whose objects have these rows."""
        for name in ("n_strong", "n_slots", "n_lost", "by_level", "best_iou"):
            getattr(self, name)[rows] = getattr(part, name)
        self.by_anchor += part.by_anchor
        self.n_distinct += part.n_distinct
        if part.n_ignored is None or self.n_ignored is None:
            self.n_ignored = None
        else:
            self.n_ignored += part.n_ignored
        self.has_negatives &= part.has_negatives

    def totals(self) -> dict[str, int | None]:
        """Positive, ignored and negative anchors."""
        negative = None
        if self.has_negatives:
            negative = self.n_anchors - self.n_distinct - (self.n_ignored or 0)
        return {
            "positive": int(self.by_level.sum()),
            "ignored": self.n_ignored,
            "negative": negative,
        }


def _sums(index: np.ndarray, count: np.ndarray, length: int) -> np.ndarray:
    found = np.zeros(length, dtype=np.int64)
    np.add.at(found, index, count)
    return found
