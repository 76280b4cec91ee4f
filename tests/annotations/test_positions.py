"""Where boxes lie, which images there are, and choosing among them."""

import csv
import json

import numpy as np
import pytest

from skanchors.annotations import AnnotationTable, read_annotations

VOC = """<annotation><filename>{name}.jpg</filename>
<size><width>200</width><height>100</height><depth>3</depth></size>{objects}
</annotation>"""
OBJECT = """<object><name>{label}</name><difficult>{difficult}</difficult><bndbox>
<xmin>{0}</xmin><ymin>{1}</ymin><xmax>{2}</xmax><ymax>{3}</ymax></bndbox></object>"""


def voc(folder, name, *corners, label="cat", difficult=0):
    objects = "".join(
        OBJECT.format(*box, label=label, difficult=difficult) for box in corners
    )
    path = folder / f"{name}.xml"
    path.write_text(VOC.format(name=name, objects=objects))
    return path


@pytest.fixture
def paths(tmp_path):
    return [
        voc(tmp_path, "a", (10, 20, 50, 80), (100, 0, 200, 100)),
        voc(tmp_path, "empty"),
        voc(tmp_path, "b", (0, 0, 20, 10), label="dog", difficult=1),
    ]


@pytest.fixture
def table(paths):
    return read_annotations(paths)


def test_places(table):
    np.testing.assert_array_equal(table.xmin, [10, 100, 0])
    np.testing.assert_array_equal(table.ymin, [20, 0, 0])
    np.testing.assert_array_equal(
        table.boxes("pixels"), [[10, 20, 50, 80], [100, 0, 200, 100], [0, 0, 20, 10]]
    )
    np.testing.assert_array_equal(table.boxes()[1], [0.5, 0, 1, 1])


@pytest.mark.parametrize("padding", ["center", "top-left"])
@pytest.mark.parametrize(
    ("scaling", "input_size"),
    [
        ("stretch", None),
        ("stretch", (64, 32)),
        ("letterbox", 64),
        ("shortest_edge", (60, 1000)),
        ("pixels", None),
    ],
)
def test_boxes_have_the_sizes(table, scaling, input_size, padding):
    boxes = table.boxes(scaling, input_size, padding=padding)
    np.testing.assert_allclose(
        boxes[:, 2:] - boxes[:, :2], table.sizes(scaling, input_size), atol=1e-12
    )


def test_a_box_that_is_cut_begins_at_the_border(tmp_path):
    path = voc(tmp_path, "a", (-10, 20, 30, 60), (-0.4, 5, 30, 60), (150, 50, 260, 90))
    table = read_annotations([path], on_invalid="ignore")
    assert len(table.clipped) == 2
    # Half a pixel is rounding, and stays.
    np.testing.assert_allclose(table.xmin, [0, -0.4, 150])
    np.testing.assert_allclose(table.width, [30, 30.4, 50])


def test_fractions_of_images_of_unknown_size(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("0 0.5 0.25 0.2 0.1\n")
    table = read_annotations([path])
    assert table.relative.all()
    np.testing.assert_allclose(table.boxes(), [[0.4, 0.2, 0.6, 0.3]])
    with pytest.raises(ValueError, match="needs the sizes of the images"):
        table.boxes("letterbox", 640)
    with pytest.raises(ValueError, match="min_size=3 is in pixels of the images"):
        table.select(min_size=3)


def test_the_same_places_from_each_format(tmp_path, paths):
    boxes = {"a": [(10, 20, 40, 60), (100, 0, 100, 100)], "empty": [], "b": []}
    images = [
        {"id": i, "file_name": f"{name}.jpg", "width": 200, "height": 100}
        for i, name in enumerate(boxes)
    ]
    annotations = [
        {"id": 10 * i + j, "image_id": i, "category_id": 1, "bbox": list(box)}
        for i, each in enumerate(boxes.values())
        for j, box in enumerate(each)
    ]
    coco = tmp_path / "coco.json"
    content = {"images": images, "annotations": annotations}
    content["categories"] = [{"id": 1, "name": "cat"}]
    coco.write_text(json.dumps(content))
    label = tmp_path / "a.txt"
    label.write_text(
        "".join(
            f"0 {(x + w / 2) / 200} {(y + h / 2) / 100} {w / 200} {h / 100}\n"
            for x, y, w, h in boxes["a"]
        )
    )
    expected = read_annotations(paths[:1]).boxes("pixels")
    for path in (coco, label):
        found = read_annotations([path], image_sizes={"a": (200, 100)})
        np.testing.assert_allclose(found.boxes("pixels"), expected, atol=1e-9)
    assert read_annotations([coco]).images.image_id.tolist() == [0, 1, 2]


def test_images_without_objects_are_kept(table):
    assert table.images.image_id.tolist() == ["a", "empty", "b"]
    np.testing.assert_array_equal(table.images.size, [[200, 100]] * 3)
    np.testing.assert_array_equal(table.image_index, [0, 0, 2])
    assert table.split is None


def test_images_of_several_tables(table):
    both = AnnotationTable.concatenate([table, table])
    assert len(both.images.path) == 6
    np.testing.assert_array_equal(both.image_index, [0, 0, 2, 3, 3, 5])
    np.testing.assert_array_equal(both.boxes(), np.tile(table.boxes(), (2, 1)))


@pytest.mark.parametrize("rows", [[1, 2], np.array([False, True, True])])
def test_some_images(table, rows):
    some = table.take_images(rows)
    assert some.images.image_id.tolist() == ["empty", "b"]
    assert some.label.tolist() == ["dog"]
    np.testing.assert_array_equal(some.image_index, [1])
    assert (some.n_images, some.n_files, some.n_objects) == (2, 2, 1)


@pytest.mark.parametrize("scaling", ["stretch", "letterbox"])
def test_pixels_of_images_of_unknown_size(table, scaling):
    table.image_width = np.array([200.0, 0, 200])
    with pytest.raises(ValueError, match=r"1 box has none, the first in .*a\.xml"):
        table.sizes(scaling)
    assert len(table.sizes("pixels")) == 3


def test_findings_are_those_of_the_images_taken(tmp_path):
    paths = [
        voc(tmp_path, "a", (0, 0, 50, 50), (150, 50, 260, 90)),
        voc(tmp_path, "b", (0, 0, 50, 0), (1, 1, 50, 50)),
        voc(tmp_path, "c", (0, 0, 9, 9)),
    ]
    tables = [read_annotations([path], on_invalid="ignore") for path in paths]
    table = AnnotationTable.concatenate(tables[::-1])
    assert table.first == tables[1].first
    for row, (n_clipped, n_dropped) in enumerate([(0, 0), (0, 1), (1, 0)]):
        some = table.take_images([row])
        assert (len(some.clipped), len(some.dropped)) == (n_clipped, n_dropped)
        assert some.n_images == 1


def test_a_selection_keeps_the_images(table):
    some = table.select(["dog"])
    assert some.label.tolist() == ["dog"]
    assert len(some.images.path) == 3
    np.testing.assert_array_equal(some.image_index, [2])
    np.testing.assert_array_equal(some.ymin, [0])


@pytest.mark.parametrize(
    ("options", "rows"),
    [
        ({}, [0, 1, 2]),
        ({"difficult": False}, [0, 1]),
        ({"min_size": 10}, [0, 1, 2]),
        ({"min_size": 10.5}, [0, 1]),
        ({"min_size": 60}, [1]),
        ({"classes": ("cat",)}, [0, 1]),
        ({"classes": []}, []),
    ],
)
def test_selections(table, options, rows):
    np.testing.assert_array_equal(table.select(**options).width, table.width[rows])


@pytest.mark.parametrize("size", [float("nan"), float("inf"), -1, "3", None])
def test_a_smallest_size_that_is_none_is_refused(table, size):
    """Of NaN every comparison is false, so that nothing would be left out."""
    with pytest.raises(ValueError, match="min_size must be a number of at least 0"):
        table.select(min_size=size)


def test_crowd_regions_can_be_left_out(table):
    table.crowd = np.array([True, False, True])
    assert table.select(crowd=False).width.tolist() == [100]
    assert len(table.select()) == 3


def test_one_name_is_not_a_list_of_names(table):
    with pytest.raises(TypeError, match=r"such as \['dog'\]"):
        table.select("dog")


def test_positions_end_the_file(table, tmp_path):
    path = tmp_path / "table.csv"
    table.to_csv(path)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0][-2:] == ["xmin", "ymin"]
    assert [row[-2:] for row in rows[1:]] == [
        ["10.0", "20.0"],
        ["100.0", "0.0"],
        ["0.0", "0.0"],
    ]


def test_a_table_made_by_hand(table):
    names = "path image_id label width height image_width image_height difficult"
    columns = [getattr(table, name) for name in names.split()]
    made = AnnotationTable(*columns, table.truncated, table.crowd, table.relative)
    assert made.images.image_id.tolist() == ["a", "b"]
    np.testing.assert_array_equal(made.image_index, [0, 0, 1])
    np.testing.assert_array_equal(made.sizes(), table.sizes())
    with pytest.raises(ValueError, match="made without positions"):
        made.boxes()
