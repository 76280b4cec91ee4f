"""Agreement of the anchors over seeds."""

from itertools import permutations

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skanchors.cluster import IoUKMeans
from skanchors.datasets import make_boxes
from skanchors.metrics import pairwise_iou
from skanchors.model_selection import stability_scorer


class RandomAnchors(BaseEstimator):
    """Anchors that are rows of X drawn at random."""

    def __init__(self, random_state=None):
        self.random_state = random_state

    def fit(self, X, y=None):
        rows = np.random.default_rng(self.random_state).permutation(len(X))[:4]
        self.cluster_centers_ = np.asarray(X)[rows]
        return self


class Scripted(BaseEstimator):
    """Anchors that are given, one set a fit."""

    def __init__(self, sets=None, random_state=None):
        self.sets, self.random_state = sets, random_state

    def __sklearn_clone__(self):
        return self

    def fit(self, X, y=None):
        self.cluster_centers_ = self.sets.pop()
        return self


def agreement(*sets):
    X = np.ones((4, 2))
    return stability_scorer(Scripted([*sets]), X, n_runs=len(sets))


def test_agreement_equals_brute_force():
    rng = np.random.default_rng(0)
    a, b = rng.lognormal(size=(2, 5, 2))
    iou = pairwise_iou(a, b)
    expected = max(iou[range(5), order].mean() for order in permutations(range(5)))
    assert agreement(a, b) == pytest.approx(expected)
    assert agreement(a, a[::-1]) == 1
    assert agreement(a, a[:4]) == pytest.approx(4 / 5)
    # Of three runs, three pairs.
    assert agreement(a, b, a) == pytest.approx((2 * expected + 1) / 3)


def test_clear_clusters_are_stable():
    rng = np.random.default_rng(0)
    X = np.repeat([[1.0, 1], [9, 4], [50, 90]], 30, axis=0)
    X = X * rng.uniform(0.9, 1.1, X.shape)
    model = IoUKMeans(3)
    assert stability_scorer(model, X) == pytest.approx(1, abs=1e-3)
    assert not hasattr(model, "cluster_centers_")
    assert model.random_state is None


def test_random_anchors_are_not():
    X = make_boxes(300, random_state=0)
    score = stability_scorer(RandomAnchors(), X)
    assert 0 < score < stability_scorer(IoUKMeans(4), X)
    assert score == stability_scorer(RandomAnchors(), X)
    assert score != stability_scorer(RandomAnchors(), X, random_state=1)


def test_seeds_of_the_steps_of_a_pipeline_are_set():
    X = make_boxes(100, random_state=0)
    pipe = make_pipeline(FunctionTransformer(), RandomAnchors())
    assert stability_scorer(pipe, X) == stability_scorer(RandomAnchors(), X)


def test_bad_input():
    X = make_boxes(100, random_state=0)
    with pytest.raises(ValueError, match="no parameter random_state"):
        stability_scorer(FunctionTransformer(), X)
    for n_runs in (1, 2.5):
        with pytest.raises(ValueError, match="n_runs must be"):
            stability_scorer(IoUKMeans(2), X, n_runs=n_runs)
