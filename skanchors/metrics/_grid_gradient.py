"""Costs of sets of anchors on the grid and their gradients: the inner loop of descents.

As for equal centres, boxes are compared by intersection / (volume of box + volume of
anchor), which orders anchors as IoU does. With S and V the two volumes and u the IoU,
its derivative by the logarithm of a side a of the anchor, with the overlap o on that
axis, is u (1 + u) (a o' / o - V / (S + V)); o' is 1 where the anchor lies within the
box, 1/2 where the two overlap in part, and 0 where the box lies within the anchor.
"""

from collections.abc import Callable, Sequence

import numpy as np

from skanchors.metrics._grid import Positions, overlap


class GridGradientBlock:
    """One block of boxes.

    Called with a set of anchors, shape (n_anchors, n_sides), it returns the weighted
    loss of the best IoU on the grid, averaged over positions and summed over the boxes,
    and its derivative by the logarithm of each anchor's sides, shape (n_anchors,
    n_sides).

    Parameters
    ----------
    boxes : ndarray of shape (n_boxes, n_sides)
        The nearer in size, the fewer anchors need a look.
    weight : ndarray of shape (n_boxes,)
    positions : Positions
    strides : sequence of float
        One a level.
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
        strides: Sequence[float],
        level_of: np.ndarray,
        loss: Callable,
        dtype: type,
    ) -> None:
        n_sides = boxes.shape[1]
        # Boxes along the last axis: positions are too few for fast inner loops.
        self.columns: np.ndarray = np.ascontiguousarray(boxes.T, dtype=dtype)
        self.volumes = self.columns.prod(axis=0)
        self.weight = np.multiply.outer(positions.weight, weight).astype(dtype)
        self.half_strides = np.array(strides, dtype=dtype)[level_of] / 2
        # For each axis, shape (n_anchors, *positions, 1).
        self.offsets: list[np.ndarray] = [
            np.stack([positions.offsets[level][axis] for level in level_of]).astype(
                dtype
            )[..., None]
            for axis in range(n_sides)
        ]
        self.loss = loss

    def __call__(self, anchors: np.ndarray) -> tuple[float, np.ndarray]:
        gradients = np.zeros(anchors.shape)
        anchors = anchors.astype(self.volumes.dtype)
        rows = self._contenders(anchors)
        sides = anchors[rows].T
        volumes = sides.prod(axis=0)
        offsets = [away[rows] for away in self.offsets]
        best = np.zeros(self.weight.shape, dtype=anchors.dtype)
        label = np.zeros(best.shape, dtype=np.intp)
        share, better = np.empty_like(best), np.empty(best.shape, dtype=bool)
        for j in range(len(rows)):
            first, *others = (
                overlap(column, side[j], away[j])
                for column, side, away in zip(self.columns, sides, offsets, strict=True)
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
        gradients[rows] = self._gradients(sides, offsets, label, steep)
        return float(cost.sum(dtype=np.float64)), gradients

    def _contenders(self, anchors: np.ndarray) -> np.ndarray:
        """Rows of the anchors that can be the best one of some box somewhere.

        An anchor is at its best where the centres are equal, and at its worst half a
        stride away on each axis.
        """
        at_best, at_worst = np.ones(2, dtype=anchors.dtype)
        half = self.half_strides[:, None]
        for column, side in zip(self.columns, anchors.T[..., None], strict=True):
            at_best = at_best * np.minimum(column, side)
            at_worst = at_worst * overlap(column, side, half)
        total = self.volumes + anchors.prod(axis=1)[:, None]
        is_one = at_best / total >= (at_worst / total).max(axis=0)
        return np.flatnonzero(is_one.any(axis=1))

    def _gradients(
        self,
        sides: np.ndarray,
        offsets: list[np.ndarray],
        label: np.ndarray,
        steep: np.ndarray,
    ) -> np.ndarray:
        """Derivatives by log sides, shape (n_anchors, n_sides).

        Parameters
        ----------
        sides : ndarray of shape (n_sides, n_anchors)
        offsets : list of ndarray of shape (n_anchors, *positions, 1)
            One a side.
        label : ndarray of shape (*positions, n_boxes)
            The best anchor.
        steep : ndarray of the same shape
            The weighted derivative of the loss by the logarithm of the overlap.
        """
        n_sides, n_anchors = sides.shape
        volume = sides.prod(axis=0)[label]
        volume /= volume + self.volumes
        volume *= steep
        flat = label.ravel()
        shrinks = np.bincount(flat, volume.ravel(), n_anchors)
        gradients = np.empty((n_anchors, n_sides))
        for axis, (column, side, away) in enumerate(
            zip(self.columns, sides, offsets, strict=True)
        ):
            side = side[label]
            part = (column + side) / 2
            part -= _take_first(away, label)
            # All of the anchor's side where that lies within the box's, half of it
            # where the two overlap in part, nothing where the box's lies within.
            lowest = np.minimum(column, side)
            grown = np.where(part < lowest, side / 2, side * (side < column))
            np.minimum(part, lowest, out=part)
            grown *= steep
            np.divide(grown, part, out=grown, where=part > 0)
            gradients[:, axis] = np.bincount(flat, grown.ravel(), n_anchors) - shrinks
        return gradients


def _take_first(table: np.ndarray, index: np.ndarray) -> np.ndarray:
    """Entries ``table[index[i], i]``; axes but the first broadcast to those of i."""
    entry = table.reshape(len(table), -1)
    row = np.arange(entry.shape[1]).reshape(table.shape[1:])
    return entry.ravel()[index * entry.shape[1] + row]
