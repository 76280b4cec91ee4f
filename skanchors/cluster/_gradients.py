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
        n_rows = n_sets * n_clusters
        sides = np.ascontiguousarray(sets.reshape(n_rows, n_sides).T, self.weight.dtype)
        table = self._table(sides).reshape(n_sets, n_clusters, -1)
        label = last_smallest(table)
        label += n_clusters * np.arange(n_sets)[:, None]
        distance, gradient = self.gradient(
            self.columns[:, None, :], np.take(sides, label, axis=1)
        )
        gradient *= self.weight
        distance *= self.weight
        label = label.ravel()
        gradients = [np.bincount(label, each.ravel(), n_rows) for each in gradient]
        return distance.sum(axis=1), np.stack(gradients, axis=1).reshape(sets.shape)

    def _table(self, sides: np.ndarray) -> np.ndarray:
        """What orders the anchors, for each anchor and box."""
        if self.rough is None or self.metric.rank is None:
            return self.metric.block(sides.T, self.columns.T)
        sides = sides.astype(np.float32, copy=False)
        return self.metric.rank(self.rough[:, None, :], sides[:, :, None])


def last_smallest(table: np.ndarray) -> np.ndarray:
    """Row of each column's smallest entry, the last one of several.

    From shape (n_tables, n_rows, n_columns) to (n_tables, n_columns). A table of
    one-byte places is several times as fast as argmin along this axis.
    """
    n_rows = table.shape[1]
    if n_rows > 256:
        return table.argmin(axis=1)
    place = np.equal(table, table.min(axis=1, keepdims=True)).view(np.uint8)
    np.multiply(place, np.arange(n_rows, dtype=np.uint8)[:, None], out=place)
    return place.max(axis=1).astype(np.intp)
