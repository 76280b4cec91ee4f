import json

import pytest


def labelme(*shapes, **content):
    known = {"imageWidth": 200, "imageHeight": 100, "imagePath": "a.jpg"}
    return json.dumps({"version": "5.0", "shapes": list(shapes)} | known | content)


def shape(points, kind="polygon", **more):
    return {"label": "x", "points": points, "shape_type": kind} | more


@pytest.mark.parametrize(
    ("item", "size"),
    [
        (shape([[30, 40], [10, 20]], "rectangle"), (20, 20)),
        (shape([[10, 20], [30, 20], [30, 50], [10, 50]], "rectangle"), (20, 30)),
        (shape([[10, 20], [30, 20], [15, 60]]), (20, 40)),
        (shape([[50, 50], [53, 54]], "circle"), (10, 10)),
        (shape([[10, 20], [30, 25]], "mask", mask="iVBO"), (20, 5)),
        ({"label": "x", "points": [[0, 0], [7, 9], [1, 1]]}, (7, 9)),
    ],
)
def test_shapes(read_text, boxes, item, size):
    table = read_text(labelme(item), "a.json", on_invalid="raise")
    assert boxes(table) == [pytest.approx(size)]
    assert table.label.tolist() == ["x"]


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (shape([[1, 2]], "point"), "shape encloses no area: point"),
        (shape([[1, 2], [3, 4]], "linestrip"), "shape encloses no area: linestrip"),
        (shape([[1, 2]]), "points are not pairs of numbers"),
        (shape([[1, 2], [3, "4"]]), "points are not pairs of numbers"),
        (shape([[1, 2], [3, 4, 5]]), "points are not pairs of numbers"),
        (shape([[1, 2], 7]), "points are not pairs of numbers"),
        (shape(None), "points are not pairs of numbers"),
        (shape([[1, 2], [10**400, 4]]), "points are not pairs of numbers"),
        (shape([[1, 2], [3, 4]], kind=[]), "points|no area"),
        (7, "shape is not a JSON object"),
        (shape([[1, 2], [1, 4]], "rectangle"), "zero area"),
    ],
)
def test_shapes_of_no_use(read_text, item, reason):
    good = shape([[1, 2], [3, 4]], "rectangle")
    table = read_text(labelme(item, good), "a.json")
    if len(table) == 2:  # what is no name of a kind is a polygon
        assert item["shape_type"] == []
        return
    assert len(table) == 1
    assert any(text in table.dropped[0].reason for text in reason.split("|"))
    assert table.dropped[0].object == 1


def test_names_and_sizes(read_text):
    item = shape([[0, 0], [50, 50]], "rectangle")
    text = labelme(item, imageWidth=None, imageHeight="100")
    assert read_text(text, "a.json").dropped[0].reason.startswith("size of the image")
    table = read_text(text, "a.json", image_sizes={"a.jpg": (100, 200)})
    assert table.sizes().tolist() == [[0.5, 0.25]]
    for given, label in ((3, "3"), (None, ""), ([3], ""), (True, "")):
        table = read_text(labelme(shape([[0, 0], [5, 5]], label=given)), "a.json")
        assert table.label.tolist() == [label]


def test_a_file_without_objects_is_an_image(read_text):
    assert read_text(labelme(), "a.json").n_images == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"shapes": 1}', "not a LabelMe file"),
        ("[]", "not a LabelMe file"),
        ('{"shapes": [', "not JSON"),
        ('{"shapes": ' + "[" * 200_000, "nested too deep"),
    ],
)
def test_files_of_no_use(read_text, text, reason):
    with pytest.raises(ValueError, match=reason):
        read_text(text, "a.json", format="labelme", on_invalid="raise")
