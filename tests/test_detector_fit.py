"""From a data set to a detector's configuration in one call."""

import json
import re
from contextlib import nullcontext
from dataclasses import replace

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

from skanchors import IoUKMeans, PyramidAnchors, SSDAnchors, fit_detector
from skanchors._detector_anchors import _round
from skanchors.annotations import from_records, read_annotations
from skanchors.assignment import MaxIoU, assign
from skanchors.datasets import load_sample_paths
from skanchors.detectors import detector_names, get_detector
from skanchors.export import AnchorSet, parse_anchors


@pytest.fixture(scope="module")
def table():
    return read_annotations(load_sample_paths())


@pytest.fixture(scope="module")
def faster(table):
    return fit_detector(table, "fasterrcnn_resnet50_fpn", random_state=0)


@pytest.mark.parametrize("name", detector_names())
def test_each_detector_gets_text_that_reads_back(name, table):
    fit = fit_detector(table, name, random_state=0)
    row = get_detector(name)
    assert len(fit.anchor_set_) == len(fit.estimator_.cluster_centers_)
    assert fit.anchor_set_.strides == row.strides
    assert not re.search(r"[.]\d{9}", fit.text_)
    size = fit.anchor_set_.input_size
    read = parse_anchors(fit.text_, row.style, strides=row.strides, input_size=size)
    found = read.anchors[np.lexsort(read.anchors.T)]
    expected = fit.anchor_set_.anchors[np.lexsort(fit.anchor_set_.anchors.T)]
    if row.form.name == "free":  # whole pixels, and Darknet names anchors twice
        assert {tuple(np.round(a)) for a in expected} == {
            tuple(np.round(a)) for a in found
        }
    else:
        np.testing.assert_allclose(found, expected, rtol=1e-6)
    assert fit.verdict_.split()[0] in ("Keep", "Replace")
    assert set(fit.comparison_.criteria) >= {"mean_iou", "matched", "worst_group"}


def test_what_is_judged_is_what_is_written(faster):
    read = parse_anchors(faster.text_, "torchvision")
    assert read.sizes == faster.anchor_set_.sizes
    assert read.ratios == faster.anchor_set_.ratios
    # Rounding for readers moves nothing that matters.
    np.testing.assert_allclose(
        faster.anchor_set_.anchors, faster.estimator_.cluster_centers_, rtol=1e-3
    )


def test_the_form_is_that_of_the_detector(table, faster):
    assert isinstance(faster.estimator_, PyramidAnchors)
    assert len(faster.anchor_set_.levels) == 5
    assert isinstance(fit_detector(table, "yolov5").estimator_, IoUKMeans)
    assert isinstance(fit_detector(table, "ssd300_vgg16").estimator_, SSDAnchors)


def test_it_is_judged_on_other_images(table, faster):
    fitted = faster.estimator_.labels_
    assert faster.assignment_.n_images == 24
    assert len(fitted) + len(faster.assignment_) == len(table)


def test_the_judgement_is_that_of_the_pieces(table, faster):
    again = assign(
        table.take_images(_held(table)), "fasterrcnn_resnet50_fpn", faster.anchor_set_
    )
    np.testing.assert_array_equal(again.n_positive, faster.assignment_.n_positive)
    figures = faster.comparison_.criteria["positives"]["fitted"]
    assert figures["value"] == pytest.approx(again.n_positive.mean())


def _held(table):
    from skanchors._hold_out import hold_out

    held = set(hold_out(table, 0.2, 0).held_out.images.path.tolist())
    return np.array([path in held for path in table.images.path])


def test_the_same_seed_gives_the_same(table, faster):
    again = fit_detector(table, "fasterrcnn_resnet50_fpn", random_state=0)
    assert again.text_ == faster.text_
    assert str(again.comparison_) == str(faster.comparison_)


def test_a_generator_of_random_numbers(table):
    fits = [
        fit_detector(table, "yolov5", random_state=np.random.RandomState(3))
        for _ in range(2)
    ]
    assert fits[0].text_ == fits[1].text_


def test_objectives_of_a_form(table):
    fit = fit_detector(
        table, "fasterrcnn_resnet50_fpn", objective="matched", random_state=0
    )
    assert fit.estimator_.objective == "matched"
    # Its training takes 0.7 for positive.
    assert fit.estimator_.threshold == 0.7
    with pytest.raises(ValueError, match="yolov5 holds free anchors"):
        fit_detector(table, "yolov5", objective="matched")
    with pytest.raises(ValueError, match="objective must be one of iou, grid_iou"):
        fit_detector(table, "yolov5", objective="map")


@pytest.mark.parametrize(
    ("balance", "are_rare"),
    [("class", False), ("size", True), (("label", "size"), True)],
)
def test_balance_changes_the_weights(table, balance, are_rare):
    plain = fit_detector(table, "yolov5", random_state=0)
    rare = pytest.warns(UserWarning, match="Groups with fewer")
    with rare if are_rare else nullcontext():
        fit = fit_detector(table, "yolov5", balance=balance, random_state=0)
    assert not np.allclose(fit.anchor_set_.anchors, plain.anchor_set_.anchors)


def test_another_rule_judges(table):
    fit = fit_detector(
        table, "fasterrcnn_resnet50_fpn", rule=MaxIoU(0.9, 0.3), random_state=0
    )
    strict = fit.comparison_.criteria["forced"]["fitted"]["value"]
    usual = fit_detector(table, "fasterrcnn_resnet50_fpn", random_state=0)
    assert strict > usual.comparison_.criteria["forced"]["fitted"]["value"]


def test_a_detector_of_ones_own(table):
    mine = replace(get_detector("yolov5"), name="mine", input_size=(320, 320))
    fit = fit_detector(table, mine, random_state=0)
    assert fit.anchor_set_.anchors.max() <= 320
    assert "mine defaults" in fit.comparison_.names


def test_from_paths_and_from_a_folder(table, tmp_path):
    paths = load_sample_paths()
    one = fit_detector(paths, "yolov3", random_state=0)
    other = fit_detector(table, "yolov3", random_state=0)
    assert one.text_ == other.text_


def test_ready_for_json_and_back(faster):
    content = json.loads(json.dumps(faster.to_dict()))
    assert content["detector"] == "fasterrcnn_resnet50_fpn"
    read = parse_anchors(json.dumps(content), "json")
    np.testing.assert_array_equal(read.anchors, faster.anchor_set_.anchors)
    assert isinstance(read, AnchorSet)
    assert read.sizes == faster.anchor_set_.sizes


def test_printed(faster):
    shown = str(faster)
    assert faster.verdict_ in shown.replace("\n", " ")
    assert shown.endswith(faster.text_)


def test_sizes_alone_are_not_enough():
    with pytest.raises(TypeError, match="Sizes alone do not say where boxes lie"):
        fit_detector(np.ones((5, 2)), "yolov5")


def test_no_boxes(table):
    with pytest.raises(ValueError, match="no boxes"):
        fit_detector(table.select([]), "yolov5")


def test_a_detector_without_anchors(table):
    with pytest.raises(ValueError, match="'yolov8' has no anchors"):
        fit_detector(table, "yolov8")


def one_box_an_image(sides, n_images=30):
    """A table of boxes of these sides, in images of 640 x 480."""
    return from_records(
        [
            {
                "image_id": str(i),
                "width": 640,
                "height": 480,
                "objects": {
                    "bbox": [[10 + i, 20, *sides[i % len(sides)]]],
                    "category": ["thing"],
                },
            }
            for i in range(n_images)
        ]
    )


def test_boxes_of_a_pixel_are_not_taken_for_fractions():
    with pytest.raises(ValueError, match="one pixel of the input of yolov5"):
        fit_detector(one_box_an_image([(1, 1)]), "yolov5")


def test_one_image_is_not_enough_to_judge_by():
    table = one_box_an_image([(50, 80)], n_images=1)
    with pytest.raises(ValueError, match="there is only one"):
        fit_detector(table, "ssd300_vgg16")


def test_equal_sizes_of_a_form_are_said():
    table = one_box_an_image([(100, 100)])
    with pytest.warns(ConvergenceWarning, match="only 1 is different"):
        fit_detector(table, "fasterrcnn_resnet50_fpn", random_state=0)


def test_free_anchors_have_digits_that_can_be_read(table):
    fit = fit_detector(table, "yolov5", style="json", random_state=0)
    assert not re.search(r"\d[.]\d{6}", fit.text_)
    np.testing.assert_allclose(
        fit.anchor_set_.anchors, fit.estimator_.cluster_centers_, rtol=1e-5
    )
    np.testing.assert_allclose(
        parse_anchors(fit.text_).anchors, fit.anchor_set_.anchors, rtol=1e-12
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [(123.456, 123.46), (10.004, 10.0), (0.0123456, 0.012346), (0.5, 0.5)],
)
def test_rounding_keeps_what_matters(value, expected):
    assert _round(value, 2) == expected


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"balance": "colour"}, "balance must be 'class', 'size', both or None"),
        ({"balance": ()}, "balance must be"),
        ({"objective": "recall"}, "objective must be one of iou, grid_iou, matched"),
        ({"objective": "matched"}, "yolov5 holds free anchors"),
        ({"holdout": 2}, "holdout must be from 0 to below 1, got 2"),
        ({"holdout": None}, "holdout must be from 0 to below 1, got None"),
        ({"style": "yolo5"}, "style must be one of .* Did you mean yolov5"),
        ({"rule": "ATS"}, "rule must be one of .* Did you mean ATSS"),
    ],
)
def test_what_is_wrong_is_said_before_the_files_are_read(options, message):
    with pytest.raises(ValueError, match=message):
        fit_detector("nowhere", "yolov5", **options)
