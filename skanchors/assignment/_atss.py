"""ATSS: a threshold for each object, from its nearest anchors."""

from dataclasses import dataclass

import numpy as np

from skanchors._checks import check_count
from skanchors.assignment._grid import Grid, Pairs
from skanchors.assignment._owners import find_owners
from skanchors.assignment._rule import Matches

# A centre must lie this far inside the object.
_INSIDE = 0.01


@dataclass(frozen=True)
class ATSS:
    """Adaptive training sample selection.

    On each level the `topk` anchors with the nearest centres are candidates. Those
    whose IoU reaches the mean plus the standard deviation of the IoU of all candidates,
    and whose centre is inside the object, are positive. An anchor that several objects
    want goes to the one with the best IoU. Nothing is forced, nothing ignored.

    Parameters
    ----------
    topk : int, default=9
        Candidates on each level.

    Examples
    --------
    >>> from skanchors.assignment import ATSS
    >>> ATSS()
    ATSS(topk=9)
    """

    topk: int = 9

    def __post_init__(self) -> None:
        check_count(self.topk, name="topk")

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
        parts = [self._nearest(grid, level) for level in range(grid.n_levels)]
        shape, col, row, found = (
            np.concatenate(part, axis=1) for part in zip(*parts, strict=True)
        )
        obj = np.broadcast_to(np.arange(n)[:, None], shape.shape)
        flat = tuple(a.ravel() for a in (obj, shape, col, row))
        iou = np.where(found, grid.iou(*flat).reshape(shape.shape), np.nan)
        number = np.maximum(found.sum(axis=1), 1).astype(np.float32)
        mean = np.nansum(iou, axis=1) / number
        spread = np.nansum((iou - mean[:, None]) ** 2, axis=1)
        threshold = mean + np.sqrt(spread / np.maximum(number - 1, 1))
        wanted = (iou >= threshold[:, None]) & found & grid.usable[:, None]
        wanted &= _inside(grid, *flat).reshape(shape.shape)
        obj, shape, col, row, iou = (a[wanted] for a in (obj, shape, col, row, iou))
        pairs = Pairs(obj, shape, grid.slot(obj, shape, col, row), iou)
        owners = find_owners(pairs)
        lost = owners.obj[owners.find(pairs.slot)] != obj
        return Matches(
            obj=owners.obj,
            shape=owners.shape,
            slot=owners.slot,
            forced=np.zeros(len(owners.obj), dtype=bool),
            n_slots=np.bincount(obj, minlength=n),
            n_lost=np.bincount(obj[lost], minlength=n),
            n_ignored=0,
        )

    def _nearest(self, grid: Grid, level: int) -> tuple[np.ndarray, ...]:
        """The nearest anchors of a level: shape, column, row, and whether it is one.

        All have shape (n_objects, at most topk).
        """
        shapes = np.flatnonzero(grid.shapes.level == level)
        pitch, cells = grid.pitch[grid.image, level], grid.cells[grid.image, level]
        boxes = grid.boxes
        centre = (boxes[:, :2] + boxes[:, 2:]) / 2
        near = np.rint(centre / pitch - grid.offset).astype(np.int64)
        # A grid that ends near the object shifts its nearest cells.
        near = np.clip(near, 0, cells - 1)
        steps = _steps(self.topk)
        col, row = (near[:, axis, None] + steps[:, axis] for axis in range(2))
        there = (col >= 0) & (row >= 0)
        there &= (col < cells[:, :1]) & (row < cells[:, 1:])
        obj = np.arange(len(grid))[:, None]
        distance = np.zeros(col.shape, dtype=np.float32)
        for axis, cell in enumerate((col, row)):
            middle = grid.middle(obj, shapes[:1], cell, axis)
            distance += (middle - centre[:, axis, None]) ** 2
        distance = np.where(there, np.sqrt(distance), np.inf)
        # Anchors of one cell are equally near, the first ones first.
        each = len(shapes)
        n_cells = -(-self.topk // each)
        order = np.argsort(distance, axis=1, kind="stable")[:, :n_cells]
        col, row, there = (
            np.repeat(np.take_along_axis(a, order, axis=1), each, axis=1)[
                :, : self.topk
            ]
            for a in (col, row, there)
        )
        shape = np.tile(shapes, n_cells)[: self.topk][: col.shape[1]]
        shape = np.broadcast_to(shape, col.shape)
        return shape, np.where(there, col, 0), np.where(there, row, 0), there


def _steps(topk: int) -> np.ndarray:
    """Steps from the nearest cell to those that can be among the nearest, by rows.

    From the nearest cell to one that is i columns and j rows away there are
    (i + 1) (j + 1) cells, with both, and the last one is the farthest.
    """
    reach = np.arange(-topk, topk + 1)
    row, col = np.meshgrid(reach, reach, indexing="ij")
    steps = np.stack([col.ravel(), row.ravel()], axis=1)
    between = (np.abs(steps) + 1).prod(axis=1)
    return steps[between <= topk]


def _inside(
    grid: Grid, obj: np.ndarray, shape: np.ndarray, col: np.ndarray, row: np.ndarray
) -> np.ndarray:
    """Whether the centres of anchors lie inside objects; all arguments (n,)."""
    inside = np.ones(len(obj), dtype=bool)
    for axis, cell in enumerate((col, row)):
        middle = grid.middle(obj, shape, cell, axis)
        inside &= middle - grid.boxes[obj, axis] > np.float32(_INSIDE)
        inside &= grid.boxes[obj, axis + 2] - middle > np.float32(_INSIDE)
    return inside
