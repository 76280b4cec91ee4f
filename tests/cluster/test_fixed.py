"""Anchors that stay, and the rest found around them."""

import itertools

import numpy as np
import pytest
from problems import make_problem
from sklearn.exceptions import ConvergenceWarning

from skanchors import IoUKMeans
from skanchors.metrics import iou_distances, mean_iou_score, pairwise_iou


def make(n_boxes=300, seed=0):
    return np.exp(np.random.default_rng(seed).normal(4, 0.7, size=(n_boxes, 2)))


FIXED = [[31.7, 60.1], [200.3, 150.9]]


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"metric": "ratio"},
        {"metric": "euclidean"},
        {"center": "median"},
        {"init": "random", "n_init": 2},
        {"n_init": 2},
        {"init": [[10, 10], [50, 50], [80, 40]]},
    ],
    ids=str,
)
def test_fixed_anchors_stay_to_the_last_bit(parameters):
    X = make()
    km = IoUKMeans(5, fixed=FIXED, random_state=0, **parameters).fit(X)
    assert km.cluster_centers_.shape == (5, 2)
    rows = km.cluster_centers_.tolist()
    assert all(anchor in rows for anchor in FIXED)
    assert (np.diff(km.cluster_centers_.prod(axis=1)) >= 0).all()
    assert km.mean_iou_ == pytest.approx(mean_iou_score(X, km.cluster_centers_))
    assert km.inertia_ == pytest.approx(km.transform(X).min(axis=1).sum())
    np.testing.assert_array_equal(km.labels_, km.transform(X).argmin(axis=1))


def test_float32_boxes():
    X = make().astype(np.float32)
    km = IoUKMeans(4, fixed=FIXED, random_state=0).fit(X)
    rows = km.cluster_centers_.tolist()
    assert all(anchor in rows for anchor in np.float32(FIXED).tolist())


def test_the_rest_is_found_around_them():
    """The best choice of boxes, tried one by one, is no better."""
    X = make(25, seed=1)
    fixed = X[:2] * 1.01
    best = max(
        np.maximum(one, other).mean()
        for one, other in itertools.combinations(
            np.maximum(
                pairwise_iou(X, X), pairwise_iou(X, fixed).max(axis=1)[:, None]
            ).T,
            2,
        )
    )
    for seed in range(3):
        km = IoUKMeans(4, fixed=fixed, random_state=seed).fit(X)
        assert km.mean_iou_ >= best - 1e-12


@pytest.mark.parametrize("metric", ["iou", "cityblock"])
def test_they_are_better_than_anchors_found_without_them(metric):
    X = make()
    alone = IoUKMeans(3, metric=metric, random_state=0).fit(X)
    together = np.concatenate([alone.cluster_centers_, FIXED])
    around = IoUKMeans(5, metric=metric, fixed=FIXED, random_state=0).fit(X)
    free = IoUKMeans(5, metric=metric, random_state=0).fit(X)
    inertia = IoUKMeans(5, metric=metric, fixed=together).fit(X).inertia_
    assert free.inertia_ < around.inertia_ < inertia


def test_weights_repeat_and_neither_order_nor_unit_matters():
    X = make(80, seed=3).round()
    rng = np.random.default_rng(0)
    weight = rng.integers(0, 4, size=80)
    km = IoUKMeans(5, fixed=FIXED, random_state=1)
    centers = km.fit(X, sample_weight=weight).cluster_centers_
    repeated = rng.permutation(np.repeat(X, weight, axis=0))
    np.testing.assert_array_equal(km.fit(repeated).cluster_centers_, centers)
    order = rng.permutation(2)
    km.set_params(fixed=np.array(FIXED)[order])
    np.testing.assert_allclose(
        km.fit(X, sample_weight=weight).cluster_centers_, centers
    )


def test_nothing_left_to_find():
    X = make()
    km = IoUKMeans(2, fixed=FIXED).fit(X)
    assert km.cluster_centers_.tolist() == FIXED
    assert km.n_iter_ == 1
    assert km.mean_iou_ == pytest.approx(mean_iou_score(X, FIXED))


def test_fewer_distinct_boxes_than_the_rest():
    X = [[10, 20], [10, 20], [30, 30]]
    with pytest.warns(ConvergenceWarning, match="repeated"):
        km = IoUKMeans(5, fixed=FIXED).fit(X)
    assert km.cluster_centers_.shape == (5, 2)
    assert km.mean_iou_ == 1
    km = IoUKMeans(4, fixed=FIXED).fit(X)
    assert km.mean_iou_ == 1


def test_many_boxes_and_partial_fit():
    X = make(45_000, seed=4)
    km = IoUKMeans(4, fixed=FIXED, random_state=0).fit(X)
    assert all(anchor in km.cluster_centers_.tolist() for anchor in FIXED)
    free = IoUKMeans(4, random_state=0).fit(X)
    assert km.mean_iou_ <= free.mean_iou_
    km.partial_fit(X[:500])
    assert all(anchor in km.cluster_centers_.tolist() for anchor in FIXED)


@pytest.mark.parametrize(
    ("fixed", "message"),
    [
        (np.ones((4, 2)), "4 anchors, more than n_clusters=3"),
        (np.ones((1, 3)), "fixed has 3 sides an anchor but X has 2"),
        ([[1, -1]], "Negative values in data passed to fixed"),
        ([[1, np.nan]], "fixed contains NaN"),
        ([1, 2], "Expected 2D array"),
        ("abc", "fixed"),
    ],
    ids=str,
)
def test_fixed_anchors_that_are_none(fixed, message):
    with pytest.raises(ValueError, match=message):
        IoUKMeans(3, fixed=fixed).fit(make())


def test_too_few_boxes_for_the_rest():
    with pytest.raises(ValueError, match="n_clusters=5, 2 of them fixed"):
        IoUKMeans(5, fixed=FIXED).fit([[1, 2], [3, 4]])


def problems(seed=0):
    """Boxes with two fixed anchors, and sets of three others."""
    rng = np.random.default_rng(seed)
    X, sets = make(60), make(6, seed=1).reshape(2, 3, 2)
    problem = make_problem(X, rng.random(60), fixed=np.array(FIXED))
    return problem, sets


def test_gradients_are_those_of_the_others():
    problem, sets = problems()
    costs, gradients = problem.gradients_function(sets, np.float64)(sets)
    assert gradients.shape == sets.shape
    for anchors, cost, gradient in zip(sets, costs, gradients, strict=True):
        assert cost == pytest.approx(problem.cost_and_counts(anchors)[0], abs=1e-12)
        for place in np.ndindex(anchors.shape):
            factor = np.ones(anchors.shape)
            factor[place] = np.exp(1e-6)
            rise = problem.assign(anchors * factor).cost
            rise -= problem.assign(anchors / factor).cost
            assert rise / 2e-6 == pytest.approx(gradient[place], abs=1e-6)


def test_no_box_is_farther_than_from_a_fixed_anchor():
    problem, sets = problems()
    to_fixed = iou_distances(problem.boxes, FIXED).min(axis=1)
    to_others = np.array([iou_distances(anchors, problem.boxes) for anchors in sets])
    expected = np.minimum(to_others, to_fixed)
    np.testing.assert_allclose(problem.rough_distances(sets), expected, atol=1e-6)
    np.testing.assert_allclose(problem.distances_to(sets[0]), expected[0], atol=1e-12)
