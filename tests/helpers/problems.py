"""Clustering problems, as the tests of the solver's parts ask for them."""

import numpy as np

from skanchors.cluster._problem import Problem
from skanchors.metrics._registry import get_metric


def make_problem(
    boxes=None, weight=None, *, metric="iou", n_boxes=300, n_sides=2, seed=0, fixed=None
):
    """A problem; boxes and weights are drawn where none are given."""
    rng = np.random.default_rng(seed)
    if boxes is None:
        boxes = rng.lognormal(size=(n_boxes, n_sides))
    if weight is None:
        weight = rng.random(len(boxes)) + 0.1
    return Problem(boxes, weight, get_metric(metric), {}, fixed)


def draw_boxes(n_boxes=300, seed=0, n_sides=2):
    """Sizes in pixels about 55, with ratios near 1."""
    rng = np.random.default_rng(seed)
    size = np.exp(rng.normal(4, 0.7, size=(n_boxes, 1)))
    return size * np.exp(rng.normal(0, 0.4, size=(n_boxes, n_sides)))
