"""SSD's rule: the best anchor of each object, and all above a threshold."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from skanchors.assignment._grid import Grid, Pairs
from skanchors.assignment._max_iou import lowest_wanted
from skanchors.assignment._owners import best_pairs, find_owners, last_of_each
from skanchors.assignment._rule import Matches, check_iou


@dataclass(frozen=True)
class SSDMatch:
    """An anchor belongs to its best object; each object's best anchor to that object.

    Anchors whose best IoU reaches the threshold are positive, all others negative. Then
    each object takes its single best anchor, the first of the grid where several tie,
    whoever has it.

    Parameters
    ----------
    threshold : float, default=0.5
        The least IoU of a positive that is not forced.
    winner : {"last", "first"}, default="last"
        Who gets the anchor that is the best of two objects: the last of the file
        (torchvision on the CPU, MMDetection) or the first (TensorFlow).

    Examples
    --------
    >>> from skanchors.assignment import SSDMatch
    >>> SSDMatch()
    SSDMatch(threshold=0.5, winner='last')
    """

    threshold: float = 0.5
    winner: Literal["last", "first"] = "last"

    def __post_init__(self) -> None:
        check_iou(self.threshold, "threshold")
        if self.winner not in ("last", "first"):
            raise ValueError(f"winner must be 'last' or 'first', got {self.winner!r}.")

    def match(self, grid: Grid) -> Matches:
        """Assign the anchors about the objects of some images.

        Parameters
        ----------
        grid : Grid
            Objects and anchors.

        Returns
        -------
        Matches
            The positives.
        """
        n = len(grid)
        best = grid.best_iou().max(axis=1, initial=0)
        pairs = grid.pairs(lowest_wanted(best, self.threshold))
        pairs = _with_untouched(grid, pairs)
        rows, _ = best_pairs(pairs, n)
        # Of tied anchors the first of the grid.
        rows = rows[np.lexsort((pairs.slot[rows], pairs.obj[rows]))]
        rows = rows[np.unique(pairs.obj[rows], return_index=True)[1]]
        owners = find_owners(pairs)
        owner = np.where(owners.iou >= np.float32(self.threshold), owners.obj, -1)
        before = owner.copy()
        called = owners.find(pairs.slot[rows])
        ordered = rows if self.winner == "last" else rows[::-1]
        chosen = ordered[last_of_each(pairs.slot[ordered])]
        owner[owners.find(pairs.slot[chosen])] = pairs.obj[chosen]
        lost = owner[called] != pairs.obj[rows]
        kept = np.flatnonzero(owner >= 0)
        return Matches(
            obj=owner[kept],
            shape=owners.shape[kept],
            slot=owners.slot[kept],
            forced=owner[kept] != before[kept],
            n_slots=np.bincount(pairs.obj[rows], minlength=n),
            n_lost=np.bincount(pairs.obj[rows][lost], minlength=n),
            n_ignored=0,
        )


def _with_untouched(grid: Grid, pairs: Pairs) -> Pairs:
    """Objects that no anchor touches are best served, by 0, by the first of all."""
    alone = np.setdiff1d(np.flatnonzero(grid.usable), pairs.obj)
    if not len(alone):
        return pairs
    none = np.zeros(len(alone), dtype=np.int64)
    first = Pairs(alone, none, grid.slot(alone, none, none, none), none)
    iou = np.zeros(len(alone), dtype=np.float32)
    return Pairs(*map(np.concatenate, zip(pairs, first._replace(iou=iou), strict=True)))
