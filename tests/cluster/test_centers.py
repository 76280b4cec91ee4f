"""Centre rules against the definition, and against a general-purpose minimiser."""

import inspect

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from problems import make_problem
from scipy.optimize import minimize

from skanchors.cluster import _tuning
from skanchors.cluster._centers import CENTERS
from skanchors.metrics import metric_names
from skanchors.metrics._registry import get_metric

# Each closed form with the metric whose sum it minimises.
OWN_METRIC = {
    "mean": "sqeuclidean",
    "median": "cityblock",
    "normalized_mean": "cosine",
    "geometric_median": "euclidean",
}

STATELESS = [
    name
    for name in metric_names()
    if not get_metric(name).fit_params(np.eye(2), np.ones(2))
]


def make(n_boxes, n_sides=2, seed=0):
    rng = np.random.default_rng(seed)
    return rng.lognormal(size=(n_boxes, n_sides)), rng.random(n_boxes) + 0.1


def center_of(rule, boxes, weight, metric="iou", current=None):
    problem = make_problem(boxes, weight, metric=metric)
    current = boxes[0] if current is None else current
    return CENTERS[rule](boxes, problem.weight, current, problem)


def cost(center, boxes, weight, metric):
    return float(get_metric(metric).block(center[None], boxes)[0] @ weight)


def minimum(boxes, weight, metric):
    """By Nelder and Mead from several starts."""
    starts = [*boxes[:4], boxes.mean(axis=0), np.median(boxes, axis=0)]
    return min(
        minimize(
            lambda log: cost(np.exp(log), boxes, weight, metric),
            np.log(start),
            method="Nelder-Mead",
            options={"xatol": 1e-8, "fatol": 1e-12, "maxiter": 600},
        ).fun
        for start in starts
    )


@pytest.mark.parametrize(("rule", "metric"), OWN_METRIC.items())
@pytest.mark.parametrize("n_sides", [1, 2, 3])
def test_closed_forms_minimise_their_metric(rule, metric, n_sides):
    if rule == "normalized_mean" and n_sides == 1:
        n_sides = 4
    for seed in range(3):
        boxes, weight = make(9, n_sides, seed)
        center = center_of(rule, boxes, weight, metric)
        assert cost(center, boxes, weight, metric) <= (
            minimum(boxes, weight, metric) * (1 + 1e-7) + 1e-9
        )


@pytest.mark.parametrize("metric", ["iou", "giou", "ciou", "ratio", "chebyshev"])
def test_the_search_comes_near_the_minimum_of_any_metric(metric):
    for seed in range(3):
        boxes, weight = make(15, 2, seed)
        center = center_of("search", boxes, weight, metric)
        found = cost(center, boxes, weight, metric)
        assert found <= 1.01 * minimum(boxes, weight, metric)


# 2026-11-26: SciPy 1.15 and 1.16 warn of two distances that 1.17 no longer has.
@pytest.mark.filterwarnings("ignore::DeprecationWarning:scipy")
@pytest.mark.parametrize("metric", STATELESS)
def test_the_search_never_goes_up(metric):
    boxes, weight = make(30)
    for current in boxes[:5]:
        center = center_of("search", boxes, weight, metric, current)
        assert cost(center, boxes, weight, metric) <= (
            cost(current, boxes, weight, metric) + 1e-12
        )


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_median_of_weighted_boxes_is_the_median_of_repeated_ones(data):
    n_boxes = data.draw(st.integers(1, 8))
    sides = st.lists(st.integers(0, 4), min_size=n_boxes, max_size=n_boxes)
    boxes = np.array([data.draw(sides), data.draw(sides)], dtype=float).T
    counts = np.array(
        data.draw(st.lists(st.integers(1, 5), min_size=n_boxes, max_size=n_boxes))
    )
    unit = data.draw(st.sampled_from([1.0, 0.1, 1 / 3, 1e12]))
    center = CENTERS["median"](boxes, unit * counts, boxes[0], None)
    np.testing.assert_array_equal(
        center, np.median(np.repeat(boxes, counts, axis=0), axis=0)
    )


@pytest.mark.parametrize("rule", sorted(CENTERS))
def test_weights_are_repetitions(rule):
    boxes, _ = make(12)
    counts = np.random.default_rng(1).integers(1, 5, 12)
    one = center_of(rule, boxes, counts.astype(float))
    repeated = np.repeat(boxes, counts, axis=0)
    other = center_of(rule, repeated, np.ones(len(repeated)))
    np.testing.assert_allclose(one, other, rtol=1e-6)


@pytest.mark.parametrize("rule", sorted(CENTERS))
@pytest.mark.parametrize("scale", [1e-300, 1e-160, 1.0, 1e160, 1e300])
def test_the_unit_does_not_matter(rule, scale):
    boxes, weight = make(20)
    np.testing.assert_allclose(
        center_of(rule, scale * boxes, weight) / scale,
        center_of(rule, boxes, weight),
        rtol=1e-6,
    )


@pytest.mark.parametrize("rule", sorted(CENTERS))
@pytest.mark.parametrize("n_sides", [1, 2, 10])
def test_one_box_or_equal_boxes_are_their_own_centre(rule, n_sides):
    boxes, _ = make(1, n_sides)
    for copies in (1, 5):
        same = np.repeat(boxes, copies, axis=0)
        center = center_of(rule, same, np.full(copies, 0.3))
        np.testing.assert_allclose(center, boxes[0], rtol=1e-12)


@pytest.mark.parametrize("rule", sorted(CENTERS))
@pytest.mark.parametrize(
    "boxes", [np.zeros((3, 2)), [[0, 0], [0, 1], [0, 2]], [[0, 0], [1, 0], [1, 1]]]
)
def test_sides_of_0(rule, boxes):
    boxes = np.array(boxes, dtype=float)
    center = center_of(rule, boxes, np.ones(3))
    assert center.shape == (2,)
    assert np.isfinite(center).all()
    assert (center <= boxes.max(axis=0) * (1 + 1e-12)).all()


def test_by_hand():
    boxes = np.array([[1.0, 1], [4, 1], [16, 8]])
    weight = np.ones(3)
    np.testing.assert_allclose(center_of("mean", boxes, weight), [7, 10 / 3])
    np.testing.assert_allclose(center_of("median", boxes, weight), [4, 1])
    np.testing.assert_allclose(center_of("geometric_mean", boxes, weight), [4, 2])
    # Distances to the middle box: 3/4 and 31/32, less than between the other two.
    np.testing.assert_allclose(center_of("medoid", boxes, weight), [4, 1])


def test_the_medoid_is_the_best_box():
    boxes, weight = make(200)
    center = center_of("medoid", boxes, weight)
    costs = [cost(box, boxes, weight, "iou") for box in boxes]
    np.testing.assert_array_equal(center, boxes[np.argmin(costs)])


def test_the_geometric_median_may_be_a_box():
    boxes = np.array([[1.0, 1], [3, 1], [1, 3], [1.5, 1.5]])
    center = center_of("geometric_median", boxes, np.array([1.0, 1, 1, 50]))
    np.testing.assert_allclose(center, [1.5, 1.5], rtol=1e-9)


def test_the_estimator_documents_each_rule():
    from skanchors import IoUKMeans

    text = inspect.getdoc(IoUKMeans)
    for rule in CENTERS:
        assert f'"{rule}"' in text


def test_the_medoid_of_a_large_cluster_is_found_among_the_boxes_in_its_middle(
    monkeypatch,
):
    rng = np.random.default_rng(0)
    X = rng.lognormal(size=(1500, 2))
    weight = rng.random(1500)
    problem = make_problem(X, weight)
    medoid = CENTERS["medoid"]
    exact = medoid(X, weight, X[0], problem)
    monkeypatch.setattr(_tuning, "MEDOID_BOXES", 1000)
    monkeypatch.setattr(_tuning, "MEDOID_CANDIDATES", 200)
    np.testing.assert_array_equal(medoid(X, weight, X[0], problem), exact)
