"""Detectron2 yaml."""

import math
import re

import numpy as np
import pytest

from skanchors.export import default_anchors, format_anchors, parse_anchors

yaml = pytest.importorskip("yaml")

YOLOV3 = default_anchors("yolov3")
SAMPLE = """\
MODEL:
  ANCHOR_GENERATOR:
    SIZES: [[32], [64], [128], [256], [512]]
    ASPECT_RATIOS: [[0.5, 1.0, 2.0]]
"""


def cell_anchors(sizes, ratios):
    """The arithmetic of Detectron2's DefaultAnchorGenerator, (width, height)."""
    found = []
    for size in sizes:
        for ratio in ratios:
            width = math.sqrt(size**2 / ratio)
            found.append([width, ratio * width])
    return np.array(found)


def test_reads_sample():
    found = parse_anchors(SAMPLE)
    assert [len(level) for level in found.levels] == [3] * 5
    np.testing.assert_allclose(
        sorted(found.groups[4].tolist()),
        sorted(cell_anchors([512], [0.5, 1.0, 2.0]).tolist()),
    )


def test_yaml_and_its_own_arithmetic_agree_with_the_loss_named():
    text = format_anchors(YOLOV3, "detectron2")
    value = yaml.safe_load(text)["MODEL"]["ANCHOR_GENERATOR"]
    ious = []
    for level in zip(
        YOLOV3.groups, value["SIZES"], value["ASPECT_RATIOS"], strict=True
    ):
        wanted, boxes = level[0], cell_anchors(*level[1:])
        assert len(boxes) == len(wanted)
        overlap = np.minimum(wanted[:, None], boxes).prod(axis=2)
        union = wanted.prod(axis=1)[:, None] + boxes.prod(axis=1) - overlap
        ious.append((overlap / union).max(axis=1).mean())
    named = float(re.search(r"mean IoU ([\d.]+)", text)[1])
    assert named == pytest.approx(np.mean(ious), abs=1e-4)
    assert named > 0.8


def test_trap_ratio_is_height_over_width():
    text = format_anchors([[50, 200]], "detectron2", strides=32)
    value = yaml.safe_load(text)["MODEL"]["ANCHOR_GENERATOR"]
    assert value == {"SIZES": [[100.0]], "ASPECT_RATIOS": [[4.0]]}


def test_trap_size_is_the_root_of_the_area():
    found = parse_anchors("SIZES: [[100]]\nASPECT_RATIOS: [[4.0]]")
    assert found.anchors.tolist() == [[50, 200]]


def test_what_was_read_is_written_back_without_loss():
    found = parse_anchors(SAMPLE)
    text = format_anchors(found, "detectron2")
    assert "nearest" not in text
    np.testing.assert_array_equal(parse_anchors(text).anchors, found.anchors)


def test_one_flat_list_holds_for_all_levels():
    text = "SIZES: [[32], [64]]\nASPECT_RATIOS: [0.5, 1.0]"
    assert parse_anchors(text).levels == ((0, 1), (2, 3))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SIZES: [[32], [64]]\nASPECT_RATIOS: [[1], [1], [1]]", "2 levels but"),
        ("SIZES: [[32]]\n", "Found no SIZES and ASPECT_RATIOS"),
    ],
)
def test_refuses(text, message):
    with pytest.raises(ValueError, match=message):
        parse_anchors(text, "detectron2")


def test_ratios_of_the_nearest_set_have_two_more_digits_than_sizes():
    wide = [20 / math.sqrt(0.4567), 20 * math.sqrt(0.4567)]
    text = format_anchors([wide], "detectron2", strides=[8], precision=1)
    assert "SIZES: [[20.0]]\n    ASPECT_RATIOS: [[0.457]]" in text
