"""The way from a table to an assignment, and what it says."""

import json
import pickle
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from skanchors import metrics
from skanchors.annotations import read_annotations
from skanchors.assignment import Assignment, MaxIoU, assign, register_rule, rule_names
from skanchors.assignment._rule import _RULES
from skanchors.cluster import IoUKMeans
from skanchors.datasets import load_sample_paths
from skanchors.detectors import detector_names, get_detector
from skanchors.export import AnchorSet


@pytest.fixture(scope="module")
def table():
    return read_annotations(load_sample_paths())


@pytest.mark.parametrize("name", detector_names())
def test_every_detector_assigns(name, table):
    found = assign(table, name)
    assert len(found) == len(table) and found.n_images == table.n_images
    assert found.totals["positive"] == found.n_positive.sum() > 0
    assert found.level_positives.sum() == found.anchor_positives.sum()
    assert found.anchor_positives.sum() == found.totals["positive"]
    assert ((found.level >= 0) == (found.n_positive > 0)).all()
    assert not (found.forced & (found.n_positive == 0)).any()
    assert ((found.best_iou >= 0) & (found.best_iou <= 1)).all()
    assert (found.n_lost <= found.n_slots).all()
    assert (found.lost_slot == (found.n_lost > 0)).all()
    for values in (found.n_positive, found.level, found.n_slots, found.n_lost):
        assert values.dtype.kind == "i"
    assert found.forced.dtype == found.lost_slot.dtype == bool


def test_names_and_detectors_are_alike(table):
    by_name = assign(table, "yolov7")
    by_row = assign(table, get_detector("yolov7"))
    assert (by_name.n_positive == by_row.n_positive).all()


def test_overrides(table):
    other = replace(get_detector("yolov3"), input_size=(608, 608))
    assert (
        assign(table, "yolov3", input_size=608).best_iou
        == assign(table, other).best_iou
    ).all()
    found = assign(table, "retinanet_resnet50_fpn", input_size=(600, 1000))
    assert found.detector.input_size == (600, 1000)
    found = assign(table, "retinanet_resnet50_fpn", scaling="letterbox", input_size=640)
    assert found.boxes.max() <= 640
    strict = assign(table, "retinanet_resnet50_fpn", rule=MaxIoU(0.7, 0.3))
    assert strict.rule == MaxIoU(0.7, 0.3)
    assert strict.totals["positive"] < assign(table, strict.detector).n_positive.sum()
    assert assign(table, "yolov5", scaling="stretch").detector.scaling == "stretch"
    assert assign(table, "yolov5", rule="BestAnchor").totals["negative"] is None


def test_anchors_of_all_kinds(table):
    anchors = get_detector("yolov5").default_anchors
    expected = assign(table, "yolov5").n_positive
    for given in (anchors, anchors.anchors, anchors.anchors[::-1].tolist()):
        assert (assign(table, "yolov5", given).n_positive == expected).all()
    model = IoUKMeans(9, random_state=0).fit(table.sizes("letterbox", 640))
    found = assign(table, "yolov5", model)
    assert (found.anchor_set.anchors == model.cluster_centers_).all()
    assert found.anchor_set.levels == ((0, 1, 2), (3, 4, 5), (6, 7, 8))
    holder = SimpleNamespace(fit=None, anchor_set_=anchors)
    assert (assign(table, "yolov5", holder).n_positive == expected).all()


def test_an_anchor_on_two_levels_and_one_on_none(table):
    found = assign(table, "yolov4-tiny")
    assert found.anchor_set.levels == ((1, 2, 3), (3, 4, 5))
    assert found.anchor_positives[0] == 0
    twice = (found.n_positive == 2).sum()
    # An object has two positives if, and only if, anchor 3 is its best.
    assert twice and found.anchor_positives[3] == 2 * twice


def test_more_levels_of_anchors_than_published(table):
    found = assign(table, "yolov5", np.arange(1, 13)[:, None] * [20, 30])
    assert [len(level) for level in found.anchor_set.levels] == [4, 4, 4]


@pytest.mark.parametrize(
    "anchors, message",
    [
        ([[10, 10]] * 4, "cannot be shared out evenly"),
        (AnchorSet([[9, 9], [20, 20]], levels=[[0], [1]]), "has 3 levels"),
        (
            AnchorSet(
                [[9, 9], [20, 20], [30, 30]], levels=[[0], [1], [2]], strides=(4, 8, 16)
            ),
            "strides",
        ),
        ([[10, -1]], "larger than 0"),
    ],
)
def test_anchors_that_do_not_fit(anchors, message, table):
    with pytest.raises(ValueError, match=message):
        assign(table, "yolov5", anchors)


def test_other_wrong_input(table):
    with pytest.raises(TypeError, match="must be an AnnotationTable"):
        assign([[1, 2]], "yolov5")
    with pytest.raises(ValueError, match="no anchors"):
        assign(table, "yolov8")
    with pytest.raises(ValueError, match="rule must be one of"):
        assign(table, "yolov5", rule="OTA")
    with pytest.raises(TypeError, match="rule must be a rule"):
        assign(table, "yolov5", rule=0.5)
    with pytest.raises(ValueError, match="scaling must be one of"):
        assign(table, "yolov5", scaling="crop", input_size=3)
    with pytest.raises(ValueError, match="input_size of its own"):
        assign(table, "fasterrcnn_resnet50_fpn", scaling="letterbox")
    with pytest.raises(ValueError, match="has no input_size"):
        assign(table, "yolov5", scaling="pixels", input_size=640)


def test_images_of_unknown_size(tmp_path):
    for name, text in (("a", "0 0.5 0.5 0.25 0.5\n"), ("b", "")):
        (tmp_path / f"{name}.txt").write_text(text)
    paths = sorted(tmp_path.glob("*.txt"))
    table = read_annotations(paths)
    found = assign(table, "yolov3")  # fractions are all that stretching needs
    assert found.n_positive.tolist() == [1]
    assert found.boxes.tolist() == [[156, 104, 260, 312]]
    with pytest.raises(ValueError, match="image_sizes"):
        assign(table, "yolov5")


def test_a_rule_of_ones_own(table):
    class HalfOfAll(MaxIoU):
        def match(self, grid):
            found = super().match(grid)
            found.n_ignored = None
            return found

    register_rule("HalfOfAll", HalfOfAll)
    try:
        assert "HalfOfAll" in rule_names()
        found = assign(table, "retinanet_resnet50_fpn", rule="HalfOfAll")
        assert found.totals["ignored"] is None
        register_rule("HalfOfAll", HalfOfAll)  # once more is no mistake
        with pytest.raises(ValueError, match="registered already"):
            register_rule("HalfOfAll", MaxIoU)
    finally:
        del _RULES["HalfOfAll"]
    with pytest.raises(TypeError, match="method match"):
        register_rule("nothing", int)
    with pytest.raises(TypeError, match="must be a string"):
        register_rule(3, MaxIoU)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"positive": 0.3}, "negative must not be above"),
        ({"positive": 1.5}, "at most 1"),
        ({"negative": 0}, "above 0"),
        ({"low_quality": "none"}, "low_quality must be"),
    ],
)
def test_wrong_thresholds(arguments, message):
    with pytest.raises(ValueError, match=message):
        MaxIoU(**arguments)


def test_threads_make_no_difference(table, monkeypatch):
    from skanchors.assignment import _assign, _grid

    expected = assign(table, "fasterrcnn_resnet50_fpn")
    monkeypatch.setattr(_grid, "_BLOCK_OBJECTS", 20)
    monkeypatch.setattr(_grid, "_BLOCK_ENTRIES", 500)
    monkeypatch.setattr(_assign, "effective_n_threads", lambda: 3)
    found = assign(table, "fasterrcnn_resnet50_fpn")
    assert found.to_dict() == expected.to_dict()


def test_scores_are_near_those_from_sizes_alone(table):
    found = assign(table, "retinanet_resnet50_fpn")
    X = table.sizes("shortest_edge", (800, 1333))
    assert found.matched_score() == np.mean(found.best_iou >= 0.5)
    assert found.matched_score(threshold=0.7) == np.mean(found.best_iou >= 0.7)
    for name in ("grid_iou_score", "matched_score"):
        expected = getattr(metrics, name)(X, found.anchor_set)
        assert getattr(found, name)() == pytest.approx(expected, abs=0.02)
    empty = assign(table[:0], "yolov5")
    for score in (empty.matched_score, empty.grid_iou_score):
        with pytest.raises(ValueError, match="no object"):
            score()


def test_what_it_says(table):
    found = assign(table, "fasterrcnn_resnet50_fpn")
    text = str(found)
    assert "368 objects of 120 images" in text and "forced" in text
    page = found._repr_html_()
    assert "<table" in page and "<pre>" not in page
    for stride in found.detector.strides:
        assert f">{stride:g}</td>" in page
    content = json.loads(json.dumps(found.to_dict()))
    assert content["totals"] == found.totals
    assert content["objects"]["n_positive"] == found.n_positive.tolist()
    assert content["levels"]["stride"] == [4, 8, 16, 32, 64]
    pandas = pytest.importorskip("pandas")
    frame = found.to_pandas()
    assert isinstance(frame, pandas.DataFrame)
    for name in ("n_positive", "forced", "best_iou", "level", "lost_slot"):
        assert (frame[name].to_numpy() == getattr(found, name)).all()
    assert found.to_pandas("anchors")["n_positive"].sum() == found.n_positive.sum()
    assert len(found.to_pandas("levels")) == 5
    with pytest.raises(ValueError, match="part must be one of"):
        found.to_pandas("boxes")
    again = pickle.loads(pickle.dumps(found))
    assert isinstance(again, Assignment)
    assert (again.n_positive == found.n_positive).all()


def test_html_is_escaped(table):
    bad = replace(get_detector("yolov5"), name="<b>mine</b>")
    html = assign(table, bad)._repr_html_()
    assert "<b>" not in html and "&lt;b&gt;" in html
