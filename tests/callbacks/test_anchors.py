import io

import numpy as np
import pytest

from skanchors import IoUKMeans
from skanchors.callbacks._anchors import (
    anchors_table,
    clusters_picture,
    log_anchors,
    side_names,
)
from skanchors.callbacks._event_file import EventFile
from skanchors.datasets import make_boxes
from skanchors.metrics import best_possible_recall_score, mean_iou_score, pairwise_iou

X = make_boxes(300, random_state=0)


def cells(table):
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in table.splitlines()
    ]


def test_table_says_shares_and_mean_iou():
    anchors = np.array([[10.0, 20.0], [100.0, 50.0], [900.0, 900.0]])
    labels = np.array([0, 0, 0, 1])
    iou = np.array([0.5, 0.7, 0.9, 1.0])
    rows = cells(anchors_table(anchors, labels, iou, None))
    assert rows[0] == ["anchor", "width", "height", "share of boxes", "mean IoU"]
    assert rows[2:] == [
        ["0", "10", "20", "75.0%", "0.7000"],
        ["1", "100", "50", "25.0%", "1.0000"],
        ["2", "900", "900", "0.0%", "none"],
    ]


def test_table_counts_weights_like_repetition():
    rng = np.random.default_rng(0)
    anchors = rng.random((3, 3))
    labels, iou = rng.integers(3, size=20), rng.random(20)
    weight = rng.integers(0, 4, size=20)
    weighted = anchors_table(anchors, labels, iou, weight.astype(float))
    repeated = anchors_table(
        anchors, np.repeat(labels, weight), np.repeat(iou, weight), None
    )
    assert weighted == repeated


def test_side_names():
    assert side_names(2) == ["width", "height"]
    assert side_names(3) == ["width", "height", "depth"]
    assert side_names(4) == ["side_0", "side_1", "side_2", "side_3"]


def test_picture_is_a_png_of_the_size_it_says():
    image_module = pytest.importorskip("PIL.Image")
    pytest.importorskip("matplotlib")
    km = IoUKMeans(4, random_state=0).fit(X)
    png, width, height = clusters_picture(X, km.cluster_centers_, km.labels_)
    image = image_module.open(io.BytesIO(png))
    assert image.size == (width, height)
    assert len(np.unique(np.asarray(image).reshape(-1, 4), axis=0)) > 50


def test_picture_leaves_pyplot_alone():
    pyplot = pytest.importorskip("matplotlib.pyplot")
    before = pyplot.get_fignums()
    clusters_picture(X, X[:3], np.zeros(len(X), dtype=int))
    assert pyplot.get_fignums() == before


def test_what_is_logged_is_that_of_the_anchors(tmp_path, read):
    pytest.importorskip("matplotlib")
    weight = np.random.default_rng(1).random(len(X))
    km = IoUKMeans(4, random_state=0).fit(X, sample_weight=weight)
    log_anchors(EventFile(tmp_path, 1), km, X, weight, session="s")
    found = read(tmp_path)
    iou = pairwise_iou(X, km.cluster_centers_).max(axis=1)
    histogram = found.Histograms("best_iou")[0].histogram_value
    assert histogram.num == pytest.approx(weight.sum())
    assert histogram.sum / histogram.num == pytest.approx(km.mean_iou_)
    assert (histogram.min, histogram.max) == pytest.approx((iou.min(), iou.max()))
    assert found.Histograms("box_size/width")[0].histogram_value.max == X[:, 0].max()
    assert found.Histograms("box_size/height")[0].histogram_value.max == X[:, 1].max()
    [score] = found.Scalars("final/train_mean_iou")
    assert score.step == 4
    assert score.value == pytest.approx(
        mean_iou_score(X, km.cluster_centers_, sample_weight=weight)
    )
    [recall] = found.Scalars("final/train_best_possible_recall")
    assert recall.value == pytest.approx(
        best_possible_recall_score(X, km.cluster_centers_, sample_weight=weight)
    )
    assert found.Tags()["images"] == ["clusters"]


def test_boxes_of_three_sides_have_no_picture(tmp_path, read):
    boxes = np.random.default_rng(0).random((50, 3))
    km = IoUKMeans(3, random_state=0).fit(boxes)
    log_anchors(EventFile(tmp_path, 1), km, boxes, None, session=None)
    tags = read(tmp_path).Tags()
    assert tags["images"] == []
    assert "box_size/depth" in tags["histograms"]
