"""A TensorBoard server shows what TensorBoardLogger wrote."""

import json
import re
import subprocess
import sys
import time
import urllib.parse
import urllib.request

import pytest
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline

from skanchors import IoUKMeans, VOCBoxExtractor
from skanchors.callbacks import TensorBoardLogger
from skanchors.datasets import load_sample_paths
from skanchors.model_selection import anchor_scorer

pytest.importorskip("tensorboard", reason="tensorboard serves the logs")
pytest.importorskip("matplotlib")

KS = [2, 3, 4]
_PATIENCE = 90
# Loopback must not go through a proxy.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@pytest.fixture(scope="module")
def logged(tmp_path_factory):
    """A folder of logs, and the search they are of."""
    folder = tmp_path_factory.mktemp("logs")
    pipe = Pipeline([("boxes", VOCBoxExtractor()), ("km", IoUKMeans(random_state=0))])
    search = GridSearchCV(
        pipe.set_params(km__init="random", km__n_init=2),
        {"km__n_clusters": KS},
        scoring=anchor_scorer,
        refit="mean_iou",
        return_train_score=True,
        cv=2,
    )
    search.set_callbacks(TensorBoardLogger(folder)).fit(load_sample_paths()[:60])
    pipe.set_callbacks(TensorBoardLogger(folder)).fit(load_sample_paths()[:60])
    return folder, search


@pytest.fixture(scope="module")
def ask(logged, tmp_path_factory):
    """Function that asks a running server for a page of its API."""
    output = tmp_path_factory.mktemp("server") / "output"
    command = [sys.executable, "-m", "tensorboard.main", "--logdir", str(logged[0])]
    # The fast loader is a process of its own, which would outlive a killed test.
    command += ["--host", "127.0.0.1", "--port", "0", "--load_fast", "false"]
    with output.open("w") as file:
        server = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)
    try:
        address = _wait(
            lambda: re.search(r"http://[\d.:]+", output.read_text()), server
        )

        def ask(page, body=None, **query):
            url = f"{address[0]}/data/{page}?{urllib.parse.urlencode(query)}"
            data = None if body is None else json.dumps(body).encode()
            headers = {"Content-Type": "application/json"}
            request = urllib.request.Request(url, data, headers)
            with _OPENER.open(request, timeout=30) as response:
                content = response.read()
            is_json = response.headers.get_content_type() == "application/json"
            return json.loads(content) if is_json else content

        # Runs are known before all that they hold; those of the second fit are last.
        _wait(lambda: "fit_002/anchors" in ask("plugin/text/tags"), server)
        _wait(lambda: "fit_002/anchors" in ask("plugin/images/tags"), server)
        yield ask
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait(condition, server):
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if server.poll() is not None:
            pytest.fail(f"tensorboard ended with code {server.returncode}")
        if found := condition():
            return found
        time.sleep(0.2)
    return pytest.fail(f"tensorboard did not get ready in {_PATIENCE} s")


def test_scalars_over_k(ask, logged):
    table = logged[1].cv_results_
    for part in ("train", "test"):
        for metric in ("mean_iou", "silhouette", "best_possible_recall"):
            found = ask(
                "plugin/scalars/scalars",
                run=f"fit_001/{part}",
                tag=f"over_k/{metric}",
            )
            assert [step for _, step, _ in found] == KS
            assert [value for *_, value in found] == pytest.approx(
                list(table[f"mean_{part}_{metric}"]), rel=1e-6
            )


def test_one_chart_shows_all_scores_over_k(ask):
    [category] = ask("plugin/custom_scalars/layout")["category"]
    [chart] = category["chart"]
    [pattern] = chart["multiline"]["tag"]
    curves = set()
    for part in ("train", "test"):
        answer = ask(
            "plugin/custom_scalars/scalars", run=f"fit_001/{part}", tag=pattern
        )
        curves |= {(part, tag) for tag in answer["tag_to_events"]}
    assert curves == {
        (part, f"over_k/{metric}")
        for part in ("train", "test")
        for metric in ("mean_iou", "silhouette", "best_possible_recall")
    }


def test_iterations_of_restarts(ask):
    tags = ask("plugin/scalars/tags")
    for i in range(2):
        assert list(tags[f"fit_002/iterations/restart_{i}"]) == ["iterations/mean_iou"]
        assert len(tags[f"fit_001/iterations/candidate_00{i}"]) == 4


def test_image(ask):
    [image] = ask(
        "plugin/images/images", run="fit_001/anchors", tag="clusters", sample=0
    )
    query = dict(urllib.parse.parse_qsl(image["query"]))
    png = ask("plugin/images/individualImage", **query)
    assert png.startswith(b"\x89PNG")
    size = int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
    assert size == (740, 520)


def test_text(ask, logged):
    [entry] = ask("plugin/text/text", run="fit_001/anchors", tag="anchors")
    width, height = logged[1].best_estimator_[-1].cluster_centers_[0]
    assert entry["text"].startswith("<table>")
    assert f"<td>{width:.4g}</td>\n<td>{height:.4g}</td>" in entry["text"]


def test_histograms(ask):
    tags = ask("plugin/histograms/tags")["fit_002/anchors"]
    assert set(tags) == {"best_iou", "box_size/width", "box_size/height"}
    [[_, _, buckets]] = ask(
        "plugin/histograms/histograms", run="fit_002/anchors", tag="best_iou"
    )
    assert sum(count for _, _, count in buckets) > 60
    assert buckets[-1][1] <= 1


def test_graph(ask):
    assert ask("plugin/graphs/info")["fit_001"]["run_graph"] is True
    text = ask("plugin/graphs/graph", run="fit_001").decode()
    assert re.findall(r'^  (?:name|op|input): "(.*)"', text, re.MULTILINE) == [
        *("X", "Input"),
        *("boxes/VOCBoxExtractor", "VOCBoxExtractor", "X"),
        *("km/IoUKMeans", "IoUKMeans", "boxes/VOCBoxExtractor"),
    ]


def test_hyperparameters(ask):
    experiment = ask("plugin/hparams/experiment", body={"experimentName": ""})
    assert "km__n_clusters" in {info["name"] for info in experiment["hparamInfos"]}
    metrics = {info["name"]["tag"] for info in experiment["metricInfos"]}
    assert {"final/test_mean_iou", "final/train_silhouette"} <= metrics
    assert not any(metric.startswith("iterations") for metric in metrics)
