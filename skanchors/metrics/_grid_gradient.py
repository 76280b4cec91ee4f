"""Costs of sets of anchors on the grid and their gradients: the inner loop of descents.

As for equal centres, boxes are compared by intersection / (volume of box + volume of
anchor), which orders anchors as IoU does. With S and V the two volumes and u the IoU,
its derivative by the logarithm of a side a of the anchor, with the overlap o on that
axis, is u (1 + u) (a o' / o - V / (S + V)); o' is 1 where the anchor lies within the
box, 1/2 where the two overlap in part, and 0 where the box lies within the anchor.
"""

from collections.abc import Callable

import numpy as np

from skanchors.metrics._grid import Positions


class GridGradientBlock:
    """One block of boxes.

    Called with sets of anchors, shape (n_sets, n_anchors, n_sides), it returns for each
    set the weighted loss of the best IoU on the grid, averaged over positions and
    summed over the boxes, and its derivative by the logarithm of each anchor's sides:
    shapes (n_sets,) and (n_sets, n_anchors, n_sides).

    Parameters
    ----------
    boxes : ndarray of shape (n_boxes, n_sides)
    weight : ndarray of shape (n_boxes,)
    positions : Positions
    level_of : ndarray of shape (n_anchors,)
        The level of each anchor.
    loss : callable
        ``loss(iou)``: the loss and its derivative, of the shape of `iou`.
    dtype : type
        What to compute in.
    """

    def __init__(
        self,
        boxes: np.ndarray,
        weight: np.ndarray,
        positions: Positions,
        level_of: np.ndarray,
        loss: Callable,
        dtype: type,
    ) -> None:
        n_sides = boxes.shape[1]
        self.ndim = positions.weight.ndim
        # Boxes along the last axis: positions are too few for fast inner loops.
        self.columns: np.ndarray = np.ascontiguousarray(boxes.T, dtype=dtype)
        self.volumes = self.columns.prod(axis=0)
        self.weight = np.multiply.outer(positions.weight, weight).astype(dtype)
        # For each axis, shape (n_anchors, *positions, 1).
        self.offsets: list[np.ndarray] = [
            np.stack([positions.offsets[level][axis] for level in level_of]).astype(
                dtype
            )[..., None]
            for axis in range(n_sides)
        ]
        self.loss = loss

    def __call__(self, sets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        n_sets, n_anchors, n_sides = sets.shape
        sets = sets.astype(self.volumes.dtype, copy=False)
        # Shape (n_sides, n_anchors, n_sets), to broadcast with positions and boxes.
        sides = sets.transpose(2, 1, 0).reshape(
            n_sides, n_anchors, n_sets, *[1] * (self.ndim + 1)
        )
        volumes = sides.prod(axis=0)
        best = np.zeros((n_sets, *self.weight.shape), dtype=sets.dtype)
        label = np.zeros(best.shape, dtype=np.uint8 if n_anchors <= 256 else np.intp)
        share, better = np.empty_like(best), np.empty(best.shape, dtype=bool)
        for j in range(n_anchors):
            first, *others = (
                self._overlap(column, side[j], away[j])
                for column, side, away in zip(
                    self.columns, sides, self.offsets, strict=True
                )
            )
            first /= self.volumes + volumes[j]
            np.multiply(first, others.pop(0) if others else 1, out=share)
            for other in others:
                np.multiply(share, other, out=share)
            np.greater(share, best, out=better)
            np.maximum(share, best, out=best)
            np.copyto(label, j, where=better)

        iou = np.subtract(1, best, out=share)
        np.divide(best, iou, out=iou)
        cost, steep = self.loss(iou)
        cost *= self.weight
        steep *= self.weight
        steep *= iou
        iou += 1
        steep *= iou
        return (
            cost.reshape(n_sets, -1).sum(axis=1, dtype=np.float64),
            self._gradients(sides, volumes, label.astype(np.intp), steep),
        )

    def _overlap(
        self, column: np.ndarray, side: np.ndarray, away: np.ndarray
    ) -> np.ndarray:
        return np.clip((column + side) / 2 - away, 0, np.minimum(column, side))

    def _gradients(
        self,
        sides: np.ndarray,
        volumes: np.ndarray,
        label: np.ndarray,
        steep: np.ndarray,
    ) -> np.ndarray:
        """Derivatives by log sides, shape (n_sets, n_anchors, n_sides).

        Parameters
        ----------
        sides : ndarray of shape (n_sides, n_anchors, n_sets, 1, ...)
        volumes : ndarray of shape (n_anchors, n_sets, 1, ...)
        label : ndarray of shape (n_sets, *positions, n_boxes)
            The best anchor.
        steep : ndarray of the same shape
            The weighted derivative of the loss by the logarithm of the overlap.
        """
        n_sides, n_anchors, n_sets = sides.shape[:3]
        key = label * n_sets
        key += np.arange(n_sets).reshape(-1, *[1] * (self.ndim + 1))
        volume = volumes.ravel()[key]
        volume /= volume + self.volumes
        volume *= steep
        size = n_anchors * n_sets
        flat = key.ravel()
        shrinks = np.bincount(flat, volume.ravel(), size)
        gradients = np.empty((n_anchors, n_sets, n_sides))
        for axis, (column, side, away) in enumerate(
            zip(self.columns, sides, self.offsets, strict=True)
        ):
            side = side.ravel()[key]
            away = _take_first(away, label)
            part = (column + side) / 2
            part -= away
            # All of the anchor's side where that lies within the box's, half of it
            # where the two overlap in part, nothing where the box's lies within.
            lowest = np.minimum(column, side)
            grown = np.where(part < lowest, side / 2, side * (side < column))
            np.minimum(part, lowest, out=part)
            grown *= steep
            np.divide(grown, part, out=grown, where=part > 0)
            grows = np.bincount(flat, grown.ravel(), size)
            gradients[..., axis] = (grows - shrinks).reshape(n_anchors, n_sets)
        return gradients.transpose(1, 0, 2)


def _take_first(table: np.ndarray, index: np.ndarray) -> np.ndarray:
    """Entries ``table[index[i], i]``; axes but the first broadcast to those of i."""
    entry = table.reshape(len(table), -1)
    row = np.arange(entry.shape[1]).reshape(table.shape[1:])
    return entry.ravel()[index * entry.shape[1] + row]
