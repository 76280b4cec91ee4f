"""The report on anchors."""

import json
import sys

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from skanchors import IoUKMeans
from skanchors.annotations import read_annotations
from skanchors.datasets import load_sample_paths
from skanchors.export import AnchorSet, default_anchor_names, default_anchors
from skanchors.inspection import (
    AnchorClustersDisplay,
    IoUDistributionDisplay,
    anchor_report,
)
from skanchors.metrics import (
    anchors_above_threshold_score,
    best_possible_recall_score,
    mean_iou_score,
    pairwise_iou,
)

ANCHORS = np.array([[10.0, 20], [60, 30], [120, 130], [900, 900]])


@pytest.fixture(scope="module")
def content(report_data):
    return anchor_report(
        anchors=ANCHORS, strides=(8, 16), n_worst=5, output_dict=True, **report_data
    )


def test_scores_equal_the_metrics(report_data, content):
    X = report_data["X"]
    assert content["mean_iou"] == pytest.approx(mean_iou_score(X, ANCHORS))
    assert (content["n_boxes"], content["n_images"]) == (200, 67)
    assert [row["threshold"] for row in content["thresholds"]] == [1.5, 2, 3, 4]
    for row in content["thresholds"]:
        threshold = row["threshold"]
        assert row["best_possible_recall"] == best_possible_recall_score(
            X, ANCHORS, threshold=threshold
        )
        assert row["anchors_above_threshold"] == anchors_above_threshold_score(
            X, ANCHORS, threshold=threshold
        )


def test_thresholds_by_hand():
    """As in YOLOv5: a side ratio of exactly the threshold is no match."""
    X = [[40, 10], [39, 10], [10, 10], [2, 10]]
    (row,) = anchor_report(X, [[10, 10], [20, 10]], thresholds=4, output_dict=True)[
        "thresholds"
    ]
    # The first box matches the second anchor alone, the next two both, the last none.
    assert row["best_possible_recall"] == 3 / 4
    assert row["anchors_above_threshold"] == 5 / 4


def test_anchors_equal_brute_force(report_data, content):
    iou = pairwise_iou(report_data["X"], ANCHORS)
    nearest = iou.argmax(axis=1)
    for i, row in enumerate(content["anchors"]):
        served = iou[nearest == i, i]
        assert row["sides"] == ANCHORS[i].tolist()
        assert row["n_boxes"] == len(served)
        assert row["share"] == len(served) / 200
        assert row["mean_iou"] == (
            pytest.approx(served.mean()) if len(served) else None
        )
        assert row["aspect_ratio"] == ANCHORS[i, 0] / ANCHORS[i, 1]
    assert content["unused"] == [3]
    assert content["aspect_ratios"] == {
        "fitted": [0.5, 2.0, 120 / 130, 1.0],
        "sorted": [0.5, 120 / 130, 1.0, 2.0],
    }


def test_groups_equal_the_scores_of_their_boxes(report_data, content):
    X, labels = report_data["X"], report_data["labels"]
    area = X.prod(axis=1)
    size = np.where(area < 1024, "small", np.where(area < 9216, "medium", "large"))
    for part, key, values in (("classes", "class", labels), ("sizes", "size", size)):
        assert sum(row["n_boxes"] for row in content[part]) == 200
        assert sum(row["share"] for row in content[part]) == pytest.approx(1)
        for row in content[part]:
            boxes = X[values == row[key]]
            assert row["n_boxes"] == len(boxes) > 0
            assert row["mean_iou"] == pytest.approx(mean_iou_score(boxes, ANCHORS))
            assert row["best_possible_recall"] == pytest.approx(
                best_possible_recall_score(boxes, ANCHORS)
            )
    assert [row["size"] for row in content["sizes"]] == ["small", "medium", "large"]


def test_the_worst_boxes_come_with_their_files(report_data, content):
    best = pairwise_iou(report_data["X"], ANCHORS).max(axis=1)
    assert [row["iou"] for row in content["worst"]] == pytest.approx(np.sort(best)[:5])
    for row in content["worst"]:
        i = row["row"]
        assert row["iou"] == pytest.approx(best[i])
        assert row["path"] == report_data["paths"][i]
        assert row["image"] == report_data["image_ids"][i]
        assert row["class"] == report_data["labels"][i]
        assert row["sides"] == report_data["X"][i].tolist()


def test_sizes_need_pixels():
    X, anchors = np.array([[0.1, 0.2], [0.5, 0.5]]), [[0.2, 0.2]]
    assert "sizes" not in anchor_report(X, anchors, output_dict=True)
    content = anchor_report(X, anchors, pixel_areas=[1023, 9216], output_dict=True)
    assert [row["n_boxes"] for row in content["sizes"]] == [1, 0, 1]
    assert content["sizes"][1]["mean_iou"] is None


def test_size_in_strides_by_hand(content):
    # Square roots of the areas 200, 1800, 15600, 810000; two anchors a level.
    sizes = [200**0.5 / 8, 1800**0.5 / 8, 15600**0.5 / 16, 900 / 16]
    assert [row["size_in_strides"] for row in content["anchors"]] == pytest.approx(
        sizes
    )
    assert [row["stride"] for row in content["anchors"]] == [8, 8, 16, 16]
    assert content["off_stride"] == content["too_large"] == [3]
    assert content["too_small"] == []


def test_one_range_of_strides_everywhere(content):
    """What is warned of when anchors are written is what the report names."""
    assert content["stride_range"] == [0.5, 16.0]
    # One leaves an anchor out of its levels; the other has all sizes on one level.
    odd = {"yolov4-tiny", "detectron2-faster-rcnn-c4"}
    for name in set(default_anchor_names()) - odd:
        given = default_anchors(name)
        report = anchor_report(
            [[50, 50]], given, strides=given.strides, levels=given.levels
        )
        assert report.content["off_stride"] == [], name
    narrow = anchor_report([[9, 9]], ANCHORS, strides=[64], stride_range=(0.5, 3))
    assert narrow.content["too_small"] == [0]
    assert "Too small for its level (below 0.5 strides): anchor 0." in str(narrow)


def test_levels_may_be_given_or_are_shared_out_by_size():
    X = [[10, 10]]
    order = [2, 0, 3, 1]
    shuffled = anchor_report(X, ANCHORS[order], strides=(16, 8), output_dict=True)
    assert [row["stride"] for row in shuffled["anchors"]] == [16, 8, 16, 8]
    given = anchor_report(
        X,
        ANCHORS,
        strides=(8, 64),
        levels=((0,), (1, 2, 3)),
        stride_range=(0.5, 16),
        output_dict=True,
    )
    assert [row["stride"] for row in given["anchors"]] == [8, 64, 64, 64]
    assert given["off_stride"] == []


def test_other_numbers_of_sides_and_zero_sides():
    content = anchor_report([[1, 2, 3], [0, 0, 0]], [[1, 2, 3]], output_dict=True)
    assert content["mean_iou"] == 0.5
    assert "aspect_ratios" not in content
    assert "size" in str(anchor_report([[1, 2, 3]], [[1, 2, 3]], strides=[1]))
    flat = anchor_report([[1, 2]], [[1, 0], [1, 2]], output_dict=True)
    assert flat["aspect_ratios"] == {"fitted": [None, 0.5], "sorted": [0.5]}
    assert "w/h, fitted: - 0.50" in str(anchor_report([[1, 2]], [[1, 0], [1, 2]]))


def test_json(content):
    assert json.loads(json.dumps(content)) == content


def test_pandas(report_data):
    pytest.importorskip("pandas")
    report = anchor_report(anchors=ANCHORS, **report_data)
    frame = report.to_pandas()
    assert frame.loc[0, "n_boxes"] == report.content["anchors"][0]["n_boxes"]
    assert sorted(report.to_pandas("classes").index) == ["cat", "dog"]
    assert len(report.to_pandas("worst")) == 10
    assert list(report.to_pandas("thresholds").index) == [1.5, 2, 3, 4]
    for part in ("rows", "unused"):
        with pytest.raises(ValueError, match="part must be one of"):
            report.to_pandas(part)
    short = anchor_report([[1, 1]], [[1, 1]])
    with pytest.raises(ValueError, match="part must be one of"):
        short.to_pandas("classes")


def test_pandas_missing(monkeypatch):
    report = anchor_report([[1, 1]], [[1, 1]])
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r"skanchors\[pandas\]"):
        report.to_pandas()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"labels": ["a"]}, "labels needs one value for each box: X has 2"),
        ({"paths": ["a"] * 3}, "paths needs one value for each box"),
        ({"thresholds": []}, "thresholds are ratios"),
        ({"thresholds": [1.0]}, "each above 1"),
        ({"n_worst": -1}, "n_worst must be"),
        ({"strides": (8, 16, 32)}, "4 anchors cannot be shared out evenly among 3"),
        ({"strides": (8, 16), "levels": [[0, 1, 2, 3]]}, "1 groups .* 2 strides"),
        ({"strides": (8, 16), "levels": [[0, 1], [2]]}, r"leave out the anchors \[3\]"),
        ({"strides": (0, 16)}, "strides must be numbers above 0"),
        ({"strides": (8, 16), "stride_range": (3, 1)}, "two rising numbers"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        anchor_report([[1, 2], [3, 4]], ANCHORS, **arguments)


def drop(content, *keys):
    return {key: value for key, value in content.items() if key not in keys}


@pytest.mark.parametrize("seed", range(3))
def test_weights_count_as_repetitions(report_data, seed):
    rng = np.random.default_rng(seed)
    weight = rng.integers(0, 4, size=200)
    areas = rng.uniform(0, 20_000, size=200)
    columns = report_data | {"pixel_areas": areas}
    weighted = anchor_report(
        anchors=ANCHORS, sample_weight=weight, output_dict=True, **columns
    )
    repeated = anchor_report(
        anchors=ANCHORS,
        output_dict=True,
        **{key: np.repeat(value, weight, axis=0) for key, value in columns.items()},
    )
    # Rows of the worst boxes have other numbers, and each box is listed once.
    assert drop(weighted, "worst") == _approx(drop(repeated, "worst"))
    assert weighted["n_boxes"] == weight.sum()
    assert all(weight[row["row"]] > 0 for row in weighted["worst"])
    unweighted = anchor_report(anchors=ANCHORS, output_dict=True, **columns)
    assert weighted["mean_iou"] != pytest.approx(unweighted["mean_iou"], abs=1e-4)


def _approx(value):
    if isinstance(value, dict):
        return {key: _approx(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_approx(item) for item in value]
    return pytest.approx(value) if isinstance(value, float) else value


def test_weights_may_be_any_numbers(report_data):
    weight = np.random.default_rng(0).uniform(size=200)
    content = anchor_report(
        anchors=ANCHORS, sample_weight=weight, **report_data
    ).to_dict()
    assert content["mean_iou"] == pytest.approx(
        mean_iou_score(report_data["X"], ANCHORS, sample_weight=weight)
    )
    assert content["n_boxes"] == pytest.approx(weight.sum())
    assert sum(row["share"] for row in content["classes"]) == pytest.approx(1)
    with pytest.raises(ValueError, match="sample_weight"):
        anchor_report(anchors=ANCHORS, sample_weight=-weight, **report_data)


def test_shares_by_iou_by_hand():
    # IoU 1, 0.7, 0.5 and 0.25: what reaches a level exactly counts.
    X = [[10, 10], [7, 10], [5, 10], [5, 5]]
    content = anchor_report(X, [[10, 10]], output_dict=True)
    assert content["iou_at_least_0.5"] == 3 / 4
    assert content["iou_at_least_0.7"] == 2 / 4
    text = str(anchor_report(X, [[10, 10]]))
    assert "IoU >= 0.5: 75.0 % of the boxes; >= 0.7: 50.0 %" in text
    assert "within a factor of 2 on each side: 50.0 %" in text


def test_json_has_no_noise():
    content = anchor_report([[20.15 * (1 + 1e-16), 3 * 0.1]], [[0.1 + 0.2, 20.15]])
    text = json.dumps(content.to_dict())
    assert "0000000" not in text
    assert content.to_dict()["anchors"][0]["sides"] == [0.3, 20.15]


def test_anchors_may_come_in_any_form(report_data):
    X = report_data["X"]
    km = IoUKMeans(3, random_state=0).fit(X)
    expected = anchor_report(X, km.cluster_centers_).to_dict()
    assert anchor_report(X, km).to_dict() == expected
    named = anchor_report(X, "yolov3").to_dict()
    assert named == anchor_report(X, default_anchors("yolov3")).to_dict()
    assert named == anchor_report(X, default_anchors("yolov3").anchors).to_dict()


def test_published_anchors_among_fractions():
    X = np.array([[0.1, 0.2], [0.5, 0.4]])
    expected = mean_iou_score(X, default_anchors("yolov3").anchors / 416)
    assert anchor_report(X, "yolov3").content["mean_iou"] == pytest.approx(expected)
    with pytest.raises(ValueError, match="no fixed size"):
        anchor_report(X, "fasterrcnn_resnet50_fpn")
    in_fractions = AnchorSet([[0.2, 0.2]], input_size=416)
    assert anchor_report(X, in_fractions).content["anchors"][0]["sides"] == [0.2, 0.2]


def test_what_are_no_anchors_is_said(report_data):
    X = report_data["X"]
    with pytest.raises(ValueError, match=r"'yolo3'; did you mean yolov3"):
        anchor_report(X, "yolo3")
    with pytest.raises(NotFittedError, match="call its fit first"):
        anchor_report(X, IoUKMeans(3))
    for wrong in (None, 3, {"a": [[1, 1]]}, IoUKMeans):
        with pytest.raises(TypeError, match="anchors must be sizes of shape"):
            anchor_report(X, wrong)


def test_a_table_is_not_taken_for_pixels():
    table = read_annotations(load_sample_paths())
    with pytest.raises(TypeError, match=r"Pass table.sizes\('letterbox', 640\)"):
        anchor_report(table, [[30, 61]])
    for display in (AnchorClustersDisplay, IoUDistributionDisplay):
        anchors = [[30, 61]]
        sets = {"a": anchors} if display is IoUDistributionDisplay else anchors
        with pytest.raises(TypeError, match="has sides above 1"):
            display.from_boxes(table, sets)
    with pytest.raises(TypeError, match="has sides above 1"):
        mean_iou_score(table, [[10, 13]])
