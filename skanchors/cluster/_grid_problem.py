"""What anchors cost where the grid of a detector puts them."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from skanchors._threads import map_row_ranges
from skanchors.cluster._problem import Problem
from skanchors.metrics._grid import Positions, best_on_grid
from skanchors.metrics._grid_gradient import GridGradientBlock
from skanchors.metrics._iou import IOU

# Entries (boxes x positions) of a block: its tables stay in the second-level cache, and
# its boxes are near one another in size.
_BLOCK_ENTRIES = 10_000
_MIN_BLOCKS_PER_THREAD = 12
# Boxes that differ from anchors by more than this factor have an IoU of 0 with them as
# far as single precision knows, and their volumes stay in its range.
_SPAN = 1e4
# Widths of the step from unmatched to matched, in IoU: wide enough that boxes off the
# threshold pull, and narrow enough that those near it decide.
_WIDTHS = 0.06, 0.02


class GridProblem(Problem):
    """Losses of the best IoU on the grid, averaged over where a box can lie.

    Positions average over the kinks of the cost, so that fewer boxes say as much.

    Parameters
    ----------
    boxes : ndarray of shape (n_boxes, n_sides), float64
    weight : ndarray of shape (n_boxes,)
        Of any type; they need not sum to one.
    levels : list of list of int
        Rows of the anchors on each level.
    strides : sequence of float
        One a level, in the unit of the boxes.
    threshold : float or None, default=None
        The IoU that counts as matched; None counts the IoU itself.
    width : float, default=_WIDTHS[0]
        Of the smooth step that descents put in the place of the threshold.
    """

    is_rough = False

    def __init__(
        self,
        boxes: np.ndarray,
        weight: np.ndarray,
        levels: list,
        strides: Any,
        threshold: float | None = None,
        width: float = _WIDTHS[0],
    ) -> None:
        super().__init__(boxes, weight, IOU, {})
        self.levels, self.strides = levels, strides
        self.threshold, self.width = threshold, width

    def on(self, boxes: np.ndarray, weight: np.ndarray) -> "GridProblem":
        """The same question about other boxes."""
        return GridProblem(
            boxes, weight, self.levels, self.strides, self.threshold, self.width
        )

    @property
    def stages(self) -> list:
        """Steps from unmatched to matched, ever steeper."""
        if self.threshold is None:
            return [self]
        question = self.levels, self.strides, self.threshold
        return [
            GridProblem(self.boxes, self.raw_weight, *question, width=width)
            for width in _WIDTHS
        ]

    def cost(self, anchors: np.ndarray) -> float:
        """The exact cost of one set of anchors."""
        if self.threshold is None:
            loss: Callable = partial(np.subtract, 1)
        else:
            loss = partial(np.greater, self.threshold)
        costs = best_on_grid(self.boxes, anchors, self.levels, self.strides, loss)
        return float(np.sum(self.weight * costs))

    def gradients_function(self, sets: np.ndarray, dtype: type) -> Callable:
        """``costs_and_gradients(sets)``, see `descend`.

        Parameters
        ----------
        sets : ndarray of shape (n_sets, n_anchors, n_sides)
            What the function is going to be called with.
        dtype : type
            What to compute in.
        """
        positions = Positions(self.strides, sets.shape[2], rough=True)
        level_of = np.empty(sets.shape[1], dtype=np.intp)
        for level, rows in enumerate(self.levels):
            level_of[rows] = level
        # Sums run over blocks that do not depend on the number of threads.
        step = max(1, _BLOCK_ENTRIES // positions.weight.size)
        boxes = np.minimum(self.boxes, _SPAN * sets.max())
        order = np.argsort(boxes.prod(axis=1), kind="stable")
        blocks = [
            GridGradientBlock(
                boxes[rows],
                self.weight[rows],
                positions,
                self.strides,
                level_of,
                self._loss,
                dtype,
            )
            for rows in np.split(order, range(step, len(order), step))
        ]

        def costs_and_gradients(sets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            costs = np.empty((len(blocks), len(sets)))
            gradients = np.empty((len(blocks), *sets.shape))

            def add_blocks(first: int, last: int) -> None:
                for number in range(first, last):
                    for i, anchors in enumerate(sets):
                        costs[number, i], gradients[number, i] = blocks[number](anchors)

            map_row_ranges(add_blocks, len(blocks), min_rows=_MIN_BLOCKS_PER_THREAD)
            return costs.sum(axis=0), gradients.sum(axis=0)

        return costs_and_gradients

    def _loss(self, iou: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The loss and its derivative by the IoU."""
        if self.threshold is None:
            return 1 - iou, np.full_like(iou, -1)
        unmatched = 0.5 - 0.5 * np.tanh((iou - self.threshold) / (2 * self.width))
        return unmatched, unmatched * (unmatched - 1) / self.width
