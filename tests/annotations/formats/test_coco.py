import json

import pytest

from skanchors.annotations import COCOBoxExtractor, read_annotations

IMAGES = [{"id": 1, "width": 100, "height": 200, "file_name": "a/b.jpg"}]
CAT = {"id": 9, "name": "cat"}


def annotation(box, **fields):
    return {"id": 5, "image_id": 1, "category_id": 9, "bbox": box} | fields


@pytest.fixture
def read(tmp_path):
    def read(content, **parameters):
        path = tmp_path / "a.json"
        if not isinstance(content, bytes | str):
            content = json.dumps(content)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_annotations([path], **({"on_invalid": "ignore"} | parameters))

    return read


def coco(*annotations, images=IMAGES, categories=(CAT,)):
    return {
        "images": list(images),
        "annotations": list(annotations),
        "categories": list(categories),
    }


def test_boxes_labels_and_image_ids(read):
    table = read(
        coco(
            annotation([0, 0, 10.5, 20]),
            annotation([0, 0, 1, 2], category_id=77, image_id="x"),
            images=[*IMAGES, {"id": "x", "width": 50, "height": 50}, {"id": 3}],
        )
    )
    assert table.width.tolist() == [10.5, 1]
    assert table.label.tolist() == ["cat", "77"]
    assert table.image_id.tolist() == [1, "x"]
    assert table.image_width.tolist() == [100, 50]
    assert table.n_images == 3  # one has no annotations


def test_without_categories_the_labels_are_the_ids(read):
    content = coco(annotation([0, 0, 1, 2]))
    del content["categories"]
    assert read(content).label.tolist() == ["9"]


def test_crowd(read):
    content = coco(annotation([0, 0, 1, 2]), annotation([0, 0, 3, 4], iscrowd=1))
    table = read(content, on_invalid="raise")  # a crowd is no fault
    assert table.width.tolist() == [1]
    assert table.n_crowd == 1
    assert table.dropped[0].reason == "crowd region"
    table = read(content, crowd=True)
    assert table.crowd.tolist() == [False, True]
    assert table.n_crowd == 1


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (annotation(None), "no bbox"),
        (annotation([]), "no bbox"),
        ({"id": 5, "image_id": 1}, "no bbox"),
        (annotation([1, 2, 3]), "bbox is not four numbers"),
        (annotation([1, 2, 3, 4, 5]), "bbox is not four numbers"),
        (annotation("1234"), "bbox is not four numbers"),
        (annotation({"x": 1}), "bbox is not four numbers"),
        (annotation([1, 2, "3", 4]), "bbox is not four numbers"),
        (annotation([1, 2, True, 4]), "bbox is not four numbers"),
        (annotation([1, 2, None, 4]), "bbox is not four numbers"),
        (annotation([1, 2, float("nan"), 4]), "coordinate is not finite"),
        (annotation([1, 2, float("inf"), 4]), "coordinate is not finite"),
        (annotation([1, 2, 10**400, 4]), "coordinate is not finite"),
        (annotation([1, 2, 0, 4]), "zero area"),
        (annotation([1, 2, -3, 4]), "inverted, a side is negative"),
        (annotation([500, 2, 3, 4]), "outside of the image"),
        (annotation([1, 2, 3, 4], image_id=2), "image_id is not among the images"),
        (annotation([1, 2, 3, 4], image_id=[1]), "image_id is not among the images"),
        (annotation([1, 2, 3, 4], image_id=True), "image_id is not among the images"),
    ],
)
def test_annotations_of_no_use(read, item, reason):
    table = read(coco(annotation([0, 0, 10, 20]), item))
    assert table.width.tolist() == [10]
    ((_, number, found),) = table.dropped
    assert (number, found) == (5, reason)


def test_an_annotation_that_is_no_object_has_its_position(read):
    table = read(coco(annotation([0, 0, 10, 20]), "text"))
    ((_, number, reason),) = table.dropped
    assert (number, reason) == (2, "annotation is not a JSON object")


@pytest.mark.parametrize(
    "images",
    [
        [{"id": 1}],
        [{"id": 1, "width": 0, "height": 0}],
        [{"id": 1, "width": "100", "height": 200}],
        [{"id": 1, "width": 100, "height": None}],
        [{"id": 1, "width": float("nan"), "height": 100}],
        [{"id": 1, "width": 10**400, "height": 100}],
        [*IMAGES, {"id": 1, "width": 300, "height": 200}],
    ],
)
def test_image_sizes_of_no_use(read, images):
    content = coco(annotation([0, 0, 10, 20]), images=images)
    assert read(content).dropped[0].reason.startswith("size of the image is missing")
    assert len(read(content, need_image_size=False)) == 1


def test_image_sizes_are_found_by_file_name(read):
    content = coco(annotation([0, 0, 10, 20]))
    del content["images"][0]["width"]
    for name in ("a/b.jpg", "b.jpg", "b"):
        table = read(content, image_sizes={name: (50, 40)})
        assert table.sizes().tolist() == [[0.2, 0.5]]
    content["images"][0]["width"] = 100


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe\xfd", "not JSON"),
        (b'{"images": [', "not JSON"),
        (b'{"a": ' + b"9" * 10_000 + b"}", "not a COCO file: the top level must"),
        (b"[" * 100_000, "JSON is nested too deep"),
        (b'{"a":' * 100_000, "JSON is nested too deep"),
        ([], "not a COCO file: the top level must be an object"),
        ([{"image_id": 1, "bbox": [1, 2, 3, 4]}], "not a COCO file: the top level"),
        ({"images": []}, "not a COCO file: the top level"),
        ({"images": {}, "annotations": []}, "not a COCO file: 'images' is not a list"),
        ({"images": [], "annotations": 1}, "not a COCO file: 'annotations' is not"),
        (coco() | {"categories": {"a": 1}}, "not a COCO file: 'categories' is not"),
    ],
)
def test_files_of_no_use(read, content, reason):
    ((_, number, found),) = read(content).dropped
    assert number is None
    assert found.startswith(reason)
    with pytest.raises(ValueError, match=r"a\.json: not|a\.json: JSON"):
        read(content, on_invalid="raise")


@pytest.mark.parametrize(
    "content",
    [
        coco(images=[7, None, {"id": None}, {"id": {}}, {}]),
        coco(categories=[7, {"id": []}, {"id": 1}, {"name": "x"}]),
        coco() | {"categories": None},
        coco() | {"info": {"segmentation": 1}, "annotations": [{}, [], None, 1.5]},
    ],
)
def test_odd_shapes_do_no_harm(read, content):
    assert len(read(content)) == 0


def test_byte_order_mark_and_utf_16(read):
    text = json.dumps(coco(annotation([0, 0, 1, 2])))
    for encoding in ("utf-8-sig", "utf-16"):
        assert len(read(text.encode(encoding))) == 1


def test_real_files(shared_data):
    paths = sorted(shared_data("coco_mini").rglob("*.json"))
    table = read_annotations(paths, on_invalid="raise")
    assert len(table) == 1350
    assert table.n_crowd == 13
    expected = []
    for path in paths:
        root = json.loads(path.read_text())
        images = {item["id"]: item for item in root["images"]}
        for item in root["annotations"]:
            if not item["iscrowd"]:
                image = images[item["image_id"]]
                w, h = item["bbox"][2:]
                expected.append((w / image["width"], h / image["height"]))
    assert sorted(map(tuple, table.sizes().tolist())) == sorted(expected)
    assert len(COCOBoxExtractor().transform(paths)) == 1350
    assert len(COCOBoxExtractor(crowd=True).transform(paths)) == 1363
    persons = COCOBoxExtractor(classes=["person"]).transform(paths)
    assert len(persons) == (table.label == "person").sum() > 0
