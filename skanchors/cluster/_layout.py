"""What the parameters of a detector's form are: sizes and ratios.

A layout knows which numbers theta of a `Form` holds, draws them from boxes, and turns
them into what a configuration says. All are logarithms: of sizes (geometric means of
the sides) and, for each shape, of the ratios of its further sides to the first one. For
two sides that is one number, height / width.
"""

from collections.abc import Sequence

import numpy as np

from skanchors.cluster._form import Form

# How far beyond the sizes and ratios of the boxes a descent may go, in log size: on a
# grid the best anchor for small boxes is larger than any of them.
_MARGIN = np.log(4)


class Layout:
    """Sizes and shapes, and which of them make the anchors of each level.

    Parameters
    ----------
    strides : ndarray of shape (n_levels,)
        Ascending.
    n_sides : int
    anchors : list of (level, sizes, shape, sign)
        For each anchor its level; the numbers of the sizes that it has the geometric
        mean of; the number of its shape, or None for equal sides; and 1, or -1 for the
        reciprocal of the shape.
    size_groups, shape_groups : list of sequence of int
        Numbers of sizes, and of shapes, that come in ascending order because any other
        order would make the same anchors, or none that are better.
    scaled : bool, default=False
        Whether the sizes are in strides.
    factor : ndarray of shape (n_anchors,) or float, default=1
        What the size of each anchor is multiplied by.
    reciprocal : bool, default=False
        Whether each shape comes with its reciprocal.
    any_level : bool, default=False
        Whether levels can be exchanged, sizes and shapes together: then the one with
        the smallest sizes comes first.
    """

    def __init__(
        self,
        strides: np.ndarray,
        n_sides: int,
        anchors: list,
        *,
        size_groups: Sequence,
        shape_groups: Sequence,
        scaled: bool = False,
        factor: np.ndarray | float = 1.0,
        reciprocal: bool = False,
        any_level: bool = False,
    ) -> None:
        self.strides, self.n_sides = strides, n_sides
        self.any_level = any_level
        self.size_groups, self.shape_groups = size_groups, shape_groups
        self.scaled, self.reciprocal = scaled, reciprocal
        self.factor = np.broadcast_to(factor, len(anchors))
        self.n_sizes, self.n_shapes = (
            sum(len(group) for group in groups)
            for groups in (size_groups, shape_groups)
        )
        self.level_of = np.array([level for level, *_ in anchors])
        # Log sides of volume 1 from log ratios to the first side.
        n_ratios = n_sides - 1
        basis = np.vstack([np.zeros(n_ratios), np.eye(n_ratios)])
        basis -= np.ones(n_ratios) / n_sides
        n_params = self.n_sizes + self.n_shapes * n_ratios
        rows = np.zeros((len(anchors), n_sides, n_params))
        for row, (_, sizes, shape, sign) in zip(rows, anchors, strict=True):
            row[:, sizes] = 1 / len(sizes)
            if shape is not None:
                start = self.n_sizes + shape * n_ratios
                row[:, start : start + n_ratios] = sign * basis
        self.matrix = rows.reshape(-1, n_params)

    @property
    def block(self) -> np.ndarray:
        """For each number of theta that of its block, which is good as a whole."""
        if not self.any_level:
            return np.arange(self.matrix.shape[1])
        n_levels = len(self.strides)
        sizes = np.repeat(np.arange(n_levels), self.n_sizes // n_levels)
        n_ratios = self.n_shapes // n_levels * (self.n_sides - 1)
        return np.concatenate([sizes, np.repeat(np.arange(n_levels), n_ratios)])

    @property
    def levels(self) -> list[list[int]]:
        """Rows of the anchors on each level."""
        numbers = range(len(self.strides))
        return [np.flatnonzero(self.level_of == i).tolist() for i in numbers]

    def split(self, thetas: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Logarithms of sizes and of ratios.

        Shapes (n_sets, n_sizes) and (n_sets, n_shapes, n_sides - 1).
        """
        ratios = thetas[:, self.n_sizes :]
        shape = len(thetas), self.n_shapes, self.n_sides - 1
        return thetas[:, : self.n_sizes], ratios.reshape(shape)

    def join(self, sizes: np.ndarray, ratios: np.ndarray) -> np.ndarray:
        """The reverse of `split`."""
        return np.concatenate([sizes, ratios.reshape(len(sizes), -1)], axis=1)

    def form(self, boxes: np.ndarray) -> Form:
        """The form; descents stay near sizes and ratios of boxes with a volume."""
        sizes, ratios = self._measured(boxes)
        if self.reciprocal:
            ratios = np.concatenate([ratios, -ratios])
        scale = np.tile(self.factor[:, None], self.n_sides)
        lower, upper = sizes.min() - _MARGIN, sizes.max() + _MARGIN
        if self.scaled:
            scale *= self.strides[self.level_of, None]
            lower -= np.log(self.strides[-1])
            upper -= np.log(self.strides[0])
        bounds = [
            self.join(
                np.full((1, self.n_sizes), limit),
                np.tile(ratio, (1, self.n_shapes, 1)),
            )[0]
            for limit, ratio in (
                (lower, ratios.min(axis=0) - _MARGIN),
                (upper, ratios.max(axis=0) + _MARGIN),
            )
        ]
        return Form(scale, self.matrix, np.array(bounds))

    def ordered(self, thetas: np.ndarray) -> np.ndarray:
        """The same anchors, with sizes and shapes in ascending order."""
        sizes, ratios = (part.copy() for part in self.split(thetas))
        if self.reciprocal:
            # Of a shape and its reciprocal the longer one along the further sides.
            ratios *= np.where(ratios.sum(axis=2, keepdims=True) < 0, -1, 1)
        for group in self.size_groups:
            sizes[:, group] = np.sort(sizes[:, group], axis=1)
        for group in self.shape_groups:
            for own in ratios:
                if own.size:
                    own[group] = own[group][np.lexsort(own[group].T[::-1])]
        if self.any_level:
            n_levels = len(self.strides)
            by_level = sizes.reshape(len(sizes), n_levels, -1)
            order = np.argsort(by_level.mean(axis=2), axis=1, kind="stable")
            rows = np.arange(len(sizes))[:, None]
            sizes = by_level[rows, order].reshape(sizes.shape)
            shape = len(sizes), n_levels, self.n_shapes // n_levels, self.n_sides - 1
            ratios = ratios.reshape(shape)
            ratios = ratios[rows, order]
        return self.join(sizes, ratios)

    def draw(
        self,
        boxes: np.ndarray,
        weight: np.ndarray,
        n_sets: int,
        rng: np.random.RandomState,
    ) -> np.ndarray:
        """Sizes and ratios of boxes drawn at random, shape (n_sets, n_params).

        Parameters
        ----------
        boxes : ndarray of shape (n_boxes, n_sides)
            With volumes.
        weight : ndarray of shape (n_boxes,)
            Sums to one.
        n_sets : int
        rng : RandomState
        """
        sizes, ratios = self._measured(boxes)
        drawn_sizes = _draw(sizes[:, None], weight, (n_sets, self.n_sizes), rng)[..., 0]
        if self.scaled:
            strides = rng.choice(self.strides, size=drawn_sizes.shape)
            drawn_sizes -= np.log(strides)
        drawn_ratios = np.empty((n_sets, self.n_shapes, self.n_sides - 1))
        for group in self.shape_groups:
            shape = n_sets, len(group)
            drawn_ratios[:, group] = _draw(ratios, weight, shape, rng)
        return self.ordered(self.join(drawn_sizes, drawn_ratios))

    def _measured(self, boxes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        logs = np.log(boxes)
        return logs.mean(axis=1), logs[:, 1:] - logs[:, :1]


def _draw(
    values: np.ndarray, weight: np.ndarray, shape: tuple, rng: np.random.RandomState
) -> np.ndarray:
    """Ascending values, spread over all of them by weight but for a random shift.

    Parameters
    ----------
    values : ndarray of shape (n_boxes, n_ratios)
    weight : ndarray of shape (n_boxes,)
    shape : (n_sets, n_drawn)
    rng : RandomState

    Returns
    -------
    ndarray of shape (n_sets, n_drawn, n_ratios)
    """
    place = (np.arange(shape[1]) + rng.uniform(size=shape)) / shape[1]
    if values.shape[1] == 0:
        return np.empty((*shape, 0))
    order = np.lexsort(values.T[::-1])
    cumulated = np.cumsum(weight[order])
    rows = np.searchsorted(cumulated, place * cumulated[-1], side="right")
    return values[order[np.minimum(rows, len(order) - 1)]]
