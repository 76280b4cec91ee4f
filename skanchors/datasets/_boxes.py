"""Boxes drawn from a mixture of shapes."""

from numbers import Integral
from typing import Any

import numpy as np
from sklearn.utils import check_random_state, check_scalar

from skanchors._checks import check_number


def make_boxes(
    n_boxes: int = 500,
    *,
    n_sides: int = 2,
    n_shapes: int = 5,
    spread: float = 0.25,
    size_range: tuple[float, float] = (0.05, 0.6),
    return_labels: bool = False,
    random_state: int | np.random.RandomState | None = None,
) -> Any:
    """Draw box sizes from a mixture of log-normal shapes.

    Box sizes in real data are skewed: many small boxes, few large ones, and
    sides that grow together. Each of the `n_shapes` shapes has a typical size
    and a typical elongation; its boxes scatter around them by a factor, not by
    a difference.

    Parameters
    ----------
    n_boxes : int, default=500
        Number of boxes.
    n_sides : int, default=2
        Sides a box: 2 for width and height, 3 for width, height and depth.
    n_shapes : int, default=5
        Number of shapes in the mixture.
    spread : float, default=0.25
        Standard deviation of the logarithm of each side within a shape. At 0
        all boxes of one shape are equal.
    size_range : tuple of two floats, default=(0.05, 0.6)
        The geometric mean of the sides of a shape lies between these. Sides
        above 1 are cut to 1, as boxes are at the border of an image.
    return_labels : bool, default=False
        Whether to return the shape that each box was drawn from.
    random_state : int, RandomState instance or None, default=None
        Determines the shapes and the boxes. Pass an int for the same boxes at
        each call.

    Returns
    -------
    X : ndarray of shape (n_boxes, n_sides)
        Sizes as fractions of the image, above 0 and at most 1.
    labels : ndarray of shape (n_boxes,)
        Number of the shape of each box, the shapes sorted from small to large.
        Only if `return_labels` is true.

    Raises
    ------
    ValueError
        If a parameter is out of range.

    Examples
    --------
    >>> from skanchors.datasets import make_boxes
    >>> X, labels = make_boxes(200, return_labels=True, random_state=0)
    >>> X.shape
    (200, 2)
    >>> bool((X > 0).all() and (X <= 1).all())
    True
    """
    check_scalar(n_boxes, "n_boxes", Integral, min_val=1)
    check_scalar(n_sides, "n_sides", Integral, min_val=1)
    check_scalar(n_shapes, "n_shapes", Integral, min_val=1)
    check_number(spread, name="spread")
    low, high = size_range
    if not 0 < low <= high <= 1:
        raise ValueError(
            f"size_range must be (low, high) with 0 < low <= high <= 1, got "
            f"{size_range!r}."
        )
    rng = check_random_state(random_state)
    # Evenly spaced in log size with some jitter: shapes neither coincide nor
    # form a grid.
    steps = (np.arange(n_shapes) + rng.uniform(0.2, 0.8, n_shapes)) / n_shapes
    log_size = np.log(low) + steps * np.log(high / low)
    elongation = rng.normal(scale=0.4, size=(n_shapes, n_sides))
    elongation -= elongation.mean(axis=1, keepdims=True)
    # Small objects outnumber large ones.
    share = 1.0 / (1.0 + np.arange(n_shapes))
    labels = rng.choice(n_shapes, size=n_boxes, p=share / share.sum())
    noise = rng.normal(scale=spread, size=(n_boxes, n_sides))
    X = np.exp(log_size[labels, None] + elongation[labels] + noise)
    X = np.minimum(X, 1.0)
    return (X, labels) if return_labels else X
