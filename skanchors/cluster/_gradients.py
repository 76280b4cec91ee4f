"""Costs of sets of anchors and their gradients: the inner loop of all descents.

Each class here works on one block of boxes. Called with sets of anchors, shape
(n_sets, n_clusters, n_sides), it returns for each set the weighted distances to the
nearest anchor, summed over the block, and their derivative by the logarithm of each
anchor's sides: shapes (n_sets,) and (n_sets, n_clusters, n_sides). The nearest anchor
of a box may change, but where it does the two distances are equal, so that the
derivative is that for fixed labels.
"""

import numpy as np


class GradientsBlock:
    """For any metric with a gradient.

    Parameters
    ----------
    metric : Metric
    boxes : ndarray of shape (n_boxes, n_sides)
    weight : ndarray of shape (n_boxes,)
    dtype : type
        What to compute in.
    """

    def __init__(self, metric, boxes, weight, dtype):
        self.metric = metric
        self.boxes = boxes.astype(dtype, copy=False)
        self.columns = np.ascontiguousarray(self.boxes.T)
        self.weight = weight.astype(dtype, copy=False)

    def __call__(self, anchors):
        n_sets, n_clusters, n_sides = anchors.shape
        rows = anchors.reshape(-1, n_sides).astype(self.boxes.dtype, copy=False)
        distances = self.metric.block(rows, self.boxes)
        label = distances.reshape(n_sets, n_clusters, -1).argmin(axis=1)
        label += n_clusters * np.arange(n_sets)[:, None]
        distance, gradient = self.metric.gradient(
            self.columns[:, None, :], np.ascontiguousarray(rows.T)[:, label]
        )
        gradient *= self.weight
        label = label.ravel()
        gradients = [np.bincount(label, side.ravel(), len(rows)) for side in gradient]
        distance *= self.weight
        return distance.sum(axis=1), np.stack(gradients, axis=1).reshape(anchors.shape)


class IoUGradientsBlock:
    """For IoU, where all boxes and anchors have volumes that are accurate.

    Compares intersection / (volume of box + volume of anchor), which orders anchors
    as IoU does. With S and V the two volumes, the derivative of the IoU by the
    logarithm of a side a of the anchor, next to x of the box, is
    IoU (1 + IoU) ([a < x] - V / (S + V)).

    The parameters are those of `GradientsBlock`.
    """

    def __init__(self, metric, boxes, weight, dtype):
        self.columns = np.ascontiguousarray(boxes.T, dtype=dtype)
        self.volumes = self.columns.prod(axis=0)
        self.weight = weight.astype(dtype, copy=False)

    def __call__(self, anchors):
        n_sets, n_clusters, n_sides = anchors.shape
        n_rows = n_sets * n_clusters
        sides = anchors.reshape(-1, n_sides).T.astype(self.volumes.dtype)
        volumes = sides.prod(axis=0)
        share = self.compare(sides, volumes).reshape(n_sets, n_clusters, -1)
        best = share.max(axis=1)
        label = last_equal(share, best)
        label += n_clusters * np.arange(n_sets)[:, None]

        iou = np.subtract(1, best)
        np.divide(best, iou, out=iou)
        steep = iou + 1
        steep *= iou
        steep *= self.weight
        part = volumes[label]
        part /= part + self.volumes
        part *= steep
        label = label.ravel()
        shrinks = np.bincount(label, part.ravel(), n_rows)
        gradients = np.empty((n_rows, n_sides))
        for side, (x, a) in enumerate(zip(self.columns, sides, strict=True)):
            grows = steep * (a[label].reshape(steep.shape) < x)
            gradients[:, side] = shrinks - np.bincount(label, grows.ravel(), n_rows)
        distance = np.subtract(1, iou, out=iou)
        distance *= self.weight
        return distance.sum(axis=1), gradients.reshape(anchors.shape)

    def compare(self, sides, volumes):
        """What is compared, for each anchor and box."""
        share = np.minimum(self.columns[0], sides[0, :, None])
        other = np.empty_like(share)
        for x, a in zip(self.columns[1:], sides[1:, :, None], strict=True):
            np.minimum(x, a, out=other)
            np.multiply(share, other, out=share)
        np.add(self.volumes, volumes[:, None], out=other)
        return np.divide(share, other, out=share)


def last_equal(table, best):
    """Row of each column's best entry, the last one of several; for sets of tables.

    A table of one-byte ranks is several times as fast as argmax along this axis.
    """
    n_rows = table.shape[1]
    if n_rows > 256:
        return table.argmax(axis=1)
    rank = np.equal(table, best[:, None]).view(np.uint8)
    np.multiply(rank, np.arange(n_rows, dtype=np.uint8)[:, None], out=rank)
    return rank.max(axis=1).astype(np.intp)
