"""What IoUKMeans tells callbacks, and whether it does what they ask for."""

import copy
import io
import pickle
import sys

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.callback import ProgressBar, ScoringMonitor
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline

from skanchors import IoUKMeans, VOCBoxExtractor
from skanchors.datasets import load_sample_paths, make_boxes

X = make_boxes(200, random_state=0)

STARTS = {
    "search": {},
    "search by medoids": {"center": "medoid"},
    "descents": {"init": "random", "n_init": 3},
    "medians": {"init": "random", "n_init": 3, "center": "median"},
    "array": {"init": X[:3]},
    "callable": {"init": lambda boxes, k, random_state: boxes[:k], "n_init": 2},
}


class Recorder:
    """Keeps all that it is told; may ask to stop, or fail."""

    def __init__(self, stop_at=None, fail_at=None):
        self.stop_at = stop_at
        self.fail_at = fail_at
        self.events = []
        self.scores = {}

    def setup(self, estimator, context):
        self.events.append("setup")

    def teardown(self, estimator, context):
        self.events.append("teardown")

    def on_fit_task_begin(self, estimator, context, *, X=None, metadata=None):
        self.events.append(("begin", context.task_name, context.task_id))
        self.begun = estimator, X, metadata
        self.max_subtasks = context.max_subtasks

    def on_fit_task_end(
        self, estimator, context, *, X=None, metadata=None, fitted_estimator=None
    ):
        self.events.append(("end", context.task_name, context.task_id))
        if context.task_name == self.fail_at:
            raise RuntimeError("told to fail")
        if fitted_estimator is None:
            return False
        weight = (metadata or {}).get("sample_weight")
        assert fitted_estimator is not estimator
        assert fitted_estimator.predict(X).shape == (len(X),)
        assert fitted_estimator.transform(X).shape == (len(X), estimator.n_clusters)
        score = fitted_estimator.score(X, sample_weight=weight)
        assert score == pytest.approx(fitted_estimator.mean_iou_, rel=1e-9)
        run = context.parent.task_id if context.task_name == "iteration" else None
        self.scores.setdefault(run, []).append(score)
        if run is None:
            self.final = fitted_estimator
        return self.stop_at == context.task_id


def fit(start, recorder, **kwargs):
    km = IoUKMeans(3, random_state=0, **STARTS[start]).set_callbacks(recorder)
    return km.fit(X, **kwargs)


@pytest.mark.parametrize("start", STARTS)
def test_tasks_are_nested_and_in_order(start):
    recorder = Recorder()
    km = fit(start, recorder)
    events = recorder.events
    assert events[:2] == ["setup", ("begin", "fit", 0)]
    assert events[-2:] == [("end", "fit", 0), "teardown"]
    is_open = []
    depth = {"fit": 0, "run": 1, "iteration": 2}
    for what, name, number in events[1:-1]:
        if what == "begin":
            assert len(is_open) == depth[name]
            is_open.append((name, number))
        else:
            assert is_open.pop() == (name, number)
    assert not is_open
    n_runs = {"descents": 3, "medians": 3, "callable": 2}.get(start, 1)
    runs = [event for event in events if event[:2] == ("begin", "run")]
    assert [number for *_, number in runs] == list(range(n_runs))
    best = max(
        max(scores) for run, scores in recorder.scores.items() if run is not None
    )
    assert km.mean_iou_ >= best - 1e-12


@pytest.mark.parametrize(
    ("init", "n_init", "expected"),
    [
        ("k-means++", "auto", 1),
        ("k-means++", 4, 4),
        ("random", "auto", 10),
        ("random", 2, 2),
        (STARTS["callable"]["init"], "auto", 10),
        (STARTS["callable"]["init"], 3, 3),
        (X[:3], "auto", 1),
    ],
)
def test_number_of_runs(init, n_init, expected):
    recorder = Recorder()
    km = IoUKMeans(3, init=init, n_init=n_init, center="median", random_state=0)
    km.set_callbacks(recorder).fit(X)
    assert sum(event[:2] == ("begin", "run") for event in recorder.events) == expected


@pytest.mark.parametrize("start", STARTS)
def test_fit_ends_when_the_estimator_is_complete(start):
    recorder = Recorder()
    km = fit(start, recorder)
    for name in ("cluster_centers_", "labels_", "inertia_", "mean_iou_", "n_iter_"):
        np.testing.assert_array_equal(getattr(recorder.final, name), getattr(km, name))


@pytest.mark.parametrize("start", STARTS)
def test_watching_changes_nothing(start):
    watched = fit(start, Recorder())
    plain = IoUKMeans(3, random_state=0, **STARTS[start]).fit(X)
    np.testing.assert_array_equal(watched.cluster_centers_, plain.cluster_centers_)
    np.testing.assert_array_equal(watched.labels_, plain.labels_)
    assert watched.n_iter_ == plain.n_iter_
    assert watched.inertia_ == plain.inertia_


@pytest.mark.parametrize("start", ["descents", "medians", "array"])
@pytest.mark.parametrize("stop_at", [0, 2])
def test_callback_stops_each_run(start, stop_at):
    recorder = Recorder(stop_at)
    km = fit(start, recorder)
    iterations = [
        len(scores) for run, scores in recorder.scores.items() if run is not None
    ]
    assert max(iterations) == stop_at + 1
    assert km.n_iter_ <= stop_at + 1
    assert recorder.events[-2:] == [("end", "fit", 0), "teardown"]
    # The best anchors until then are kept.
    best = max(
        max(scores) for run, scores in recorder.scores.items() if run is not None
    )
    assert km.mean_iou_ == pytest.approx(best, abs=1e-9)


def test_stop_holds_though_an_anchor_serves_no_box():
    far = np.vstack([X[:2], [[1e5, 1e5]]])
    recorder = Recorder(stop_at=0)
    IoUKMeans(3, init=far, center="medoid").set_callbacks(recorder).fit(X)
    assert len(recorder.scores[0]) == 1


def test_what_is_told_of_the_data():
    recorder = Recorder()
    km = fit("search", recorder)
    estimator, boxes, metadata = recorder.begun
    assert estimator is km
    np.testing.assert_array_equal(boxes, X)
    assert metadata is None
    weight = np.arange(len(X), dtype=float)
    fit("descents", recorder, sample_weight=weight)
    np.testing.assert_array_equal(recorder.begun[2]["sample_weight"], weight)


def test_too_few_distinct_boxes_are_a_fit_without_runs():
    recorder = Recorder()
    km = IoUKMeans(4).set_callbacks(recorder)
    with pytest.warns(ConvergenceWarning):
        km.fit(np.ones((5, 2)))
    assert recorder.events == [
        "setup",
        ("begin", "fit", 0),
        ("end", "fit", 0),
        "teardown",
    ]
    assert recorder.max_subtasks == 0
    assert recorder.scores[None] == [1.0]


def test_partial_fit_scores_all_boxes_so_far():
    recorder = Recorder()
    recorder.on_fit_task_end = lambda estimator, context: None
    km = IoUKMeans(3, random_state=0).set_callbacks(recorder)
    km.partial_fit(X[:100]).partial_fit(X[100:])
    assert recorder.events.count("teardown") == 2
    assert km.mean_iou_ == pytest.approx(km.score(X))


@pytest.mark.parametrize("fail_at", ["iteration", "run", "fit"])
def test_failure_tears_down_and_leaves_nothing(fail_at):
    recorder = Recorder(fail_at=fail_at)
    km = IoUKMeans(3, init="random", n_init=2, random_state=0).set_callbacks(recorder)
    with pytest.raises(RuntimeError, match="told to fail"):
        km.fit(X)
    assert recorder.events.count("teardown") == 1
    assert recorder.events[-1] == "teardown"
    assert {name for name in vars(km) if "callback" in name} == {"_skl_callbacks"}


def test_nothing_is_left_after_a_fit():
    plain = IoUKMeans(3, random_state=0).fit(X)
    assert not any("callback" in name for name in vars(plain))
    assert set(vars(fit("search", Recorder()))) - set(vars(plain)) == {"_skl_callbacks"}


@pytest.mark.parametrize(
    "duplicate", [clone, copy.deepcopy, lambda km: pickle.loads(pickle.dumps(km))]
)
def test_duplicates_call_back(duplicate):
    km = duplicate(fit("search", Recorder()))
    [recorder] = km._skl_callbacks
    recorder.events.clear()
    km.fit(X)
    assert recorder.events[0] == "setup"
    assert recorder.events[-1] == "teardown"


def pipeline():
    return Pipeline([("boxes", VOCBoxExtractor()), ("km", IoUKMeans(random_state=0))])


def searching(n_jobs):
    grid = {"km__n_clusters": [2, 3]}
    return GridSearchCV(pipeline(), grid, cv=2, n_jobs=n_jobs)


@pytest.mark.parametrize(
    ("estimator", "data", "bars"),
    [
        (IoUKMeans(3, init="random", n_init=3), X, 1 + 3),
        (pipeline(), load_sample_paths()[:40], 1 + 2 + 1),
        (searching(None), load_sample_paths()[:40], 2 + 5 * 4),
        (searching(2), load_sample_paths()[:40], 2 + 5 * 4),
    ],
    ids=["estimator", "pipeline", "search", "search in two processes"],
)
def test_progress_bars_reach_their_end(monkeypatch, estimator, data, bars):
    pytest.importorskip("rich")
    output = io.StringIO()
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(sys, "stdout", output)
    estimator.set_callbacks(ProgressBar(max_propagation_depth=None)).fit(data)
    last = output.getvalue().splitlines()
    assert sum("100%" in line for line in last) == bars
    assert len([line for line in last if " - " in line]) == bars


def test_runs_in_worker_processes_report():
    pytest.importorskip("rich")
    km = IoUKMeans(3, init="random", n_init=3, random_state=0)
    expected = clone(km).fit(X)
    with joblib.parallel_config("loky", n_jobs=2):
        km.set_callbacks(ProgressBar()).fit(X)
    np.testing.assert_array_equal(km.cluster_centers_, expected.cluster_centers_)


def test_scoring_monitor_logs_every_iteration():
    monitor = ScoringMonitor(scoring=lambda estimator, X, y: estimator.score(X))
    km = IoUKMeans(3, init="random", n_init=2, random_state=0)
    km.set_callbacks(monitor).fit(X)
    names = [row["task_name"] for row in monitor.get_logs().data]
    assert names.count("fit") == 1
    assert names.count("iteration") >= km.n_iter_
