"""What the clustering minimises: a weighted sum of distances to the nearest anchor."""

from functools import cached_property
from typing import NamedTuple

import numpy as np

from skanchors._threads import map_row_ranges
from skanchors.metrics._iou import IOU
from skanchors.metrics._nearest import nearest_anchor
from skanchors.metrics._shared import products_are_safe, volumes

# Sums run over blocks of this many boxes, and the block sums are added in order: the
# result is the same to the last bit however many threads share the blocks. For the same
# reason nothing here is a dot product: BLAS splits those among its threads.
_BLOCK = 32_768
_MIN_BLOCKS_PER_THREAD = 2


class Assignment(NamedTuple):
    """Nearest anchor of each box, its distance, and the weighted sum of distances."""

    labels: np.ndarray
    distance: np.ndarray
    cost: float


class Problem:
    """Distinct boxes with weights that sum to one, and a metric.

    Parameters
    ----------
    boxes : ndarray of shape (n_boxes, n_sides), float64
    weight : ndarray of shape (n_boxes,), float64
    metric : Metric
    params : dict
        Further arguments of the metric.
    """

    def __init__(self, boxes, weight, metric, params):
        self.boxes = boxes
        if weight.strides == (0,) and len(weight) > _BLOCK:
            # Equal weights of many boxes need no memory. Those of few are written out,
            # as BLAS rounds otherwise without.
            self.weight = np.broadcast_to(1 / len(weight), len(weight))
        else:
            total = weight.sum()
            # What sums to one is not copied.
            self.weight = weight if abs(total - 1) < 1e-9 else weight / total
        self.metric = metric
        self.params = params

    def __len__(self):
        return len(self.boxes)

    def on(self, boxes, weight):
        """The same question about other boxes."""
        return Problem(boxes, weight, self.metric, self.params)

    def using(self, metric):
        """The same boxes under another metric."""
        return Problem(self.boxes, self.weight, metric, {})

    def distances(self, X, Y):
        """All distances between two sets of boxes."""
        return self.metric.pairwise(X, Y, **self.params)

    def assign(self, anchors):
        """Give each box to its nearest anchor."""
        labels, distance = nearest_anchor(self.boxes, anchors, self.metric, self.params)
        cost = sum(
            float(np.sum(self.weight[start : start + _BLOCK] * block))
            for start, block in _blocks(distance)
        )
        return Assignment(labels, distance, cost)

    @cached_property
    def columns(self):
        """The boxes, sides first."""
        return np.ascontiguousarray(self.boxes.T)

    @cached_property
    def has_volumes(self):
        """Whether products of the boxes' sides are of use and accurate."""
        return self.metric == IOU and products_are_safe(self.boxes)

    def cost_and_gradient(self, anchors):
        """The cost, and its derivative by the logarithm of each anchor's sides.

        The nearest anchor of a box may change, but where it does the two distances
        are equal: the derivative is that for fixed labels.
        """
        labels, distance = nearest_anchor(self.boxes, anchors, self.metric, self.params)
        starts = range(0, len(self), _BLOCK)
        sums = np.empty((len(starts), 1 + anchors.size))
        slopes_of = self._slopes_function(anchors)

        def add_blocks(first, last):
            for block in range(first, last):
                rows = slice(starts[block], starts[block] + _BLOCK)
                label = labels[rows].astype(np.intp)
                sums[block, 0] = np.sum(self.weight[rows] * distance[rows])
                sums[block, 1:] = slopes_of(rows, label, distance[rows]).ravel()

        map_row_ranges(add_blocks, len(starts), min_rows=_MIN_BLOCKS_PER_THREAD)
        total = sums.sum(axis=0)
        return float(total[0]), total[1:].reshape(anchors.shape)

    def _slopes_function(self, anchors):
        """``slopes(rows, label, distance)``: the derivative summed over some boxes."""
        if self.has_volumes and (anchors > 0).all():
            anchor_volumes = volumes(anchors)
            if anchor_volumes is not None:
                return _IoUSlopes(self, anchors, anchor_volumes)
        return _Slopes(self, anchors)


def _blocks(values):
    for start in range(0, len(values), _BLOCK):
        yield start, values[start : start + _BLOCK]


class _Slopes:
    """For any metric with a gradient."""

    def __init__(self, problem, anchors):
        self.problem = problem
        self.sides = np.ascontiguousarray(anchors.T)

    def __call__(self, rows, label, distance):
        problem, sides = self.problem, self.sides
        _, slope = problem.metric.gradient(problem.columns[:, rows], sides[:, label])
        slope *= problem.weight[rows]
        sums = [np.bincount(label, side, sides.shape[1]) for side in slope]
        return np.stack(sums, axis=1)


class _IoUSlopes:
    """For IoU, from the distance that is known already, at a third of the cost.

    With S and V the volumes of box and anchor, the derivative of the IoU by the
    logarithm of a side a is IoU (1 + IoU) ([a < x] - V / (S + V)).
    """

    def __init__(self, problem, anchors, anchor_volumes):
        self.problem = problem
        self.sides = np.ascontiguousarray(anchors.T)
        self.anchor_volumes = anchor_volumes

    def __call__(self, rows, label, distance):
        problem = self.problem
        n_anchors = len(self.anchor_volumes)
        iou = 1 - distance
        steep = iou + 1
        steep *= iou
        steep *= problem.weight[rows]
        share = np.take(self.anchor_volumes, label)
        share /= share + problem.boxes[rows].prod(axis=1)
        share *= steep
        shrinks = np.bincount(label, share, n_anchors)
        slopes = np.empty((n_anchors, len(self.sides)))
        for side, (x, a) in enumerate(
            zip(problem.boxes[rows].T, self.sides, strict=True)
        ):
            grows = steep * (np.take(a, label) < x)
            slopes[:, side] = shrinks - np.bincount(label, grows, n_anchors)
        return slopes
