"""YOLOv5 yaml."""

import numpy as np
import pytest

from skanchors.export import format_anchors, parse_anchors

yaml = pytest.importorskip("yaml")

YOLOV3 = [
    [10, 13], [16, 30], [33, 23], [30, 61], [62, 45], [59, 119], [116, 90], [156, 198],
    [373, 326],
]  # fmt: skip

SAMPLE = """\
nc: 80 # number of classes
depth_multiple: 0.33
anchors:
  - [10, 13, 16, 30, 33, 23] # P3/8
  - [30, 61, 62, 45, 59, 119] # P4/16
  - [116, 90, 156, 198, 373, 326] # P5/32

backbone:
  - [-1, 1, Conv, [64, 6, 2, 2]]
"""


def test_reads_sample():
    found = parse_anchors(SAMPLE)
    np.testing.assert_array_equal(found.anchors, YOLOV3)
    assert found.levels == ((0, 1, 2), (3, 4, 5), (6, 7, 8))
    assert found.strides == (8, 16, 32)
    assert found.n_classes == 80


def test_writes_the_lines_of_the_sample():
    text = format_anchors(YOLOV3, "yolov5")
    assert text in SAMPLE


def test_yaml_agrees():
    value = yaml.safe_load(format_anchors(YOLOV3, "yolov5", n_classes=3))
    assert value["nc"] == 3
    assert value["anchors"] == [
        [10, 13, 16, 30, 33, 23],
        [30, 61, 62, 45, 59, 119],
        [116, 90, 156, 198, 373, 326],
    ]
    assert all(type(side) is int for row in value["anchors"] for side in row)


def test_trap_small_to_large():
    value = yaml.safe_load(format_anchors(YOLOV3[::-1], "yolov5"))
    areas = [np.prod(np.reshape(row, (-1, 2)), axis=1) for row in value["anchors"]]
    assert np.all(np.diff(np.concatenate(areas)) > 0)


def test_trap_a_reversed_list_is_put_right_on_reading():
    text = "anchors:\n- [116,90, 156,198, 373,326]\n- [10,13, 16,30, 33,23]\n"
    assert parse_anchors(text).groups[0].tolist() == [[10, 13], [16, 30], [33, 23]]


@pytest.mark.parametrize(
    "text",
    [
        "anchors: [[10,13, 16,30], [30,61, 62,45]]",
        "anchors:\n- [10,13, 16,30]\n- [30,61, 62,45]\nnc: 1\n",
        "anchors:\n  # from a fit\n\n  - [10.0,13.0, 16,30]\n\n  - [30,61, 62,45]",
        "anchors:\n  - [[10, 13], [16, 30]]\n  - [[30, 61], [62, 45]]\n",
    ],
)
def test_other_spellings(text):
    found = parse_anchors(text)
    assert found.anchors.tolist() == [[10, 13], [16, 30], [30, 61], [62, 45]]
    assert found.levels == ((0, 1), (2, 3))
    assert found.strides is None


def test_strides_that_are_no_power_of_two():
    text = format_anchors([[30, 30], [90, 90]], "yolov5", strides=(12, 24))
    assert "# stride 12" in text
    assert parse_anchors(text).strides == (12, 24)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("anchors: 3\n", "holds no anchors: it asks YOLOv5 to compute 3"),
        ("anchors:\nbackbone: 1\n", "each level must be one line"),
        ("anchors: [10,13]\n", "not one list of numbers a level"),
        ("anchors:\n - [10,13, 16]\n", "3 numbers; anchors come in pairs"),
        ("anchors:\n - [10,13, x]\n", "numbers only"),
        ("nc: 80\n", "no 'anchors:'"),
    ],
)
def test_refuses(text, message):
    with pytest.raises(ValueError, match=message):
        parse_anchors(text, "yolov5")


def test_comments_that_name_one_level_twice_are_not_believed():
    text = "anchors:\n  - [10,13] # P3/8\n  - [16,30] # P3/8\n"
    assert parse_anchors(text).strides is None
