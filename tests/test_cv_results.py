"""Reading the results of a search."""

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.model_selection import GridSearchCV

from skanchors._cv_results import (
    n_clusters_key,
    n_clusters_values,
    score_curve,
    split_scores,
)


@pytest.fixture(scope="module")
def table():
    X = np.random.default_rng(0).uniform(size=(60, 2))
    grid = [{"n_clusters": [4, 2], "tol": [0, 1]}, {"tol": [0]}]
    model = KMeans(n_init=1, random_state=0)
    return GridSearchCV(model, grid, cv=3).fit(X).cv_results_


def test_numbers_of_clusters(table):
    assert n_clusters_key(table) == "param_n_clusters"
    np.testing.assert_array_equal(n_clusters_values(table), [4, 4, 2, 2, np.nan])


def test_scores_of_splits(table):
    splits = split_scores(table, "score")
    assert splits.shape == (5, 3)
    np.testing.assert_allclose(splits.mean(axis=1), table["mean_test_score"])


def test_curve_is_the_best_at_each_number(table):
    curve = score_curve(table, "score")
    np.testing.assert_array_equal(curve.n_clusters, [2, 4])
    means = table["mean_test_score"]
    np.testing.assert_array_equal(curve.scores, [max(means[2:4]), max(means[:2])])
    np.testing.assert_array_equal(curve.scores, means[curve.candidates])
    assert curve.best() == curve.scores.argmax()


@pytest.mark.parametrize("key", ["param_n_clusters", "param_km__n_clusters"])
def test_keys(key):
    assert n_clusters_key({key: [], "param_other": [], "mean_test_score": []}) == key
    for wrong in (
        {},
        {"param_n": []},
        {"n_clusters": []},
        {"param_min_n_clusters": []},
    ):
        with pytest.raises(ValueError, match="exactly one parameter"):
            n_clusters_key(wrong)
