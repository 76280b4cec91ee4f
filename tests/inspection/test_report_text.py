"""The report on anchors as text and as a page."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from skanchors.inspection import anchor_report

ANCHORS = np.array([[10.0, 20], [60, 30], [120, 130], [900, 900]])


def test_the_text_holds_all_of_it(report_data):
    report = anchor_report(anchors=ANCHORS, strides=(8, 16), **report_data)
    text = str(report)
    assert text.startswith("200 boxes in 67 images, 4 anchors: mean IoU 0.")
    for phrase in (
        "threshold  best possible recall  anchors above threshold",
        "w/h, fitted: 0.50 2.00 0.92 1.00",
        "w/h, sorted: 0.50 0.92 1.00 2.00",
        "class  boxes  share",
        "Worst-served boxes",
        "Nearest to no box: anchor 3.",
        "Too large for its level (above 16 strides): anchor 3. Add a",
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


def test_classes_begin_with_the_worst_and_ten_are_shown():
    rng = np.random.default_rng(0)
    labels = np.repeat([f"class {i:02d}" for i in range(30)], 5)
    X = rng.lognormal(4, 1, size=(150, 2))
    report = anchor_report(X, ANCHORS, labels=labels, n_worst=0)
    scores = [row["mean_iou"] for row in report.to_dict()["classes"]]
    assert len(scores) == 30 and scores == sorted(scores)
    assert len(re.findall(r"class \d\d", str(report))) == 10
    assert "10 of 30" in str(report)
    everything = anchor_report(X, ANCHORS, labels=labels, n_worst=0, n_class_rows=None)
    assert len(re.findall(r"class \d\d", str(everything))) == 30
    with pytest.raises(ValueError, match="n_class_rows must be"):
        anchor_report(X, ANCHORS, labels=labels, n_class_rows=-1)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_terminal(report_data, width, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(width))
    folder = "/home/somebody/data/sets/of/many/images/VOCdevkit/VOC2007/"
    long = report_data | {
        "paths": [folder + path for path in report_data["paths"]],
        "labels": [
            f"{label} with a rather long name, {i}"
            for i, label in enumerate(report_data["labels"])
        ],
    }
    text = str(anchor_report(anchors=ANCHORS * 1.2345, strides=(8, 16), **long))
    assert max(map(len, text.splitlines())) <= width
    # The end of a path is what tells files apart.
    worst = anchor_report(anchors=ANCHORS * 1.2345, **long).content["worst"][0]
    assert worst["path"][-10:] in text


def test_a_file_of_all_images_is_named_once():
    path = "/data/" + "annotations/" * 8 + "instances_val.json"
    X = [[10, 20], [300, 4], [5, 400]]
    report = anchor_report(
        X, ANCHORS, image_ids=[f"{path}: {i}" for i in (7, 8, 9)], paths=[path] * 3
    )
    text = report.to_text(80)
    assert text.count("instances_val.json") == 1
    assert max(map(len, text.splitlines())) <= 80
    assert report.content["worst"][0]["image"] == f"{path}: 9"


def test_html_is_escaped_and_holds_the_tables(report_data):
    labels = np.where(
        report_data["labels"] == "cat", "<script>alert(1)</script>", "dog & co"
    )
    report = anchor_report(
        anchors=ANCHORS, strides=(8, 16), **report_data | {"labels": labels}
    )
    page = report._repr_html_()
    assert "<script>" not in page and "&lt;script&gt;" in page
    assert "dog &amp; co" in page
    # Thresholds, anchors, classes, sizes and the worst boxes.
    assert page.count("<table") == page.count("</table>") == 5
    assert f"{report.content['mean_iou']:.4f}" in page
    ElementTree.fromstring(page)


def test_whose_sizes_are_small_is_said():
    boxes, title = [[10, 20], [90, 60]], "By size in the image itself"
    in_image = anchor_report(boxes, [[10, 20]], pixel_areas=[200, 20_000])
    assert title in str(in_image)
    assert title in in_image._repr_html_()
    assert title not in str(anchor_report(boxes, [[10, 20]]))
