"""Names of classes from files that lie beside the annotations, or are given."""

import pytest
from writers import put

from skanchors.annotations import AnnotationWarning, from_records, read_dataset
from skanchors.annotations.layouts import _names_near

BOXES = "ImageID,LabelName,XMin,XMax,YMin,YMax\na,/m/01yrx,.1,.2,.1,.4\n"
BOXES += "b,/m/0bt9lr,.5,.6,.5,.7\nb,/m/0unknown,.5,.6,.5,.7\n"
DESCRIPTIONS = "/m/01yrx,Cat\n/m/0bt9lr,Dog\n/m/04yx4,Man\n"


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("class-descriptions-boxable.csv", DESCRIPTIONS),
        ("oidv6-class-descriptions.csv", "LabelName,DisplayName\n" + DESCRIPTIONS),
        ("boxes/class-descriptions.csv", '"/m/01yrx","Cat"\r\n"/m/0bt9lr","Dog"\r\n'),
        ("metadata/classes.csv", DESCRIPTIONS),
    ],
)
def test_descriptions_of_open_images(tmp_path, place, text):
    put(tmp_path / "boxes" / "train-annotations-bbox.csv", BOXES)
    put(tmp_path / "boxes" / "validation-annotations-bbox.csv", BOXES)
    path = put(tmp_path / place, text)
    for options in ({}, {"class_names": path}):
        table = read_dataset(tmp_path, on_invalid="raise", **options)
        assert table.label.tolist() == ["Cat", "Dog", "/m/0unknown"] * 2
        assert table.split.tolist() == ["train"] * 3 + ["val"] * 3
        assert not table.class_names  # who needs all that there are?


@pytest.mark.parametrize(
    "text",
    ["cat,0\ndog,1\n", "0,cat\n1,dog\n", "id;name\n0;cat\n1;dog\n", "cat\ndog\n"],
)
def test_tables_of_names(tmp_path, text):
    path = put(tmp_path / "classes.csv", text)
    records = [{"image_id": 1, "width": 9, "height": 9, "bbox": [[1, 1, 2, 2]]}]
    table = from_records([records[0] | {"category": [1]}], class_names=path)
    assert table.label.tolist() == ["dog"]
    assert list(table.class_names) == ["cat", "dog"]


@pytest.mark.parametrize("text", ["", "\n\n", "a,b\nc,d\n", "1,2,3\nx,y\n", ","])
def test_tables_without_names(tmp_path, text):
    path = put(tmp_path / "classes.csv", text)
    with pytest.raises(ValueError, match="holds no names of classes"):
        from_records([], class_names=path)


@pytest.mark.parametrize("paths", ["train: ../nowhere/images\nval: ../x\n", ""])
def test_names_of_a_description_whose_paths_are_wrong(tmp_path, paths):
    put(tmp_path / "mine" / "a.txt", "1 .5 .5 .1 .1")
    put(tmp_path / "data.yaml", f"{paths}nc: 2\nnames: [cat, dog]\n")
    if paths:
        with pytest.warns(AnnotationWarning, match="nowhere/images is not there"):
            table = read_dataset(tmp_path)
    else:
        table = read_dataset(tmp_path, on_invalid="raise")
    assert table.label.tolist() == ["dog"]
    assert table.class_names == ["cat", "dog"]


def test_texts_that_stand_for_classes(tmp_path):
    path = put(tmp_path / "boxes.csv", BOXES)
    names = {"/m/01yrx": "cat", "/m/0bt9lr": "dog"}
    table = read_dataset(path, class_names=names, on_invalid="raise")
    assert table.label.tolist() == ["cat", "dog", "/m/0unknown"]
    with pytest.raises(ValueError, match="must map class numbers to names"):
        read_dataset(path, class_names={"cat": 0})


@pytest.mark.parametrize(
    ("label", "expected"), [("1", "dog"), ("1.0", "dog"), ("x", "x")]
)
def test_numbers_in_a_table_of_boxes(tmp_path, label, expected):
    path = put(tmp_path / "t.csv", f"a.jpg,1,2,11,22,{label}\nb.jpg,1,2,3,4,0\n")
    options = {"image_sizes": {"a": (50, 50), "b": (50, 50)}, "on_invalid": "raise"}
    table = read_dataset(path, class_names=["cat", "dog"], **options)
    assert table.label.tolist() == [expected, "cat"]
    plain = read_dataset(path, **options).label.tolist()
    assert plain == [label.removesuffix(".0"), "0"]
    with pytest.raises(ValueError, match="class is not among class_names: 0"):
        read_dataset(path, class_names={1: "dog"}, **options)


@pytest.mark.parametrize(
    "names", [{"0": "cat", "1": "dog"}, {0.0: "cat", 1: "dog"}, {"1": "dog", 7: "cow"}]
)
def test_numbers_may_be_text(tmp_path, names):
    path = put(tmp_path / "a.txt", "1 .5 .5 .1 .1")
    table = read_dataset(path, class_names=names, on_invalid="raise")
    assert table.label.tolist() == ["dog"]


@pytest.mark.parametrize("name", ["labels.txt", "names.txt", "class_names.txt"])
def test_other_files_of_names(tmp_path, name):
    put(tmp_path / "labels" / "a.txt", "1 .5 .5 .1 .1")
    put(tmp_path / "labels" / "b.txt", "0 .5 .5 .1 .1")
    put(tmp_path / name, "cat\ndog\n")
    table = read_dataset(tmp_path, on_invalid="raise")
    assert table.label.tolist() == ["dog", "cat"]


def test_names_above_many_folders_are_read_once(tmp_path, monkeypatch):
    for i in range(20):
        put(tmp_path / "train" / f"{i}" / "a.txt", f"1 .5 .5 .1 .{i + 10}")
    put(tmp_path / "classes.txt", "cat\ndog\n")
    asked = []
    read_names = _names_near.read_names
    monkeypatch.setattr(
        _names_near, "read_names", lambda path: asked.append(path) or read_names(path)
    )
    table = read_dataset(tmp_path, on_invalid="raise")
    assert table.label.tolist() == ["dog"] * 20
    assert len(asked) == 1


def test_labels_of_an_image_that_is_called_labels(tmp_path):
    put(tmp_path / "a.txt", "1 .5 .5 .1 .1")
    put(tmp_path / "labels.txt", "0 .5 .5 .1 .1")
    table = read_dataset(tmp_path, on_invalid="raise")
    assert table.label.tolist() == ["1", "0"]
    assert table.class_names is None
