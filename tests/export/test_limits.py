"""A small text takes little work, whatever it says, and only ValueError comes out."""

import numpy as np
import pytest

from skanchors.export import AnchorSet, format_anchors, parse_anchors, style_names

ONES = "[" + ",".join(["1"] * 200) + "]"


@pytest.mark.parametrize(
    ("text", "style", "message"),
    [
        (
            f"ssd_anchor_generator {{ aspect_ratios: {ONES} scales: {ONES} }}",
            "tensorflow",
            "make 40200 anchors; 10000 is the most",
        ),
        (
            f"ratios={ONES}, scales={ONES}, base_sizes={ONES}, "
            f"strides={list(range(1, 201))}",
            "mmdetection",
            "make 8000000 anchors; 10000 is the most",
        ),
        (
            "ssd_anchor_generator aspect_ratios: 1 " + "scales:[" * 16_000,
            "tensorflow",
            "not closed",
        ),
        ("anchors:\n- [" + "1,2," * 20_000 + "3,4]\n", "yolov5", "20001 anchors"),
        ("[" + "[1, 2]," * 10_000 + "[3, 4]]", "json", "10001 anchors; 10000"),
        ("[" * 100_000, "json", "nested too deeply"),
        ("anchors: [[" + "-" * 3000 + "1,1]]", "yolov5", "nested too deeply"),
        ("anchors: " + "[" * 3000, "yolov5", "nested too deeply"),
        ("width,height\n" + "9" * 200_000 + ",1\n", "csv", "no CSV"),
        ("SIZES: [[9**9**9]]\nASPECT_RATIOS: [[1]]", "detectron2", "power"),
        (
            "SIZES: [[[[1] * 1000] * 1000] * 1000]\nASPECT_RATIOS: [[1]]",
            "detectron2",
            "more in it than in any list",
        ),
        (
            "SIZES: [[[[x for x in [1] * 999] for y in [1] * 999] for z in [1] * 999]]"
            "\nASPECT_RATIOS: [[1]]",
            "detectron2",
            "more in it than in any list",
        ),
        ("x" * 2_000_000, "auto", "2000000 characters"),
        (
            "ssd_anchor_generator { aspect_ratios: [1, x] scales: 0.2 }",
            "tensorflow",
            "'x', not a number",
        ),
    ],
    ids=lambda value: value[:30],
)
def test_bounded(text, style, message):
    with pytest.raises(ValueError, match=message):
        parse_anchors(text, style, input_size=300)


def test_ten_thousand_anchors_are_read_and_written():
    sides = np.random.default_rng(0).integers(9, 600, (9999, 2))
    rows = "".join(f"- {sides[i::3].ravel().tolist()}\n" for i in range(3))
    found = parse_anchors(f"anchors:\n{rows}")
    assert len(found) == 9999
    assert len(format_anchors(found, "json")) > 9999


def test_the_nearest_set_is_looked_for_among_few():
    many = np.random.default_rng(0).uniform(9, 600, (9999, 2))
    with (
        pytest.warns(UserWarning, match="others are out of range"),
        pytest.raises(ValueError, match="Fit PyramidAnchors to the boxes"),
    ):
        format_anchors(many, "detectron2")


def test_a_form_makes_no_more_anchors_than_any_detector_has():
    with pytest.raises(ValueError, match="10000 is the most"):
        AnchorSet(sizes=[[1] * 101], ratios=[1] * 100)


@pytest.mark.parametrize("style", style_names())
@pytest.mark.parametrize("name", ["__import__('os')", "open('x')", "(lambda: 1)()"])
def test_nothing_is_executed(style, name):
    keys = ("anchors", "sizes", "aspect_ratios", "SIZES", "ASPECT_RATIOS", "strides")
    text = "".join(f"{key} = [[{name}]]\n{key}: [[{name}]]\n" for key in keys)
    with pytest.raises(ValueError):
        parse_anchors(text, style, input_size=300)
