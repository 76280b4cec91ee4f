"""The same boxes, whichever encoding and line ends a file has."""

import json
import os
import re
import sys
from pathlib import Path

import numpy as np
import pytest
import writers

from skanchors.annotations import AnnotationWarning, read_annotations, read_dataset
from skanchors.annotations.formats import FORMATS

KINDS = list(writers.FORMATS)


def read(root, photos):
    sizes = {photo.stem: (photo.width, photo.height) for photo in photos}
    names = writers.NAMES
    return read_dataset(root, image_sizes=sizes, class_names=names, on_invalid="raise")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_and_line_ends(kind, encoding, end, tmp_path, photos):
    paths = writers.write_format(tmp_path, kind, photos)
    for path in paths:
        text = path.read_text()
        path.write_bytes(text.replace("\n", end).encode(encoding))
    for table in (
        read(tmp_path, photos),
        read_annotations(
            paths,
            image_sizes={p.stem: (p.width, p.height) for p in photos},
            class_names=writers.NAMES,
            on_invalid="raise",
        ),
    ):
        boxes = np.vstack([photo.boxes for photo in photos])
        np.testing.assert_allclose(table.xmin, boxes[:, 0], atol=1e-6)
        np.testing.assert_allclose(table.height, boxes[:, 3] - boxes[:, 1], atol=1e-6)
        assert "\ufeff" not in "".join(table.label)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_utf8_is_told_with_what_to_do(kind, tmp_path, photos):
    paths = writers.write_format(tmp_path, kind, photos)
    text = re.sub("cat|dog|^0 ", "café ", paths[0].read_text())
    paths[0].write_bytes(text.encode("latin-1") + "\né".encode("latin-1"))
    with pytest.warns(AnnotationWarning, match="UTF-8.*save it as UTF-8") as caught:
        table = read_annotations(paths, image_sizes={"x": (1, 1)})
    assert "codec" not in str(caught[0].message)
    assert [f.path for f in table.dropped if f.object is None] == [str(paths[0])]


@pytest.mark.parametrize("encoding", ["gbk", "shift_jis", "big5", "latin-1"])
@pytest.mark.parametrize("kind", ["voc", "cvat"])
def test_declared_encodings_of_xml(kind, encoding, tmp_path, photos):
    paths = writers.write_format(tmp_path, kind, photos)
    name = "é" if encoding == "latin-1" else "日"
    for path in paths:
        text = (
            path.read_text().replace(">cat<", f">{name}<").replace('"cat"', f'"{name}"')
        )
        text = re.sub(r"<\?xml[^>]*\?>", "", text)
        text = f'<?xml version="1.0" encoding="{encoding}"?>{text}'
        path.write_bytes(text.encode(encoding))
    table = read_annotations(paths, on_invalid="raise")
    labels = [label for photo in photos for label in photo.labels]
    assert table.label.tolist() == [
        name if label == "cat" else label for label in labels
    ]


@pytest.mark.parametrize("digits", [4299, 5000, 50_000])
@pytest.mark.parametrize("kind", ["coco", "labelme"])
def test_a_number_of_many_digits_costs_one_object(kind, digits, tmp_path, photos):
    paths = writers.write_format(tmp_path, kind, photos)
    number = "9" * digits
    if kind == "coco":
        content = json.loads(paths[0].read_text())
        content["annotations"][0]["bbox"][2] = "HERE"
    else:
        content = json.loads(paths[0].read_text())
        content["shapes"][0]["points"][1][0] = "HERE"
    paths[0].write_text(json.dumps(content).replace('"HERE"', number))
    table = read_annotations(paths, on_invalid="ignore")
    assert len(table) == sum(len(photo.labels) for photo in photos) - 1
    assert len(table.dropped) == 1
    assert "digits" not in table.dropped[0].reason
    assert "sys." not in table.dropped[0].reason


def label(folder, *, names=None, yaml=None, encoding="utf-8"):
    for inner in ("labels", "images"):
        (folder / inner).mkdir()
    (folder / "labels" / "a.txt").write_text("0 .5 .5 .1 .1\n1 .5 .5 .2 .1\n")
    (folder / "images" / "a.jpg").touch()
    if names is not None:
        (folder / "classes.txt").write_bytes(names.encode(encoding))
    if yaml is not None:
        pytest.importorskip("yaml")
        (folder / "data.yaml").write_bytes(yaml.encode(encoding))
    return folder


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("what", ["names", "yaml"])
def test_names_in_other_encodings(what, encoding, tmp_path):
    text = "é\r\nè\r\n" if what == "names" else "train: images\nnames: [é, è]\n"
    label(tmp_path, **{what: text}, encoding=encoding)
    assert read_dataset(tmp_path, on_invalid="raise").label.tolist() == ["é", "è"]


def test_names_that_cannot_be_told_apart_are_not_used(tmp_path):
    label(tmp_path, names="é\nè\n", encoding="latin-1")
    with pytest.warns(AnnotationWarning, match=r"classes\.txt\) - not UTF-8 text"):
        assert read_dataset(tmp_path).label.tolist() == ["0", "1"]
    with pytest.raises(ValueError, match=r"classes\.txt: not UTF-8 text; save it"):
        read_dataset(tmp_path, class_names=tmp_path / "classes.txt")


def test_names_of_a_description_in_latin_1(tmp_path):
    label(tmp_path, yaml="train: images\nnames: [é, è]\n", encoding="latin-1")
    match = r"names of .*data\.yaml: not UTF-8 text; save it as UTF-8"
    with pytest.warns(AnnotationWarning, match=match):
        assert read_dataset(tmp_path).label.tolist() == ["0", "1"]


@pytest.mark.parametrize("names", ["[no, 007]", "{0: no, 1: 007}", "[~, 10:30]"])
def test_names_are_as_they_are_written(names, tmp_path):
    label(tmp_path, yaml=f"train: images\nnames: {names}\n")
    written = re.findall(r"[\w~:]+", re.sub(r"\d: ", "", names))
    assert read_dataset(tmp_path).label.tolist() == written


@pytest.mark.parametrize("kind", ["coco", "labelme"])
def test_half_characters_stay_apart_and_can_be_written(kind, tmp_path, photos):
    names = {"cat": "a\\ud83d", "dog": "a\\ud83e"}
    paths = writers.write_format(tmp_path, kind, photos)
    for path in paths:
        text = path.read_text()
        for old, new in names.items():
            text = text.replace(f'"{old}"', f'"{new}"')
        path.write_text(text)
    table = read_annotations(paths, on_invalid="raise")
    labels = [label for photo in photos for label in photo.labels]
    assert table.label.tolist() == [names.get(label, label) for label in labels]
    table.to_csv(tmp_path / "out.csv")
    table.summary().encode()


@pytest.mark.skipif(sys.platform != "linux", reason="names are text there")
def test_paths_that_are_no_text(tmp_path):
    path = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")
    Path(path).write_text("0 .5 .5 .1 .1\n0 5 5 1 1\n")
    with pytest.warns(AnnotationWarning, match=r"caf\\udce9\.txt") as caught:
        table = read_dataset(tmp_path)
    str(caught[0].message).encode()
    table.to_csv(tmp_path / "out.csv")
    table.summary().encode()
    assert table.path.tolist() == [path]


@pytest.mark.parametrize(
    ("format", "name", "others"),
    [
        ("voc", "a.json", "coco or labelme"),
        ("coco", "a.xml", "voc or cvat"),
        ("labelme", "a.csv", "csv or openimages"),
    ],
)
def test_a_file_of_another_format_is_told_by_its_ending(tmp_path, format, name, others):
    (tmp_path / name).write_bytes(b"\x01")
    with pytest.raises(ValueError, match=f"{name[1:]} is rather {others}"):
        read_annotations([tmp_path / name], format, on_invalid="raise")
    own = tmp_path / f"b{FORMATS[format].suffixes[0]}"
    own.write_bytes(b"\x01")
    with pytest.raises(ValueError, match="not") as error:
        read_annotations([own], format, on_invalid="raise")
    assert "rather" not in str(error.value)
