"""Costs of sets of anchors and their gradients: the inner loop of all descents."""

from collections.abc import Callable
from functools import partial

import numpy as np

from skanchors.metrics._metric import Metric


class GradientsBlock:
    """One block of boxes.

    Called with sets of anchors, shape (n_sets, n_clusters, n_sides), it returns for
    each set the weighted distances to the nearest anchor, summed over the block, and
    their derivative by the logarithm of each anchor's sides: shapes (n_sets,) and
    (n_sets, n_clusters, n_sides). The nearest anchor of a box may change, but where it
    does the two distances are equal, so that the derivative is that for fixed labels.

    Parameters
    ----------
    metric : Metric
        With a gradient.
    boxes : ndarray of shape (n_boxes, n_sides)
    weight : ndarray of shape (n_boxes,)
    dtype : type
        What to compute in.
    blur : float, default=0
        How far the sides of boxes are blurred in distances and gradients, as a share of
        them, if the metric knows how.
    by_rank : bool
        Whether to ask the metric's rank, in single precision, in place of its distance
        for the nearest anchors. Two that it cannot tell apart cost the same to seven
        digits, so that either will do.
    """

    def __init__(
        self,
        metric: Metric,
        boxes: np.ndarray,
        weight: np.ndarray,
        dtype: type,
        by_rank: bool,
        blur: float = 0.0,
    ) -> None:
        if metric.gradient is None:
            raise ValueError(f"The metric {metric.name!r} has no gradient.")
        self.metric = metric
        self.gradient: Callable = metric.gradient
        if blur and metric.blurred is not None and boxes.min() > 0:
            self.gradient = partial(metric.blurred, width=blur)
        self.columns: np.ndarray = np.ascontiguousarray(boxes.T, dtype=dtype)
        self.weight: np.ndarray = weight.astype(dtype, copy=False)
        self.rough = self.columns.astype(np.float32, copy=False) if by_rank else None

    def __call__(self, sets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        n_sets, n_clusters, n_sides = sets.shape
        n_rows = n_clusters * n_sets
        # The first anchors of all sets, then the second ones: numpy compares along the
        # first axis twice as fast as along one in the middle.
        sides = sets.transpose(2, 1, 0).reshape(n_sides, n_rows)
        sides = np.ascontiguousarray(sides, self.weight.dtype)
        label = last_smallest(self._table(sides).reshape(n_clusters, n_sets, -1))
        label *= n_sets
        label += np.arange(n_sets)[:, None]
        distance, gradient = self.gradient(
            self.columns[:, None, :], np.take(sides, label, axis=1)
        )
        gradient *= self.weight
        distance *= self.weight
        label = label.ravel()
        gradients = np.empty((n_sets, n_clusters, n_sides))
        for side, by_side in enumerate(gradient):
            sums = np.bincount(label, by_side.ravel(), n_rows)
            gradients[:, :, side] = sums.reshape(n_clusters, n_sets).T
        return distance.sum(axis=1), gradients

    def _table(self, sides: np.ndarray) -> np.ndarray:
        """What orders the anchors, for each anchor and box."""
        if self.rough is None or self.metric.rank is None:
            return self.metric.block(sides.T, self.columns.T)
        sides = sides.astype(np.float32, copy=False)
        return self.metric.rank(self.rough[:, None, :], sides[:, :, None])


def last_smallest(table: np.ndarray) -> np.ndarray:
    """Index along the first axis of the smallest entry, the last one of several.

    A table of places in one byte each is several times as fast as argmin along this
    axis.
    """
    n_rows = len(table)
    place = np.equal(table, table.min(axis=0))
    if n_rows > 256:
        return n_rows - 1 - place[::-1].argmax(axis=0)
    place = place.view(np.uint8)
    np.multiply(place, np.arange(n_rows, dtype=np.uint8)[:, None, None], out=place)
    return place.max(axis=0).astype(np.intp)
