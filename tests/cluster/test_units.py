"""The unit of the boxes does not matter: exactly, or up to rounding."""

import numpy as np
import pytest

from skanchors import IoUKMeans
from skanchors.metrics import pairwise_box_distances


def continuous(n_boxes=1500):
    return np.random.default_rng(0).lognormal(4, 0.8, (n_boxes, 2))


def whole_pixels(n_boxes=1500):
    return np.rint(continuous(n_boxes)).clip(4, 500)


BOXES = {"continuous": continuous(), "whole pixels": whole_pixels()}


def fit(X, metric, n_init):
    return IoUKMeans(6, metric=metric, n_init=n_init, random_state=0).fit(X)


@pytest.mark.parametrize("boxes", BOXES)
@pytest.mark.parametrize("metric", ["iou", "giou", "ratio", "ciou", "sqeuclidean"])
@pytest.mark.parametrize("n_init", ["auto", 1])
def test_powers_of_two_change_nothing(boxes, metric, n_init):
    X = BOXES[boxes]
    one = fit(X, metric, n_init)
    for factor in (2.0, 1024.0, 2.0**-30):
        other = fit(factor * X, metric, n_init)
        np.testing.assert_array_equal(other.labels_, one.labels_)
        np.testing.assert_array_equal(
            other.cluster_centers_, factor * one.cluster_centers_
        )


@pytest.mark.parametrize("metric", ["sqeuclidean", "chebyshev", "cityblock"])
def test_powers_of_two_change_no_search_without_a_gradient(metric):
    """A last digit of one of the few boxes that it starts from leads elsewhere."""
    for seed in range(4):
        X = np.rint(np.random.default_rng(seed).lognormal(4, 1, (500, 2))) + 4
        one, other = (
            IoUKMeans(7, metric=metric, random_state=seed).fit(boxes)
            for boxes in (X, 2 * X)
        )
        np.testing.assert_array_equal(other.cluster_centers_, 2 * one.cluster_centers_)


@pytest.mark.parametrize("boxes", BOXES)
@pytest.mark.parametrize("metric", ["iou", "giou", "ratio"])
def test_other_factors_change_the_objective_by_rounding_only(boxes, metric):
    X = BOXES[boxes]

    def cost(anchors):
        return pairwise_box_distances(X, anchors, metric).min(axis=1).mean()

    expected = cost(fit(X, metric, "auto").cluster_centers_)
    for factor, dtype in ((1000, float), ([1, 7.3], float), (1, np.float32)):
        changed = fit((X * factor).astype(dtype), metric, "auto")
        found = cost(changed.cluster_centers_.astype(float) / factor)
        assert found == pytest.approx(expected, abs=1e-4), (factor, dtype)


def test_boxes_next_to_the_largest_number():
    X = np.array([[1.7e308, 1.7e308], [1.6e308, 1.2e308]])
    np.testing.assert_array_equal(IoUKMeans(1, random_state=0).fit(X[:1]).predict(X), 0)
    km = IoUKMeans(2, random_state=0).fit(X)
    np.testing.assert_array_equal(km.cluster_centers_, X[::-1])
