"""What scikit-learn demands of an estimator, also what it demands of its own only."""

import numpy as np
import pytest
import sklearn.utils.estimator_checks as checks
from sklearn.base import clone
from sklearn.datasets import make_blobs
from sklearn.metrics import adjusted_rand_score
from sklearn.utils.estimator_checks import parametrize_with_checks

from skanchors import BoxHistogram, IoUKMeans, PyramidAnchors, SSDAnchors

ESTIMATORS = [
    IoUKMeans(3, random_state=0),
    IoUKMeans(3, metric="euclidean", center="mean", init="random", n_init=1),
    PyramidAnchors(strides=(8, 16), n_ratios=2, random_state=0),
    SSDAnchors(strides=(8,), n_ratios=1, random_state=0),
    BoxHistogram(),
]


def expected_failed_checks(estimator):
    if isinstance(estimator, IoUKMeans | PyramidAnchors | SSDAnchors):
        return {
            "check_clustering": "feeds sizes below 0 to every clusterer, which no box "
            "has; test_clusters_of_positive_blobs is the same check on blobs of "
            "positive sizes"
        }
    return {}


@parametrize_with_checks(
    ESTIMATORS, expected_failed_checks=expected_failed_checks, xfail_strict=True
)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


@pytest.mark.parametrize("readonly", [False, True])
def test_clusters_of_positive_blobs(readonly):
    """`check_clustering` word for word, on blobs that lie well away from the axes."""
    X, y = make_blobs(
        n_samples=50, centers=[[20, 20], [60, 20], [40, 80]], random_state=1
    )
    rng = np.random.RandomState(7)
    noise = np.abs(X[:5] + rng.normal(scale=0.1, size=(5, 2)))
    X = np.concatenate([X, noise])
    if readonly:
        X.setflags(write=False)
    assert (X > 0).all()

    estimator = IoUKMeans(n_clusters=3, random_state=0)
    estimator.fit(X)
    estimator.fit(X.tolist())
    labels = estimator.labels_
    assert labels.shape == (55,)
    assert adjusted_rand_score(labels[:50], y) > 0.4
    estimator.set_params(random_state=0)
    np.testing.assert_array_equal(estimator.fit_predict(X), labels)
    assert labels.dtype in (np.int32, np.int64)
    assert sorted(set(labels.tolist())) == [0, 1, 2]


# Run by scikit-learn's own test suite on its own estimators; not by check_estimator.
OWN_CHECKS = [
    "check_all_zero_sample_weights_error",
    "check_dataframe_column_names_consistency",
    "check_param_validation",
]
OWN_TRANSFORMER_CHECKS = [
    "check_get_feature_names_out_error",
    "check_transformer_get_feature_names_out",
    "check_transformer_get_feature_names_out_pandas",
    "check_set_output_transform",
    "check_set_output_transform_pandas",
    "check_global_output_transform_pandas",
]


def run_own_check(check, estimator):
    if check.endswith("pandas") or check == "check_dataframe_column_names_consistency":
        pytest.importorskip("pandas")
    getattr(checks, check)(type(estimator).__name__, clone(estimator))


@pytest.mark.parametrize("check", OWN_CHECKS)
@pytest.mark.parametrize("estimator", ESTIMATORS, ids=str)
def test_checks_of_scikit_learns_own(check, estimator):
    run_own_check(check, estimator)


# 2026-11-26: the checks with pandas mix frames and arrays, of which estimators warn.
@pytest.mark.filterwarnings("ignore:X (does not have valid|has) feature names")
@pytest.mark.parametrize("check", OWN_TRANSFORMER_CHECKS)
@pytest.mark.parametrize("estimator", ESTIMATORS[:-1], ids=str)
def test_checks_of_scikit_learns_own_transformers(check, estimator):
    run_own_check(check, estimator)


def test_in_place_changes_are_not_needed():
    """Memory maps are read-only."""
    X = np.random.default_rng(0).lognormal(size=(100, 2))
    X.setflags(write=False)
    weight = np.ones(100)
    weight.setflags(write=False)
    init = X[:3].copy()
    init.setflags(write=False)
    km = IoUKMeans(3, init=init).fit(X, sample_weight=weight)
    km.predict(X)
    km.transform(X)
    km.score(X, sample_weight=weight)
    BoxHistogram().fit(X, sample_weight=weight)
