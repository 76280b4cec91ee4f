import numpy as np
import pytest

from skanchors.annotations import AnnotationWarning, from_records

BOXES = {
    "xywh": [10, 20, 30, 40],
    "xyxy": [10, 20, 40, 60],
    "cxcywh": [25, 40, 30, 40],
}


def record(boxes, labels=None, **more):
    objects = {"bbox": boxes} | ({} if labels is None else {"category": labels})
    return {"image_id": 7, "width": 100, "height": 200, "objects": objects} | more


@pytest.mark.parametrize("box_format", BOXES)
@pytest.mark.parametrize("relative", [False, True])
def test_box_formats(box_format, relative):
    box = np.array(BOXES[box_format], dtype=float)
    if relative:
        box /= [100, 200, 100, 200]
    table = from_records([record([box])], box_format=box_format, relative=relative)
    np.testing.assert_allclose(table.sizes(), [[0.3, 0.2]])
    assert table.image_width.tolist() == [100]
    if relative:
        unknown = record([box], width=None)
        table = from_records([unknown], box_format=box_format, relative=True)
        assert table.relative.tolist() == [True]
        np.testing.assert_allclose(table.sizes(), [[0.3, 0.2]])


class Picture:
    size = (100, 200)


@pytest.mark.parametrize(
    "item",
    [
        {"image": Picture(), "objects": {"bbox": [[10, 20, 30, 40]], "label": [1]}},
        {**record([]), "objects": [{"bbox": [10, 20, 30, 40], "category_id": 1}]},
        {"width": 100, "height": 200, "boxes": [[10, 20, 30, 40]], "labels": [1]},
        record(np.array([[10, 20, 30, 40]]), np.array([1])),
        record([[10, 20, 30, 40]], ["dog"]),
    ],
)
def test_spellings(item):
    table = from_records([item], class_names={1: "dog"}, on_invalid="raise")
    np.testing.assert_allclose(table.sizes(), [[0.3, 0.2]])
    assert table.label.tolist() == ["dog"]


def test_images_without_objects_crowds_and_sizes():
    items = [record([]), record([[0, 0, 5, 5]] * 2, iscrowd=[1, 0])]
    items[1]["objects"]["iscrowd"] = [1, 0]
    table = from_records(items)
    assert (table.n_images, len(table), table.n_crowd) == (2, 1, 1)
    unknown = [record([[0, 0, 5, 5]], width=None, file_name="a.jpg")]
    known = from_records(unknown, image_sizes={"a": (10, 20)})
    assert known.sizes().tolist() == [[0.5, 0.25]]
    with pytest.warns(AnnotationWarning, match="size of the image is missing"):
        assert len(from_records(unknown)) == 0


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (record([[1, 2, 3]]), "box is not four numbers"),
        (record([[1, 2, "x", 4]]), "box is not four numbers"),
        (record([None]), "box is not four numbers"),
        (record([[1, 2, 3, 4]], [9]), "class is not among class_names: 9"),
        (record([[1, 2, 3, 4]], [-1]), "class is not among class_names: -1"),
        (record([[1, 2, 3, 4]], [0, 0]), "1 box, but 2 labels"),
        ({"width": 1, "height": 1}, "no boxes; keys are width, height"),
        (7, "record is not a mapping"),
        ({"objects": 7}, "objects are neither"),
        (record([[1, 2, 0, 4]]), "zero area"),
    ],
)
def test_records_of_no_use(item, reason):
    good = record([[1, 2, 3, 4]], [0])
    table = from_records([item, good], class_names=["cat"], on_invalid="ignore")
    assert len(table) == 1
    assert reason in table.dropped[0].reason
    with pytest.raises(ValueError, match=r"records\[0\]"):
        from_records([item, good], class_names=["cat"], on_invalid="raise")


def test_a_data_frame():
    pandas = pytest.importorskip("pandas")
    columns = ["file_name", "x1", "y1", "x2", "y2", "label", "width", "height"]
    rows = [["a", 10, 20, 40, 60, "dog", 100, 200]]
    rows += [["b", None, None, None, None, None, 9, 9]]
    table = from_records(pandas.DataFrame(rows, columns=columns), on_invalid="raise")
    np.testing.assert_allclose(table.sizes(), [[0.3, 0.2]])
    assert (table.label.tolist(), table.n_images) == (["dog"], 2)
    lists = pandas.DataFrame({"image_id": ["a"], "bbox": [[10, 20, 30, 40]]})
    lists = lists.assign(image_width=100, image_height=200)
    np.testing.assert_allclose(from_records(lists).sizes(), [[0.3, 0.2]])
    with pytest.raises(ValueError, match=r"no columns of boxes.*are width, label"):
        from_records(pandas.DataFrame({"width": [1], "label": [2]}))


def test_bad_parameters():
    with pytest.raises(ValueError, match="box_format must be"):
        from_records([], box_format="yxyx")
    with pytest.raises(ValueError, match="on_invalid must be"):
        from_records([], on_invalid="maybe")
    with pytest.raises(TypeError, match="must be a sequence of mappings"):
        from_records(record([]))


@pytest.mark.parametrize(
    "names", [["cat", "dog", "fox"], {0: "cat", 1: "dog", 2: "fox"}]
)
def test_the_classes_are_declared(names):
    record = {
        "width": 9,
        "height": 9,
        "objects": {"bbox": [[1, 1, 2, 2]], "label": [1]},
    }
    assert from_records([record], class_names=names).class_names == [
        *("cat", "dog", "fox")
    ]
    assert from_records([record]).class_names is None


def test_fractions_that_are_not_said_to_be_some_are_noted():
    objects = {"bbox": [[0.1, 0.2, 0.5, 0.5]], "category": [0]}
    record = {"image_id": 1, "width": 100, "height": 200, "objects": objects}
    with pytest.warns(AnnotationWarning, match="smaller than a pixel"):
        from_records([record])
    assert from_records([record], relative=True).width.tolist() == [50]


@pytest.mark.parametrize("path", ["a/b.jpg", None])
def test_pictures_that_are_not_decoded(path):
    picture = {"bytes": b"GIF89a\x64\0\xc8\0" + bytes(30), "path": path}
    item = {"image": picture, "objects": {"bbox": [[10, 20, 30, 40]]}}
    table = from_records([item], on_invalid="raise")
    assert table.sizes().tolist() == [[0.3, 0.2]]
    assert table.image_id.tolist() == [path or "records[0]"]
    item["image"] = {"bytes": None, "path": path}
    reasons = [f.reason for f in from_records([item], on_invalid="ignore").dropped]
    assert reasons == ["size of the image is missing"]


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ([1.0, 0], ["dog", "cat"]),
        (["1", "0"], ["dog", "cat"]),
        (np.array([1, 0]), ["dog", "cat"]),
        (["dog", 0], ["dog", "cat"]),
        ([1, None], ["dog", ""]),
        ([1, float("nan")], ["dog", ""]),
    ],
)
def test_classes_by_number_or_name(labels, expected):
    item = record([[1, 2, 3, 4], [1, 2, 4, 4]], labels)
    table = from_records([item], class_names=["cat", "dog"], on_invalid="ignore")
    assert table.label.tolist() == expected
    assert len(table.notes) == ("" in expected)
    numbers = from_records([item], on_invalid="ignore").label.tolist()
    assert "1.0" not in numbers


@pytest.mark.parametrize("label", [7, -1, 1.7, "7"])
def test_an_object_of_no_known_class_takes_no_other_with_it(label):
    item = record([[1, 2, 3, 4], [1, 2, 4, 4]], [label, 0])
    table = from_records([item], class_names=["cat", "dog"], on_invalid="ignore")
    assert table.label.tolist() == ["cat"]
    ((_, number, reason),) = table.dropped
    assert number == 1
    assert reason == f"class is not among class_names: {label}"


def test_class_names_of_a_file(tmp_path):
    path = tmp_path / "classes.txt"
    path.write_text("cat\ndog\n")
    table = from_records([record([[1, 2, 3, 4]], [1])], class_names=path)
    assert table.label.tolist() == ["dog"]
    assert table.class_names == ["cat", "dog"]


@pytest.mark.parametrize(
    ("flag", "expected"),
    [("0", 0), ("1", 1), ("False", 0), (float("nan"), 0), (None, 0), (True, 1)],
)
def test_flags_as_text(flag, expected):
    item = record([[1, 2, 3, 4]])
    item["objects"] |= {"iscrowd": [flag], "difficult": [flag]}
    table = from_records([item], crowd=True)
    assert table.crowd.tolist() == table.difficult.tolist() == [bool(expected)]


FRAME = {"filename": ["a.jpg"], "label": ["x"]}
FRAME |= {"xmin": [0.25], "ymin": [0.5], "xmax": [0.75], "ymax": [0.625]}


@pytest.mark.parametrize("where", ["columns", "image_sizes", "nowhere"])
@pytest.mark.parametrize("frame", [True, False])
def test_fractions(where, frame):
    """In a frame too, and whoever tells the sizes."""
    size = {"width": 200, "height": 400} if where == "columns" else {}
    if frame:
        pd = pytest.importorskip("pandas")
        records = pd.DataFrame(FRAME | {key: [side] for key, side in size.items()})
    else:
        records = [{"file_name": "a", "objects": {"bbox": [[0.25, 0.5, 0.5, 0.125]]}}]
        records[0] |= size
    table = from_records(
        records,
        relative=True,
        image_sizes={"a": (200, 400)} if where == "image_sizes" else None,
        on_invalid="raise",
    )
    assert table.boxes().tolist() == [[0.25, 0.5, 0.75, 0.625]]
    assert table.relative.tolist() == [where == "nowhere"]
    if where != "nowhere":
        assert table.boxes("pixels").tolist() == [[50, 200, 150, 250]]


def test_a_frame_of_images():
    pd = pytest.importorskip("pandas")
    items = [record([[1, 2, 3, 4], [1, 2, 4, 4]], [1, 0]), record([[1, 2, 8, 8]], [1])]
    table = from_records(pd.DataFrame(items), class_names=["cat", "dog"])
    assert table.label.tolist() == ["dog", "cat", "dog"]
    assert table.n_images == 2


def test_objects_that_are_none_and_sizes_that_are_text():
    table = from_records([record([]) | {"objects": None}], on_invalid="raise")
    assert (table.n_images, len(table)) == (1, 0)
    item = record([[1, 2, 3, 4]]) | {"width": "640", "height": "480"}
    reason = from_records([item], on_invalid="ignore").dropped[0].reason
    assert reason.endswith("width or height is text, not a number")


@pytest.mark.parametrize(
    ("side", "is_known"), [(1, True), (0.999, False), (999_999_999, True), (1e9, False)]
)
def test_the_smallest_and_the_largest_image(side, is_known):
    record = {"width": side, "height": side, "objects": {"bbox": [], "category": []}}
    images = from_records([record], on_invalid="ignore").images
    assert images.width.tolist() == [side if is_known else 0]
