"""YOLOv5's fitness as a metric."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from skanchors import IoUKMeans
from skanchors.datasets import make_boxes
from skanchors.metrics import (
    fitness_distance,
    pairwise_box_distances,
    ratio_distance,
)
from skanchors.metrics._fitness import FITNESS


@pytest.mark.parametrize(
    ("u", "v", "expected"),
    [
        ([2, 2], [2, 2], 0),
        ([2, 2], [4, 3], 0.5),
        ([1, 1], [3.9, 1], 1 - 1 / 3.9),
        ([1, 1], [4, 1], 1),  # the ratio must be above 1/4
        ([1, 1], [1, 9], 1),
        ([0, 1], [0, 1], 0),
        ([0, 1], [1, 1], 1),
    ],
)
def test_hand_worked(u, v, expected):
    assert fitness_distance(u, v) == pytest.approx(expected)
    assert fitness_distance(v, u) == fitness_distance(u, v)


def test_is_the_ratio_up_to_the_threshold():
    X = make_boxes(200, random_state=0)
    ratio = pairwise_box_distances(X, metric="ratio")
    np.testing.assert_array_equal(
        cdist(X, X, "fitness"), np.where(ratio < 0.75, ratio, 1)
    )
    assert fitness_distance(X[0], X[1]) in (ratio_distance(X[0], X[1]), 1)


def test_gradient_is_that_of_finite_differences():
    rng = np.random.default_rng(0)
    x, a = np.exp(rng.normal(size=(2, 2, 300)))
    _, gradient = FITNESS.gradient(x, a)
    step = 1e-6
    for side in range(2):
        factor = np.ones((2, 1))
        factor[side] = np.exp(step)
        change = FITNESS.gradient(x, a * factor)[0] - FITNESS.gradient(x, a / factor)[0]
        np.testing.assert_allclose(gradient[side], change / (2 * step), atol=1e-6)


def test_a_box_at_the_threshold_is_missed():
    distance, gradient = FITNESS.gradient(
        np.array([[1.0], [1.0]]), np.array([[4.0], [1]])
    )
    assert distance == 1
    np.testing.assert_array_equal(gradient, 0)


def test_clustering_by_it_reaches_a_higher_fitness():
    X = make_boxes(2000, random_state=1)

    def fitness(metric):
        anchors = IoUKMeans(3, metric=metric, random_state=0).fit(X).cluster_centers_
        return 1 - cdist(X, anchors, "fitness").min(axis=1).mean()

    assert fitness("fitness") >= fitness("ratio") - 1e-4
    assert fitness("fitness") > fitness("iou")
