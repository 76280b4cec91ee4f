"""What rules and `assign` refuse, in words that say what to pass."""

from dataclasses import replace

import numpy as np
import pytest

from skanchors.annotations import AnnotationTable, read_annotations
from skanchors.assignment import MaxIoU, SideRatio, SSDMatch, assign
from skanchors.cli import main
from skanchors.datasets import load_sample_paths
from skanchors.detectors import get_detector


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: SideRatio(threshold=1), ValueError, "threshold must be above 1"),
        (lambda: SideRatio(threshold=np.nan), ValueError, "threshold must be a number"),
        (lambda: SideRatio(threshold="4"), ValueError, "threshold must be a number"),
        (lambda: SSDMatch(threshold=True), TypeError, "threshold must be a number"),
        (lambda: SSDMatch(threshold="half"), TypeError, "threshold must be a number"),
        (lambda: SSDMatch(threshold=0), ValueError, "above 0 and at most 1"),
        (lambda: SSDMatch(winner="best"), ValueError, "'last' or 'first'"),
        (lambda: MaxIoU(positive=0.4, negative=0.5), ValueError, "negative must not"),
        (lambda: MaxIoU(min_low_quality=np.nan), ValueError, "number from 0 to 1"),
        (lambda: MaxIoU(min_low_quality="0"), ValueError, "number from 0 to 1"),
    ],
)
def test_parameters_of_rules(make, error, message):
    with pytest.raises(error, match=message):
        make()


@pytest.fixture(scope="module")
def table():
    return read_annotations(load_sample_paths())


def test_a_parameter_that_the_rule_does_not_have(capsys):
    with pytest.raises(SystemExit):
        main(["fit", "--detector", "yolov3", "--assignment", "MaxIoU:positve=0.6"])
    said = capsys.readouterr().err
    assert "MaxIoU has no parameter positve; its parameters are positive, " in said


def test_boxes_without_positions(table):
    columns = "path image_id label width height image_width image_height difficult"
    names = [*columns.split(), "truncated", "crowd", "relative"]
    bare = AnnotationTable(*(getattr(table, name) for name in names))
    with pytest.raises(ValueError, match="made without positions; give it xmin"):
        assign(bare, "yolov3")


def test_the_representation_names_detector_and_rule(table):
    text = repr(assign(table, "yolov3"))
    assert text.startswith("Assignment(detector='yolov3', rule=")
    assert f"n_objects={len(table)}, n_images={len(table.images.path)})" in text


def test_a_form_that_no_detector_has():
    detector = get_detector("yolov3")
    form = replace(detector.form, name="round")
    with pytest.raises(ValueError, match="yolov3: the form must be one of"):
        replace(detector, form=form)
