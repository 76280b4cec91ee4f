"""The nearest anchor of each box: the inner loop of everything."""

import numpy as np

from skanchors._threads import map_row_ranges
from skanchors.metrics._iou import IOU
from skanchors.metrics._shared import products_are_safe

# Entries of the table (anchors x boxes) that one pass over a block fills. Large enough
# that NumPy's call overhead and the hand-over between threads do not matter, small
# enough that the three tables stay in the second-level cache.
_TABLE_ENTRIES = 100_000
_MIN_ROWS_PER_THREAD = 60_000


def nearest_anchor(X, anchors, metric=IOU, params=None, *, return_distance=True):
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
    # Equal, not identical: what came from another process is a copy.
    if metric == IOU and _fast_path_is_exact(X, anchors):
        table = _IoUTable
    else:
        table = _DistanceTable

    def fill(start, stop):
        table(X, anchors, metric, params or {}).fill(labels, distance, start, stop)

    map_row_ranges(fill, len(X), min_rows=_MIN_ROWS_PER_THREAD)
    return (labels, distance) if return_distance else labels


def _fast_path_is_exact(X, anchors):
    return (
        len(anchors) <= 256
        and products_are_safe(X)
        and products_are_safe(anchors)
        and bool((anchors > 0).all())
    )


class _DistanceTable:
    """Any metric: distances to all anchors, then the smallest."""

    def __init__(self, X, anchors, metric, params):
        self.X, self.anchors = X, anchors
        self.block, self.params = metric.block, params

    def fill(self, labels, distance, start, stop):
        step = max(1, _TABLE_ENTRIES // len(self.anchors))
        for lo in range(start, stop, step):
            hi = min(lo + step, stop)
            table = self.block(self.X[lo:hi], self.anchors, **self.params)
            best = table.argmin(axis=1)
            labels[lo:hi] = best
            if distance is not None:
                distance[lo:hi] = table[np.arange(hi - lo), best]


class _IoUTable:
    """IoU with anchors that all have a volume.

    Compares intersection / (volume of box + volume of anchor), which orders anchors
    as IoU does, and turns only the best into IoU: s / (1 - s).
    """

    def __init__(self, X, anchors, metric, params):
        self.X = X
        self.sides = anchors.T[:, :, None].copy()
        self.volumes = anchors.prod(axis=1)[:, None]
        # Highest rank for the first anchor: the maximum picks the lowest index.
        n_anchors = len(anchors)
        self.ranks = np.arange(n_anchors - 1, -1, -1, dtype=np.uint8)[:, None]

    def fill(self, labels, distance, start, stop):
        n_anchors = len(self.volumes)
        step = max(1, min(_TABLE_ENTRIES // n_anchors, stop - start))
        share = np.empty((n_anchors, step), dtype=self.X.dtype)
        other = np.empty_like(share)
        equal = np.empty(share.shape, dtype=bool)
        columns = np.empty((self.X.shape[1], step), dtype=self.X.dtype)
        for lo in range(start, stop, step):
            hi = min(lo + step, stop)
            n = hi - lo
            self._fill_block(
                columns[:, :n],
                self.X[lo:hi],
                share[:, :n],
                other[:, :n],
                equal[:, :n],
                labels[lo:hi],
                None if distance is None else distance[lo:hi],
            )

    def _fill_block(self, columns, X, share, other, equal, labels, distance):
        columns[...] = X.T
        np.minimum(columns[0], self.sides[0], out=share)
        for column, sides in zip(columns[1:], self.sides[1:], strict=True):
            np.minimum(column, sides, out=other)
            np.multiply(share, other, out=share)
        volume = np.prod(columns, axis=0)
        np.add(volume, self.volumes, out=other)
        np.divide(share, other, out=share)
        best = np.max(share, axis=0)
        np.equal(share, best, out=equal)
        rank = equal.view(np.uint8)
        np.multiply(rank, self.ranks, out=rank)
        np.subtract(len(self.volumes) - 1, np.max(rank, axis=0), out=labels)
        if distance is None:
            return
        np.subtract(1, best, out=volume)
        np.divide(best, volume, out=best)
        np.subtract(1, best, out=distance)
