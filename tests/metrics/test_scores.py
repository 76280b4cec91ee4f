import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skanchors.metrics import (
    anchors_above_threshold_score,
    best_possible_recall_score,
    iou_distance,
    mean_iou_score,
)

SCORES = [mean_iou_score, best_possible_recall_score, anchors_above_threshold_score]


def yolov5(X, anchors, threshold):
    """Best possible recall and anchors above threshold, as ``check_anchors`` says."""
    r = X[:, None] / anchors[None]
    x = np.minimum(r, 1 / r).min(axis=2)
    aat = (x > 1 / threshold).sum(axis=1).mean()
    bpr = (x.max(axis=1) > 1 / threshold).mean()
    return bpr, aat


@pytest.mark.parametrize("threshold", [1.5, 4.0, 20])
@pytest.mark.parametrize("n_anchors", [1, 9, 300])
@pytest.mark.parametrize("n_boxes", [1, 1000])
def test_recall_equals_yolov5s(threshold, n_anchors, n_boxes):
    rng = np.random.default_rng(0)
    X = rng.lognormal(sigma=2, size=(n_boxes, 2))
    anchors = rng.lognormal(sigma=2, size=(n_anchors, 2))
    bpr, aat = yolov5(X, anchors, threshold)
    assert best_possible_recall_score(X, anchors, threshold=threshold) == bpr
    assert anchors_above_threshold_score(
        X, anchors, threshold=threshold
    ) == pytest.approx(aat, rel=1e-14)


def test_the_threshold_itself_is_no_match():
    assert best_possible_recall_score([[4, 1]], [[1, 1]]) == 0
    assert best_possible_recall_score([[3.999, 1]], [[1, 1]]) == 1
    assert anchors_above_threshold_score([[4, 1]], [[1, 1], [1.01, 1], [16, 1]]) == 1


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.integers(1, 4))
def test_mean_iou_equals_loops(seed, n_sides, n_anchors):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 5, (10, n_sides))
    anchors = rng.integers(0, 5, (n_anchors, n_sides))
    weight = rng.random(10) + 0.01
    best = [max(1 - iou_distance(x, a) for a in anchors) for x in X]
    assert mean_iou_score(X, anchors) == pytest.approx(np.mean(best), abs=1e-14)
    assert mean_iou_score(X, anchors, sample_weight=weight) == pytest.approx(
        np.average(best, weights=weight), abs=1e-14
    )


@pytest.mark.parametrize("score", SCORES)
def test_weights_are_repetitions(score):
    rng = np.random.default_rng(0)
    X, anchors = rng.lognormal(size=(60, 2)), rng.lognormal(size=(4, 2))
    weight = rng.integers(0, 4, 60)
    repeated = score(np.repeat(X, weight, axis=0), anchors)
    assert score(X, anchors, sample_weight=weight) == pytest.approx(repeated)
    assert isinstance(repeated, float)


@pytest.mark.parametrize("score", SCORES)
def test_orders_do_not_matter(score):
    rng = np.random.default_rng(0)
    X, anchors = rng.lognormal(size=(200, 3)), rng.lognormal(size=(5, 3))
    expected = pytest.approx(score(X, anchors), abs=1e-14)
    assert score(rng.permutation(X), rng.permutation(anchors)) == expected
    assert score(X[:, ::-1], anchors[:, ::-1]) == expected
    assert score(2.0**40 * X, 2.0**40 * anchors) == expected


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_boxes_as_anchors_are_perfect(dtype):
    X = np.random.default_rng(0).lognormal(size=(300, 10)).astype(dtype)
    assert mean_iou_score(X, X) == 1
    assert best_possible_recall_score(X, X, threshold=1 + 1e-5) == 1


def test_boxes_with_sides_of_0():
    X = [[0, 0], [0, 1], [1, 1]]
    assert mean_iou_score(X, [[1, 1]]) == pytest.approx(1 / 3)
    assert mean_iou_score(X, X) == 1
    assert best_possible_recall_score(X, [[1, 1]]) == pytest.approx(1 / 3)


@pytest.mark.parametrize("score", SCORES)
def test_errors(score):
    with pytest.raises(ValueError, match="Negative values"):
        score([[1, -1]], [[1, 1]])
    with pytest.raises(ValueError, match="anchors contains NaN"):
        score([[1, 1]], [[1, np.nan]])
    with pytest.raises(ValueError, match="X has 2 sides a box but anchors has 3"):
        score([[1, 1]], [[1, 1, 1]])
    with pytest.raises(ValueError, match="at least one non-zero"):
        score([[1, 1]], [[1, 1]], sample_weight=[0])
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        score([[1, 1]], [[1, 1]], sample_weight=[1, 1])


@pytest.mark.parametrize("score", SCORES[1:])
@pytest.mark.parametrize("threshold", [1, 0.25, 0, -4, np.nan, "4", None])
def test_thresholds_that_mean_nothing(score, threshold):
    with pytest.raises(ValueError, match="must be above 1, got"):
        score([[1, 1]], [[1, 1]], threshold=threshold)
