"""The report on what training will do, and its picture."""

import json
from dataclasses import replace
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pytest

from skanchors import IoUKMeans
from skanchors.annotations import read_annotations
from skanchors.assignment import MaxIoU, assign
from skanchors.datasets import load_sample_paths
from skanchors.detectors import get_detector
from skanchors.inspection import AssignmentDisplay, assignment_report
from skanchors.inspection._assignment_rows import image_rows

DETECTORS = ["yolov3", "yolov5", "fasterrcnn_resnet50_fpn", "ssd300_vgg16"]


@pytest.fixture(scope="module")
def table(make_table):
    """Two classes: the second is thin, and hard to serve."""
    rng = np.random.default_rng(0)
    n = 240
    labels = np.where(np.arange(n) % 3 == 0, "thin <i>", "square")
    size = rng.lognormal(4, 0.9, size=n).clip(4, 500)
    thin = labels == "thin <i>"
    ratio = np.where(thin, 6.0, rng.lognormal(0, 0.2, size=n))
    sizes = np.column_stack([size / np.sqrt(ratio), size * np.sqrt(ratio)])
    return make_table(sizes.clip(2, 630), np.arange(n) // 4, labels)


@pytest.mark.parametrize("detector", DETECTORS)
def test_shares_are_those_of_the_assignment(table, detector):
    content = assignment_report(table, detector).content
    found = assign(table, detector)
    assert content["unmatched"] == (found.n_positive == 0).mean()
    assert content["forced"] == found.forced.mean()
    assert content["lost_slots"] == found.n_lost.sum() / found.n_slots.sum()
    assert content["positives"]["mean"] == found.n_positive.mean()
    assert content["positives"]["p95"] in found.n_positive
    assert sum(row["n_positive"] for row in content["levels"]) == (
        found.level_positives.sum()
    )
    label = table.label
    for row in content["classes"]:
        inside = label == row["group"]
        assert row["n_objects"] == inside.sum()
        assert row["unmatched"] == (found.n_positive[inside] == 0).mean()
        assert row["forced"] == found.forced[inside].mean()
        assert row["positives"] == pytest.approx(found.n_positive[inside].mean())
    for part in ("classes", "sizes", "strides"):
        assert sum(row["n_objects"] for row in content[part]) == len(table)
        total = sum(row["n_objects"] * row["unmatched"] for row in content[part])
        assert total == pytest.approx((found.n_positive == 0).sum())


def test_sizes_are_those_in_the_input(make_table):
    # In an input of 640 the image of 1280 is half as large.
    sides = [60, 70, 190, 195, 400]
    table = make_table(np.column_stack([sides, sides]), range(5), side=1280)
    content = assignment_report(table, "yolov5").content
    assert [(row["group"], row["n_objects"]) for row in content["sizes"]] == [
        ("small", 1),
        ("medium", 2),
        ("large", 2),
    ]
    # Against the stride of 8: 3.75, 4.4, 11.9, 12.2 and 25 strides.
    assert [(row["group"], row["n_objects"]) for row in content["strides"]] == [
        ("2 to 4", 1),
        ("4 to 8", 1),
        ("8 to 16", 2),
        ("above 16", 1),
    ]


def test_the_worst_class_and_size_are_named_first(table):
    report = assignment_report(table, "retinanet_resnet50_fpn")
    assert report.content["worst"]["class"]["group"] == "thin <i>"
    assert report.content["classes"][0]["group"] == "thin <i>"
    lines = report.to_text(200).splitlines()
    assert lines[1].startswith("Worst class: thin <i>, with ")
    assert lines[2].startswith("Worst size: ")
    bad = [row["unmatched"] + row["forced"] for row in report.content["classes"]]
    assert bad == sorted(bad, reverse=True)


def test_matched_is_at_the_iou_of_the_rule(table):
    detector = get_detector("retinanet_resnet50_fpn")
    found = assign(table, detector)
    for rule in (MaxIoU(0.6, 0.4), MaxIoU(0.3, 0.3)):
        content = assignment_report(table, detector, rule=rule).content
        assert content["threshold"] == rule.positive
        assert content["matched"] == pytest.approx(
            (found.best_iou >= rule.positive).mean()
        )
    assert assignment_report(table, "yolov5").content["threshold"] == 0.5


def test_the_worst_images_come_with_their_files(table):
    report = assignment_report(table, "ssd300_vgg16", n_worst=7)
    found = report.assignment
    rows = report.content["worst_images"]
    assert len(rows) == 7
    for row in rows:
        inside = table.image_id == row["path"].removeprefix("folder/")[:-4]
        assert row["n_objects"] == inside.sum()
        assert row["n_unmatched"] == (found.n_positive[inside] == 0).sum()
        assert row["n_forced"] == found.forced[inside].sum()
        assert "image" not in row
    keys = [(-row["n_unmatched"], -row["n_forced"]) for row in rows]
    assert keys == sorted(keys)
    assert rows[0]["path"] in str(report)
    counts = np.bincount(found.image_index, found.n_positive == 0)
    assert rows[0]["n_unmatched"] == counts.max()


def test_anchors_in_any_form(table):
    model = IoUKMeans(9, random_state=0).fit(table.sizes("letterbox", 640))
    expected = assignment_report(table, "yolov5", model.cluster_centers_).to_dict()
    assert assignment_report(table, "yolov5", model).to_dict() == expected
    fractions = model.cluster_centers_ / 640
    assert assignment_report(table, "yolov5", fractions).to_dict() == expected
    named = assignment_report(table, "yolov5", "yolov3").to_dict()
    assert named == assignment_report(table, "yolov5").to_dict()
    with pytest.raises(ValueError, match="no fixed size"):
        assignment_report(table, "fasterrcnn_resnet50_fpn", fractions)
    with pytest.raises(ValueError, match="8 anchors cannot be shared out evenly"):
        assignment_report(table, "yolov5", model.cluster_centers_[:8])


def test_sizes_alone_are_refused(table):
    with pytest.raises(TypeError, match="pass an AnnotationTable"):
        assignment_report(table.sizes("letterbox", 640), "yolov5")


@pytest.mark.parametrize("width", [60, 80])
def test_text_html_and_json(table, width):
    long = table[:]
    long.images = table.images._replace(
        path="a/very/long/way/to/" * 4 + table.images.path
    )
    report = assignment_report(long, "fasterrcnn_resnet50_fpn")
    text = report.to_text(width)
    assert max(map(len, text.splitlines())) <= width
    page = report._repr_html_()
    assert "thin <i>" not in page and "thin &lt;i&gt;" in page
    ElementTree.fromstring(page)
    content = json.loads(json.dumps(report.to_dict()))
    assert content["classes"][0]["group"] == "thin <i>"


def test_pandas(table):
    pytest.importorskip("pandas")
    report = assignment_report(table, "yolov5")
    assert len(report.to_pandas("worst_images")) == 10
    assert list(report.to_pandas()["group"]) == [
        row["group"] for row in report.content["classes"]
    ]
    with pytest.raises(ValueError, match="part must be one of"):
        report.to_pandas("worst")


def test_a_table_without_objects():
    table = read_annotations(load_sample_paths())
    report = assignment_report(table[:0], "yolov5")
    assert report.content["n_objects"] == 0
    assert "0 objects" in str(report)


# The picture.


@pytest.mark.parametrize("low_quality", ["anchor", False])
def test_every_object_is_drawn_once(table, low_quality):
    pytest.importorskip("matplotlib")
    rule = MaxIoU(0.7, 0.3, low_quality)
    found = assign(table, "fasterrcnn_resnet50_fpn", rule=rule)
    display = AssignmentDisplay.from_assignment(found)
    assert display.ax_.get_xscale() == display.ax_.get_yscale() == "log"

    def count(artists, stride):
        return len(artists[stride].get_offsets()) if stride in artists else 0

    for i, stride in enumerate(found.detector.strides):
        inside = (found.level == i) & (found.n_positive > 0)
        assert count(display.levels_, stride) == (inside & ~found.forced).sum()
        assert count(display.forced_, stride) == (inside & found.forced).sum()
    unmatched = found.n_positive == 0
    texts = [text.get_text() for text in display.legend_.get_texts()]
    share = f"{100 * unmatched.mean():.1f} % without a positive"
    assert share in display.ax_.get_title()
    colors = [tuple(a.get_edgecolor()[0, :3]) for a in display.levels_.values()]
    assert len(set(colors)) == len(colors)
    if low_quality:
        assert f"forced only, N = {found.forced.sum()}" in texts
        for artist in display.forced_.values():
            filled = artist.get_facecolor()
            assert not len(filled) or (filled[:, 3] == 0).all()
        return
    assert unmatched.any()
    points = display.unmatched_.get_offsets()
    assert len(points) == unmatched.sum()
    # Below one positive, and at their sizes.
    assert (points[:, 1] < 0.75).all()
    side = np.sqrt((found.boxes[:, 2:] - found.boxes[:, :2]).prod(axis=1))
    np.testing.assert_allclose(points[:, 0], side[unmatched], rtol=1e-6)
    assert texts[-1] == f"no positive, N = {unmatched.sum()}"


def test_points_lie_near_their_number_of_positives(table):
    pytest.importorskip("matplotlib")
    display = AssignmentDisplay.from_table(table, "yolov5")
    found = assign(table, "yolov5")
    for i, stride in enumerate(found.detector.strides):
        inside = (found.level == i) & (found.n_positive > 0)
        if inside.any():
            y = display.levels_[stride].get_offsets()[:, 1]
            np.testing.assert_allclose(y, found.n_positive[inside], rtol=0.13)
    again = AssignmentDisplay.from_assignment(found)
    np.testing.assert_array_equal(
        again.levels_[32].get_offsets(), display.levels_[32].get_offsets()
    )


def test_objects_without_area_are_drawn(make_table):
    pytest.importorskip("matplotlib")
    table = make_table([[0, 0], [40, 40]], [0, 1])
    detector = replace(get_detector("retinanet_resnet50_fpn"), name="mine")
    display = AssignmentDisplay.from_table(table, detector)
    display.figure_.canvas.draw()
    assert "mine: 2 objects" in display.ax_.get_title()


def test_one_object_without_a_positive_is_worse_than_forced_ones():
    index = np.array([0, 0, 0, 1, 1, 2])
    found = SimpleNamespace(
        n_images=4,
        image_index=index,
        n_positive=np.array([2, 2, 2, 0, 5, 5]),
        forced=np.array([True, True, True, False, False, False]),
        best_iou=np.full(6, 0.5),
    )
    images = SimpleNamespace(path=list("abcd"), image_id=list("abcd"))
    rows = image_rows(found, images, 10)
    # The image without objects is none of the worst.
    assert [row["path"] for row in rows] == ["b", "a", "c"]
