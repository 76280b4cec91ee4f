"""PaddleDetection yaml."""

import numpy as np
import pytest

from skanchors.export import format_anchors, parse_anchors

yaml = pytest.importorskip("yaml")

YOLOV3 = [
    [10, 13], [16, 30], [33, 23], [30, 61], [62, 45], [59, 119], [116, 90], [156, 198],
    [373, 326],
]  # fmt: skip

SAMPLE = """\
YOLOv3Head:
  anchors: [[10, 13], [16, 30], [33, 23],
            [30, 61], [62, 45], [59, 119],
            [116, 90], [156, 198], [373, 326]]
  anchor_masks: [[6, 7, 8], [3, 4, 5], [0, 1, 2]]
  loss: YOLOv3Loss
"""


def test_reads_sample():
    found = parse_anchors(SAMPLE)
    np.testing.assert_array_equal(found.anchors, YOLOV3)
    assert found.levels == ((0, 1, 2), (3, 4, 5), (6, 7, 8))
    assert found.strides is None


def test_writes_the_lines_of_the_sample():
    assert format_anchors(YOLOV3, "paddle").startswith(
        "\n".join(SAMPLE.split("\n")[:5])
    )


def test_trap_masks_are_large_to_small_and_name_the_right_pairs():
    value = yaml.safe_load(format_anchors(YOLOV3[::-1], "paddle"))
    head, strides = value["YOLOv3Head"], value["YOLOv3Loss"]["downsample"]
    assert strides == [32, 16, 8]
    assert head["anchors"] == YOLOV3
    coarsest = [head["anchors"][i] for i in head["anchor_masks"][0]]
    assert coarsest == [[116, 90], [156, 198], [373, 326]]


def test_strides_are_read():
    text = SAMPLE + "YOLOv3Loss:\n  downsample: [32, 16, 8]\n"
    assert parse_anchors(text).strides == (8, 16, 32)


def test_no_anchors():
    with pytest.raises(ValueError, match="Found no 'anchors"):
        parse_anchors("anchor_masks: [[0]]", "paddle")
