"""What is none of the known names is refused by a ValueError, whatever its type."""

import numpy as np
import pytest

from skanchors import fit_detector
from skanchors.annotations import from_records, read_annotations
from skanchors.assignment import assign
from skanchors.datasets import load_sample_paths
from skanchors.export import assign_levels, default_anchors, format_anchors
from skanchors.inspection import anchor_report, assignment_report

SIZES = np.array([[10.0, 13], [33, 23], [62, 45]])


def table(*args, **options):
    return read_annotations(load_sample_paths()[:3], *args, **options)


CALLS = {
    "style": lambda value: format_anchors(SIZES, value),
    "rule": lambda value: assign_levels(SIZES, rule=value),
    "scaling": lambda value: table().sizes(scaling=value),
    "scaling of assign": lambda value: assign(table(), "yolov5", scaling=value),
    "part": lambda value: assign(table(), "yolov5").to_pandas(value),
    "part of a report": lambda value: anchor_report(SIZES, SIZES).to_pandas(value),
    "part of an assignment report": lambda value: assignment_report(
        table(), "yolov5"
    ).to_pandas(value),
    "objective": lambda value: fit_detector(table(), "yolov5", objective=value),
    "on_invalid": lambda value: read_annotations(
        load_sample_paths()[:1], on_invalid=value
    ),
    "on_invalid of records": lambda value: from_records([], on_invalid=value),
    "box_format": lambda value: from_records([], box_format=value),
    "columns": lambda value: table(columns=value),
    "format": lambda value: table(value),
}


@pytest.mark.parametrize("value", [["iou"], {}, 5, "none of them"], ids=repr)
@pytest.mark.parametrize("name", CALLS)
def test_the_known_names_are_listed(name, value):
    with pytest.raises(ValueError, match=f"{name.split()[0]} must be one of .*; got"):
        CALLS[name](value)


@pytest.mark.parametrize("value", ["x", ["x"], [], [np.nan], {}], ids=repr)
def test_numbers_of_the_report(value):
    with pytest.raises(ValueError, match="thresholds are ratios"):
        anchor_report(SIZES, SIZES, thresholds=value)
    with pytest.raises(ValueError, match="strides must be numbers above 0"):
        anchor_report(SIZES, SIZES, strides=value)
    with pytest.raises(ValueError, match="stride_range two rising numbers"):
        anchor_report(SIZES, SIZES, strides=(8,), stride_range=value)


@pytest.mark.parametrize("value", [(2, 2), (-1, 2), (1, 2, 3), 2], ids=repr)
def test_a_stride_range_has_two_rising_numbers(value):
    with pytest.raises(ValueError, match="stride_range two rising numbers"):
        anchor_report(SIZES, SIZES, strides=(8,), stride_range=value)


@pytest.mark.parametrize("value", [["yolov5"], {}, 5], ids=repr)
def test_published_anchors_are_listed(value):
    with pytest.raises(ValueError, match="No published anchors are called"):
        default_anchors(value)


def test_close_names_are_suggested():
    with pytest.raises(ValueError, match="Did you mean letterbox"):
        assign(table(), "yolov5", scaling="leterbox")
    with pytest.raises(ValueError, match="Did you mean yolov5"):
        format_anchors(SIZES, "yolo_v5")
