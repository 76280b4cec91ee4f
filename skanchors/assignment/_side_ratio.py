"""The rule of YOLOv5 and YOLOv7: sides within a factor, in up to three cells."""

from dataclasses import dataclass

import numpy as np

from skanchors._checks import check_number
from skanchors.assignment._grid import Grid
from skanchors.assignment._rule import Matches
from skanchors.assignment._targets import target_matches

# The cell itself, then left, up, right and down of it; half a cell in these directions.
_STEPS = np.array([[0, 0], [0.5, 0], [0, 0.5], [-0.5, 0], [0, -0.5]], np.float32)


@dataclass(frozen=True)
class SideRatio:
    """An anchor takes an object if no side differs by the factor or more.

    On each level, every anchor that matches is taken in the cell of the object's centre
    and in the neighbours that the centre is nearest to, left or right and above or
    below: one to three cells. A centre on the border between two cells counts twice in
    its own. There is neither an ignored nor a forced anchor; where targets share a
    slot, the last one written stays.

    Parameters
    ----------
    threshold : float, default=4.0
        The largest ratio of two sides, either way, exclusive.

    Examples
    --------
    >>> from skanchors.assignment import SideRatio
    >>> SideRatio(threshold=4.0)
    SideRatio(threshold=4.0)
    """

    threshold: float = 4.0

    def __post_init__(self) -> None:
        if not check_number(self.threshold, name="threshold") > 1:
            raise ValueError(f"threshold must be above 1, got {self.threshold!r}.")

    def match(self, grid: Grid) -> Matches:
        """Assign the slots of the objects of some images.

        Parameters
        ----------
        grid : Grid
            Objects and anchors.

        Returns
        -------
        Matches
            The targets, in the order of writing.
        """
        parts = [self._on_level(grid, level) for level in range(grid.n_levels)]
        obj, shape, cell = map(np.concatenate, zip(*parts, strict=True))
        slot = grid.slot(obj, shape, cell[:, 0], cell[:, 1])
        return target_matches(grid, obj, shape, slot)

    def _on_level(
        self, grid: Grid, level: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Objects, shapes and cells of the targets of a level."""
        shapes = np.flatnonzero(grid.shapes.level == level)
        cells = grid.cells[grid.image, level].astype(np.float32)
        centre, size = grid.relative[:, :2] * cells, grid.relative[:, 2:] * cells
        pitch = grid.pitch[grid.image, level].astype(np.float32)
        sides = grid.anchors[grid.shapes.anchor[shapes]].astype(np.float32)
        ratio = size / (sides[:, None, :] / pitch)
        with np.errstate(divide="ignore"):
            worst = np.maximum(ratio, 1 / ratio).max(axis=2)
        wanted = (worst < np.float32(self.threshold)) & grid.usable
        index, obj = np.nonzero(wanted)
        centre, limit = centre[obj], cells[obj]
        near_low = (centre % 1 < np.float32(0.5)) & (centre > 1)
        mirrored = limit - centre
        near_high = (mirrored % 1 < np.float32(0.5)) & (mirrored > 1)
        here = np.ones((len(obj), 1), dtype=bool)
        step, target = np.nonzero(np.concatenate([here, near_low, near_high], 1).T)
        cell = np.trunc(centre[target] - _STEPS[step]).astype(np.int64)
        cell = np.clip(cell, 0, limit[target].astype(np.int64) - 1)
        return obj[target], shapes[index[target]], cell
