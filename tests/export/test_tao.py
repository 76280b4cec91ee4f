"""NVIDIA TAO spec."""

import ast
import re

import pytest

from skanchors.export import format_anchors, parse_anchors

SAMPLE = """\
yolov3_config {
  big_anchor_shape: "[(114.94, 60.67), (159.06, 114.59), (297.59, 176.38)]"
  mid_anchor_shape: "[(42.99, 31.91), (79.57, 31.75), (56.80, 56.93)]"
  small_anchor_shape: "[(15.60, 13.88), (30.25, 20.25), (20.67, 49.63)]"
"""


def test_reads_sample():
    found = parse_anchors(SAMPLE)
    assert found.groups[0].tolist() == [[15.6, 13.88], [30.25, 20.25], [20.67, 49.63]]
    assert found.groups[2][0].tolist() == [114.94, 60.67]
    assert found.strides is None


def test_writes_the_lines_of_the_sample():
    text = format_anchors(parse_anchors(SAMPLE), "tao")
    assert text == SAMPLE + "}\n"


def test_trap_width_comes_first_and_big_is_coarse():
    text = format_anchors([[300, 200], [40, 30], [12, 10]], "tao")
    strings = dict(re.findall(r'(\w+)_anchor_shape: "(.*)"', text))
    assert ast.literal_eval(strings["big"]) == [(300, 200)]
    assert ast.literal_eval(strings["small"]) == [(12, 10)]


def test_two_levels_are_mid_and_big():
    text = format_anchors([[30, 40], [120, 100]], "tao", strides=(16, 32))
    assert "small" not in text
    assert parse_anchors(text).levels == ((0,), (1,))


def test_other_numbers_of_levels_are_refused():
    with pytest.raises(ValueError, match="3 levels"):
        format_anchors([[30, 40]], "tao", strides=32)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('big_anchor_shape: "[(1, 2)]"', "Expected small_anchor_shape"),
        (SAMPLE.replace("(15.60, ", "(x, "), "small_anchor_shape must be like"),
        ("", "empty"),
    ],
)
def test_refuses(text, message):
    with pytest.raises(ValueError, match=message):
        parse_anchors(text, "tao")
