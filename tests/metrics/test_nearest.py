import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from threadpoolctl import threadpool_limits

from skanchors.metrics import iou_distances, metric_names
from skanchors.metrics._iou import IOU
from skanchors.metrics._nearest import nearest_anchor
from skanchors.metrics._registry import Metric, get_metric


def check_against_all_distances(X, anchors, metric):
    params = metric.fit_params(X, np.ones(len(X)))
    D = metric.pairwise(X, anchors, **params)
    labels, distance = nearest_anchor(X, anchors, metric, params)
    assert labels.dtype == np.int32
    assert distance.dtype == X.dtype
    resolution = 4 * np.finfo(X.dtype).eps
    np.testing.assert_allclose(distance, D.min(axis=1), rtol=0, atol=resolution)
    # The label is that of a smallest distance; where there is one only, it is argmin.
    chosen = D[np.arange(len(X)), labels]
    np.testing.assert_allclose(chosen, D.min(axis=1), rtol=0, atol=resolution)
    gap = D - D.min(axis=1, keepdims=True)
    clear = np.sum(gap <= resolution, axis=1) == 1
    np.testing.assert_array_equal(labels[clear], D.argmin(axis=1)[clear])


# 2026-11-26: SciPy 1.15 and 1.16 warn of two distances that 1.17 no longer has.
@pytest.mark.filterwarnings("ignore::DeprecationWarning:scipy")
@pytest.mark.parametrize("name", metric_names())
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_is_the_argmin_of_the_distances(name, dtype):
    rng = np.random.default_rng(0)
    X = rng.lognormal(size=(700, 2)).astype(dtype)
    X[:3] = [[0, 0], [0, 1], [1, 0]]
    anchors = rng.lognormal(size=(9, 2)).astype(dtype)
    check_against_all_distances(X, anchors, get_metric(name))


@pytest.mark.parametrize("n_sides", [1, 2, 3, 10])
@pytest.mark.parametrize("n_anchors", [1, 2, 256, 257, 600])
def test_any_number_of_sides_and_anchors(n_sides, n_anchors):
    rng = np.random.default_rng(0)
    X = rng.lognormal(size=(1500, n_sides))
    anchors = rng.lognormal(size=(n_anchors, n_sides))
    check_against_all_distances(X, anchors, IOU)


sizes = st.sampled_from([0.0, 1e-300, 1e-160, 1.0, 2.0, 3.0, 1e80, 1e300])


@settings(deadline=None, max_examples=80)
@given(st.data())
def test_extreme_sizes_zeros_and_ties(data):
    n_sides = data.draw(st.integers(1, 4))
    X = data.draw(hnp.arrays(float, (6, n_sides), elements=sizes))
    anchors = data.draw(hnp.arrays(float, (5, n_sides), elements=sizes))
    check_against_all_distances(X, anchors, IOU)


@pytest.mark.parametrize("n_anchors", [2, 9, 256, 257])
@pytest.mark.parametrize("zero", [True, False])
def test_of_equal_anchors_the_first_is_nearest(n_anchors, zero):
    anchors = np.ones((n_anchors, 2))
    anchors[0] = 0 if zero else 1000
    labels, _ = nearest_anchor(np.random.default_rng(0).random((500, 2)), anchors)
    np.testing.assert_array_equal(labels, 1)


def test_of_equally_near_anchors_the_first_is_nearest():
    anchors = np.array([[4.0, 1], [1, 4], [2, 2], [8, 8]])
    # 2 x 2 and 4 x 4 have IoU 1/4 with 1 x 1 and 8 x 8; a square meets both oblongs.
    X = np.array([[2.0, 2], [1, 1], [4, 4]])
    D = iou_distances(X, anchors)
    labels, _ = nearest_anchor(X, anchors)
    np.testing.assert_array_equal(labels, D.argmin(axis=1))
    np.testing.assert_array_equal(labels, [2, 0, 0])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n_sides", [1, 2, 10])
def test_equal_boxes_are_exactly_0_apart(n_sides, dtype):
    X = np.random.default_rng(0).lognormal(size=(2000, n_sides)).astype(dtype)
    labels, distance = nearest_anchor(X, X[:100])
    np.testing.assert_array_equal(labels[:100], np.arange(100))
    np.testing.assert_array_equal(distance[:100], 0)
    assert distance.min() == 0


@pytest.mark.parametrize("metric", ["iou", "giou", "ratio", "euclidean"])
def test_the_number_of_threads_does_not_matter(metric):
    rng = np.random.default_rng(0)
    X, anchors = rng.lognormal(size=(250_000, 2)), rng.lognormal(size=(9, 2))
    results = []
    for n_threads in (1, 2, 3):
        with threadpool_limits(n_threads):
            results.append(nearest_anchor(X, anchors, get_metric(metric)))
    for labels, distance in results[1:]:
        np.testing.assert_array_equal(labels, results[0][0])
        np.testing.assert_array_equal(distance, results[0][1])


def test_a_copy_of_the_metric_gives_the_same_bits():
    """As another process gets it: joblib pickles what it sends there."""
    rng = np.random.default_rng(0)
    X, anchors = rng.lognormal(size=(5000, 2)), rng.lognormal(size=(9, 2))
    copy = Metric(**{name: getattr(IOU, name) for name in IOU.__dataclass_fields__})
    labels, distance = nearest_anchor(X, anchors)
    again, distance_again = nearest_anchor(X, anchors, copy)
    np.testing.assert_array_equal(again, labels)
    np.testing.assert_array_equal(distance_again, distance)


def test_the_distance_of_iou_comes_from_its_rank():
    """Without all three it would be right, and several times as slow."""
    assert callable(IOU.rank) and callable(IOU.correction) and callable(IOU.gradient)
