"""MMDetection's rule for YOLOv3: anchors in the cells of the objects' centres."""

from dataclasses import dataclass

import numpy as np

from skanchors.assignment._grid import Grid, Pairs
from skanchors.assignment._owners import best_pairs, find_owners
from skanchors.assignment._rule import Matches, check_iou


@dataclass(frozen=True)
class GridCells:
    """Only anchors in cells that hold the centre of an object can be positive.

    An anchor whose best IoU with any object is at most the threshold is negative,
    otherwise ignored. Anchors in cells that hold a centre are positive for their best
    object if their IoU is above the threshold; then each object, in the order of the
    file, takes those of them with which it has its best IoU. The cells of all objects
    of the image count, so that an object can be given an anchor in another one's cell.

    Parameters
    ----------
    threshold : float, default=0.5
        IoU, exclusive.

    Examples
    --------
    >>> from skanchors.assignment import GridCells
    >>> GridCells()
    GridCells(threshold=0.5)
    """

    threshold: float = 0.5

    def __post_init__(self) -> None:
        check_iou(self.threshold, "threshold")

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
        own = _own_cells(grid)
        # The best in its own cells bounds what an object can want of the others.
        least = np.zeros(n, dtype=np.float32)
        np.maximum.at(least, own.obj, own.iou)
        floor = np.finfo(np.float32).tiny
        pairs = grid.pairs(np.clip(least, floor, self.threshold))
        responsible = np.unique(own.slot)
        holds = np.isin(pairs.slot, responsible)
        open_ = Pairs(*(column[holds] for column in pairs))
        rows, _ = best_pairs(open_, n)
        owners = find_owners(open_)
        owner = np.where(owners.iou > np.float32(self.threshold), owners.obj, -1)
        before = owner.copy()
        # Pairs come by object, so the last one to write is the last of the file.
        owner[owners.find(open_.slot[rows])] = open_.obj[rows]
        lost = owner[owners.find(open_.slot[rows])] != open_.obj[rows]
        kept = np.flatnonzero(owner >= 0)
        above = np.unique(pairs.slot[pairs.iou > np.float32(self.threshold)])
        return Matches(
            obj=owner[kept],
            shape=owners.shape[kept],
            slot=owners.slot[kept],
            forced=owner[kept] != before[kept],
            n_slots=np.bincount(open_.obj[rows], minlength=n),
            n_lost=np.bincount(open_.obj[rows][lost], minlength=n),
            n_ignored=len(np.setdiff1d(above, owners.slot[kept], assume_unique=True)),
        )


def _own_cells(grid: Grid) -> Pairs:
    """Each object with all anchors of the cells that hold its centre."""
    usable = np.flatnonzero(grid.usable)
    n_shapes = len(grid.shapes.level)
    obj, shape = np.repeat(usable, n_shapes), np.tile(np.arange(n_shapes), len(usable))
    image, level = grid.image[obj], grid.shapes.level[shape]
    centre = (grid.boxes[:, :2] + grid.boxes[:, 2:]) / 2
    pitch = grid.pitch[image, level].astype(np.float32)
    cell = np.floor(centre[obj] / pitch).astype(np.int64)
    cell = np.clip(cell, 0, grid.cells[image, level] - 1)
    slot = grid.slot(obj, shape, cell[:, 0], cell[:, 1])
    return Pairs(obj, shape, slot, grid.iou(obj, shape, cell[:, 0], cell[:, 1]))
