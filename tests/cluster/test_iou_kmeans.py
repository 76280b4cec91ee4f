"""The laws that the estimator promises."""

import joblib
import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits

from skanchors import IoUKMeans
from skanchors.cluster._centers import CENTERS
from skanchors.metrics import pairwise_box_distances

RULES = ["auto", *sorted(CENTERS)]


def boxes(n_boxes=300, n_sides=2, seed=0):
    return np.random.default_rng(seed).lognormal(size=(n_boxes, n_sides))


def fit(X, n_clusters=4, *, sample_weight=None, **parameters):
    km = IoUKMeans(n_clusters, random_state=0, **parameters)
    return km.fit(X, sample_weight=sample_weight)


def assert_same_anchors(one, other):
    np.testing.assert_array_equal(one.cluster_centers_, other.cluster_centers_)
    assert one.mean_iou_ == other.mean_iou_
    assert one.n_iter_ == other.n_iter_


@pytest.mark.parametrize("center", RULES)
@pytest.mark.parametrize("n_sides", [1, 2, 3, 10])
def test_everything_agrees(check_fit, center, n_sides):
    X = boxes(150, n_sides=n_sides)
    check_fit(fit(X, center=center), X)
    weight = np.random.default_rng(1).random(150)
    check_fit(fit(X, center=center, sample_weight=weight), X, weight)


@pytest.mark.parametrize("metric", ["giou", "ciou", "ratio", "euclidean", "cosine"])
def test_everything_agrees_under_other_metrics(check_fit, metric):
    X = boxes()
    km = fit(X, metric=metric)
    check_fit(km, X)
    np.testing.assert_allclose(
        km.transform(X), pairwise_box_distances(X, km.cluster_centers_, metric)
    )


# --- laws of the result


@pytest.mark.parametrize("center", RULES)
@pytest.mark.parametrize("init", ["k-means++", "random"])
def test_weights_are_repetitions_to_the_last_bit(center, init):
    X = boxes(120)
    weight = np.random.default_rng(1).integers(0, 4, 120)
    weighted = fit(X, center=center, init=init, sample_weight=weight)
    repeated = fit(np.repeat(X, weight, axis=0), center=center, init=init)
    assert_same_anchors(weighted, repeated)
    assert weighted.inertia_ == repeated.inertia_


@pytest.mark.parametrize("center", RULES)
@pytest.mark.parametrize("weighted", [True, False])
def test_the_order_of_rows_does_not_matter_to_the_last_bit(center, weighted):
    rng = np.random.default_rng(1)
    X = boxes(120).round(1)
    weight = rng.random(120) if weighted else None
    order = rng.permutation(120)
    one = fit(X, center=center, sample_weight=weight)
    other = fit(
        X[order],
        center=center,
        sample_weight=None if weight is None else weight[order],
    )
    assert_same_anchors(one, other)
    np.testing.assert_array_equal(one.labels_[order], other.labels_)


@pytest.mark.parametrize("order", ["C", "F"])
def test_layout_and_dtype_of_the_same_sizes_do_not_matter(order):
    X = np.random.default_rng(0).integers(1, 500, (300, 2))
    expected = fit(X.astype(np.float64))
    for dtype in (np.int16, np.int64, np.uint32):
        assert_same_anchors(fit(X.astype(dtype, order=order)), expected)
    assert_same_anchors(fit(np.repeat(X, 2, axis=0)[::2]), expected)
    single = fit(X.astype(np.float32, order=order))
    assert single.cluster_centers_.dtype == np.float32
    np.testing.assert_array_equal(
        single.cluster_centers_, expected.cluster_centers_.astype(np.float32)
    )


@pytest.mark.parametrize("center", ["auto", "median", "mean"])
@pytest.mark.parametrize("unit", [1e-200, 1 / 3, 416.0, 1e200])
def test_anchors_come_in_the_unit_of_the_boxes(center, unit):
    centers = [[1, 1], [6, 3], [20, 40]]
    X = np.repeat(centers, 60, axis=0) * boxes(180) ** 0.1
    one = fit(X, 3, center=center)
    other = fit(unit * X, 3, center=center)
    # Sizes that differ in the last bit only can lead to another dent of a valley whose
    # floor is flat: the anchors differ visibly before the mean IoU does.
    np.testing.assert_allclose(
        other.cluster_centers_, unit * one.cluster_centers_, rtol=5e-3
    )
    assert other.mean_iou_ == pytest.approx(one.mean_iou_, abs=1e-6)


def test_each_side_may_have_its_own_unit():
    X = np.repeat([[1, 1], [6, 3], [20, 40]], 60, axis=0) * boxes(180) ** 0.1
    one, other = fit(X, 3), fit(X * [1e-3, 1e5], 3)
    assert other.mean_iou_ == pytest.approx(one.mean_iou_, abs=1e-6)


def test_sides_may_change_places():
    X = np.repeat([[1, 1], [6, 3], [20, 40]], 60, axis=0) * boxes(180) ** 0.1
    one, other = fit(X, 3), fit(X[:, ::-1], 3)
    np.testing.assert_allclose(
        other.cluster_centers_[:, ::-1], one.cluster_centers_, rtol=1e-3
    )


@pytest.mark.parametrize("metric", ["iou", "ratio", "euclidean"])
def test_a_seed_gives_the_same_anchors_always(metric):
    X = boxes()
    assert_same_anchors(fit(X, metric=metric), fit(X, metric=metric))
    rng = np.random.RandomState(3)
    one = IoUKMeans(4, metric=metric, random_state=3).fit(X)
    assert_same_anchors(one, IoUKMeans(4, metric=metric, random_state=rng).fit(X))


@pytest.mark.parametrize("parameters", [{}, {"n_init": 4}, {"init": "random"}])
def test_threads_and_processes_do_not_matter(parameters):
    X = boxes(2000)
    with threadpool_limits(1):
        one = fit(X, **parameters)
    with threadpool_limits(2):
        assert_same_anchors(fit(X, **parameters), one)
    for backend in ("loky", "threading"):
        with joblib.parallel_config(backend, n_jobs=2):
            assert_same_anchors(fit(X, **parameters), one)


def test_more_clusters_fit_better():
    X = boxes(120)
    scores = [fit(X, k).mean_iou_ for k in range(1, 8)]
    assert (np.diff(scores) > 0).all()


@pytest.mark.parametrize("center", RULES)
def test_more_runs_are_never_worse(center):
    X = boxes()
    few = fit(X, center=center, n_init=1)
    many = fit(X, center=center, n_init=5)
    assert many.inertia_ <= few.inertia_ * (1 + 1e-12)


@pytest.mark.parametrize("center", ["median", "mean", "geometric_mean"])
def test_the_best_anchors_met_are_kept(center):
    """These centres do not minimise 1 - IoU: the last step need not be the best."""
    costs = {}
    X = boxes(100)
    for seed in range(20):
        init = X[np.random.default_rng(seed).choice(100, 5, replace=False)]
        inertia = [
            fit(X, 5, center=center, init=init, max_iter=n, tol=0).inertia_
            for n in range(1, 12)
        ]
        assert (np.diff(inertia) <= 1e-12).all()
        costs[seed] = inertia
    assert any(np.diff(inertia).any() for inertia in costs.values())


# --- streaming


def test_partial_fit_over_batches_is_fit():
    X = boxes(500)
    weight = np.random.default_rng(1).integers(0, 3, 500)
    km = IoUKMeans(4, random_state=0)
    for rows in np.array_split(np.arange(500), 3):
        assert km.partial_fit(X[rows], sample_weight=weight[rows]) is km
    whole = fit(X, sample_weight=weight)
    assert_same_anchors(km, whole)
    assert km.inertia_ == whole.inertia_
    np.testing.assert_array_equal(km.labels_, km.predict(X[rows]))


def test_fit_forgets_what_partial_fit_saw():
    X = boxes(500)
    km = IoUKMeans(4, random_state=0).partial_fit(10 * X)
    assert_same_anchors(km.fit(X), fit(X))
    km.partial_fit(5 * X)
    assert_same_anchors(km, fit(5 * X))


def test_partial_fit_of_fewer_boxes_than_clusters():
    km = IoUKMeans(4, random_state=0)
    with pytest.warns(ConvergenceWarning, match=r"distinct clusters \(2\)"):
        km.partial_fit([[1, 2], [3, 4]])
    assert km.cluster_centers_.shape == (4, 2)
    assert_same_anchors(
        km.partial_fit(boxes(50)), fit(np.vstack([boxes(50), [[1, 2], [3, 4]]]))
    )


# --- where a run starts


def test_an_array_as_start():
    X = boxes()
    best = fit(X)
    near = best.cluster_centers_ * 1.01
    km = fit(X, init=near)
    assert km.mean_iou_ == pytest.approx(best.mean_iou_, abs=1e-3)
    np.testing.assert_array_equal(near, best.cluster_centers_ * 1.01)
    assert_same_anchors(fit(X, init=near.tolist()), km)
    other = fit(X, init=near[::-1], n_init=1)
    assert other.mean_iou_ == pytest.approx(km.mean_iou_, abs=1e-6)
    with pytest.warns(RuntimeWarning, match="instead of n_init=3"):
        fit(X, init=near, n_init=3)


@pytest.mark.parametrize("center", ["auto", "median"])
def test_a_callable_as_start(check_fit, center):
    X = boxes()
    calls = []

    def start(X, n_clusters, random_state):
        calls.append(random_state.uniform())
        return X[random_state.choice(len(X), n_clusters, replace=False)]

    one = fit(X, init=start, center=center)
    assert len(calls) == len(set(calls)) == 10
    assert_same_anchors(fit(X, init=start, center=center), one)
    check_fit(one, X)
    fit(X, init=start, center=center, n_init=2)
    assert len(calls) == 22


@pytest.mark.parametrize(
    ("init", "match"),
    [
        (
            np.ones((3, 2)),
            r"init, \(3, 2\), does not match the number of clusters 4: \(4, 2\)",
        ),
        (np.ones((4, 3)), r"init, \(4, 3\), does not match the number of features"),
        (-np.ones((4, 2)), "Negative values in data"),
        (np.full((4, 2), np.nan), "init contains NaN"),
        (
            lambda X, k, random_state: X[:1],
            r"centers init\(\.\.\.\), \(1, 2\), does not",
        ),
        ("kmeans", "The 'init' parameter"),
    ],
)
def test_starts_that_cannot_be(init, match):
    with pytest.raises(ValueError, match=match):
        fit(boxes(), init=init)


@pytest.mark.parametrize(
    ("parameters", "match"),
    [
        ({"n_clusters": 0}, "'n_clusters' parameter"),
        ({"n_clusters": 2.5}, "'n_clusters' parameter"),
        ({"n_clusters": 301}, "n_samples=300 should be >= n_clusters=301"),
        ({"metric": "iuo"}, "Unknown metric 'iuo'. Did you mean iou"),
        ({"metric": None}, "'metric' parameter"),
        ({"center": "mode"}, "'center' parameter"),
        ({"center": "descent", "metric": "euclidean"}, "center='search'"),
        ({"n_init": 0}, "'n_init' parameter"),
        ({"max_iter": 0}, "'max_iter' parameter"),
        ({"tol": -1}, "'tol' parameter"),
        ({"random_state": "seed"}, "'random_state' parameter"),
    ],
)
def test_parameters_that_cannot_be(parameters, match):
    with pytest.raises(ValueError, match=match):
        IoUKMeans(**{"n_clusters": 4, **parameters}).fit(boxes())


def test_boxes_and_weights_that_cannot_be():
    km = IoUKMeans(2)
    for bad, match in (
        ([[1, -1], [1, 1]], "Negative values"),
        ([[1, np.nan], [1, 1]], "contains NaN"),
        ([[1, np.inf], [1, 1]], "contains infinity"),
        ([1, 2], "Expected 2D array"),
        (np.empty((0, 2)), "0 sample"),
    ):
        with pytest.raises(ValueError, match=match):
            km.fit(bad)
    for weight, match in (
        ([1, -1], "Negative values"),
        ([0, 0], "at least one non-zero"),
        ([1, np.nan], "contains NaN"),
        ([1, 1, 1], "inconsistent numbers"),
        ([1e308, 1e308], "sums to infinity"),
    ):
        with pytest.raises(ValueError, match=match):
            km.fit([[1, 1], [2, 2]], sample_weight=weight)


def test_verbose_prints(capsys):
    X = boxes()
    fit(X)
    assert capsys.readouterr().out == ""
    km = fit(X, verbose=1)
    printed = capsys.readouterr().out
    assert f"300 distinct boxes, 4 anchors: mean IoU {km.mean_iou_:.6f}" in printed
    fit(X, verbose=2, init=km.cluster_centers_ * 2)
    assert "Run 0, iteration 1: cost" in capsys.readouterr().out


def test_tol_and_max_iter_mean_what_they_mean_in_kmeans():
    X = boxes(1000)
    init = X[:6]
    for center in ("auto", "median"):
        n_iter = [
            fit(X, 6, center=center, init=init, tol=tol).n_iter_
            for tol in (1e-1, 1e-3, 0)
        ]
        assert n_iter[0] < n_iter[2]
        assert n_iter == sorted(n_iter)
        assert fit(X, 6, center=center, init=init, max_iter=2).n_iter_ <= 2
        assert fit(X, 6, center=center, init=init, max_iter=1).n_iter_ == 1


def test_input_is_never_written_into():
    X, weight = boxes(), np.random.default_rng(1).random(300)
    weight[:50] = 0
    before = X.copy(), weight.copy()
    for parameters in ({}, {"n_init": 2}, {"center": "median"}, {"init": X[:4]}):
        km = fit(X, sample_weight=weight, **parameters)
        km.partial_fit(X, sample_weight=weight)
        km.predict(X), km.transform(X), km.score(X, sample_weight=weight)
        np.testing.assert_array_equal(X, before[0])
        np.testing.assert_array_equal(weight, before[1])


def test_masked_boxes_are_an_error_and_unmasked_ones_are_not():
    X = np.ma.masked_array(np.random.default_rng(0).random((20, 2)), mask=False)
    km = IoUKMeans(2, random_state=0).fit(X)
    np.testing.assert_array_equal(
        km.cluster_centers_, IoUKMeans(2, random_state=0).fit(X.data).cluster_centers_
    )
    masked = X.copy()
    masked[3, 1] = np.ma.masked
    weight = np.ma.masked_array(np.ones(20), mask=np.arange(20) == 3)
    for use in (
        lambda: IoUKMeans(2).fit(masked),
        lambda: km.predict(masked),
        lambda: km.score(masked),
        lambda: IoUKMeans(2).partial_fit(masked),
        lambda: IoUKMeans(2).fit(X, sample_weight=weight),
    ):
        with pytest.raises(ValueError, match="masked entries"):
            use()
