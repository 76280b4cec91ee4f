import warnings

import numpy as np
import pytest
from scipy.spatial import distance
from scipy.spatial.distance import cdist, pdist, squareform

from skanchors import IoUKMeans
from skanchors.metrics import (
    metric_names,
    pairwise_box_distances,
    register_metric,
    unregister_metric,
)
from skanchors.metrics._registry import get_metric


def log_distance(u, v):
    return np.abs(np.log(u) - np.log(v)).sum()


def log_distances(X, Y):
    return np.abs(np.log(X)[:, None] - np.log(Y)).sum(axis=2)


@pytest.fixture
def X():
    return np.random.default_rng(0).lognormal(size=(60, 2))


@pytest.fixture
def registered():
    register_metric("logs", log_distance, pairwise=log_distances, aliases=["lg"])
    yield "logs"
    unregister_metric("logs")


@pytest.fixture
def untouched():
    """Whatever a test does, the tables are as before it in the end."""
    tables = ("_METRICS", "_METRIC_ALIAS", "_TEST_METRICS")
    before = [dict(getattr(distance, table)) for table in tables], metric_names()
    yield
    after = [dict(getattr(distance, table)) for table in tables], metric_names()
    assert after == before


@pytest.mark.parametrize("name", ["logs", "lg", "LOGS", "Lg"])
def test_a_registered_metric_works_everywhere(registered, name, X):
    A = X[:5]
    D = log_distances(X, A)
    np.testing.assert_array_equal(pairwise_box_distances(X, A, name), D)
    np.testing.assert_array_equal(cdist(X, A, name), D)
    full = pairwise_box_distances(X, metric=name)
    np.testing.assert_array_equal(squareform(pdist(X, name)), full)
    km = IoUKMeans(4, metric=name, random_state=0).fit(X)
    np.testing.assert_allclose(
        km.transform(X), log_distances(X, km.cluster_centers_), rtol=1e-12
    )
    np.testing.assert_array_equal(km.predict(X), km.transform(X).argmin(axis=1))
    assert "logs" in metric_names()


def test_the_slow_twin(registered, X):
    np.testing.assert_allclose(cdist(X, X, "test_logs"), log_distances(X, X))


def test_without_a_vectorised_form(untouched, X):
    register_metric("slow", log_distance, center="geometric_mean")
    try:
        np.testing.assert_allclose(cdist(X, X[:5], "slow"), log_distances(X, X[:5]))
        km = IoUKMeans(3, metric="slow", random_state=0).fit(X)
        assert np.isfinite(km.cluster_centers_).all()
        assert km.inertia_ == pytest.approx(
            log_distances(X, km.cluster_centers_).min(axis=1).sum()
        )
    finally:
        unregister_metric("slow")


def test_unregister_by_alias_forgets_all_names(untouched, X):
    register_metric("logs", log_distance, aliases=("lg", "ll"))
    unregister_metric("lg")
    for name in ("logs", "lg", "ll"):
        with pytest.raises(ValueError, match="Unknown"):
            cdist(X, X, name)
        with pytest.raises(ValueError, match=f"Unknown metric '{name}'"):
            pairwise_box_distances(X, metric=name)
        with pytest.raises(ValueError, match=f"Unknown metric '{name}'"):
            IoUKMeans(2, metric=name).fit(X)


def test_one_alias_as_a_string_and_repeated_names(untouched, X):
    register_metric("logs", log_distance, aliases="lg")
    unregister_metric("logs")
    register_metric("logs", log_distance, aliases=("logs", "lg", "lg"))
    np.testing.assert_allclose(cdist(X, X, "lg"), log_distances(X, X))
    unregister_metric("logs")


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        (("iou", log_distance), ValueError, "'iou' is registered already"),
        (("euclidean", log_distance), ValueError, "'euclidean' is a metric of scipy"),
        (("euclid", log_distance), ValueError, "'euclid' is a metric of scipy"),
        (("Logs", log_distance), ValueError, "'Logs' cannot name a metric"),
        (("", log_distance), ValueError, "'' cannot name a metric"),
        (("test_logs", log_distance), ValueError, "'test_logs' cannot name"),
        ((3, log_distance), TypeError, "must be a string, got 3"),
        (("logs", None), TypeError, "func must be callable"),
        (("logs", "euclidean"), TypeError, "func must be callable"),
    ],
)
def test_what_cannot_be_registered(untouched, arguments, error, match):
    with pytest.raises(error, match=match):
        register_metric(*arguments)


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"pairwise": 3}, TypeError, "pairwise must be callable or None"),
        ({"center": 3}, TypeError, "center must be the name of a rule"),
        ({"aliases": ["iou"]}, ValueError, "'iou' is registered already"),
        ({"aliases": ["l2", "cosine"]}, ValueError, "'cosine' is a metric of scipy"),
        ({"aliases": [None]}, TypeError, "must be a string, got None"),
    ],
)
def test_options_that_cannot_be(untouched, options, error, match):
    with pytest.raises(error, match=match):
        register_metric("logs", log_distance, **options)


def test_an_unknown_centre_rule_is_named_by_fit(X):
    register_metric("logs", log_distance, center="middle")
    try:
        with pytest.raises(ValueError, match=r"'logs' was registered with .*'middle'"):
            IoUKMeans(2, metric="logs").fit(X)
        IoUKMeans(2, metric="logs", center="median").fit(X)
        with pytest.raises(ValueError, match="'descent' needs a metric with a grad"):
            IoUKMeans(2, metric="logs", center="descent").fit(X)
    finally:
        unregister_metric("logs")


def test_registered_twice(registered):
    with pytest.raises(ValueError, match=r"unregister_metric\('logs'\) first"):
        register_metric("logs", log_distance)


def test_unregister_what_is_not_registered():
    for name in ("logs", "euclidean", "test_iou"):
        with pytest.raises(ValueError, match=f"No metric named '{name}'"):
            unregister_metric(name)


@pytest.mark.parametrize("metric", [["iou"], None, 3, {"iou"}])
def test_what_is_no_metric(metric):
    with pytest.raises(ValueError, match="Unknown metric"):
        pairwise_box_distances([[1, 2]], metric=metric)


@pytest.mark.parametrize("name", ["IoU", "GIoU", "CIoU", "Ratio", "Euclidean", "CB"])
def test_upper_case_is_the_same_metric_as_in_scipy(name, X):
    np.testing.assert_array_equal(
        pairwise_box_distances(X, X[:5], name), cdist(X, X[:5], name)
    )
    one = IoUKMeans(3, metric=name, random_state=0).fit(X)
    other = IoUKMeans(3, metric=name.lower(), random_state=0).fit(X)
    np.testing.assert_array_equal(one.cluster_centers_, other.cluster_centers_)


def test_a_function_as_metric(X):
    np.testing.assert_allclose(
        pairwise_box_distances(X, X[:5], log_distance), log_distances(X, X[:5])
    )
    km = IoUKMeans(3, metric=log_distance, random_state=0).fit(X)
    # The median of the logs minimises it, the search finds as good a point.
    register_metric("logs", log_distance, pairwise=log_distances, center="search")
    try:
        same = IoUKMeans(3, metric="logs", random_state=0).fit(X)
    finally:
        unregister_metric("logs")
    assert km.inertia_ == pytest.approx(same.inertia_, rel=0.02)


# 2026-11-26: SciPy 1.15 and 1.16 warn of two distances that 1.17 no longer has.
@pytest.mark.filterwarnings("ignore::DeprecationWarning:scipy")
@pytest.mark.parametrize("name", metric_names())
@pytest.mark.parametrize("case", ["usual", "float32", "zeros", "3-D"])
def test_every_metric_fits_and_gives_no_nan(name, case):
    rng = np.random.default_rng(0)
    X = rng.lognormal(size=(80, 3 if case == "3-D" and name != "ciou" else 2))
    if case == "zeros":
        X[:10] = 0
        X[10:20, 0] = 0
    if case == "float32":
        X = X.astype(np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        km = IoUKMeans(4, metric=name, random_state=0).fit(X)
        D = km.transform(X)
    assert km.cluster_centers_.dtype == D.dtype == X.dtype
    for values in (km.cluster_centers_, D, km.inertia_, km.mean_iou_, km.score(X)):
        assert np.isfinite(values).all()
    assert (km.cluster_centers_ >= 0).all()
    np.testing.assert_allclose(
        D[np.arange(len(X)), km.labels_], D.min(axis=1), rtol=0, atol=1e-6
    )
    np.testing.assert_array_equal(km.labels_, km.predict(X))
    assert km.inertia_ == pytest.approx(D.min(axis=1).sum(), rel=1e-5, abs=1e-5)


def test_names_are_sorted_own_ones_first():
    names = metric_names()
    own = names[: names.index("braycurtis")]
    assert {"ciou", "giou", "iou", "ratio"} <= set(own)
    assert own == sorted(own)
    assert names[len(own) :] == sorted(names[len(own) :])
    assert set(names) <= set(distance._METRICS)
    ones = np.ones((2, 2))
    assert all(pairwise_box_distances(ones, metric=n).shape == (2, 2) for n in names)


@pytest.mark.parametrize("name", ["iou", "giou", "ciou", "ratio", "fitness"])
def test_own_metrics_stay(name):
    with pytest.raises(ValueError, match="is a metric of skanchors itself"):
        unregister_metric(name)
    assert name in metric_names()


def largest_ratio(x, a):
    return np.maximum(x / a, a / x).max(axis=0)


def chebyshev_gradient(x, a):
    logs = np.log(a / x)
    worst = np.abs(logs).argmax(axis=0, keepdims=True)
    by_side = np.zeros_like(a)
    signs = np.sign(np.take_along_axis(logs, worst, axis=0))
    np.put_along_axis(by_side, worst, signs, axis=0)
    return np.abs(logs).max(axis=0), by_side


class Counted:
    """A function that counts its calls."""

    def __init__(self, function):
        self.function, self.n_calls = function, 0

    def __call__(self, *args):
        self.n_calls += 1
        return self.function(*args)


@pytest.mark.parametrize("correction", [np.log, None])
def test_gradient_and_rank_open_the_fast_path(untouched, X, correction):
    def func(u, v):
        return np.abs(np.log(u / v)).max()

    def pairwise(X, Y):
        return np.abs(np.log(X[:, None] / Y)).max(axis=2)

    rank, gradient = Counted(largest_ratio), Counted(chebyshev_gradient)
    register_metric("slow_way", func, pairwise=pairwise, center="search")
    register_metric(
        "fast_way",
        func,
        pairwise=pairwise,
        gradient=gradient,
        rank=rank,
        correction=correction,
    )
    try:
        assert get_metric("fast_way").center == "descent"
        slow, fast = (
            IoUKMeans(4, metric=name, random_state=0).fit(X)
            for name in ("slow_way", "fast_way")
        )
        assert rank.n_calls > 0 < gradient.n_calls
        assert fast.inertia_ <= slow.inertia_ * (1 + 1e-3)
        D = pairwise(X, fast.cluster_centers_)
        assert fast.inertia_ == pytest.approx(D.min(axis=1).sum())
        np.testing.assert_array_equal(fast.predict(X), D.argmin(axis=1))
        np.testing.assert_array_equal(fast.labels_, D.argmin(axis=1))
    finally:
        unregister_metric("slow_way")
        unregister_metric("fast_way")
    with pytest.raises(ValueError, match="No metric"):
        unregister_metric("fast_way")


def test_near_ties_of_ranks_are_decided_by_distances(untouched):
    """Anchors that differ by less than single precision can tell apart."""
    register_metric(
        "logmax",
        lambda u, v: np.abs(np.log(u / v)).max(),
        pairwise=lambda X, Y: np.abs(np.log(X[:, None] / Y)).max(axis=2),
        gradient=chebyshev_gradient,
        rank=largest_ratio,
        correction=np.log,
    )
    try:
        rng = np.random.default_rng(0)
        for name in ("logmax", "iou"):
            anchors = 3.4 + 1e-6 * rng.random((6, 2))
            X = 3.0 + rng.random((3000, 2))
            km = IoUKMeans(6, metric=name, init=anchors, max_iter=1).fit(X)
            km.cluster_centers_ = anchors
            D = pairwise_box_distances(X, anchors, name)
            np.testing.assert_array_equal(km.predict(X), D.argmin(axis=1))
            assert len(set(km.predict(X))) > 1
    finally:
        unregister_metric("logmax")


@pytest.mark.parametrize(
    "functions", [{"rank": 1}, {"gradient": "iou"}, {"rank": abs, "correction": 1}]
)
def test_kernels_must_be_callable(untouched, functions):
    with pytest.raises(TypeError, match="must be callable or None"):
        register_metric("mine", log_distance, **functions)


def test_a_correction_needs_a_rank(untouched):
    with pytest.raises(ValueError, match="needs rank="):
        register_metric("mine", log_distance, correction=np.log)


@pytest.mark.parametrize("by_blocks", [False, True])
@pytest.mark.parametrize(
    "bad", [np.nan, np.inf, -np.inf, None, "far", [1.0, 2.0], 1j, -0.1, 1e300]
)
def test_what_is_no_finite_number_is_an_error(untouched, X, bad, by_blocks):
    middle = np.median(X[:, 0])

    def sometimes(u, v):
        return bad if u[0] > middle > v[0] else np.abs(u - v).sum()

    def pairwise(X, Y):
        table = np.empty((len(X), len(Y)), dtype=object)
        for i, j in np.ndindex(table.shape):
            table[i, j] = sometimes(X[i], Y[j])
        return table

    register_metric("mine", sometimes, pairwise=pairwise if by_blocks else None)
    try:
        for metric in ("mine", sometimes):
            with pytest.raises(ValueError, match=r"metric '(mine|sometimes)' (mu|re)"):
                IoUKMeans(3, metric=metric, random_state=0).fit(X)
            with pytest.raises(ValueError, match=r"metric '(mine|sometimes)' (mu|re)"):
                pairwise_box_distances(X, metric=metric)
    finally:
        unregister_metric("mine")


@pytest.mark.parametrize("bad", [None, np.nan, np.inf, -0.1])
def test_the_error_says_what_was_returned(untouched, X, bad):
    """None, that of a function without return, becomes NaN in an array of numbers."""
    with pytest.raises(ValueError, match=f"returned {bad} for the boxes"):
        pairwise_box_distances(X, metric=lambda u, v: bad)


def test_a_table_of_the_wrong_shape_is_an_error(untouched, X):
    register_metric("flat", log_distance, pairwise=lambda X, Y: np.zeros(len(X)))
    try:
        with pytest.raises(ValueError, match=r"shape \(n_X, n_Y\)"):
            pairwise_box_distances(X, metric="flat")
    finally:
        unregister_metric("flat")


def test_a_metric_cannot_write_into_the_boxes(untouched, X):
    def careless(u, v):
        u -= v
        return np.abs(u).sum()

    before = X.copy()
    for use in (
        lambda: pairwise_box_distances(X, metric=careless),
        lambda: IoUKMeans(3, metric=careless, random_state=0).fit(X),
    ):
        with pytest.raises(ValueError, match="read-only"):
            use()
    np.testing.assert_array_equal(X, before)
