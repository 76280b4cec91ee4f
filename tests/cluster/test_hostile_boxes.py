"""Ties, zeros, lines, tiny and huge sizes and weights."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.exceptions import ConvergenceWarning

from skanchors import IoUKMeans
from skanchors.cluster._centers import CENTERS

sizes = st.sampled_from(
    [0.0, 5e-324, 1e-300, 1e-9, 1.0, 1.0 + 2**-52, 2.0, 3.0, 1e9, 1e300, 1.7e308]
)


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_hostile_boxes(check_fit, data):
    """Ties, zeros, lines, tiny and huge: right or a clear error, and never NaN."""
    n_sides = data.draw(st.integers(1, 3))
    n_boxes = data.draw(st.integers(1, 25))
    kind = data.draw(st.sampled_from(["any", "line", "few"]))
    row = st.lists(sizes, min_size=n_sides, max_size=n_sides)
    rows = data.draw(st.lists(row, min_size=n_boxes, max_size=n_boxes))
    X = np.array(rows)
    if kind == "line":
        X = np.repeat(X[:, :1], n_sides, axis=1)
    if kind == "few":
        X = X[: 1 + n_boxes // 5][np.arange(n_boxes) % (1 + n_boxes // 5)]
    weight = data.draw(
        st.none()
        | st.lists(
            st.sampled_from([0.0, 1e-6, 1.0, 1e6]), min_size=n_boxes, max_size=n_boxes
        ).filter(any)
    )
    k = data.draw(st.integers(1, n_boxes))
    center = data.draw(st.sampled_from(["auto", *sorted(CENTERS)]))
    metric = data.draw(st.sampled_from(["iou", "giou", "ratio"]))
    init, n_init = data.draw(
        st.sampled_from([("k-means++", "auto"), ("k-means++", 2), ("random", 2)])
    )
    km = IoUKMeans(
        k, metric=metric, center=center, init=init, n_init=n_init, random_state=0
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        km.fit(X, sample_weight=weight)
    check_fit(km, X, weight)
    distinct = np.unique(X if weight is None else X[np.array(weight) > 0], axis=0)
    if k >= len(distinct):
        assert km.inertia_ == 0
        assert {tuple(a) for a in km.cluster_centers_} == {tuple(b) for b in distinct}


@pytest.mark.parametrize("n_clusters", [1, 2])
def test_directions_of_boxes_next_to_zero(check_fit, n_clusters):
    X = np.array([[0, 5e-320], [0, 1e-9], [0, 1]])
    km = IoUKMeans(n_clusters, center="normalized_mean", random_state=0).fit(X)
    check_fit(km, X, None)


def test_boxes_of_the_smallest_numbers():
    X = np.array([[0, 0, 0], [0, 0, 5e-324], [0, 5e-324, 0]])
    km = IoUKMeans(3, random_state=0).fit(X)
    np.testing.assert_array_equal(np.unique(km.cluster_centers_, axis=0), X)


@settings(deadline=None, max_examples=8)
@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.sampled_from([12, 300]))
def test_weights_over_orders_of_magnitude(check_fit, seed, k, orders):
    rng = np.random.default_rng(seed)
    X = rng.lognormal(size=(60, 2))
    weight = 10.0 ** rng.uniform(-orders / 2, orders / 2, 60)
    weight[rng.random(60) < 0.2] = 0
    km = IoUKMeans(k, random_state=0).fit(X, sample_weight=weight)
    check_fit(km, X, weight)
    # The heaviest box alone is one choice of an anchor.
    assert km.inertia_ <= weight.sum() - weight.max() + 1e-9 * weight.sum()


@pytest.mark.parametrize("metric", ["iou", "sqeuclidean", "cosine"])
@pytest.mark.parametrize("center", ["auto", "geometric_mean", "medoid"])
@pytest.mark.parametrize("init", ["k-means++", "random"])
def test_weights_that_do_not_count_beside_others_count_as_0(metric, center, init):
    X = np.random.default_rng(0).lognormal(size=(40, 2))
    weight = np.where(np.arange(40) < 20, 1e120, 1e-120)
    weight[-1] = 5e-324
    km = IoUKMeans(4, metric=metric, center=center, init=init, random_state=0)
    found = km.fit(X, sample_weight=weight).cluster_centers_
    assert np.isfinite(found).all()
    expected = km.fit(X, sample_weight=np.where(weight > 1, weight, 0))
    np.testing.assert_array_equal(found, expected.cluster_centers_)
