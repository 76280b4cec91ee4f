"""TensorFlow Object Detection API.

It is no dependency of the tests: `ssd_anchors` repeats the arithmetic of its
create_ssd_anchors for the fields that are written.
"""

import re

import numpy as np
import pytest

from skanchors.export import AnchorSet, default_anchors, format_anchors, parse_anchors

YOLOV3 = default_anchors("yolov3")
SSD = """
anchor_generator { ssd_anchor_generator { num_layers: 6 min_scale: 0.2 max_scale: 0.95
  aspect_ratios: 1.0 aspect_ratios: 2.0 aspect_ratios: 0.5 } }
"""
MULTISCALE = """
anchor_generator { multiscale_anchor_generator { min_level: 3 max_level: 7
  anchor_scale: 4.0 aspect_ratios: [1.0, 2.0, 0.5] scales_per_octave: 2 } }
"""


def values(text, key):
    return [float(found) for found in re.findall(rf"\b{key}: ([\d.]+)", text)]


def ssd_anchors(text, input_size):
    """(width, height) of each level; ratio w/h, scale of the short side."""
    scales, ratios = values(text, "scales"), values(text, "aspect_ratios")
    assert values(text, "num_layers") == [len(scales)]
    assert "interpolated_scale_aspect_ratio: 0.0" in text
    assert "reduce_boxes_in_lowest_layer: false" in text
    short = min(input_size)
    return [
        np.array([[s * r**0.5 * short, s / r**0.5 * short] for r in ratios])
        for s in scales
    ]


def test_writes_what_its_arithmetic_turns_into_the_loss_named():
    text = format_anchors(YOLOV3, "tensorflow")
    ious = []
    for wanted, boxes in zip(YOLOV3.groups, ssd_anchors(text, (416, 416)), strict=True):
        overlap = np.minimum(wanted[:, None], boxes).prod(axis=2)
        union = wanted.prod(axis=1)[:, None] + boxes.prod(axis=1) - overlap
        ious.append((overlap / union).max(axis=1).mean())
    named = float(re.search(r"mean IoU ([\d.]+)", text)[1])
    assert named == pytest.approx(np.mean(ious), abs=2e-4)
    assert named > 0.6


@pytest.mark.parametrize("input_size", [(300, 300), (640, 384), (384, 640)])
def test_reads_back_what_the_detector_makes(input_size):
    text = format_anchors(YOLOV3.anchors * 0.7, "tensorflow", input_size=input_size)
    found = parse_anchors(text, input_size=input_size)
    for group, boxes in zip(found.groups, ssd_anchors(text, input_size), strict=True):
        np.testing.assert_allclose(sorted(group.tolist()), sorted(boxes.tolist()))


def test_trap_ratio_is_width_over_height():
    text = format_anchors([[50, 200]], "tensorflow", strides=32, input_size=400)
    assert values(text, "aspect_ratios") == [0.25]
    assert values(text, "scales") == [0.25]


def test_trap_scales_are_relative_to_the_input():
    with pytest.raises(ValueError, match="relative to the input; give input_size"):
        format_anchors(YOLOV3.anchors, "tensorflow")
    with pytest.raises(ValueError, match="relative to the input; give input_size"):
        parse_anchors(SSD)
    one, other = (parse_anchors(SSD, input_size=size).anchors for size in (300, 600))
    np.testing.assert_allclose(2 * one, other)


def test_reads_the_ssd_sample_with_its_extra_anchors():
    found = parse_anchors(SSD, input_size=300)
    # Three on the finest level, else one a ratio and one of a scale in between.
    assert [len(level) for level in found.levels] == [3, 4, 4, 4, 4, 4]
    smallest, finest = found.anchors[0], found.groups[0]
    np.testing.assert_allclose(smallest, [30, 30])
    np.testing.assert_allclose(
        sorted(finest[1:].tolist()),
        sorted([[60 / 2**0.5, 60 * 2**0.5], [60 * 2**0.5, 60 / 2**0.5]]),
    )
    np.testing.assert_allclose(found.groups[5].max(axis=0), 300 * 0.95 * 2**0.5)


def test_reads_the_multiscale_sample_in_pixels():
    found = parse_anchors(MULTISCALE)
    assert found.strides == (8, 16, 32, 64, 128)
    assert [len(level) for level in found.levels] == [6] * 5
    np.testing.assert_allclose(found.anchors[0].prod(), 32**2)
    widest = found.groups[0][:, 0].max()
    np.testing.assert_allclose(widest, 32 * 2**0.5 * 2**0.5)  # ratio 2 is wide


def test_too_coarse_a_precision_is_refused():
    with pytest.raises(ValueError, match=r"With 0 digits .* raise precision"):
        format_anchors(YOLOV3, "tensorflow", precision=0)


def test_no_ratios():
    with pytest.raises(ValueError, match="no aspect_ratios"):
        parse_anchors("ssd_anchor_generator { num_layers: 6 }", input_size=300)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (SSD.replace("0.5", "-0.5"), "larger than 0"),
        (SSD.replace("6", "6000000"), "'num_layers' counts"),
        (SSD.replace("6", "2.5"), "not a whole number"),
        (MULTISCALE.replace("7", "2"), "min_level=3 and max_level=2"),
        (MULTISCALE.replace("0.5", "-0.5"), "larger than 0"),
        (MULTISCALE.replace("4.0", "-4.0"), "larger than 0"),
    ],
)
def test_refuses(text, message):
    with pytest.raises(ValueError, match=message):
        parse_anchors(text, input_size=300)


def test_scales_of_ssd_are_those_of_the_schema_where_none_are_given():
    # min_scale 0.2 and max_scale 0.95 are the defaults of its protocol buffer.
    given, bare = SSD, re.sub(r"m(in|ax)_scale: [\d.]+", "", SSD)
    assert "_scale" not in bare
    first, second = (parse_anchors(text, input_size=300) for text in (given, bare))
    np.testing.assert_array_equal(first.anchors, second.anchors)


def test_levels_with_one_left_out_are_no_multiscale_generator():
    anchors = AnchorSet(
        strides=[8, 32], sizes=[[32], [128]], ratios=[1.0], input_size=300
    )
    text = format_anchors(anchors, "tensorflow")
    assert "multiscale" not in text
    assert parse_anchors(text).levels == ((0,), (1,))
