import numpy as np
import pytest

from skanchors.annotations import _collector
from skanchors.annotations._collector import Collector
from skanchors.annotations._files import InvalidFileError
from skanchors.annotations._findings import describe


def collect(boxes, image=(100, 50), **parameters):
    collector = Collector(**parameters)
    collector.start_file("a.xml")
    collector.start_image("a", *image)
    for number, box in enumerate(boxes, 1):
        collector.add(number, "cat", box)
    return collector.table()


@pytest.mark.parametrize(
    ("box", "size"),
    [
        # (low x, low y, width, height) in an image of 100 x 50.
        ((10, 10, 30, 20), (30, 20)),
        ((-10, 10, 30, 20), (20, 20)),  # left: x from 0 to 20
        ((90, 10, 30, 20), (10, 20)),  # right: x from 90 to 100
        ((10, -5, 30, 20), (30, 15)),  # above
        ((10, 45, 30, 20), (30, 5)),  # below
        ((-10, -10, 300, 200), (100, 50)),  # larger than the image
        ((-10, 45, 300, 20), (100, 5)),
        ((-1e9, 10, 2e9, 20), (100, 20)),
    ],
)
def test_boxes_are_cut_to_the_part_in_the_image(box, size):
    table = collect([box])
    assert (table.width[0], table.height[0]) == size
    cut = tuple(box[2:]) != size
    assert len(table.clipped) == cut
    if cut:
        assert table.clipped[0] == ("a.xml", 1, "reaches beyond the image")
        assert table.first == table.clipped[0]


@pytest.mark.parametrize("box", [(-0.6, 0, 10, 10), (90, 40, 10.6, 10), (0, 0, 9, 51)])
def test_more_than_half_a_pixel_is_cut(box):
    assert len(collect([box]).clipped) == 1


@pytest.mark.parametrize(
    "box",
    [(-0.5, 0, 10, 10), (90, 40, 10.5, 10.5), (0, 0, 100, 50), (-0.5, -0.5, 101, 51)],
)
def test_half_a_pixel_is_rounding(box):
    table = collect([box])
    assert (table.width[0], table.height[0]) == box[2:]
    assert table.clipped == []


@pytest.mark.parametrize(
    ("box", "reason"),
    [
        ((np.nan, 1, 2, 3), "coordinate is not finite"),
        ((1, 1, np.inf, 3), "coordinate is not finite"),
        ((1, 1, -np.inf, 3), "coordinate is not finite"),
        ((1e308, 1, 1e308, 3), "outside of the image"),
        ((1, 1, -2, 3), "inverted, a side is negative"),
        ((1, 1, 2, -3), "inverted, a side is negative"),
        ((1, 1, 0, -3), "inverted, a side is negative"),
        ((1, 1, 0, 3), "zero area"),
        ((1, 1, 0, 0), "zero area"),
        ((200, 1, 5, 5), "outside of the image"),
        ((1, -50, 5, 5), "outside of the image"),
        ((101, 1, 5, 5), "outside of the image"),
    ],
)
def test_boxes_of_no_use(box, reason):
    table = collect([(1, 1, 2, 3), box, (1, 1, 4, 5)])
    assert table.width.tolist() == [2, 4]
    assert table.dropped == [("a.xml", 2, reason)]
    assert table.n_objects == 3


def test_an_image_of_unknown_size_is_of_use_for_pixels_only():
    table = collect([(10, 10, 30, 20)], image=(0, 0))
    assert len(table) == 0
    assert table.dropped == [("a.xml", 1, "size of the image is missing")]
    boxes = [(10, 10, 30, 20), (-5, 0, 900, 20)]
    table = collect(boxes, image=(0, 0), need_image_size=False)
    assert table.width.tolist() == [30, 895]  # still nothing is left of 0
    assert len(table.clipped) == 1


def test_fractions_are_cut_to_the_unit_square():
    boxes = [(0.5, 0.5, 0.5 + 9e-4, 0.2), (0.5, 0.5, 0.6, 0.2), (1.1, 0, 0.2, 0.2)]
    table = collect(boxes, image=(0, 0), fractions=True)
    assert table.relative.all()
    np.testing.assert_allclose(table.width, [0.5009, 0.5])
    assert [finding.object for finding in table.clipped] == [2]
    assert table.dropped == [("a.xml", 3, "outside of the image")]


def test_findings_are_in_the_order_of_the_objects():
    collector = Collector()
    collector.start_file("a.xml")
    collector.start_image("a", 10, 10)
    collector.add(1, "cat", (0, 0, 0, 1))
    collector.drop(2, "no bndbox")
    collector.add(3, "cat", (0, 0, 20, 1))
    collector.add(4, "cat", (0, 0, -1, 1))
    collector.start_file("b.xml")
    collector.drop_file("not well-formed XML")
    table = collector.table()
    assert [finding[:2] for finding in table.dropped] == [
        ("a.xml", 1),
        ("a.xml", 2),
        ("a.xml", 4),
        ("b.xml", None),
    ]
    assert table.first.object == 1
    assert (table.n_files, table.n_images, table.n_objects) == (2, 1, 4)


def test_crowd_regions_are_left_out_but_are_no_faults():
    for keep in (False, True):
        collector = Collector(keep_crowd=keep)
        collector.start_file("a.json")
        collector.start_image(1, 10, 10)
        collector.add(5, "cat", (0, 0, 5, 5), crowd=True)
        table = collector.table()
        assert len(table) == keep
        assert table.n_crowd == 1
        assert table.first is None


def test_nothing_at_all():
    table = Collector().table()
    assert len(table) == 0
    assert table.sizes().shape == (0, 2)


def test_a_file_of_nothing_but_dirt_is_given_up(monkeypatch):
    monkeypatch.setattr(_collector, "MAX_DROPPED", 3)
    collector = Collector()
    for path in ("a.xml", "b.xml"):
        collector.start_file(path)
        collector.drop(1, "no bndbox")
        collector.drop(2, "no bndbox")
    with pytest.raises(InvalidFileError, match="nothing of use in 3 objects"):
        collector.drop(3, "no bndbox")
    assert len(collector.table().dropped) == 5


@pytest.mark.parametrize(
    ("box", "told"), [((10, 60, 30, 30), True), ((-20, 5, 30, 30), False)]
)
def test_swapping_helps_only_boxes_that_then_fit(box, told):
    # In an image of 100 x 50.
    assert len(collect([box]).notes) == told


@pytest.mark.parametrize("image", [(100, 50), (0, 0)])
def test_fractions_taken_for_pixels_are_named(image):
    boxes = [(0.1, 0.2, 0.3, 0.4), (0, 0, 1, 1)]
    table = collect(boxes, image, need_image_size=False)
    (note,) = table.notes
    assert note.reason.startswith("all boxes are smaller than a pixel")
    assert "multiply them by its width and height" in describe([note])


@pytest.mark.parametrize(
    ("boxes", "image", "parameters"),
    [
        ([(0.1, 0.2, 0.3, 0.4), (10, 10, 30, 20)], (100, 50), {}),
        ([(0.1, 0.2, 0.3, 0.4)], (1, 1), {}),
        ([(0, 0, 1, 1)], (100, 50), {}),
        ([(0.5, 0.5, 0.2, 0.4)], (100, 50), {"centred": True}),
        ([(0.1, 0.2, 0.3, 0.4)], (0, 0), {"fractions": True}),
    ],
)
def test_small_boxes_and_fractions_where_they_belong_are_not(boxes, image, parameters):
    assert collect(boxes, image, **parameters).notes == []
