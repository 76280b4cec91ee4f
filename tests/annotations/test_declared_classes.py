"""The classes that a data set declares, and how many a configuration has."""

import json

import numpy as np
import pytest

from skanchors.annotations import (
    AnnotationTable,
    AnnotationWarning,
    read_annotations,
    read_dataset,
)
from skanchors.cli import main

LINE = "1 0.5 0.5 0.1 0.2\n"
VOC = (
    "<annotation><size><width>100</width><height>80</height></size><object>"
    "<name>cat</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>30</xmax>"
    "<ymax>40</ymax></bndbox></object></annotation>"
)


def put(root, **files):
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def yaml(text):
    pytest.importorskip("yaml")
    return {"data_dot_yaml": f"train: images\n{text}", "labels__a_dot_txt": LINE}


DARKNET = {
    "train_dot_txt": "data/obj/a.jpg\n",
    "obj__a_dot_txt": LINE,
    "obj_dot_names": "cat\ndog\nfox\n",
}
COCO = {
    "images": [{"id": 1, "file_name": "a.jpg", "width": 640, "height": 480}],
    "annotations": [{"id": 1, "image_id": 1, "category_id": 2, "bbox": [1, 2, 60, 80]}],
    "categories": [{"id": i, "name": f"class {i}"} for i in (1, 2, 7)],
}
DECLARED = {
    "yaml list": lambda: yaml("names: [cat, dog, fox]"),
    "yaml mapping": lambda: yaml("names: {0: cat, 1: dog, 2: fox}"),
    "yaml with a gap": lambda: yaml("names: {1: dog, 2: fox}"),
    "yaml without names": lambda: yaml("nc: 3"),
    "classes.txt": lambda: {
        "classes_dot_txt": "cat\ndog\nfox\n",
        "labels__a_dot_txt": LINE,
    },
    "Roboflow's Darknet": lambda: {
        "train___darknet_dot_labels": "cat\ndog\nfox\n",
        "train__a_dot_txt": LINE,
    },
    "darknet": lambda: (
        DARKNET | {"obj_dot_data": "train = data/train.txt\nnames = data/obj.names\n"}
    ),
    "darknet without names": lambda: {
        "train_dot_txt": "data/obj/a.jpg\n",
        "obj__a_dot_txt": LINE,
        "obj_dot_data": "classes = 3\ntrain = data/train.txt\n",
    },
    "COCO": lambda: {"all_dot_json": json.dumps(COCO)},
}


@pytest.mark.parametrize("files", DECLARED.values(), ids=DECLARED)
def test_what_the_data_set_declares_is_counted(files, tmp_path, capsys):
    root = put(tmp_path, **files())
    assert len(read_dataset(root).class_names) == 3
    assert main(["fit", str(root), "-k", "1", "--format", "yolov5", *SIZE]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("nc: 3\n")
    assert "number of classes" not in err


SIZE = ["--input-size", "100", "--strides", "8"]


@pytest.mark.parametrize(
    ("files", "options", "nc"),
    [
        ({"a_dot_txt": LINE}, [], 2),  # class 1, so there is a class 0
        ({"a_dot_xml": VOC}, [], 1),
        (DECLARED["classes.txt"](), ["--classes", "dog"], 1),
    ],
)
@pytest.mark.parametrize("style", ["yolov5", "darknet"])
def test_what_is_counted_by_the_boxes_is_told(
    files, options, nc, style, tmp_path, capsys
):
    root = put(tmp_path, **files)
    argv = ["fit", str(root), "-k", "1", "--format", style, *SIZE, *options]
    assert main(argv) == 0
    out, err = capsys.readouterr()
    assert {"yolov5": f"nc: {nc}\n", "darknet": f"classes={nc}\n"}[style] in out
    assert f"note: the number of classes, {nc}, is that of the boxes in use" in err
    assert main([*argv, "--n-classes", "5"]) == 0
    out, err = capsys.readouterr()
    assert {"yolov5": "nc: 5\n", "darknet": "classes=5\n"}[style] in out
    assert "number of classes" not in err


def test_nothing_is_said_where_no_number_is_written(tmp_path, capsys):
    root = put(tmp_path, a_dot_xml=VOC)
    assert main(["fit", str(root), "-k", "1"]) == 0
    assert capsys.readouterr().err == ""


def test_a_count_that_contradicts_the_names_is_told(tmp_path):
    root = put(tmp_path, **yaml("nc: 2\nnames: [cat, dog, fox]"))
    with pytest.warns(AnnotationWarning, match="nc of .* is 2, but it has 3 names"):
        table = read_dataset(root)
    assert table.class_names == ["cat", "dog", "fox"]


@pytest.mark.parametrize("nc", ["many", "-1", "1e99", "[1]", "99999999999"])
def test_no_count(nc, tmp_path):
    assert read_dataset(put(tmp_path, **yaml(f"nc: {nc}"))).class_names is None


def test_names_stay_with_parts_of_a_table(tmp_path):
    put(tmp_path, **DECLARED["classes.txt"](), other__a_dot_xml=VOC)
    table = read_annotations([tmp_path / "labels" / "a.txt"], class_names=["a", "b"])
    other = read_annotations([tmp_path / "other" / "a.xml"])
    assert other.class_names is None
    for part in (table[:0], table.select(["a"]), table.take_images([0])):
        assert part.class_names == ["a", "b"]
    third = read_annotations([tmp_path / "labels" / "a.txt"], class_names=["b", "c"])
    both = AnnotationTable.concatenate([table, other, third])
    assert both.class_names == ["a", "b", "c"]
    np.testing.assert_array_equal(both.label, ["b", "cat", "c"])
