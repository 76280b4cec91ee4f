"""What the clustering minimises: a weighted sum of distances to the nearest anchor."""

from functools import cached_property
from typing import NamedTuple

import numpy as np

from skanchors._threads import map_row_ranges
from skanchors.metrics._nearest import nearest_anchor

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
        self.weight = weight / weight.sum()
        self.metric = metric
        self.params = params

    def __len__(self):
        return len(self.boxes)

    def on(self, boxes, weight):
        """The same question about other boxes."""
        return Problem(boxes, weight, self.metric, self.params)

    def distances(self, X, Y):
        """All distances between two sets of boxes."""
        return self.metric.pairwise(X, Y, **self.params)

    def assign(self, anchors):
        """Give each box to its nearest anchor."""
        labels, distance = nearest_anchor(self.boxes, anchors, self.metric, self.params)
        return Assignment(labels, distance, float(np.sum(self.weight * distance)))

    @cached_property
    def columns(self):
        """The boxes, sides first."""
        return np.ascontiguousarray(self.boxes.T)

    def cost_and_gradient(self, anchors):
        """The cost, and its derivative by the logarithm of each anchor's sides.

        The nearest anchor of a box may change, but where it does the two distances
        are equal: the derivative is that for fixed labels.
        """
        labels = nearest_anchor(self.boxes, anchors, self.metric, self.params)[0]
        n_anchors, n_sides = anchors.shape
        starts = range(0, len(self), _BLOCK)
        sums = np.empty((len(starts), 1 + n_anchors * n_sides))
        sides = np.ascontiguousarray(anchors.T)

        def add_blocks(first, last):
            for block in range(first, last):
                rows = slice(starts[block], starts[block] + _BLOCK)
                weight, label = self.weight[rows], labels[rows]
                distance, slope = self.metric.gradient(
                    self.columns[:, rows], sides[:, label]
                )
                sums[block, 0] = np.sum(weight * distance)
                slope *= weight
                for side in range(n_sides):
                    sums[block, 1 + side :: n_sides] = np.bincount(
                        label, slope[side], n_anchors
                    )

        map_row_ranges(add_blocks, len(starts), min_rows=_MIN_BLOCKS_PER_THREAD)
        total = sums.sum(axis=0)
        return float(total[0]), total[1:].reshape(n_anchors, n_sides)
