"""The table of detectors."""

import pickle
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from skanchors import IoUKMeans, PyramidAnchors, SSDAnchors
from skanchors.assignment import rule_names
from skanchors.assignment._rule import make_rule
from skanchors.detectors import Detector, detector_names, get_detector
from skanchors.export import (
    default_anchor_names,
    default_anchors,
    format_anchors,
    style_names,
)

NAMES = detector_names()


@pytest.mark.parametrize("name", NAMES)
def test_a_row_says_everything(name):
    detector = get_detector(name)
    assert detector.name == name
    assert detector.source.startswith("https://") and detector.version
    assert detector.style
    levels = detector.default_anchors.levels
    assert len(levels) == len(detector.strides)
    assert np.allclose(detector.default_anchors.strides, detector.strides)
    assert detector.rule.name in rule_names()
    make_rule(detector.rule)  # its parameters are those of the rule
    assert 0 <= detector.offset < 1
    assert detector.form.name in ("free", "pyramid", "ssd")


@pytest.mark.parametrize("name", NAMES)
def test_default_anchors_are_those_of_export(name):
    assert name in default_anchor_names()
    expected = default_anchors(name)
    assert (get_detector(name).default_anchors.anchors == expected.anchors).all()


@pytest.mark.parametrize("name", NAMES)
def test_the_form_has_as_many_anchors_as_the_default(name):
    detector = get_detector(name)
    found = [len(level) for level in detector.default_anchors.levels]
    form = detector.form.parameters
    if detector.form.name == "free":
        expected = [form["n_anchors"]] * len(found)
    elif detector.form.name == "pyramid":
        expected = [form["n_sizes"] * form["n_ratios"]] * len(found)
    else:
        n = np.broadcast_to(form["n_ratios"], len(found))
        expected = (2 + 2 * n).tolist()
    assert found == expected


@pytest.mark.parametrize("name", NAMES)
def test_the_form_is_one_that_estimators_find(name):
    detector = get_detector(name)
    boxes = np.exp(np.random.default_rng(0).normal(4, 0.8, (60, 2)))
    if detector.form.name == "pyramid":
        model = PyramidAnchors(detector.strides, **detector.form.parameters)
    elif detector.form.name == "ssd":
        model = SSDAnchors(detector.strides, **detector.form.parameters)
    else:
        n_anchors = detector.form.parameters["n_anchors"] * len(detector.strides)
        model = IoUKMeans(n_anchors)
    model.set_params(random_state=0, max_iter=5).fit(boxes)
    anchors = model.cluster_centers_
    if hasattr(model, "anchor_set_"):
        anchors = replace(model.anchor_set_, input_size=_square(detector))
    assert detector.style in style_names()
    assert format_anchors(anchors, detector.style, strides=detector.strides)


def _square(detector):
    fixed = detector.scaling in ("stretch", "letterbox")
    return detector.input_size if fixed else None


def test_rows_cannot_be_changed():
    detector = get_detector("yolov4")
    with pytest.raises(FrozenInstanceError):
        detector.scaling = "letterbox"
    with pytest.raises(TypeError):
        detector.rule.parameters["iou_threshold"] = 0.5
    assert hash(detector.rule) == hash(pickle.loads(pickle.dumps(detector.rule)))


def test_pickles():
    again = pickle.loads(pickle.dumps(get_detector("yolov5")))
    assert again.strides == (8, 16, 32) and again.rule.parameters["threshold"] == 4


def test_a_detector_is_its_own_name():
    mine = replace(get_detector("yolov5"), name="mine")
    assert get_detector(mine) is mine


@pytest.mark.parametrize(
    "name",
    ["yolov8", "YOLOv8n", "yolo11s", "fcos", "RT-DETR", "nanodet-plus", "PP-PicoDet"],
)
def test_detectors_without_anchors_are_refused_as_such(name):
    with pytest.raises(ValueError, match="no anchors"):
        get_detector(name)


@pytest.mark.parametrize(
    "name, meant",
    [
        ("yolo5", "yolov5"),
        ("YOLOv5", "yolov5"),
        ("retinanet", "retinanet_resnet50_fpn"),
        ("mmdet_atss", "mmdet-atss"),
    ],
)
def test_a_wrong_name_is_answered_with_near_ones(name, meant):
    with pytest.raises(ValueError, match=f"Did you mean.*{meant!r}"):
        get_detector(name)


def test_a_name_is_a_string():
    with pytest.raises(TypeError, match="must be a name or a Detector"):
        get_detector(5)


@pytest.mark.parametrize(
    "change, message",
    [
        ({"scaling": "crop"}, "scaling must be one of"),
        ({"strides": (32, 16, 8)}, "from fine to coarse"),
        ({"strides": (8, 16)}, "2 strides"),
        ({"offset": float("nan")}, "offset of yolov5 must be a number from 0 to 1"),
        ({"input_size": (float("nan"), 640)}, "each side of input_size of yolov5"),
    ],
)
def test_wrong_rows_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        replace(get_detector("yolov5"), **change)


def test_repr_leaves_out_what_is_private():
    text = repr(get_detector("yolov5"))
    assert isinstance(get_detector("yolov5"), Detector)
    assert "framework" not in text and "SideRatio(threshold=4.0)" in text


@pytest.mark.parametrize("name", ["yolov99", "yolo9000", "yolov60", "detrimental"])
def test_what_begins_like_a_detector_without_anchors_is_none(name):
    with pytest.raises(ValueError, match=f"no detector '{name}'"):
        get_detector(name)


@pytest.mark.parametrize("name", ["yolov8n", "yolo11x", "yolo26", "rt-detr", "nanodet"])
def test_sizes_of_detectors_without_anchors(name):
    with pytest.raises(ValueError, match="has no anchors"):
        get_detector(name)
