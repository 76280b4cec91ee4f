"""TensorBoardLogger on estimators, Pipelines and searches, its files read back."""

import copy
import pickle
import sys
import threading

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.callback import AutoPropagatedCallback, FitCallback
from sklearn.exceptions import FitFailedWarning
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import Pipeline

from skanchors import IoUKMeans, VOCBoxExtractor
from skanchors.callbacks import TensorBoardLogger
from skanchors.callbacks._tensorboard import _new_folder
from skanchors.datasets import load_sample_paths, make_boxes
from skanchors.model_selection import anchor_scorer

pytest.importorskip("tensorboard")
pytest.importorskip("matplotlib")

X = make_boxes(120, random_state=0)
PATHS = load_sample_paths()[:60]


def make_search(n_jobs=None, **kwargs):
    pipe = Pipeline([("boxes", VOCBoxExtractor()), ("km", IoUKMeans(random_state=0))])
    grid = {"km__n_clusters": [2, 3, 4], "km__init": ["random"], "km__n_init": [2]}
    return GridSearchCV(
        pipe, grid, scoring=anchor_scorer, cv=2, n_jobs=n_jobs, **kwargs
    )


def contents(folder, read, runs):
    """Everything in the logs but for times."""
    found = {}
    for run in runs(folder):
        reader = read(folder / run)
        for tag in reader.Tags()["scalars"]:
            curve = [(event.step, event.value) for event in reader.Scalars(tag)]
            found[run, tag] = curve
        for tag in reader.Tags()["histograms"]:
            found[run, tag] = reader.Histograms(tag)[0].histogram_value
        for tag in reader.Tags()["images"]:
            found[run, tag] = reader.Images(tag)[0].encoded_image_string
        if (run, "anchors") not in found and "anchors" in reader.Tags()["tensors"]:
            found[run, "anchors"] = reader.Tensors("anchors")[0].tensor_proto.string_val
    return found


class Iterations:
    """Records what TensorBoardLogger should log."""

    def __init__(self):
        self.curves = {}

    def setup(self, estimator, context):
        pass

    def teardown(self, estimator, context):
        pass

    def on_fit_task_begin(self, estimator, context):
        pass

    def on_fit_task_end(self, estimator, context, *, fitted_estimator=None):
        if context.task_name == "iteration":
            curve = self.curves.setdefault(context.parent.task_id, [])
            curve.append((context.task_id, fitted_estimator.score(X)))


def test_follows_the_protocol(tmp_path):
    logger = TensorBoardLogger(tmp_path)
    assert isinstance(logger, FitCallback)
    assert isinstance(logger, AutoPropagatedCallback)
    assert repr(logger) == f"TensorBoardLogger({tmp_path!r})"


@pytest.mark.parametrize("center", ["auto", "median"])
@pytest.mark.usefixtures("no_picture")
def test_logs_every_iteration_of_every_restart(tmp_path, read, runs, center):
    witness = Iterations()
    km = IoUKMeans(3, init="random", n_init=3, center=center, random_state=0)
    km.set_callbacks(witness, TensorBoardLogger(tmp_path)).fit(X)
    assert runs(tmp_path) == {
        "fit_001",
        "fit_001/anchors",
        *(f"fit_001/iterations/restart_{i}" for i in range(3)),
    }
    for i in range(3):
        reader = read(tmp_path / f"fit_001/iterations/restart_{i}")
        found = reader.Scalars("iterations/mean_iou")
        steps, values = zip(*witness.curves[i], strict=True)
        assert tuple(event.step for event in found) == steps
        np.testing.assert_allclose([event.value for event in found], values, rtol=1e-6)


@pytest.mark.usefixtures("no_picture")
def test_one_run_has_no_number(tmp_path, runs):
    IoUKMeans(3, random_state=0).set_callbacks(TensorBoardLogger(tmp_path)).fit(X)
    assert "fit_001/iterations" in runs(tmp_path)


def test_changes_nothing_about_the_fit_and_leaves_nothing(tmp_path):
    logger = TensorBoardLogger(tmp_path)
    plain = IoUKMeans(4, random_state=0).fit(X)
    logged = IoUKMeans(4, random_state=0).set_callbacks(logger).fit(X)
    np.testing.assert_array_equal(logged.cluster_centers_, plain.cluster_centers_)
    assert set(vars(logged)) - set(vars(plain)) == {"_skl_callbacks"}
    assert vars(logger) == {"log_dir": tmp_path, "_fits": {}}


def test_weights_count(tmp_path, read):
    weight = np.arange(len(X), dtype=float)
    km = IoUKMeans(3, random_state=0).set_callbacks(TensorBoardLogger(tmp_path))
    km.fit(X, sample_weight=weight)
    reader = read(tmp_path / "fit_001/anchors")
    assert reader.Histograms("best_iou")[0].histogram_value.num == weight.sum()
    [score] = reader.Scalars("final/train_mean_iou")
    assert score.value == pytest.approx(km.score(X, sample_weight=weight))
    last = read(tmp_path / "fit_001/iterations").Scalars("iterations/mean_iou")[-1]
    assert last.value == pytest.approx(score.value, abs=1e-6)


def test_fit_of_too_few_boxes_is_logged(tmp_path, runs):
    km = IoUKMeans(4).set_callbacks(TensorBoardLogger(tmp_path))
    with pytest.warns(UserWarning, match="distinct clusters"):
        km.fit(np.ones((5, 2)))
    assert runs(tmp_path) == {"fit_001", "fit_001/anchors"}


def test_partial_fit_is_logged(tmp_path, read):
    km = IoUKMeans(3, random_state=0).set_callbacks(TensorBoardLogger(tmp_path))
    km.partial_fit(X[:60]).partial_fit(X[60:])
    [score] = read(tmp_path / "fit_002/anchors").Scalars("final/train_mean_iou")
    assert score.value == pytest.approx(km.score(X))


@pytest.mark.parametrize("method", ["fit", "fit_predict", "fit_transform"])
def test_pipeline(tmp_path, read, runs, method):
    pipe = Pipeline([("boxes", VOCBoxExtractor()), ("km", IoUKMeans(3))])
    getattr(pipe.set_callbacks(TensorBoardLogger(tmp_path)), method)(PATHS)
    assert runs(tmp_path) == {"fit_001", "fit_001/anchors", "fit_001/iterations"}
    graph = read(tmp_path / "fit_001").Graph()
    assert [node.name for node in graph.node] == [
        "X",
        "boxes/VOCBoxExtractor",
        "km/IoUKMeans",
    ]


@pytest.mark.usefixtures("no_picture")
def test_two_clusterers_of_a_pipeline_do_not_mix(tmp_path, runs):
    distances = IoUKMeans(2, random_state=0)
    pipe = Pipeline([("first", distances), ("second", IoUKMeans(3, random_state=0))])
    pipe.set_callbacks(TensorBoardLogger(tmp_path)).fit(X)
    assert runs(tmp_path) == {
        "fit_001",
        "fit_001/anchors",
        "fit_001/anchors/first",
        "fit_001/iterations",
        "fit_001/iterations/first",
    }


@pytest.mark.usefixtures("no_picture")
def test_search_logs_its_scores_over_k(tmp_path, read, runs):
    search = make_search(refit="mean_iou", return_train_score=True)
    search.set_callbacks(TensorBoardLogger(tmp_path)).fit(PATHS)
    table = search.cv_results_
    assert runs(tmp_path) == {
        "fit_001",
        "fit_001/anchors",
        "fit_001/train",
        "fit_001/test",
        "fit_001/iterations/refit",
        *(f"fit_001/candidate_{i:03}" for i in range(3)),
        *(f"fit_001/iterations/candidate_{i:03}" for i in range(3)),
    }
    for part in ("train", "test"):
        reader = read(tmp_path / "fit_001" / part)
        for metric in ("mean_iou", "silhouette", "best_possible_recall"):
            curve = reader.Scalars(f"over_k/{metric}")
            assert [event.step for event in curve] == [2, 3, 4]
            np.testing.assert_allclose(
                [event.value for event in curve],
                table[f"mean_{part}_{metric}"],
                rtol=1e-6,
            )
    tags = read(tmp_path / "fit_001/iterations/candidate_001").Tags()["scalars"]
    assert sorted(tags) == [
        f"iterations/split_{split}/restart_{restart}/mean_iou"
        for split in range(2)
        for restart in range(2)
    ]
    assert not hasattr(search.best_estimator_, "_skl_callbacks")
    assert not hasattr(search.best_estimator_[-1], "_parent_callback_ctx")


@pytest.mark.usefixtures("no_picture")
def test_scores_of_iterations_belong_to_their_candidate(tmp_path, read):
    search = make_search(refit=False, return_train_score=True)
    search.set_callbacks(TensorBoardLogger(tmp_path)).fit(PATHS)
    for i in range(3):
        reader = read(tmp_path / f"fit_001/iterations/candidate_{i:03}")
        for split in range(2):
            last = [
                reader.Scalars(f"iterations/split_{split}/restart_{j}/mean_iou")[-1]
                for j in range(2)
            ]
            expected = search.cv_results_[f"split{split}_train_mean_iou"][i]
            assert max(event.value for event in last) == pytest.approx(
                expected, abs=1e-4
            )


def test_parallel_search_logs_the_same(tmp_path, read, runs):
    logs = {}
    for backend, n_jobs in (("threading", 1), ("threading", 2), ("loky", 2)):
        folder = tmp_path / f"{backend} {n_jobs}"
        search = make_search(n_jobs, refit="mean_iou", return_train_score=True)
        search.set_callbacks(TensorBoardLogger(folder))
        with joblib.parallel_config(backend):
            search.fit(PATHS)
        logs[folder.name] = contents(folder, read, runs)
    expected = logs.pop("threading 1")
    for name, found in logs.items():
        assert found.keys() == expected.keys(), name
        for key in expected:
            assert found[key] == expected[key], (name, key)


def test_restarts_in_worker_processes_log_the_same(tmp_path, read, runs):
    logs = []
    for n_jobs in (1, 2):
        km = IoUKMeans(3, init="random", n_init=3, random_state=0)
        km.set_callbacks(TensorBoardLogger(tmp_path / str(n_jobs)))
        with joblib.parallel_config("loky", n_jobs=n_jobs):
            km.fit(X)
        logs.append(contents(tmp_path / str(n_jobs), read, runs))
    assert logs[0] == logs[1]


@pytest.mark.usefixtures("no_picture")
def test_fits_follow_one_another_in_folders_of_their_own(tmp_path, runs):
    logger = TensorBoardLogger(tmp_path)
    km = IoUKMeans(3, random_state=0).set_callbacks(logger)
    copies = [km, clone(km), pickle.loads(pickle.dumps(km)), copy.deepcopy(km)]
    for estimator in copies:
        estimator.fit(X)
    assert {run.partition("/")[0] for run in runs(tmp_path)} == {
        f"fit_{i:03}" for i in range(1, 5)
    }


def test_fits_at_once_have_folders_of_their_own(tmp_path, runs):
    km = IoUKMeans(2, random_state=0).set_callbacks(TensorBoardLogger(tmp_path))
    # cross_val_score knows no callbacks: each clone is an outermost estimator.
    cross_val_score(km, X, cv=4, n_jobs=2)
    assert {run.partition("/")[0] for run in runs(tmp_path)} == {
        f"fit_{i:03}" for i in range(1, 5)
    }


def test_no_two_get_the_same_folder(tmp_path):
    found = []
    threads = [
        threading.Thread(
            target=lambda: found.extend(_new_folder(tmp_path) for _ in range(20))
        )
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == len(set(found)) == 80


@pytest.mark.usefixtures("no_picture")
def test_folders_of_others_are_left_alone(tmp_path):
    names = {"fit_007", "fit_old", "other"}
    for name in names:
        (tmp_path / name).mkdir()
    IoUKMeans(2, n_init=1).set_callbacks(TensorBoardLogger(tmp_path)).fit(X)
    assert {path.name for path in tmp_path.iterdir()} == {*names, "fit_008"}


def test_failure_is_forgotten(tmp_path, read):
    def fail(boxes, n_clusters, random_state):
        raise RuntimeError("no start")

    logger = TensorBoardLogger(tmp_path)
    km = IoUKMeans(3, init=fail).set_callbacks(logger)
    with pytest.raises(RuntimeError, match="no start"):
        km.fit(X)
    assert logger._fits == {}
    assert not any("callback" in name for name in set(vars(km)) - {"_skl_callbacks"})
    assert len(read(tmp_path / "fit_001").Graph().node) == 2
    km.set_params(init="random").fit(X)
    assert (tmp_path / "fit_002" / "anchors").is_dir()


@pytest.mark.usefixtures("no_picture")
def test_failing_candidate_does_not_stop_the_search(tmp_path, read):
    search = make_search(refit=False, error_score=np.nan)
    search.set_params(param_grid={"km__n_clusters": [2, 10_000]})
    search.set_callbacks(TensorBoardLogger(tmp_path))
    with (
        pytest.warns(FitFailedWarning),
        pytest.warns(UserWarning, match="test scores are non-finite"),
    ):
        search.fit(PATHS)
    curve = read(tmp_path / "fit_001/test").Scalars("over_k/mean_iou")
    assert [event.step for event in curve] == [2]


@pytest.mark.usefixtures("no_picture")
def test_hyperparameters_name_what_was_searched(tmp_path, read):
    metadata = pytest.importorskip("tensorboard.plugins.hparams.metadata")
    make_search(refit=False).set_callbacks(TensorBoardLogger(tmp_path)).fit(PATHS)
    content = read(tmp_path / "fit_001/candidate_002").PluginTagToContent("hparams")
    start = metadata.parse_session_start_info_plugin_data(
        content[metadata.SESSION_START_INFO_TAG]
    )
    assert set(start.hparams) == {"km__n_clusters", "km__init", "km__n_init"}
    assert start.hparams["km__n_clusters"].number_value == 4


@pytest.mark.parametrize("module", ["tensorboard", "matplotlib"])
def test_absence_is_explained_before_the_fit(monkeypatch, tmp_path, module):
    for name in list(sys.modules):
        if name.partition(".")[0] == module:
            monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ImportError, match=rf"{module}.*skanchors\[tensorboard\]"):
        TensorBoardLogger(tmp_path)


def test_log_dir_is_local():
    with pytest.raises(ValueError, match="local folder, got 's3://bucket'"):
        TensorBoardLogger("s3://bucket")
    with pytest.raises(TypeError):
        TensorBoardLogger(None)


def test_log_dir_that_is_a_file(tmp_path):
    (tmp_path / "logs").write_text("")
    km = IoUKMeans(3).set_callbacks(TensorBoardLogger(tmp_path / "logs"))
    with pytest.raises(FileExistsError, match="logs"):
        km.fit(X)
