"""MMDetection's YOLOAnchorGenerator, and reading of its AnchorGenerator."""

import ast

import numpy as np
import pytest

from skanchors.export import format_anchors, parse_anchors

YOLOV3 = [
    [10, 13], [16, 30], [33, 23], [30, 61], [62, 45], [59, 119], [116, 90], [156, 198],
    [373, 326],
]  # fmt: skip

SAMPLE = """\
model = dict(
    bbox_head=dict(
        type='YOLOV3Head',
        anchor_generator=dict(
            type='YOLOAnchorGenerator',
            base_sizes=[[(116, 90), (156, 198), (373, 326)],
                        [(30, 61), (62, 45), (59, 119)],
                        [(10, 13), (16, 30), (33, 23)]],
            strides=[32, 16, 8]),
        featmap_strides=[32, 16, 8]))
"""


def arguments(text):
    """The arguments of the dict, by Python's own parser."""
    call = ast.parse(text).body[0].value.elts[0]
    return {keyword.arg: ast.literal_eval(keyword.value) for keyword in call.keywords}


def test_reads_sample():
    found = parse_anchors(SAMPLE)
    np.testing.assert_array_equal(found.anchors, YOLOV3)
    assert found.levels == ((0, 1, 2), (3, 4, 5), (6, 7, 8))
    assert found.strides == (8, 16, 32)


def test_python_agrees():
    found = arguments(format_anchors(YOLOV3, "mmdetection"))
    assert found["type"] == "YOLOAnchorGenerator"
    assert found["base_sizes"][0] == [(116, 90), (156, 198), (373, 326)]
    assert all(
        type(n) is int for level in found["base_sizes"] for w in level for n in w
    )


def test_trap_large_to_small_with_strides_to_match():
    found = arguments(format_anchors(YOLOV3, "mmdetection"))
    assert found["strides"] == [32, 16, 8]
    areas = [np.prod(level, axis=1).max() for level in found["base_sizes"]]
    assert areas == sorted(areas, reverse=True)


def test_levels_follow_the_strides_wherever_they_stand():
    text = "strides=[8, 32], base_sizes=[[(10, 13)], [(116, 90)]],"
    assert parse_anchors(text).levels == ((0,), (1,))


def test_reads_the_cross_product_of_retinanet():
    text = """anchor_generator=dict(
        type='AnchorGenerator', octave_base_scale=4, scales_per_octave=3,
        ratios=[0.5, 1.0, 2.0], strides=[8, 16, 32, 64, 128]),"""
    found = parse_anchors(text)
    assert found.strides == (8, 16, 32, 64, 128)
    assert [len(level) for level in found.levels] == [9] * 5
    first = found.groups[0]
    np.testing.assert_allclose(
        np.unique(np.sqrt(first.prod(axis=1)).round(6)),
        32 * 2 ** np.array([0, 1 / 3, 2 / 3]),
        atol=1e-5,
    )


def test_trap_ratio_is_height_over_width():
    found = parse_anchors("scales=[8], ratios=[0.25], strides=[4], base_sizes=[4]")
    assert found.anchors.tolist() == [[64, 16]]  # h / w = 0.25: a wide box


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("base_sizes=[[(10, 13)]", "not closed"),
        ("base_sizes=[[(10, a)]]", "numbers only"),
        ("base_sizes=[[(10, 13, 16)]]", r"shape \(n_anchors, 2\)"),
        ("base_sizes=sizes", "Found neither base_sizes"),
        ("base_sizes=[[(10, 13)]], strides=[8, 16]", "one stride a level"),
    ],
)
def test_refuses(text, message):
    with pytest.raises(ValueError, match=message):
        parse_anchors(text, "mmdetection")
