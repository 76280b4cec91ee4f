"""What anchors cost in a head."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skanchors.cost import Conv2d, head_cost, profile_layers


def test_yolov3():
    table = head_cost(9, 80, 416)
    assert [row.output_channels for row in table] == [255, 255, 255]
    assert [row.grid for row in table] == ["52x52", "26x26", "13x13"]
    assert table.total.predictions == 10_647


@pytest.mark.parametrize(
    ("k", "classes", "size", "strides", "predictions"),
    [
        (5, 20, 416, [32], 845),  # YOLOv2
        (6, 80, 416, [16, 32], 2535),  # YOLOv3-tiny
        (9, 80, 640, [8, 16, 32], 25200),  # YOLOv5 P5
        (12, 80, 1280, [8, 16, 32, 64], 102000),  # YOLOv5 P6
    ],
)
def test_known_detectors(k, classes, size, strides, predictions):
    assert head_cost(k, classes, size, strides).total.predictions == predictions


def test_agrees_with_the_profile_of_its_convolution():
    row = head_cost(9, 20, (640, 384), in_channels=[128, 256, 512])[0]
    (expected,) = profile_layers([Conv2d(128, 75, 1)], (128, 48, 80))
    assert (row.params, row.flops) == (expected.params, expected.flops)
    # The profile's macs count the bias, as the usual tables do; these do not.
    assert row.macs == expected.macs - 75 * 48 * 80


def test_rectangular_input_is_width_height():
    table = head_cost(9, 20, (640, 384))
    assert table[0].grid == "80x48"
    assert table.total.predictions == head_cost(9, 20, (384, 640)).total.predictions


def test_uneven_anchors():
    table = head_cost([2, 3, 4], 20, 416)
    assert [row.output_channels for row in table] == [50, 75, 100]
    assert table.total.anchors == 9
    assert table.total.predictions == 2 * 52**2 + 3 * 26**2 + 4 * 13**2
    assert head_cost(np.array([2, 3, 4]), 20, 416).total == table.total


def test_sides_that_the_stride_does_not_divide_get_one_more_cell():
    assert head_cost(3, 20, (420, 416))[2].grid == "14x13"


def test_strides_that_are_no_power_of_two_have_a_name():
    assert head_cost(1, 20, 420, [12])[0].level == "/12"


def test_one_number_of_channels_holds_for_all_levels():
    table = head_cost(9, 80, 416, in_channels=256)
    assert len({row.params for row in table}) == 1


@settings(deadline=None, max_examples=50)
@given(st.integers(1, 30), st.integers(1, 100), st.integers(1, 40))
def test_cost_is_proportional_to_the_anchors(each, classes, cells):
    one = head_cost(3, classes, 32 * cells).total
    many = head_cost(3 * each, classes, 32 * cells).total
    for name in ("params", "macs", "flops", "predictions", "output_channels"):
        assert getattr(many, name) == each * getattr(one, name)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((10, 80, 416), "10 anchors cannot be shared out evenly among 3"),
        (([3, 3], 80, 416), "n_anchors has 2 entries but strides 3"),
        ((9, 0, 416), "n_classes"),
        ((9, 80, 0), "input_size"),
        ((9, 80, 416.5), "input_size"),
        ((9, 80, 416, []), "strides is empty"),
        ((9, 80, 416, [8, 16, 0]), "each of strides"),
        ((9, 80, 416, [8, 16, 32], [256]), "in_channels has 1"),
        (([3, 0, 6], 80, 416), "each of n_anchors"),
        ((0, 80, 416), "n_anchors"),
        ((2.5, 80, 416), "n_anchors"),
    ],
)
def test_refuses(arguments, message):
    with pytest.raises(ValueError, match=message):
        head_cost(*arguments)
