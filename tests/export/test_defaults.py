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
    "yolov2-tiny": 5,
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
    "yolov7": 9,
    "yolov7-tiny": 9,
    "fasterrcnn_resnet50_fpn": 15,
    "retinanet_resnet50_fpn": 45,
    "ssd300_vgg16": 30,
    "ssdlite320_mobilenet_v3_large": 36,
    "detectron2-faster-rcnn-fpn": 15,
    "detectron2-faster-rcnn-c4": 15,
    "detectron2-retinanet": 45,
    "mmdet-retinanet": 45,
    "mmdet-faster-rcnn": 15,
    "mmdet-atss": 5,
    "mmdet-yolov3": 9,
    "mmdet-ssd300": 30,
    "efficientdet-d0": 45,
    "tf-ssd-mobilenet-v2-fpn": 30,
    "paddle-yolov3": 9,
    "mask-rcnn-matterport": 15,
}


def test_names():
    assert set(default_anchor_names()) == set(N_ANCHORS)


@pytest.mark.parametrize("name", N_ANCHORS)
def test_fields(name):
    found = default_anchors(name)
    assert found.anchors.shape == (N_ANCHORS[name], 2)
    assert found.name == name and found.source
    if found.input_size is not None:
        assert found.input_size[0] % 4 == 0
    assert len(found.levels) == len(found.strides)
    areas = np.log(found.anchors.prod(axis=1)).round(9)
    by_area = np.lexsort((*found.anchors.T[::-1], areas))
    np.testing.assert_array_equal(found.anchors, found.anchors[by_area])
    assert (found.sizes is None) == (found.ratios is None) == (found.form is None)


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
    with pytest.raises(ValueError, match=r"did you mean yolov7.* There are yolov2, "):
        default_anchors("yolov9")


def test_retinanet_of_torchvision_cuts_its_sizes_to_whole_pixels():
    assert default_anchors("retinanet_resnet50_fpn").sizes == (
        (32, 40, 50),
        (64, 80, 101),
        (128, 161, 203),
        (256, 322, 406),
        (512, 645, 812),
    )


def test_ssd300_of_torchvision():
    found = default_anchors("ssd300_vgg16")
    assert found.strides == (8, 16, 32, 64, 100, 300)
    assert [len(group) for group in found.groups] == [4, 6, 6, 6, 4, 4]
    np.testing.assert_allclose(
        np.sort(found.groups[0][:, 0]),
        np.sort([21, np.sqrt(21 * 45), 21 * np.sqrt(2), 21 / np.sqrt(2)]),
    )


def test_ssdlite_has_strides_that_are_fractions():
    found = default_anchors("ssdlite320_mobilenet_v3_large")
    assert found.strides == (16, 32, 64, 320 / 3, 160, 320)
    np.testing.assert_allclose(found.sizes[0], [64, 112])


def test_efficientdet_has_its_rounded_pairs():
    first = default_anchors("efficientdet-d0").groups[0]
    np.testing.assert_allclose(first[:3], [[22.4, 44.8], [44.8, 22.4], [32, 32]])
