"""What each framework rounds, pads and shifts."""

from dataclasses import replace

import numpy as np
import pytest

from skanchors.detectors import detector_names, get_detector
from skanchors.export import AnchorSet


def _place(name, images):
    detector = get_detector(name)
    images = np.array(images, dtype=float)
    place = detector.framework.place(images, detector.scaling, detector.input_size)
    cells = detector.framework.cells(place.canvas, np.array(detector.strides))
    pitch = detector.framework.pitch(place.canvas, cells, np.array(detector.strides))
    return place, cells, pitch


def _boxes(name, image, boxes):
    detector = get_detector(name)
    images = np.array([image], dtype=float)
    boxes = np.array(boxes, dtype=float)
    place = detector.framework.place(images, detector.scaling, detector.input_size)
    index = np.zeros(len(boxes), dtype=int)
    return detector.framework.boxes(boxes, index, images, place)


@pytest.mark.parametrize("side", [97, 161, 193, 289, 305, 322, 385, 398, 539, 578])
def test_torchvision_ends_one_pixel_short_for_some_sides(side):
    place, _, _ = _place("fasterrcnn_resnet50_fpn", [(side + 10, side)])
    assert place.size[0, 1] == 799


@pytest.mark.parametrize("side", [149, 153, 298, 306, 311, 329, 596])
def test_torchvision_ends_short_of_the_longest_side_too(side):
    place, _, _ = _place("fasterrcnn_resnet50_fpn", [(side, side // 2)])
    assert place.size[0, 0] == 1332


def test_mmdetection_and_detectron2_round():
    for name in ("mmdet-retinanet", "detectron2-retinanet"):
        place, _, _ = _place(name, [(100, 97), (149, 70)])
        assert place.size[0, 1] == 800 and place.size[1, 0] == 1333
        # 2.5 times 333 is 832.5.
        assert _place(name, [(333, 320)])[0].size.tolist() == [[833, 800]]


def test_matterport_pads_by_whole_pixels():
    place, _, _ = _place("mask-rcnn-matterport", [(600, 400)])
    assert place.size.tolist() == [[1024, 683]]
    assert place.shift.tolist() == [[0, 170]]  # 341 pixels are left


def test_torchvision_divides_the_padded_side_by_the_cells():
    place, cells, pitch = _place("fasterrcnn_resnet50_fpn", [(800, 800)])
    assert place.canvas.tolist() == [[800, 800]]
    assert cells[0, :, 0].tolist() == [200, 100, 50, 25, 13]
    assert pitch[0, :, 0].tolist() == [4, 8, 16, 32, 61]
    _, _, pitch = _place("retinanet_resnet50_fpn", [(800, 800)])
    assert pitch[0, -2:, 0].tolist() == [61, 114]
    _, _, pitch = _place("mmdet-retinanet", [(800, 800)])
    assert pitch[0, -2:, 0].tolist() == [64, 128]


def test_padding_is_to_a_multiple_of_32():
    place, _, _ = _place("fasterrcnn_resnet50_fpn", [(500, 375)])
    assert place.size.tolist() == [[1066, 800]]
    assert place.canvas.tolist() == [[1088, 800]]
    place, cells, _ = _place("detectron2-faster-rcnn-c4", [(500, 375)])
    assert place.canvas.tolist() == [[1067, 800]]
    assert cells[0, 0].tolist() == [67, 50]


def test_an_image_that_shrinks_to_nothing_still_has_a_cell():
    _, cells, _ = _place("fasterrcnn_resnet50_fpn", [(10_000, 1)])
    assert (cells[0, :, 1] == 1).all()


def test_ssd_maps():
    for name in ("ssd300_vgg16", "mmdet-ssd300"):
        _, cells, _ = _place(name, [(500, 375)])
        assert cells[0, :, 0].tolist() == [38, 19, 10, 5, 3, 1]
    _, cells, _ = _place("ssdlite320_mobilenet_v3_large", [(500, 375)])
    assert cells[0, :, 0].tolist() == [20, 10, 5, 3, 2, 1]


@pytest.mark.parametrize("side", [147, 281, 294, 525, 533, 549, 562, 585, 588, 615])
def test_yolov5_resizes_twice_for_some_sides(side):
    # The long side is 641 at first; then all is shrunk again by 640 / 641.
    place, _, _ = _place("yolov5", [(side, side // 2)])
    other = np.ceil(side // 2 * (640 / side))
    assert place.factor[0].tolist() == [641 * (640 / 641), other * (640 / 641)]
    assert place.size[0, 0] == 640


def test_yolov7_cuts_where_yolov5_rounds_up():
    place, _, _ = _place("yolov7", [(77, 60)])
    assert place.size[0, 0] == 639
    assert place.shift[0, 0] == 0.5  # half a pixel, although images get whole ones
    place, _, _ = _place("yolov5", [(77, 60)])
    assert place.size[0, 0] == 640


def test_yolov5_cuts_labels_inside_the_border_and_yolov7_does_not():
    whole = [(0, 0, 640, 320)]
    assert _boxes("yolov5", (640, 320), whole)[0, 2] == np.float32(639.999)
    assert _boxes("yolov7", (640, 320), whole).tolist() == [[0, 160, 640, 480]]


def test_efficientdet_cuts_boxes_a_pixel_before_the_end():
    cut = _boxes("efficientdet-d0", (512, 512), [(0, 0, 512, 300)])
    assert cut.tolist() == [[0, 0, 511, 300]]


def test_boxes_that_stick_out():
    out = [(-10, 5, 130, 90)]
    kept = _boxes("fasterrcnn_resnet50_fpn", (100, 100), out)
    assert kept.tolist() == [[-80, 40, 1040, 720]]
    cut = _boxes("mmdet-retinanet", (100, 100), out)
    assert cut.tolist() == [[0, 40, 800, 720]]


def test_torchvision_rounds_corners_half_to_even():
    detector = get_detector("fasterrcnn_resnet50_fpn")
    anchors = AnchorSet(
        [[9, 10], [11, 14], [90, 40], [90, 60], [90.5, 80]],
        levels=[[i] for i in range(5)],
    )
    shapes = detector.framework.shapes(anchors, None)
    assert shapes.high.tolist() == [[4, 5], [6, 7], [45, 20], [45, 30], [45, 40]]
    assert (2 * shapes.half % 2 == 0).all()


def test_ssd_anchors_are_no_larger_than_the_input():
    detector = get_detector("ssd300_vgg16")
    shapes = detector.framework.shapes(detector.default_anchors, (300, 300))
    last = shapes.half[shapes.level == 5] * 2
    squares = np.sqrt(0.87 * 1.05) * 300
    assert last[:2] == pytest.approx(np.array([[261, 261], [squares, squares]]))
    assert last[2:].max() == 300  # 0.87 * sqrt(2) would be 369


def test_matterport_enlarges_only_as_far_as_the_shorter_side_needs():
    images = [(500, 375), (2000, 3000), (300, 290), (900, 900)]
    place, _, _ = _place("mask-rcnn-matterport", images)
    expected = [[1024, 768], [683, 1024], [828, 800], [900, 900]]
    assert place.size.tolist() == expected
    assert place.shift[0].tolist() == [0, 128]


def test_darknet_drops_labels_below_a_pixel():
    detector = get_detector("yolov3")
    images = np.array([[416.0, 416.0]])
    boxes = np.array([(0, 0, 0.9, 9), (0, 0, 1.1, 9), (400, 0, 432, 9)])
    index = np.zeros(3, dtype=int)
    place = detector.framework.place(images, "stretch", (416, 416))
    relative = detector.framework.relative(boxes, index, images, place)
    keep = detector.framework.usable(relative, index, place)
    assert keep.tolist() == [False, True, True]  # a centre on the border counts
    many = np.tile(boxes[[1]], (250, 1))
    relative = detector.framework.relative(many, np.zeros(250, int), images, place)
    assert detector.framework.usable(relative, np.zeros(250, int), place).sum() == 200


@pytest.mark.parametrize("name", detector_names())
def test_other_scalings_are_possible(name):
    detector = get_detector(name)
    images = np.array([[100.0, 60.0], [60.0, 100.0]])
    boxes = np.array([[10.0, 10, 30, 50], [5, 20, 55, 80]])
    for scaling, size in (
        ("stretch", (320, 320)),
        ("letterbox", (320, 320)),
        ("shortest_edge", (300, 500)),
        ("pixels", None),
    ):
        changed = replace(detector, scaling=scaling, input_size=size)
        place = changed.framework.place(images, scaling, size)
        found = changed.framework.boxes(boxes, np.arange(2), images, place)
        relative = changed.framework.relative(boxes, np.arange(2), images, place)
        assert found.dtype == relative.dtype == np.float32
        assert (found[:, 2:] > found[:, :2]).all()
        # Both say the same, and the box keeps its share of the image.
        centre = (found[:, :2] + found[:, 2:]) / 2
        assert np.allclose(relative[:, :2] * place.canvas, centre, atol=0.02)
        share = (found[:, 2:] - found[:, :2]) / place.size
        expected = (boxes[:, 2:] - boxes[:, :2]) / images
        assert np.allclose(share, expected, rtol=0.01)
