"""Training and deployment: equal, reordered, scaled or different."""

import numpy as np
import pytest

from skanchors.export import (
    AnchorSet,
    default_anchors,
    format_anchors,
    parse_anchors,
    style_names,
)
from skanchors.export._compare import compare_sets
from skanchors.export._format import read_text

YOLOV3 = default_anchors("yolov3")


def read(text, style="auto"):
    return read_text(text, style, strides=None, input_size=None, name=None)[0]


@pytest.mark.parametrize(
    "style",
    [
        "darknet",
        "yolov5",
        "yolov7",
        "mmdetection",
        "mmyolo",
        "paddle",
        "tao",
        "otx",
        "c",
    ],
)
def test_two_styles_of_one_set_are_equal(style):
    one = read(format_anchors(YOLOV3, "darknet"))
    found = compare_sets(one, read(format_anchors(YOLOV3, style), style))
    assert found.verdict == "equal", found.text


def test_rounding_to_two_digits_is_equal_and_said():
    fine = read("[[10.123456, 20.5], [30, 40]]")
    found = compare_sets(fine, read("[[10.12, 20.5], [30, 40]]"))
    assert found.verdict == "equal" and "rounding" in found.text
    assert compare_sets(fine, read("[[10.2, 20.5], [30, 40]]")).verdict == "different"


def test_another_order_on_a_level_is_reordered():
    one = read("anchors:\n  - [10,13, 16,30] # P3/8\n  - [30,61, 62,45] # P4/16\n")
    other = read("anchors:\n  - [16,30, 10,13] # P3/8\n  - [30,61, 62,45] # P4/16\n")
    assert compare_sets(one, one).verdict == "equal"
    assert compare_sets(one, other).verdict == "reordered"
    assert "on their levels" in compare_sets(one, other).text


def test_levels_the_other_way_round_are_reordered():
    one = read("anchors:\n  - [10,13, 16,30] # P3/8\n  - [30,61, 62,45] # P4/16\n")
    other = read("anchors:\n  - [30,61, 62,45] # P3/8\n  - [10,13, 16,30] # P4/16\n")
    assert compare_sets(one, other) == (
        "reordered",
        "reordered: the same anchors, but on other levels.",
    )


def test_a_flat_list_in_another_order_is_reordered():
    one, other = read("[[10, 13], [16, 30]]"), read("[[16, 30], [10, 13]]")
    assert compare_sets(one, other).verdict == "reordered"


def test_coarse_first_is_how_some_styles_write_and_no_reordering():
    one = read(format_anchors(YOLOV3, "mmdetection"))
    assert compare_sets(one, read(format_anchors(YOLOV3, "mmyolo"))).verdict == "equal"


@pytest.mark.parametrize("factor", [32, 1 / 416, 640 / 416, 1 / 32])
def test_scaled_says_by_what(factor):
    one = read("[[10, 13], [16, 30], [33, 23], [373, 326]]")
    other = read(format_anchors(one.anchors * factor, "json"))
    found = compare_sets(one, other)
    assert found.verdict == "scaled"
    assert f"times {factor:.6g}." in found.text


def test_scaled_and_rounded_to_whole_pixels():
    one = read("[[10, 13], [16, 30], [33, 23], [373, 326]]")
    other = read(format_anchors(np.round(one.anchors * 640 / 416), "json"))
    assert compare_sets(one, other).verdict == "scaled"


def test_scaled_by_another_factor_in_height():
    one = read("[[10, 13], [16, 30], [33, 23], [373, 326]]")
    other = read(format_anchors(one.anchors * [2, 3], "json"))
    assert "times 2 in width and 3 in height" in compare_sets(one, other).text


def test_swapped_sides_are_named():
    one = read("[[10, 13], [16, 30], [33, 23], [373, 326]]")
    other = read(format_anchors(one.anchors[:, ::-1], "json"))
    found = compare_sets(one, other)
    assert found.verdict == "different" and "swapped" in found.text


def test_different_names_which():
    one = read("[[10, 13], [16, 30], [33, 23]]")
    found = compare_sets(one, read("[[10, 13], [17, 44], [33, 23]]"))
    assert found.verdict == "different"
    assert "Only in the first: 16 x 30." in found.text
    assert "Only in the second: 17 x 44." in found.text
    found = compare_sets(one, read("[[10, 13], [16, 30]]"))
    assert "3 and 2 anchors" in found.text


def test_other_strides_are_different():
    one = read("anchors:\n  - [10,13, 16,30] # P3/8\n")
    other = read("anchors:\n  - [10,13, 16,30] # P4/16\n")
    assert "strides are 8 and 16" in compare_sets(one, other).text


def test_forms_are_compared_by_their_anchors():
    defaults = default_anchors("mmdet-retinanet")
    texts = [
        format_anchors(defaults, style)
        for style in ("torchvision", "mmdetection", "tensorflow", "keras-retinanet")
    ]
    for text in texts:
        assert compare_sets(read(texts[0]), read(text)).verdict == "equal"


def test_every_style_is_equal_to_itself():
    for style in style_names():
        strides = (32,) if style == "darknet-v2" else None
        text = format_anchors(YOLOV3.anchors, style, input_size=416, strides=strides)
        one, other = (parse_anchors(text, style, input_size=416) for _ in range(2))
        assert compare_sets(one, other).verdict == "equal"


def test_rounded_to_whole_pixels_is_equal_both_ways():
    fitted = AnchorSet([[52.48, 76], [90.88, 81], [49, 197.12]])
    rounded = AnchorSet([[52, 76], [91, 81], [49, 197]])
    for found in (compare_sets(fitted, rounded), compare_sets(rounded, fitted)):
        assert found.verdict == "equal"
        assert "up to 0.48, which is rounding" in found.text


@pytest.mark.parametrize(
    "anchors",
    [
        [[52.6, 76], [90.88, 81], [49, 197.12]],  # rounds to 53
        [[51, 76], [91, 81], [49, 197]],  # both whole
    ],
)
def test_another_pixel_is_not_rounding(anchors):
    rounded = AnchorSet([[52, 76], [91, 81], [49, 197]])
    assert compare_sets(AnchorSet(anchors), rounded).verdict != "equal"


def test_cells_are_not_rounded_pixels():
    cells = AnchorSet([[1.3, 1.8], [3.1, 4.2]])
    assert compare_sets(cells, AnchorSet([[1, 2], [3, 4]])).verdict != "equal"


def test_what_one_anchor_is_scaled_by_must_be_equal_on_both_sides():
    one = read("[[10, 20]]")
    assert compare_sets(one, read("[[20, 40]]")).verdict == "scaled"
    assert compare_sets(one, read("[[20, 60]]")).verdict == "different"
