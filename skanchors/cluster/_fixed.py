"""Anchors that stay where they are, and take boxes from those that are looked for.

Whatever asks a `FixedProblem` for costs, labels or gradients hands over the other
anchors alone: the fixed ones are always there, after them. A box is never farther from
the nearest anchor than from the nearest fixed one.
"""

from collections.abc import Callable
from functools import cached_property

import numpy as np

from skanchors.cluster._problem import Assignment, Problem
from skanchors.metrics._nearest import nearest_anchor
from skanchors.metrics._registry import Metric


class FixedProblem(Problem):
    """A problem with anchors that are there already.

    Parameters
    ----------
    boxes : ndarray of shape (n_boxes, n_sides), float64
    weight : ndarray of shape (n_boxes,)
    metric : Metric
    params : dict
    fixed : ndarray of shape (n_fixed, n_sides), float64
    """

    def __init__(
        self,
        boxes: np.ndarray,
        weight: np.ndarray,
        metric: Metric,
        params: dict,
        fixed: np.ndarray,
    ) -> None:
        super().__init__(boxes, weight, metric, params)
        self.fixed = fixed

    def on(self, boxes: np.ndarray, weight: np.ndarray) -> "FixedProblem":
        """The same question about other boxes."""
        return FixedProblem(boxes, weight, self.metric, self.params, self.fixed)

    def using(self, metric: Metric) -> "FixedProblem":
        """The same boxes under another metric."""
        return FixedProblem(self.boxes, self.raw_weight, metric, {}, self.fixed)

    def distances_to(self, X: np.ndarray) -> np.ndarray:
        """Distances to each anchor, or to the nearest fixed one if that is nearer."""
        return np.minimum(super().distances_to(X), self._to_fixed)

    def rough_distances(self, sets: np.ndarray) -> np.ndarray:
        """As for `Problem`, and no box is farther than its nearest fixed anchor."""
        distances = super().rough_distances(sets)
        return np.minimum(distances, self._to_fixed.astype(distances.dtype))

    def assign(self, anchors: np.ndarray) -> Assignment:
        """Give each box to its nearest anchor; labels from len(anchors) are fixed."""
        return super().assign(np.concatenate([anchors, self.fixed]))

    def cost_and_counts(self, anchors: np.ndarray) -> tuple[float, np.ndarray]:
        """The cost, and how many boxes each anchor has that is not fixed."""
        cost, counts = super().cost_and_counts(np.concatenate([anchors, self.fixed]))
        return cost, counts[: len(anchors)]

    def gradients_function(self, sets: np.ndarray, dtype: type) -> Callable:
        """As for `Problem`; gradients are those of the anchors that are not fixed."""
        n_free = sets.shape[1]
        costs_and_gradients = super().gradients_function(self._all(sets), dtype)

        def of_free(sets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            costs, gradients = costs_and_gradients(self._all(sets))
            return costs, gradients[:, :n_free]

        return of_free

    def _all(self, sets: np.ndarray) -> np.ndarray:
        fixed = np.broadcast_to(self.fixed, (len(sets), *self.fixed.shape))
        return np.concatenate([sets, fixed], axis=1)

    @cached_property
    def _to_fixed(self) -> np.ndarray:
        return nearest_anchor(self.boxes, self.fixed, self.metric, self.params)[1]
