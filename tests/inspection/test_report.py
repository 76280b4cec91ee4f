"""The report on anchors."""

import json
import sys

import numpy as np
import pytest

from skanchors.inspection import anchor_report
from skanchors.metrics import (
    anchors_above_threshold_score,
    best_possible_recall_score,
    mean_iou_score,
    pairwise_iou,
)

ANCHORS = np.array([[10.0, 20], [60, 30], [120, 130], [900, 900]])


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    n_boxes = 200
    X = rng.lognormal(4, 1, size=(n_boxes, 2)).clip(1, 450)
    return {
        "X": X,
        "labels": rng.choice(["cat", "dog"], size=n_boxes),
        "image_ids": np.arange(n_boxes) // 3,
        "paths": [f"Annotations/{i // 3:06d}.xml" for i in range(n_boxes)],
    }


@pytest.fixture(scope="module")
def content(data):
    return anchor_report(
        anchors=ANCHORS, strides=(8, 16), n_worst=5, output_dict=True, **data
    )


def test_scores_equal_the_metrics(data, content):
    X = data["X"]
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


def test_anchors_equal_brute_force(data, content):
    iou = pairwise_iou(data["X"], ANCHORS)
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


def test_groups_equal_the_scores_of_their_boxes(data, content):
    X, labels = data["X"], data["labels"]
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


def test_the_worst_boxes_come_with_their_files(data, content):
    best = pairwise_iou(data["X"], ANCHORS).max(axis=1)
    assert [row["iou"] for row in content["worst"]] == pytest.approx(np.sort(best)[:5])
    for row in content["worst"]:
        i = row["row"]
        assert row["iou"] == pytest.approx(best[i])
        assert row["path"] == data["paths"][i]
        assert row["image"] == data["image_ids"][i]
        assert row["class"] == data["labels"][i]
        assert row["sides"] == data["X"][i].tolist()


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
    assert content["off_stride"] == [1, 2, 3]


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


def test_the_text_holds_all_of_it(data):
    report = anchor_report(anchors=ANCHORS, strides=(8, 16), **data)
    text = str(report)
    assert text.startswith("200 boxes in 67 images, 4 anchors: mean IoU 0.")
    for phrase in (
        "threshold  best possible recall  anchors above threshold",
        "w/h, fitted: 0.50 2.00 0.92 1.00",
        "w/h, sorted: 0.50 0.92 1.00 2.00",
        "class  boxes  share",
        "Worst-served boxes",
        "Nearest to no box: anchor 3.",
        "Outside 0.5 to 3 strides of their level: anchors 1, 2, 3.",
        "900 x 900",
        report.content["worst"][0]["path"],
    ):
        assert phrase in text
    lines = text.splitlines()
    assert not any(line != line.rstrip() for line in lines)
    # Columns are aligned: the rows of a table end together, text columns aside.
    start = lines.index(next(line for line in lines if line.startswith("threshold")))
    assert len({len(line) for line in lines[start : start + 5]}) == 1


def test_a_short_report_leaves_out_what_was_not_given():
    text = str(anchor_report([[0.1, 0.1]], [[0.1, 0.2]], n_worst=0))
    for word in ("class", "Worst", "stride", "small", "images", "Nearest"):
        assert word not in text


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


def test_pandas(data):
    pytest.importorskip("pandas")
    report = anchor_report(anchors=ANCHORS, **data)
    frame = report.to_pandas()
    assert frame.loc[0, "n_boxes"] == report.content["anchors"][0]["n_boxes"]
    assert list(report.to_pandas("classes").index) == ["cat", "dog"]
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
        ({"strides": (0, 16)}, "strides must be above 0"),
        ({"strides": (8, 16), "stride_range": (3, 1)}, "two rising numbers"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        anchor_report([[1, 2], [3, 4]], ANCHORS, **arguments)
