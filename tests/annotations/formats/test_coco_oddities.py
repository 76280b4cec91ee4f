"""What other tools write as COCO, and what is none."""

import json

import numpy as np
import pytest

from skanchors.annotations import AnnotationWarning, read_annotations
from skanchors.annotations.formats import _coco
from skanchors.annotations.formats._segmentation import around_segmentation

IMAGE = {"id": 1, "width": 400, "height": 300, "file_name": "a.jpg"}
CAT = {"id": 9, "name": "cat"}


@pytest.fixture
def read(tmp_path):
    def read(*objects, images=(IMAGE,), categories=(CAT,), **parameters):
        path = tmp_path / "a.json"
        content = {
            "images": list(images),
            "annotations": [
                {"id": i, "image_id": 1, "category_id": 9} | item
                for i, item in enumerate(objects, 1)
            ],
            "categories": list(categories),
        }
        path.write_text(json.dumps(content))
        return read_annotations([path], **({"on_invalid": "ignore"} | parameters))

    return read


BOX = {"bbox": [10, 20, 30, 40]}


@pytest.mark.parametrize("image_id", [1, "1", 1.0, " 1"])
@pytest.mark.parametrize("given", [1, "1", 1.0])
def test_ids_that_differ_in_type_meet(read, given, image_id):
    category = {"category_id": image_id}
    table = read(
        BOX | {"image_id": image_id} | category,
        images=[IMAGE | {"id": given}],
        categories=[{"id": given, "name": "cat"}],
    )
    assert table.label.tolist() == ["cat"]
    assert table.image_id.tolist() == [given]


@pytest.mark.parametrize(
    ("flag", "crowd"),
    [
        *((1, True), ("1", True), (True, True), ("true", True), (0, False)),
        *(("0", False), (None, False), ("", False), (False, False)),
    ],
)
def test_ways_to_write_iscrowd(read, flag, crowd):
    assert len(read(BOX | {"iscrowd": flag})) == (not crowd)
    assert read(BOX | {"iscrowd": flag}, crowd=True).crowd.tolist() == [crowd]


@pytest.mark.parametrize("box", ["none", None, [], [0, 0, 0, 0], [10, 20, 0, 5]])
def test_the_box_around_a_segmentation(read, box):
    given = {} if box == "none" else {"bbox": box}
    polygon = {"segmentation": [[10, 20, 110, 20, 110, 220]]}
    parts = {"segmentation": [[10, 20, 20, 20, 20, 30], [50, 60, 70, 60, 70, 90.5]]}
    table = read(given | polygon, given | parts, on_invalid="raise")
    np.testing.assert_allclose(table.width, [100, 60])
    np.testing.assert_allclose(table.height, [200, 70.5])
    np.testing.assert_allclose(table.xmin, 10)
    np.testing.assert_allclose(table.ymin, 20)


def test_a_box_goes_before_its_segmentation(read):
    polygon = {"segmentation": [[0, 0, 300, 0, 300, 200]]}
    assert read(BOX | polygon).width.tolist() == [30]
    wrong = read({"bbox": [1, 2, 3]} | polygon)
    assert wrong.dropped[0].reason == "bbox is not four numbers"


@pytest.mark.parametrize(
    "segmentation",
    [
        [[1, 2, 3]],
        [[1, 2, 3, 4]],
        [["a"] * 6],
        "x",
        {"size": [2, 2]},
        {"size": [2, 2], "counts": [9]},
        {"size": [2, 2], "counts": [4]},
        {"size": [2, 2], "counts": "~"},
        {"size": [0, 2], "counts": []},
        {"size": ["2", 2], "counts": [1, 3]},
    ],
)
def test_segmentations_of_no_use(read, segmentation):
    table = read({"segmentation": segmentation})
    assert [finding.reason for finding in table.dropped] == ["no bbox"]


def runs(mask):
    flat = mask.ravel(order="F")
    edges = np.flatnonzero(np.diff(flat)) + 1
    counts = np.diff([0, *edges, flat.size]).tolist()
    return [0, *counts] if flat[0] else counts


def compress(counts):
    text = ""
    for i, count in enumerate(counts):
        value = count - counts[i - 2] if i > 2 else count
        more = True
        while more:
            bits = value & 31
            value >>= 5
            more = value != -1 if bits & 16 else value != 0
            text += chr((bits | 32 if more else bits) + 48)
    return text


@pytest.mark.parametrize("seed", range(20))
def test_the_box_around_a_mask(seed):
    rng = np.random.default_rng(seed)
    mask = np.zeros(rng.integers(1, 90, 2), dtype=bool)
    for _ in range(rng.integers(1, 4)):
        y, x = (rng.integers(0, side) for side in mask.shape)
        mask[y : y + rng.integers(1, 50), x : x + rng.integers(1, 50)] = True
    rows, columns = np.nonzero(mask)
    box = (columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1)
    size = list(mask.shape)
    for counts in (runs(mask), compress(runs(mask))):
        assert around_segmentation({"size": size, "counts": counts}) == box


def test_text_where_the_size_belongs_and_two_sizes(read):
    text = read(BOX, images=[IMAGE | {"width": "400"}])
    assert text.dropped[0].reason.endswith(": width or height is text, not a number")
    two = read(BOX, images=[IMAGE, IMAGE | {"width": 500}])
    assert two.dropped[0].reason.endswith(": two sizes are given for image 1")
    sizes = {"a.jpg": (400, 300)}
    assert len(read(BOX, images=[IMAGE | {"width": "4"}], image_sizes=sizes)) == 1
    with pytest.warns(AnnotationWarning, match=r"text, not a number.*image_sizes"):
        read(BOX, images=[IMAGE | {"width": "400"}], on_invalid="warn")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ([{"image_id": 1, "category_id": 2, "bbox": [1, 2, 3, 4]}], "results of COCO"),
        ({"shapes": [], "imagePath": "a.jpg"}, "LabelMe"),
        ({"a.jpg9": {"filename": "a.jpg", "size": 9, "regions": []}}, "VIA"),
        ({"_via_img_metadata": {"a": {"filename": "a", "regions": {}}}}, "VIA"),
    ],
)
def test_other_files_by_their_name(tmp_path, content, name):
    path = tmp_path / "a.json"
    path.write_text(json.dumps(content))
    table = read_annotations([path], "coco", on_invalid="ignore")
    assert name in table.dropped[0].reason


def test_ids_from_a_file_are_never_hashed_as_numbers():
    # Multiples of this have equal hashes, and a dict of them takes quadratic time.
    ids = [i * (2**61 - 1) for i in range(50)]
    images = _coco._images({"images": [IMAGE | {"id": i} for i in ids]})
    items = [{"id": i, "name": ""} for i in ids]
    names, _ = _coco._category_names({"categories": items})
    assert len(images) == len(names) == 50
    assert {type(key) for key in (*images, *names)} == {str}


def test_swapped_width_and_height_get_a_hint(read):
    tall = {"bbox": [250, 350, 40, 30]}
    swapped = IMAGE | {"width": 400, "height": 300}
    table = read(BOX, tall, {"bbox": [10, 20, 50, 370]}, images=[swapped])
    (note,) = table.notes
    assert "fit if width and height of the image are swapped" in note.reason
    with pytest.warns(AnnotationWarning, match="are swapped"):
        read(tall, on_invalid="warn")
    assert not read(BOX, tall, {"bbox": [300, 0, 99, 9]}).notes
    assert not read(BOX).notes


@pytest.mark.parametrize(
    ("objects", "n", "n_all"),
    [
        ([[200, 100, 390, 290], [10, 20, 300, 250]], 1, 2),
        ([[300, 200, 390, 290], [10, 20, 30, 40]], 1, 2),
        ([[150, 150.5, 400, 300]], 1, 1),
    ],
)
def test_corners_in_bbox_get_a_hint(read, objects, n, n_all):
    with pytest.warns(AnnotationWarning, match="two corners, not a corner") as caught:
        read(*({"bbox": box} for box in objects), on_invalid="warn")
    message = str(caught[0].message)
    assert f"{n} of {n_all} do not fit their image - write x1, y1, x2 - x1" in message


@pytest.mark.parametrize(
    "objects",
    [
        [[200, 100, 390, 290], [300, 20, 30, 40]],  # a box that is no two corners
        [[300, 200, 90, 90], [10, 20, 300, 250]],  # all fit as they are
        [[200, 100, 450, 290]],  # beyond the image either way
        [[-10, 100, 390, 290]],
    ],
)
def test_other_boxes_get_none(read, objects):
    table = read(*({"bbox": box} for box in objects))
    assert not [note for note in table.notes if "corner" in note.reason]


@pytest.mark.parametrize("category", [1, "1", 7.0, "dog"])
def test_a_category_that_the_file_does_not_have_is_told(read, category):
    objects = [BOX, BOX | {"category_id": category}, BOX | {"category_id": category}]
    match = (
        r"category_id is not among the categories.* 2 of 3 objects, such as of category"
    )
    with pytest.warns(AnnotationWarning, match=match):
        table = read(*objects, on_invalid="warn")
    assert table.label.tolist() == ["cat", str(category), str(category)]
    assert read(*objects).class_names == ["cat"]


@pytest.mark.parametrize("category", [None, [1], {}, True])
def test_no_category_is_told(read, category):
    with pytest.warns(AnnotationWarning, match="no category_id, so .* 1 of 2 obj"):
        table = read(BOX, BOX | {"category_id": category}, on_invalid="warn")
    assert table.label.tolist() == ["cat", ""]


def test_a_file_without_categories_has_numbers_for_labels(read):
    assert read(BOX, categories=(), on_invalid="raise").label.tolist() == ["9"]
    assert not read(BOX, categories=()).notes


def test_given_names_of_a_file_without_categories(read):
    names = {9: "cat", 10: "dog"}
    table = read(BOX, categories=(), class_names=names, on_invalid="raise")
    assert table.label.tolist() == ["cat"]
    assert not table.notes
    table = read(BOX, categories=(), class_names=["cat", "dog"])
    assert table.label.tolist() == ["9"]
    assert "give class_names with their numbers" in table.notes[0].reason
    # The file knows better.
    table = read(BOX, class_names={9: "dog"}, on_invalid="raise")
    assert table.label.tolist() == ["cat"]


def test_a_category_of_two_names_is_told(read):
    categories = [{"id": 9, "name": "cat"}, {"id": "9", "name": "dog"}]
    table = read(BOX, categories=categories)
    (note,) = table.notes
    assert note.reason.endswith("is taken: category 9 is cat and dog")
    same = [{"id": 9, "name": "cat"}, {"id": 9.0, "name": "cat"}]
    assert not read(BOX, categories=same).notes


def test_one_polygon_without_a_list_around_it(read):
    polygon = [10, 20, 110, 20, 110, 220]
    table = read({"segmentation": polygon}, {"segmentation": [polygon]})
    assert table.boxes("pixels").tolist() == [[10, 20, 110, 220]] * 2
