"""Darknet's rule: the anchor of the best shape, in the cell of the object's centre."""

from dataclasses import dataclass

import numpy as np

from skanchors.assignment._grid import Grid
from skanchors.assignment._rule import Matches, check_iou
from skanchors.assignment._targets import target_matches


@dataclass(frozen=True)
class BestAnchor:
    """Each object takes the anchor nearest to its shape, in the cell of its centre.

    Shapes are compared by IoU with equal centres, over the anchors of all levels; the
    first anchor wins a tie. Where two objects want one slot, the later one has its
    class and owner. What is ignored or negative depends on the predictions.

    Parameters
    ----------
    iou_threshold : float, default=1.0
        All other anchors with an IoU above it are taken too, each in its own level:
        0.213 in YOLOv4, 1 in YOLOv2 and v3, where there are none.

    Examples
    --------
    >>> from skanchors.assignment import BestAnchor
    >>> BestAnchor(iou_threshold=0.213)
    BestAnchor(iou_threshold=0.213)
    """

    iou_threshold: float = 1.0

    def __post_init__(self) -> None:
        check_iou(self.iou_threshold, "iou_threshold")

    def match(self, grid: Grid) -> Matches:
        """Assign the slots of the objects of some images.

        Parameters
        ----------
        grid : Grid
            Objects and anchors.

        Returns
        -------
        Matches
            The targets.
        """
        iou = _shape_iou(grid)
        best = iou.argmax(axis=1)
        wanted = iou > np.float32(self.iou_threshold)
        wanted[np.arange(len(grid)), best] = True
        wanted &= grid.usable[:, None]
        # An anchor may be on several levels, or on none.
        obj, shape = np.nonzero(wanted[:, grid.shapes.anchor])
        image, level = grid.image[obj], grid.shapes.level[shape]
        cells = grid.cells[image, level]
        place = (grid.relative[obj, :2] * cells.astype(np.float32)).astype(np.int64)
        row = np.minimum(place[:, 1], cells[:, 1] - 1)
        # A centre on the right border falls into the first cell of the next row.
        col = np.where(
            row < cells[:, 1] - 1, place[:, 0], np.minimum(place[:, 0], cells[:, 0] - 1)
        )
        return target_matches(
            grid, obj, shape, grid.slot(obj, shape, col, row), n_ignored=None
        )


def _shape_iou(grid: Grid) -> np.ndarray:
    """IoU with equal centres, float32 of shape (n_objects, n_anchors)."""
    canvas = grid.canvas[grid.image].astype(np.float32)
    size = grid.relative[:, 2:]
    anchors = [
        grid.anchors[:, axis].astype(np.float32) / canvas[:, axis, None]
        for axis in range(2)
    ]
    inter = np.minimum(size[:, :1], anchors[0]) * np.minimum(size[:, 1:], anchors[1])
    return inter / (size[:, :1] * size[:, 1:] + anchors[0] * anchors[1] - inter)
