import numpy as np
import pytest

from skanchors.annotations import from_records

IMAGE = np.array([[1280.0, 720.0]])
BOX = np.array([[128.0, 72.0]])
LOW = np.array([[64.0, 36.0]])


def table(size=BOX, image=IMAGE, low=None):
    """A box an image; by default its low corner is that of the image."""
    low = np.zeros_like(size) if low is None else low
    return from_records(
        {"width": w, "height": h, "objects": {"bbox": [[*at, *box]], "category": ["a"]}}
        for (w, h), at, box in zip(image, low, size, strict=True)
    )


def scale_sizes(size, image, scaling, input_size=None):
    return table(size, image).sizes(scaling, input_size)


@pytest.mark.parametrize(
    ("scaling", "input_size", "expected"),
    [
        # 1280 x 720 fits into 640 x 384 at a half: 640 / 1280 < 384 / 720.
        ("letterbox", (640, 384), (64.0, 36.0)),
        # 384 / 1280 < 640 / 720, so the width decides.
        ("letterbox", (384, 640), (38.4, 21.6)),
        ("letterbox", 640, (64.0, 36.0)),
        ("letterbox", None, (0.1, 0.05625)),
        ("stretch", (640, 384), (64.0, 38.4)),
        ("stretch", 416, (41.6, 41.6)),
        ("stretch", None, (0.1, 0.1)),
        ("pixels", None, (128.0, 72.0)),
        # 800 / 720 = 1.111 would make the long side 1422: 1333 / 1280 decides.
        ("shortest_edge", (800, 1333), (128 * 1333 / 1280, 72 * 1333 / 1280)),
        ("shortest_edge", (600, 1333), (128 * 600 / 720, 60.0)),
    ],
)
def test_worked_by_hand(scaling, input_size, expected):
    np.testing.assert_allclose(
        scale_sizes(BOX, IMAGE, scaling, input_size), [expected], rtol=1e-15
    )


def test_letterbox_keeps_the_aspect_ratio_where_mmdet_does_not():
    """Each side by (long side of the image / own side of the input) is wrong.

    That formula, found in mmdetection and mmyolo, halves the width of a box in a
    1280 x 720 image for a 640 x 384 input, and divides its height by 3.33.
    """
    wrong = BOX / (IMAGE.max() / np.array([640.0, 384.0]))
    np.testing.assert_allclose(wrong, [[64.0, 21.6]])
    right = scale_sizes(BOX, IMAGE, "letterbox", (640, 384))
    np.testing.assert_allclose(right, [[64.0, 36.0]])
    assert right[0, 0] / right[0, 1] == pytest.approx(BOX[0, 0] / BOX[0, 1])


@pytest.mark.parametrize("scaling", ["stretch", "letterbox"])
def test_a_box_as_large_as_its_image_fits_the_input(scaling):
    rng = np.random.default_rng(0)
    image = rng.integers(1, 5000, size=(200, 2)).astype(float)
    target = np.array([640, 384])
    scaled = scale_sizes(image, image, scaling, tuple(target))
    assert (scaled <= target * (1 + 1e-12)).all()
    touches = np.isclose(scaled, target)
    assert touches.any(axis=1).all()
    if scaling == "stretch":
        assert touches.all()


def test_one_factor_an_image_where_images_differ():
    image = np.array([[100.0, 200.0], [400.0, 200.0]])
    size = np.array([[10.0, 20.0], [10.0, 20.0]])
    np.testing.assert_allclose(
        scale_sizes(size, image, "letterbox", 100), [[5.0, 10.0], [2.5, 5.0]]
    )


def test_the_input_is_not_changed():
    one = table(low=LOW)
    for scaling in ("stretch", "letterbox", "pixels"):
        one.sizes(scaling)[:] = 0
        one.boxes(scaling)[:] = 0
        np.testing.assert_array_equal(one.sizes("pixels"), BOX)
        np.testing.assert_array_equal(one.boxes("pixels"), np.hstack([LOW, LOW + BOX]))


@pytest.mark.parametrize(
    "input_size", [0, -1, (640,), (1, 2, 3), 416.5, (416, 0), "416", (True, 5)]
)
def test_bad_input_size(input_size):
    with pytest.raises(ValueError, match="input_size must be"):
        scale_sizes(BOX, IMAGE, "stretch", input_size)


def test_pixels_with_an_input_size_is_a_contradiction():
    with pytest.raises(ValueError, match="input_size has no meaning"):
        scale_sizes(BOX, IMAGE, "pixels", 416)
    with pytest.raises(ValueError, match="scaling must be one of"):
        scale_sizes(BOX, IMAGE, "squeeze")


@pytest.mark.parametrize(
    ("input_size", "match"),
    [
        (None, "needs input_size="),
        (800, "needs input_size="),
        ((800, 1333.5), "whole number of at least 1, got 1333.5"),
        ((1333, 800), r"did you mean \(800, 1333\)"),
    ],
)
def test_edges_that_cannot_be(input_size, match):
    with pytest.raises(ValueError, match=match):
        scale_sizes(BOX, IMAGE, "shortest_edge", input_size)


@pytest.mark.parametrize(
    ("scaling", "input_size", "padding", "expected"),
    [
        # Half the size, and (384 - 360) / 2 = 12 rows of padding above.
        ("letterbox", (640, 384), "center", (32, 30, 96, 66)),
        ("letterbox", (640, 384), "top-left", (32, 18, 96, 54)),
        # In fractions of the long side: (1 - 720 / 1280) / 2 = 0.21875 above.
        ("letterbox", None, "center", (0.05, 0.246875, 0.15, 0.303125)),
        # 0.3 times the size; (640 - 216) / 2 = 212 rows above.
        ("letterbox", (384, 640), "center", (19.2, 222.8, 57.6, 244.4)),
        ("stretch", (640, 384), "center", (32, 19.2, 96, 57.6)),
        ("stretch", None, "center", (0.05, 0.05, 0.15, 0.15)),
        ("pixels", None, "center", (64, 36, 192, 108)),
        ("shortest_edge", (360, 1333), "center", (32, 18, 96, 54)),
    ],
)
def test_places_worked_by_hand(scaling, input_size, padding, expected):
    placed = table(low=LOW).boxes(scaling, input_size, padding=padding)
    np.testing.assert_allclose(placed, [expected], rtol=1e-14)


def test_the_image_lies_in_the_middle_of_the_input():
    image = np.array([[500.0, 333.0], [333.0, 500.0]])
    placed = table(image, image).boxes("letterbox", (640, 384))
    np.testing.assert_allclose(placed[:, :2] + placed[:, 2:], [[640, 384]] * 2)


def test_unknown_padding():
    with pytest.raises(ValueError, match="padding must be 'center' or 'top-left'"):
        table().boxes("letterbox", 640, padding="middle")
