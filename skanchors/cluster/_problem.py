"""What the clustering minimises: a weighted sum of distances to the nearest anchor."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from skanchors._threads import map_row_ranges
from skanchors.cluster import _tuning as tuning
from skanchors.cluster._compress import grid_representatives, variance_cuts
from skanchors.cluster._gradients import GradientsBlock
from skanchors.metrics._nearest import nearest_anchor
from skanchors.metrics._shared import products_are_safe

# Sums run over blocks of this many boxes, and the block sums are added in order: the
# result is the same to the last bit however many threads share the blocks. For the same
# reason nothing here is a dot product: BLAS splits those among its threads.
_BLOCK = 32_768
# Size of the table (anchors x boxes) of a block for gradients. It and its like stay in
# the second-level cache; several sets share a table only where it stays well inside.
_GRADIENTS_BYTES = 1_000_000
_SHARED_BYTES = 500_000
_MIN_BLOCKS_PER_THREAD = 12
# What is computed from the boxes for gradients is kept for no more boxes than these.
_KEPT_BOXES = 65_536


class Assignment(NamedTuple):
    """Nearest anchor of each box, its distance, and the weighted sum of distances."""

    labels: np.ndarray
    distance: np.ndarray
    cost: float


class Problem:
    """Distinct boxes with weights, and a metric.

    Fixed anchors, if any, are always there and take boxes from those that are looked
    for: whoever asks for costs, labels or gradients hands over the others alone.

    Parameters
    ----------
    boxes : ndarray of shape (n_boxes, n_sides), float64
    weight : ndarray of shape (n_boxes,)
        Of any type; they need not sum to one.
    metric : Metric
    params : dict
        Further arguments of the metric.
    fixed : ndarray of shape (n_fixed, n_sides), float64, default=None
        Anchors that stay where they are. None stands for no rows.

    Attributes
    ----------
    is_rough : bool
        Whether the cost has a kink wherever an anchor is as wide or high as a box.
    is_condensed : bool
        Whether the boxes are means of others, which nobody drew.
    blur : float
        Gradients in single precision are those of boxes whose sides are known to this
        share of them, if the metric has such.
    """

    is_rough = True
    is_condensed = False
    blur = 0.0

    def __init__(
        self,
        boxes: np.ndarray,
        weight: np.ndarray,
        metric: Any,
        params: dict[str, Any],
        fixed: np.ndarray | None = None,
    ) -> None:
        self.boxes = boxes
        self.raw_weight = weight
        self._total = float(weight.sum())
        self.metric = metric
        self.params = params
        self.fixed = boxes[:0] if fixed is None else fixed
        self._prepared: dict[Any, Any] = {}

    def __len__(self) -> int:
        return len(self.boxes)

    def on(self, boxes: np.ndarray, weight: np.ndarray) -> Any:
        """The same question about other boxes."""
        return Problem(boxes, weight, self.metric, self.params, self.fixed)

    def using(self, metric: Any) -> Any:
        """The same boxes, and fixed anchors, under another metric."""
        return Problem(self.boxes, self.raw_weight, metric, {}, self.fixed)

    @property
    def stages(self) -> list[Any]:
        """What to descend one after the other; the last is nearest to the cost."""
        return [self]

    def representatives(self, max_boxes: int) -> Any:
        """The same question about fewer boxes, see `grid_representatives`."""
        if len(self) <= max_boxes:
            return self
        return self._blurred(
            *grid_representatives(self.boxes, self.raw_weight, max_boxes)
        )

    def cuts(self, *sizes: int, own_blur: float = 0.0) -> list[Any]:
        """The same question about so many groups of boxes, see `variance_cuts`.

        In place of `tuning.BLUR`, `own_blur` is for boxes that were not merged; where
        some of few were, it lies between.
        """
        cuts = variance_cuts(self.boxes, self.weight, sizes)
        return [self._blurred(*cut, own_blur) for cut in cuts]

    def _blurred(
        self, boxes: np.ndarray, weight: np.ndarray, own_blur: float = 0.0
    ) -> Any:
        """The same question about these boxes, or means of them, blurred."""
        blurred = self.on(boxes, weight)
        blurred.is_condensed = self.is_condensed or len(boxes) < len(self)
        merged = float(blurred.is_condensed)
        if len(self) <= tuning.FEW_BOXES and not self.is_condensed:
            # Of many boxes nearly all are merged, of few some: the rest hides less.
            merged = 1 - len(boxes) / len(self)
        blur = own_blur + (tuning.BLUR - own_blur) * merged
        blurred.blur = blur / np.sqrt(len(boxes))
        return blurred

    @property
    def weight(self) -> np.ndarray:
        """Weights that sum to one, of shape (n_boxes,), float64."""
        if len(self) > _KEPT_BOXES:
            return self.raw_weight / self._total
        return self._kept_weight

    @cached_property
    def _kept_weight(self) -> np.ndarray:
        return self.raw_weight / self._total

    @cached_property
    def n_unmerged(self) -> float:
        """About how many boxes there were before equal ones were merged.

        One of every four distinct boxes is taken to stand for itself alone.
        """
        return float(1 / np.quantile(self.weight, 0.25))

    def distances(self, X: np.ndarray, Y: np.ndarray) -> np.ndarray:
        """All distances between two sets of boxes."""
        return self.metric.pairwise(X, Y, **self.params)

    def distances_to(self, X: np.ndarray) -> np.ndarray:
        """Distances of some anchors to all boxes, shape (n_anchors, n_boxes).

        That of the nearest fixed anchor where it is nearer.
        """
        return self._at_most_to_fixed(self.distances(X, self.boxes))

    def rough_distances(self, sets: np.ndarray) -> np.ndarray:
        """As `distances_to`, for sets of anchors; in float32 if it will do.

        From shape (n_sets, n_anchors, n_sides) to (n_sets, n_anchors, n_boxes).
        """
        dtype = np.float32 if self._has_safe_products else np.float64
        rows = sets.reshape(-1, sets.shape[2]).astype(dtype)
        distances = self.distances(rows, self.boxes.astype(dtype))
        distances = self._at_most_to_fixed(distances)
        return distances.reshape(*sets.shape[:2], len(self))

    def _at_most_to_fixed(self, distances: np.ndarray) -> np.ndarray:
        if not len(self.fixed):
            return distances
        return np.minimum(distances, self._to_fixed.astype(distances.dtype))

    @cached_property
    def _to_fixed(self) -> np.ndarray:
        return nearest_anchor(self.boxes, self.fixed, self.metric, self.params)[1]

    def assign(self, anchors: np.ndarray) -> Assignment:
        """Give each box to its nearest anchor; labels from len(anchors) are fixed."""
        anchors = np.concatenate([anchors, self.fixed])
        labels, distance = nearest_anchor(self.boxes, anchors, self.metric, self.params)
        cost = sum(
            self._cost(rows, distance[rows]) for rows in _blocks_of_rows(len(self))
        )
        return Assignment(labels, distance, cost)

    def cost_and_counts(self, anchors: np.ndarray) -> tuple[float, np.ndarray]:
        """The cost, and how many boxes each anchor has, in little memory."""
        n_free = len(anchors)
        anchors = np.concatenate([anchors, self.fixed])
        blocks = _blocks_of_rows(len(self))
        costs = np.empty(len(blocks))
        counts = np.empty((len(blocks), len(anchors)), dtype=np.int64)

        def assign_blocks(first: int, last: int) -> None:
            for number in range(first, last):
                rows = blocks[number]
                labels, distance = nearest_anchor(
                    self.boxes[rows], anchors, self.metric, self.params
                )
                costs[number] = self._cost(rows, distance)
                counts[number] = np.bincount(labels, minlength=len(anchors))

        map_row_ranges(assign_blocks, len(blocks), min_rows=2)
        return sum(costs.tolist()), counts.sum(axis=0)[:n_free]

    def cost(self, anchors: np.ndarray) -> float:
        """The cost alone."""
        return self.cost_and_counts(anchors)[0]

    def _cost(self, rows: Any, distance: np.ndarray) -> float:
        return float(np.sum(self.raw_weight[rows] / self._total * distance))

    @cached_property
    def size_range(self) -> np.ndarray:
        """The smallest positive and the largest size of each side."""
        smallest = [
            column.min(where=column > 0, initial=np.inf) for column in self.boxes.T
        ]
        return np.array([smallest, self.boxes.max(axis=0)])

    @cached_property
    def log_range(self) -> np.ndarray:
        """Logarithms of `size_range`."""
        with np.errstate(divide="ignore"):
            return np.log(self.size_range)

    def gradients_function(
        self, sets: np.ndarray, dtype: Any
    ) -> Callable[..., tuple[np.ndarray, np.ndarray]]:
        """``costs_and_gradients(sets)``: costs, and their derivatives by log sides.

        Parameters
        ----------
        sets : ndarray of shape (n_sets, n_clusters, n_sides)
            What the function is going to be called with. Later ones may differ, but
            for sides of 0 and sizes far from those of these and of the boxes.
        dtype : type
            What to compute in, if sums and products of all sides allow it.

        Returns
        -------
        callable
            For each set its cost, shape (n_sets,), and the derivatives, shape
            (n_sets, n_clusters, n_sides).
        """
        n_free = sets.shape[1]
        sets = self._with_fixed(sets)
        n_clusters = sets.shape[1]
        dtype, by_rank = self._precision(sets, dtype)
        # The blocks do not depend on the number of threads, see above. Rows of the
        # tables are long, even where only few sets fit then.
        table_bytes = len(self) * n_clusters * np.dtype(dtype).itemsize
        n_blocks = -(-table_bytes // _GRADIENTS_BYTES)
        n_at_once = max(1, _SHARED_BYTES * n_blocks // table_bytes)
        blur = self.blur if dtype == np.float32 else 0.0
        block_of = self._blocks(dtype, by_rank, blur, n_blocks)

        def costs_and_gradients(sets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            sets = self._with_fixed(sets)
            costs = np.empty((n_blocks, len(sets)))
            gradients = np.empty((n_blocks, *sets.shape))

            def add_blocks(first: int, last: int) -> None:
                for number in range(first, last):
                    block = block_of(number)
                    for start in range(0, len(sets), n_at_once):
                        some = slice(start, start + n_at_once)
                        costs[number, some], gradients[number, some] = block(sets[some])

            map_row_ranges(add_blocks, n_blocks, min_rows=_MIN_BLOCKS_PER_THREAD)
            return costs.sum(axis=0), gradients.sum(axis=0)[:, :n_free]

        return costs_and_gradients

    def _with_fixed(self, sets: np.ndarray) -> np.ndarray:
        if not len(self.fixed):
            return sets
        fixed = np.broadcast_to(self.fixed, (len(sets), *self.fixed.shape))
        return np.concatenate([sets, fixed], axis=1)

    def _precision(self, sets: np.ndarray, dtype: Any) -> tuple[Any, bool]:
        """What to compute in, and whether the metric's rank can be asked."""
        rows = sets.reshape(-1, sets.shape[2])
        is_safe = self._has_safe_products and products_are_safe(rows, np.float32)
        by_rank = is_safe and self.metric.rank is not None and bool((sets > 0).all())
        return (dtype if is_safe else np.float64), by_rank

    @cached_property
    def _has_safe_products(self) -> bool:
        return products_are_safe(self.boxes, np.float32)

    def _blocks(
        self, dtype: Any, by_rank: bool, blur: float, n_blocks: int
    ) -> Callable[[int], Any]:
        """``block_of(number)``: a block of the boxes, prepared for gradients."""

        def prepare(block: int) -> Any:
            rows = slice(
                len(self) * block // n_blocks, len(self) * (block + 1) // n_blocks
            )
            return GradientsBlock(
                self.metric,
                self.boxes[rows],
                self.raw_weight[rows] / self._total,
                dtype,
                by_rank,
                blur,
            )

        if len(self) > _KEPT_BOXES:
            return prepare
        key = dtype, by_rank, blur, n_blocks
        if key not in self._prepared:
            self._prepared[key] = [prepare(block) for block in range(n_blocks)]
        return self._prepared[key].__getitem__


def _blocks_of_rows(n_rows: int) -> list[slice]:
    return [slice(start, start + _BLOCK) for start in range(0, n_rows, _BLOCK)]
