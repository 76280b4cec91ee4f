"""The plug into scipy's private tables.

Guards what skanchors._compat._scipy takes for granted about them. Seen to hold with
scipy 1.17.1.
"""

import numpy as np
import pytest
import scipy
from scipy.spatial import distance
from scipy.spatial.distance import cdist, pdist, squareform

from skanchors import IoUKMeans
from skanchors.metrics import pairwise_box_distances

NAMES = ["iou", "giou", "ciou", "ratio"]


@pytest.fixture
def X():
    return np.random.default_rng(0).lognormal(size=(30, 2))


@pytest.fixture
def A():
    return np.random.default_rng(1).lognormal(size=(4, 2))


def test_the_tables_look_as_expected():
    advice = f"scipy {scipy.__version__} changed its tables; adapt _compat/_scipy.py"
    for table in ("_METRICS", "_METRIC_ALIAS", "_TEST_METRICS"):
        assert isinstance(getattr(distance, table), dict), advice
    euclidean = distance._METRIC_ALIAS["euclid"]
    assert euclidean is distance._METRICS["euclidean"], advice
    assert euclidean.canonical_name == "euclidean", advice
    assert euclidean.dist_func is distance.euclidean, advice
    assert distance._TEST_METRICS["test_euclidean"] is euclidean, advice
    assert {"euclidean", "euclid"} <= set(euclidean.aka), advice


@pytest.mark.parametrize("name", NAMES)
def test_cdist_and_pdist_by_name(name, X, A):
    D = pairwise_box_distances(X, A, name)
    np.testing.assert_array_equal(cdist(X, A, name), D)
    np.testing.assert_array_equal(cdist(X, A, metric=name.upper()), D)
    full = pairwise_box_distances(X, metric=name)
    np.testing.assert_array_equal(squareform(pdist(X, name)), full)
    np.testing.assert_array_equal(pdist(X, name.title()), pdist(X, name))


@pytest.mark.parametrize("name", NAMES)
def test_slow_twins(name, X, A):
    np.testing.assert_allclose(
        cdist(X, A, f"test_{name}"), cdist(X, A, name), rtol=0, atol=1e-14
    )
    np.testing.assert_allclose(
        pdist(X, f"test_{name}"), pdist(X, name), rtol=0, atol=1e-14
    )


@pytest.mark.parametrize("name", NAMES)
def test_scalar_functions_as_metric(name, X, A):
    import skanchors.metrics

    func = getattr(skanchors.metrics, f"{name}_distance")
    np.testing.assert_allclose(cdist(X, A, func), cdist(X, A, name), rtol=0, atol=1e-14)


@pytest.mark.parametrize("name", NAMES)
def test_out_is_filled_and_returned(name, X, A):
    out = np.full((30, 4), np.nan)
    assert cdist(X, A, name, out=out) is out
    np.testing.assert_array_equal(out, cdist(X, A, name))
    out = np.full(30 * 29 // 2, np.nan)
    assert pdist(X, name, out=out) is out
    np.testing.assert_array_equal(out, pdist(X, name))


@pytest.mark.parametrize("name", NAMES)
def test_out_of_the_wrong_shape(name, X, A):
    with pytest.raises(ValueError, match=r"out has shape \(4, 30\); \(30, 4\)"):
        cdist(X, A, name, out=np.empty((4, 30)))
    with pytest.raises(ValueError, match=r"out has shape \(9,\); \(435,\)"):
        pdist(X, name, out=np.empty(9))


def test_lists_integers_and_float32(X, A):
    np.testing.assert_array_equal(
        cdist([[2, 2], [4, 1]], [[2, 1]], "iou"), [[0.5], [0.5]]
    )
    assert cdist(X.astype("f"), A.astype("f"), "iou").dtype == np.float32
    assert pdist(X.astype("f"), "iou").dtype == np.float32


@pytest.mark.parametrize("n_boxes", [1, 2])
def test_pdist_of_few_boxes(n_boxes):
    assert pdist(np.ones((n_boxes, 2)), "iou").shape == (n_boxes * (n_boxes - 1) // 2,)


def test_bad_boxes(X):
    bad = X.copy()
    bad[3, 1] = -1
    with pytest.raises(ValueError, match="Negative values"):
        cdist(bad, X, "iou")
    with pytest.raises(ValueError, match="Negative values"):
        pdist(bad, "iou")
    bad[3, 1] = np.nan
    with pytest.raises(ValueError, match="XB contains NaN"):
        cdist(X, bad, "iou")
    with pytest.raises(TypeError, match="p"):
        cdist(X, X, "iou", p=3)


def test_scipys_own_metrics_are_scipys_own(X, A):
    for name in ("euclidean", "cityblock", "chebyshev", "cosine", "jaccard"):
        np.testing.assert_array_equal(
            pairwise_box_distances(X, A, name), cdist(X, A, name)
        )
    V = X.var(axis=0)
    np.testing.assert_allclose(
        pairwise_box_distances(X, A, "seuclidean"),
        cdist(X, A, "seuclidean", V=V),
        rtol=1e-12,
    )


@pytest.mark.parametrize("alias", ["Euclid", "cblock", "COS", "sqe", "cheby"])
def test_scipys_aliases(alias, X, A):
    np.testing.assert_array_equal(
        pairwise_box_distances(X, A, alias), cdist(X, A, alias)
    )


def test_undefined_distances_count_as_0_or_1():
    X = np.array([[0.0, 0], [1, 1], [1, 2]])
    for name in ("cosine", "correlation", "braycurtis", "jensenshannon"):
        D = pairwise_box_distances(X, metric=name)
        assert np.isfinite(D).all()
        assert (np.diag(D) < 1e-7).all()
    D = pairwise_box_distances(X[:2], metric="cosine")
    np.testing.assert_allclose(D, [[0, 1], [1, 0]], rtol=0, atol=1e-15)


def test_overflow_is_an_error_that_says_what_to_do(X):
    for name in ("euclidean", "sqeuclidean", "cosine", "seuclidean"):
        with pytest.raises(ValueError, match=f"{name} .*divide the sizes"):
            pairwise_box_distances(1e300 * X, metric=name)


def test_a_side_that_does_not_vary_says_nothing():
    D = pairwise_box_distances([[1, 5], [2, 5]], metric="seuclidean")
    np.testing.assert_allclose(D, [[0, 2], [2, 0]])


def test_variances_count_weights_as_repetitions(X):
    weight = np.arange(len(X)) % 4
    repeated = X.repeat(weight, axis=0)
    expected = {
        "seuclidean": {"V": repeated.var(axis=0)},
        "mahalanobis": {"VI": np.linalg.inv(np.cov(repeated.T, bias=True))},
    }
    for name, params in expected.items():
        km = IoUKMeans(3, metric=name, random_state=0).fit(X, sample_weight=weight)
        D = cdist(X, km.cluster_centers_, name, **params)
        np.testing.assert_allclose(km.transform(X), D)
