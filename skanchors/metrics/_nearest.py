"""The nearest anchor of each box: the inner loop of everything."""

from typing import Any

import numpy as np

from skanchors._threads import map_row_ranges
from skanchors.metrics._iou import IOU
from skanchors.metrics._metric import Metric
from skanchors.metrics._shared import products_are_safe

# Entries of the table (anchors x boxes) that one pass over a block fills. Those of one
# thread stay in the second-level cache. Several threads hinder each other where
# operations are short: there larger tables pay, though they leave the cache.
_TABLE_ENTRIES = 100_000
_THREADS_TABLE_ENTRIES = 600_000
_MIN_ROWS_PER_THREAD = 60_000
# Ranks within this share of each other may be in the wrong order: twice what rounding
# of each side and of each operation adds up to in single precision.
_RANK_ROUNDING = 1e-5


def nearest_anchor(
    X: np.ndarray,
    anchors: np.ndarray,
    metric: Metric = IOU,
    params: dict | None = None,
    *,
    return_distance: bool = True,
) -> Any:
    """Nearest anchor of each box, and its distance.

    Parameters
    ----------
    X : ndarray of shape (n_boxes, n_sides)
        Valid sizes.
    anchors : ndarray of shape (n_anchors, n_sides)
        Valid sizes of the same dtype.
    metric : Metric, default=IOU
    params : dict, default=None
        Further arguments of the metric, see `Metric.fit_params`.
    return_distance : bool, default=True
        Whether to return the distances as well as the labels.

    Returns
    -------
    labels : ndarray of shape (n_boxes,), int32
        Index of the nearest anchor; the lowest one of several.
    distance : ndarray of shape (n_boxes,)
    """
    labels = np.empty(len(X), dtype=np.int32)
    distance = np.empty(len(X), dtype=X.dtype) if return_distance else None
    # Whether the metric's rank can be asked about these anchors, see `Metric`.
    is_safe = products_are_safe(anchors, np.float32) and (anchors > 0).all()
    by_rank = metric.rank is not None and len(anchors) <= 256 and is_safe
    find = (_ByRank if by_rank else _ByDistance)(anchors, metric, params or {})
    is_shared = len(X) >= 2 * _MIN_ROWS_PER_THREAD
    entries = _THREADS_TABLE_ENTRIES if is_shared else _TABLE_ENTRIES
    step = max(1, entries // len(anchors))

    def fill(start: int, stop: int) -> None:
        for lo in range(start, stop, step):
            rows = slice(lo, min(lo + step, stop))
            labels[rows], found = find(X[rows], return_distance)
            if distance is not None:
                distance[rows] = found

    map_row_ranges(fill, len(X), min_rows=_MIN_ROWS_PER_THREAD)
    return (labels, distance) if return_distance else labels


class _ByDistance:
    """Any metric: distances to all anchors, then the smallest.

    Called with some boxes, shape (n_boxes, n_sides), and whether distances are wanted,
    it returns labels and distances, or labels and None.

    Parameters
    ----------
    anchors : ndarray of shape (n_anchors, n_sides)
    metric : Metric
    params : dict
    """

    def __init__(self, anchors: np.ndarray, metric: Any, params: dict) -> None:
        self.anchors, self.metric, self.params = anchors, metric, params

    def __call__(self, X: np.ndarray, with_distance: bool) -> Any:
        table = self.metric.block(X, self.anchors, **self.params)
        label = table.argmin(axis=1)
        return label, table[np.arange(len(label)), label] if with_distance else None


class _ByRank(_ByDistance):
    """A metric with a rank: ranks in single precision, then the smallest.

    Boxes with several anchors that these cannot tell apart are looked at again.
    """

    def __init__(self, anchors: np.ndarray, metric: Any, params: dict) -> None:
        super().__init__(anchors, metric, params)
        self.rough_sides = anchors.T.astype(np.float32)[:, :, None]
        self.sides = np.ascontiguousarray(anchors.T)
        # Highest for the first anchor: the maximum picks the lowest index.
        self.places = np.arange(len(anchors) - 1, -1, -1, dtype=np.uint8)[:, None]

    def __call__(self, X: np.ndarray, with_distance: bool) -> Any:
        columns = np.ascontiguousarray(X.T)
        if not products_are_safe(columns, np.float32, axis=0):
            return super().__call__(X, with_distance)
        label = self._label(X, columns)
        return label, self._distance(X, columns, label) if with_distance else None

    def _label(self, X: np.ndarray, columns: np.ndarray) -> np.ndarray:
        rough = columns.astype(np.float32, copy=False)
        rank = self.metric.rank(rough[:, None, :], self.rough_sides)
        best = rank.min(axis=0)
        best *= np.float32(1 + _RANK_ROUNDING)
        near = np.less_equal(rank, best).view(np.uint8)
        several = np.flatnonzero(near.sum(axis=0, dtype=np.uint8) != 1)
        np.multiply(near, self.places, out=near)
        label = np.subtract(len(self.anchors) - 1, near.max(axis=0), dtype=np.intp)
        if several.size:
            table = self.metric.block(X[several], self.anchors, **self.params)
            label[several] = table.argmin(axis=1)
        return label

    def _distance(self, X: np.ndarray, columns: np.ndarray, label: Any) -> np.ndarray:
        if self.metric.correction is not None:
            own = np.take(self.sides, label, axis=1)
            return self.metric.correction(self.metric.rank(columns, own))
        distance = np.empty(len(X), dtype=X.dtype)
        for anchor in range(len(self.anchors)):
            rows = np.flatnonzero(label == anchor)
            block = self.metric.block(X[rows], self.anchors[[anchor]], **self.params)
            distance[rows] = block[:, 0]
        return distance
