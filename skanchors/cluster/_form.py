"""Which anchors there can be: a linear map from parameters to logarithms of sides.

``log(anchors) = matrix @ theta + log(scale)`` holds for every set of anchors that a
detector can be configured with: for anchors that are free, for sizes crossed with
aspect ratios, for scales that strides multiply, for anchors that stay where they are
(rows of zeros), and for ties of any kind.
"""

import numpy as np


class Form:
    """A linear map from parameters theta to the logarithms of all sides.

    Parameters
    ----------
    scale : ndarray of shape (n_anchors, n_sides) or (n_sets, n_anchors, n_sides)
        The anchors where theta is 0. With `matrix`, all sets have one scale.
    matrix : ndarray of shape (n_anchors * n_sides, n_params), default=None
        One row a side, the sides of one anchor after the other. A row of zeros leaves
        the side at its scale, to the last bit. None is the identity, free of cost; then
        anchors that have a side of 0 in `scale` stay.
    bounds : ndarray of shape (2, n_params), default=None
        The lowest and the highest theta that a descent may go to. By default free
        anchors stay in the range of the boxes, for no better ones lie outside it; other
        forms have no bounds.
    """

    def __init__(
        self,
        scale: np.ndarray,
        matrix: np.ndarray | None = None,
        bounds: np.ndarray | None = None,
    ) -> None:
        self.scale = np.asarray(scale, dtype=np.float64)
        self.matrix = matrix
        self.bounds = bounds
        self.n_anchors, self.n_sides = self.scale.shape[-2:]
        self.n_params = self.scale[..., 0].shape[-1] * self.n_sides
        if matrix is not None:
            self.matrix = np.asarray(matrix, dtype=np.float64)
            if self.matrix.ndim != 2 or len(self.matrix) != self.n_params:
                raise ValueError(
                    f"matrix needs one row for each of the {self.n_params} sides, got "
                    f"shape {self.matrix.shape}."
                )
            self.n_params = self.matrix.shape[1]
        else:
            moves = (self.scale > 0).all(axis=-1, keepdims=True)
            self._moves = self._flat(np.broadcast_to(moves, self.scale.shape))

    @property
    def offset(self) -> np.ndarray:
        """Logarithms of `scale`."""
        with np.errstate(divide="ignore"):
            return np.log(self.scale)

    def anchors(self, theta: np.ndarray) -> np.ndarray:
        """Sizes; from shape (n_sets, n_params) to (n_sets, n_anchors, n_sides)."""
        logs = theta if self.matrix is None else theta @ self.matrix.T
        return self.scale * np.exp(logs).reshape(-1, self.n_anchors, self.n_sides)

    def gradient(self, by_logs: np.ndarray) -> np.ndarray:
        """Derivatives by theta, shape (n_sets, n_params), from those by log sides."""
        flat = self._flat(by_logs)
        return flat * self._moves if self.matrix is None else flat @ self.matrix

    def log_steps(self, steps: np.ndarray) -> np.ndarray:
        """How far steps in theta, (n_sets, n_params), move the logarithms of sides."""
        return steps if self.matrix is None else steps @ self.matrix.T

    def can_move(self) -> bool:
        """Whether theta makes any difference."""
        return bool((self._moves if self.matrix is None else self.matrix).any())

    def limits(
        self, theta: np.ndarray, log_range: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Lowest and highest theta of each set; where it starts is always inside.

        Parameters
        ----------
        theta : ndarray of shape (n_sets, n_params)
            The start.
        log_range : ndarray of shape (2, n_sides)
            Logarithms of the smallest and the largest sides of the boxes.
        """
        if self.bounds is not None:
            lower, upper = self.bounds
        elif self.matrix is None:
            with np.errstate(invalid="ignore"):  # infinities of sides that are all 0
                lower, upper = (self._flat(log - self.offset) for log in log_range)
        else:
            lower, upper = -np.inf, np.inf
        return np.fmin(lower, theta), np.fmax(upper, theta)

    def _flat(self, sides: np.ndarray) -> np.ndarray:
        return sides.reshape(-1, self.n_anchors * self.n_sides)
