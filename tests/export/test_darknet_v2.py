"""Darknet cfg of YOLOv2: grid cells."""

import numpy as np
import pytest

from skanchors.export import default_anchors, format_anchors, parse_anchors

CFG = """
[net]
width=416
height=416

[region]
anchors =  1.3221, 1.73145, 3.19275, 4.00944, 5.05587, 8.09892, 9.47112, 4.84053, 11.2364, 10.0071
bias_match=1
classes=20
coords=4
num=5
"""  # noqa: E501
CELLS = [
    [1.3221, 1.73145], [3.19275, 4.00944], [5.05587, 8.09892], [9.47112, 4.84053],
    [11.2364, 10.0071],
]  # fmt: skip


def test_reads_yolov2_voc_cfg_in_pixels():
    found = parse_anchors(CFG)
    np.testing.assert_allclose(found.anchors / 32, CELLS)
    np.testing.assert_allclose(found.anchors, default_anchors("yolov2-voc").anchors)
    assert found.strides == (32,)
    assert found.levels == (tuple(range(5)),)
    assert found.input_size == (416, 416)
    assert found.n_classes == 20


def test_trap_cells_and_pixels():
    line = "anchors = 10,13,  16,30,  33,23,  30,61,  62,45"
    pixels = parse_anchors(line, "darknet").anchors
    np.testing.assert_array_equal(
        parse_anchors(line, "darknet-v2").anchors, 32 * pixels
    )
    # Too large for cells of any usual input: auto takes the line for pixels.
    np.testing.assert_array_equal(parse_anchors(line).anchors, pixels)
    small = "anchors = 1.08,1.19,  3.42,4.41"
    with pytest.raises(ValueError, match="darknet or darknet-v2"):
        parse_anchors(small)


def test_writes_cells():
    text = format_anchors(
        [[64, 48], [320, 400]], "darknet-v2", precision=4, n_classes=3
    )
    assert "[region]\n# grid cells of 32 pixels\n" in text
    assert "anchors = 2.0000, 1.5000, 10.0000, 12.5000\n" in text
    assert "filters=16\n" in text and "classes=3\n" in text and "num=2\n" in text


def test_classes_unknown():
    assert "# filters=(classes+5)*2\n" in format_anchors(
        [[64, 48], [99, 9]], "darknet-v2"
    )


def test_other_strides():
    text = format_anchors([[64, 48]], "darknet-v2", strides=16)
    assert "anchors = 4.00000, 3.00000\n" in text
    assert parse_anchors(text, strides=16).anchors.tolist() == [[64, 48]]


def test_fractions_become_cells():
    text = format_anchors([[0.5, 0.25]], "darknet-v2", input_size=416)
    assert "anchors = 6.50000, 3.25000" in text


def test_pixels_of_three_levels_need_one_stride():
    with pytest.raises(ValueError, match="one level; give one stride"):
        format_anchors(default_anchors("yolov3"), "darknet-v2")
    assert "[region]" in format_anchors(
        default_anchors("yolov3"), "darknet-v2", strides=32
    )
    with pytest.raises(ValueError, match="cells have one stride"):
        parse_anchors(CFG, strides=(8, 16))


def test_converts_to_pixels():
    text = format_anchors(parse_anchors(CFG), "keras-yolo3")
    assert text == "42,55, 102,128, 162,259, 303,155, 360,320"


def test_no_section():
    with pytest.raises(ValueError, match=r"no \[region\] section"):
        parse_anchors("[net]\nwidth=416", "darknet-v2")
