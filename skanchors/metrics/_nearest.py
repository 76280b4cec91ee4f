"""The nearest anchor of each box: the inner loop of everything."""

import numpy as np

from skanchors._threads import map_row_ranges
from skanchors.metrics._iou import IOU
from skanchors.metrics._shared import products_are_safe

# Entries of the table (anchors x boxes) that one pass over a block fills. Those of one
# thread stay in the second-level cache. Several threads hinder each other where
# operations are short: there larger tables pay, though they leave the cache.
_TABLE_ENTRIES = 100_000
_THREADS_TABLE_ENTRIES = 600_000
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
    is_iou = metric == IOU and _products_do(anchors) and len(anchors) <= 256
    kind = _IoUTable if is_iou else _DistanceTable
    is_shared = len(X) >= 2 * _MIN_ROWS_PER_THREAD
    entries = _THREADS_TABLE_ENTRIES if is_shared else _TABLE_ENTRIES
    table = kind(X, anchors, metric, params or {}, max(1, entries // len(anchors)))

    def fill(start, stop):
        table.fill(labels, distance, start, stop)

    map_row_ranges(fill, len(X), min_rows=_MIN_ROWS_PER_THREAD)
    return (labels, distance) if return_distance else labels


def _products_do(anchors):
    """Whether products of sides say which anchor is nearest, in single precision."""
    return products_are_safe(anchors, np.float32) and bool((anchors > 0).all())


class _DistanceTable:
    """Any metric: distances to all anchors, then the smallest."""

    def __init__(self, X, anchors, metric, params, step):
        self.X, self.anchors = X, anchors
        self.block, self.params = metric.block, params
        self.step = step

    def fill(self, labels, distance, start, stop):
        for lo in range(start, stop, self.step):
            self.fill_block(labels, distance, slice(lo, min(lo + self.step, stop)))

    def fill_block(self, labels, distance, rows):
        table = self.block(self.X[rows], self.anchors, **self.params)
        best = table.argmin(axis=1)
        labels[rows] = best
        if distance is not None:
            distance[rows] = table[np.arange(len(best)), best]


class _IoUTable(_DistanceTable):
    """IoU with anchors that all have a volume.

    Compares intersection / (volume of box + volume of anchor), which orders anchors
    as IoU does, in single precision. Boxes with several anchors that this cannot tell
    apart are looked at again.
    """

    def __init__(self, X, anchors, metric, params, step):
        super().__init__(X, anchors, metric, params, step)
        self.volumes = anchors.prod(axis=1)
        self.rough_sides = anchors.T.astype(np.float32)[:, :, None]
        self.rough_volumes = self.rough_sides.prod(axis=0)
        # Highest rank for the first anchor: the maximum picks the lowest index.
        n_anchors, n_sides = anchors.shape
        self.ranks = np.arange(n_anchors - 1, -1, -1, dtype=np.uint8)[:, None]
        # Twice what rounding of the sides and of each operation can add up to.
        self.nearly = np.float32(1 - (4 * n_sides + 8) * np.finfo(np.float32).eps)

    def fill(self, labels, distance, start, stop):
        step = min(self.step, stop - start)
        tables = np.empty((2, len(self.anchors), step), dtype=np.float32)
        for lo in range(start, stop, step):
            rows = slice(lo, min(lo + step, stop))
            X = self.X[rows]
            columns = np.ascontiguousarray(X.T)
            if not products_are_safe(columns.T, np.float32):
                self.fill_block(labels, distance, rows)
                continue
            labels[rows] = label = self._label(X, columns, *tables[:, :, : len(X)])
            if distance is not None:
                self._distance(columns, label, out=distance[rows])

    def _label(self, X, columns, share, other):
        rough = columns.astype(np.float32, copy=False)
        np.minimum(rough[0], self.rough_sides[0], out=share)
        for column, sides in zip(rough[1:], self.rough_sides[1:], strict=True):
            np.minimum(column, sides, out=other)
            np.multiply(share, other, out=share)
        np.add(rough.prod(axis=0), self.rough_volumes, out=other)
        np.divide(share, other, out=share)
        best = share.max(axis=0)
        best *= self.nearly
        rank = np.greater_equal(share, best).view(np.uint8)
        several = np.flatnonzero(rank.sum(axis=0, dtype=np.uint8) != 1)
        np.multiply(rank, self.ranks, out=rank)
        label = np.subtract(len(self.anchors) - 1, rank.max(axis=0), dtype=np.intp)
        if several.size:
            label[several] = self.block(X[several], self.anchors).argmin(axis=1)
        return label

    def _distance(self, columns, label, out):
        shared = np.take(self.anchors[:, 0], label)
        np.minimum(shared, columns[0], out=shared)
        for column, sides in zip(columns[1:], self.anchors.T[1:], strict=True):
            own = np.take(sides, label)
            shared *= np.minimum(own, column, out=own)
        union = columns.prod(axis=0)
        union += np.take(self.volumes, label)
        union -= shared
        np.divide(shared, union, out=shared)
        np.subtract(1, shared, out=out)
