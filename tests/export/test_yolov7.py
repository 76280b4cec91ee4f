"""YOLOv7 yaml."""

import pytest

from skanchors.export import default_anchors, format_anchors, parse_anchors

yaml = pytest.importorskip("yaml")


def test_writes_its_own_spaces():
    text = format_anchors(default_anchors("yolov4").anchors, "yolov7")
    assert text.splitlines() == [
        "anchors:",
        "  - [12,16, 19,36, 40,28]  # P3/8",
        "  - [36,75, 76,55, 72,146]  # P4/16",
        "  - [142,110, 192,243, 459,401]  # P5/32",
    ]


def test_trap_spaces_only_differ_from_yolov5():
    one, other = (
        format_anchors(default_anchors("yolov4").anchors, style, n_classes=80)
        for style in ("yolov5", "yolov7")
    )
    assert one != other
    assert yaml.safe_load(one) == yaml.safe_load(other)
    assert parse_anchors(other, "yolov7").levels == parse_anchors(one).levels
