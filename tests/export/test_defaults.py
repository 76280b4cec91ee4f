"""Published sets are as published."""

import numpy as np
import pytest

from skanchors.export import (
    default_anchor_names,
    default_anchors,
    format_anchors,
    parse_anchors,
)

N_ANCHORS = {
    "yolov2": 5,
    "yolov2-voc": 5,
    "yolov2-tiny-voc": 5,
    "yolo9000": 3,
    "yolov3": 9,
    "yolov3-tiny": 6,
    "yolov4": 9,
    "yolov4-tiny": 6,
    "yolov5": 9,
    "yolov5-p6": 12,
    "yolov5-p6-1280": 12,
    "yolov5-p7": 15,
}


def test_names():
    assert set(default_anchor_names()) == set(N_ANCHORS)


@pytest.mark.parametrize("name", N_ANCHORS)
def test_fields(name):
    found = default_anchors(name)
    assert found.anchors.shape == (N_ANCHORS[name], 2)
    assert found.name == name and found.source
    assert found.input_size[0] % 32 == 0
    assert len(found.levels) == len(found.strides)
    assert np.all(np.diff(found.anchors.prod(axis=1)) > 0)


def test_yolov2_is_in_pixels():
    cells = default_anchors("yolov2-voc").anchors / 32
    assert cells[0] == pytest.approx([1.3221, 1.73145])
    assert cells.max() < 13


def test_yolov4_tiny_uses_one_anchor_twice_as_published():
    assert default_anchors("yolov4-tiny").levels == ((1, 2, 3), (3, 4, 5))
    assert default_anchors("yolov3-tiny").levels == ((0, 1, 2), (3, 4, 5))


def test_masks_that_use_an_anchor_twice_survive_darknet_with_a_warning():
    text = format_anchors(default_anchors("yolov4-tiny"), "darknet")
    assert "mask = 1,2,3" in text and "mask = 3,4,5" in text
    with pytest.warns(UserWarning, match=r"no level uses anchor 0, and more than one"):
        assert parse_anchors(text).levels == ((1, 2, 3), (3, 4, 5))


def test_masks_that_use_an_anchor_twice_are_refused_where_each_is_written_once():
    with pytest.raises(ValueError, match="leave one out or use one twice"):
        format_anchors(default_anchors("yolov4-tiny"), "yolov5")
    text = format_anchors(
        default_anchors("yolov4-tiny").anchors, "yolov5", strides=(16, 32)
    )
    assert text.count("[") == 2


def test_unknown_name():
    with pytest.raises(ValueError, match=r"one of yolov2, .*got 'yolov9'"):
        default_anchors("yolov9")
