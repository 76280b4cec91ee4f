"""scikit-learn's own tests of KMeans, run against IoUKMeans(metric="sqeuclidean").

Its test module is imported with `IoUKMeans` in the place of `KMeans`. What a test asks
that does not hold here is in `LEFT_OUT` with the reason; such a test must fail, so that
no entry outlives its reason.
"""

import importlib.util
import inspect
import itertools
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
import sklearn.cluster
from scipy.sparse import issparse
from sklearn.base import BaseEstimator

import skanchors

SOURCE = Path(sklearn.cluster.__file__).parent / "tests" / "test_k_means.py"
if not SOURCE.is_file():
    pytest.skip(
        "this copy of scikit-learn was installed without its tests",
        allow_module_level=True,
    )

# Tests that do not hold, all their cases or, with brackets, one: each must fail.
LEFT_OUT = {
    "test_kmeans_results": "an iteration that only confirms the labels is not counted "
    "in n_iter_, as callbacks are not told of it; the rest of the test holds",
    "test_kmeans_verbose": "the lines name the run and the cost that is minimised, and "
    "a run ends by this cost, not by the shift of the centers",
    "test_k_means_1_iteration": "anchors are sorted by size, the centers that it "
    "compares stay in the order of init; the sets are the same",
    "test_warning_elkan_1_cluster": "there is one algorithm, which has no such limit",
    "test_sample_weight_init": "calls the private KMeans._init_centroids",
    "test_sample_weight_zero": "calls the private KMeans._init_centroids",
}

MINI_BATCH = "MiniBatchKMeans: batches are summed up by partial_fit instead"
HELPER = "a private function of scikit-learn"
FUNCTION = "a public function of scikit-learn, without counterpart"
# Tests without the class KMeans, and what they are about.
NOT_ABOUT_KMEANS = {
    "test_relocate_empty_clusters": HELPER,
    "test_minibatch_update_consistency": HELPER,
    "test_minibatch_kmeans_partial_fit_init": MINI_BATCH,
    "test_minibatch_kmeans_verbose": MINI_BATCH,
    "test_minibatch_kmeans_warning_init_size": MINI_BATCH,
    "test_minibatch_sensible_reassign": MINI_BATCH,
    "test_minibatch_reassign": HELPER,
    "test_minibatch_with_many_reassignments": MINI_BATCH,
    "test_minibatch_kmeans_init_size": MINI_BATCH,
    "test_minibatch_declared_convergence": MINI_BATCH,
    "test_minibatch_iter_steps": MINI_BATCH,
    "test_k_means_function": FUNCTION,
    "test_euclidean_distance": HELPER,
    "test_inertia": HELPER,
    "test_kmeans_plusplus_wrong_params": FUNCTION,
    "test_kmeans_plusplus_output": FUNCTION,
    "test_kmeans_plusplus_norms": FUNCTION,
    "test_kmeans_plusplus_dataorder": FUNCTION,
    "test_is_same_clustering": HELPER,
}


class RunCounter:
    """Counts the runs of a fit."""

    n_runs = 0

    def setup(self, estimator, context):
        pass

    def teardown(self, estimator, context):
        pass

    def on_fit_task_begin(self, estimator, context):
        self.n_runs += context.task_name == "run"

    def on_fit_task_end(self, estimator, context):
        return False


class IoUKMeans(BaseEstimator):
    """`skanchors.IoUKMeans` with the parameters and the world of `KMeans`.

    Boxes have no sides below 0, so data that have are moved; squared Euclidean
    distances stay as they are. Distances are given as `KMeans` does, not squared.
    """

    def __init__(
        self,
        n_clusters=8,
        *,
        init="k-means++",
        n_init="auto",
        max_iter=300,
        tol=1e-4,
        verbose=0,
        random_state=None,
        copy_x=True,
        algorithm="lloyd",
    ):
        self.n_clusters = n_clusters
        self.init = init
        self.n_init = n_init
        self.max_iter = max_iter
        self.tol = tol
        self.verbose = verbose
        self.random_state = random_state
        self.copy_x = copy_x
        self.algorithm = algorithm

    def fit(self, X, y=None, sample_weight=None):
        self._origin = np.zeros(X.shape[1], dtype=int)
        if not issparse(X) and np.min(X) < 0:
            self._origin = np.floor(X.min(axis=0)).astype(int) - 8
        init = self.init
        if callable(init):
            init = self._draw
        elif not isinstance(init, str):
            init = np.asarray(init) - self._origin[: np.shape(init)[1]]
        self._kmeans = skanchors.IoUKMeans(
            self.n_clusters,
            metric="sqeuclidean",
            init=init,
            n_init=self.n_init,
            max_iter=self.max_iter,
            tol=self.tol,
            verbose=2 * self.verbose,
            random_state=self.random_state,
        )
        counter = RunCounter()
        self._kmeans.set_callbacks(counter)
        self._kmeans.fit(self._moved(X), sample_weight=sample_weight)
        self._kmeans.set_callbacks()
        self._n_init = counter.n_runs
        self.labels_ = self._kmeans.labels_
        self.n_iter_ = self._kmeans.n_iter_
        self.inertia_ = self._kmeans.inertia_
        return self

    def _draw(self, X, n_clusters, random_state):
        drawn = self.init(X + self._origin, n_clusters, random_state=random_state)
        return drawn - self._origin[: drawn.shape[1]]

    def _moved(self, X):
        return (X - self._origin).astype(X.dtype) if self._origin.any() else X

    @property
    def cluster_centers_(self):
        centers = self._kmeans.cluster_centers_
        return (centers + self._origin).astype(centers.dtype)

    @cluster_centers_.setter
    def cluster_centers_(self, centers):
        self._kmeans.cluster_centers_ = self._moved(centers)
        self._kmeans.cluster_centers_.setflags(write=False)

    def predict(self, X):
        return self._kmeans.predict(self._moved(X))

    def fit_predict(self, X, sample_weight=None):
        return self.fit(X, sample_weight=sample_weight).labels_

    def transform(self, X):
        return np.sqrt(self._kmeans.transform(self._moved(X)))

    def fit_transform(self, X):
        return self.fit(X).transform(X)

    def score(self, X):
        return -float((self.transform(X).min(axis=1) ** 2).sum())

    def get_feature_names_out(self):
        return self._kmeans.get_feature_names_out()


def load():
    """The tests of scikit-learn's module by name, made with the substitute."""
    spec = importlib.util.spec_from_file_location("substituted_test_k_means", SOURCE)
    module = importlib.util.module_from_spec(spec)
    with mock.patch.object(sklearn.cluster, "KMeans", IoUKMeans):
        spec.loader.exec_module(module)
    return {
        name: test for name, test in vars(module).items() if name.startswith("test_")
    }


def parameters(test):
    """One dictionary for each case that the test is parametrized with."""
    cases = [{}]
    for mark in getattr(test, "pytestmark", []):
        if mark.name == "parametrize":
            names, values = mark.args
            names = [name.strip() for name in names.split(",")]
            rows = [value if len(names) > 1 else (value,) for value in values]
            cases = [
                {**case, **dict(zip(names, row, strict=True))}
                for case, row in itertools.product(cases, rows)
            ]
    return cases


def is_about_kmeans(test):
    """Whether it makes the substitute, by its name or from a parameter."""
    return "KMeans" in test.__code__.co_names or any(
        value is IoUKMeans for case in parameters(test) for value in case.values()
    )


def is_sparse(value):
    return issparse(value) or (
        isinstance(value, type) and value.__module__.startswith("scipy.sparse")
    )


def cases():
    """Those for another class or algorithm are not among them."""
    for name, test in TESTS.items():
        if not is_about_kmeans(test):
            continue
        for number, case in enumerate(parameters(test)):
            values = list(case.values())
            if any(value is sklearn.cluster.MiniBatchKMeans for value in values):
                continue
            if any(isinstance(value, str) and value == "elkan" for value in values):
                continue
            marks = []
            if name in LEFT_OUT:
                marks = [pytest.mark.xfail(reason=LEFT_OUT[name], strict=True)]
            elif any(is_sparse(value) for value in values):
                # The latter where the test waits for a warning meanwhile.
                errors = (TypeError, pytest.fail.Exception)
                reason = "boxes are dense: sparse data are an error"
                marks = [pytest.mark.xfail(reason=reason, raises=errors, strict=True)]
            yield pytest.param(name, case, id=f"{name}-{number}", marks=marks)


TESTS = load()


@pytest.mark.parametrize("name, case", list(cases()))
def test_of_scikit_learn(name, case, request):
    test = TESTS[name]
    fixtures = {"global_random_seed": 42, "global_dtype": np.float32}
    for argument in inspect.signature(test).parameters:
        if argument in fixtures:
            case = {**case, argument: fixtures[argument]}
        elif argument not in case:
            case = {**case, argument: request.getfixturevalue(argument)}
    test(**case)


def test_no_entry_is_stale():
    """Nor is any test missing: what is about KMeans is run, the rest is listed."""
    about = {name for name, test in TESTS.items() if is_about_kmeans(test)}
    assert set(NOT_ABOUT_KMEANS) == set(TESTS) - about
    assert set(LEFT_OUT) <= about
