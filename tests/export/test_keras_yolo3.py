"""keras-yolo3 txt."""

import numpy as np
import pytest

from skanchors.export import format_anchors, parse_anchors

YOLOV3 = [
    [10, 13], [16, 30], [33, 23], [30, 61], [62, 45], [59, 119], [116, 90], [156, 198],
    [373, 326],
]  # fmt: skip

SAMPLE = "10,13,  16,30,  33,23,  30,61,  62,45,  59,119,  116,90,  156,198,  373,326"


def test_reads_sample():
    np.testing.assert_array_equal(parse_anchors(SAMPLE).anchors, YOLOV3)
    assert parse_anchors(SAMPLE).levels is None


def test_its_own_reader_understands():
    text = format_anchors(YOLOV3, "keras-yolo3")
    # What keras-yolo3 does with the first line of the file.
    found = np.array([float(x) for x in text.split(",")]).reshape(-1, 2)
    np.testing.assert_array_equal(found, YOLOV3)


def test_trap_no_newline_at_the_end():
    text = format_anchors(YOLOV3, "keras-yolo3")
    assert text == SAMPLE.replace(",  ", ", ")


def test_trap_the_last_two_characters_are_kept():
    assert format_anchors(YOLOV3, "keras-yolo3").endswith("373,326")


def test_an_odd_number_of_numbers_is_refused():
    with pytest.raises(ValueError, match="5 numbers; anchors come in pairs"):
        parse_anchors("10,13, 16,30, 33")
    with pytest.raises(ValueError, match="'b', not a number"):
        parse_anchors("10,b", "keras-yolo3")


def test_pairs_with_spaces_between_them():
    found = parse_anchors("10,13  16,30 33,23\n")
    assert found.anchors.tolist() == [[10, 13], [16, 30], [33, 23]]
