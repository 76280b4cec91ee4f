"""A small data.yaml stays small, and only ValueError comes out."""

import json

import pytest

from skanchors.annotations import AnnotationWarning, read_annotations, read_dataset
from skanchors.annotations.layouts._yaml import _parse

yaml = pytest.importorskip("yaml")
PRIME = 2**61 - 1  # ints that differ by it have the same hash


@pytest.fixture
def write(tmp_path):
    """Write a data set with one box, whose description is given."""

    def written(text):
        for folder in ("images", "labels"):
            (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / "images" / "a.jpg").touch()
        (tmp_path / "labels" / "a.txt").write_text("0 .5 .5 .1 .1\n")
        path = tmp_path / "data.yaml"
        path.write_text(f"train: images\n{text}")
        return path

    return written


BOMB = "a: &a [x, x]\n" + "".join(
    f"{new}: &{new} [*{old}, *{old}, *{old}, *{old}]\n"
    for old, new in zip("abcdefghijklmno", "bcdefghijklmnop", strict=True)
)


@pytest.mark.parametrize(
    "text",
    [
        BOMB + "names: *p\n",
        BOMB + "names: [*p]\n",
        BOMB + "test: *p\n",
        "names: &a [*a]\n",
        "names: {0: &a {1: *a}}\n",
        "a: &a {x: 1}\nb: {<<: [*a, *a]}\n",
        "names: !!int ''\n",
        "names: !!timestamp x\n",
        "names: !!bool x\n",
        "x: 2001-99-99\n",
        "x: !!python/object/apply:os.getcwd []\n",
        "x: " + "- " * 3000,
        "x: " + "[" * 400,
    ],
)
def test_nothing_but_value_error(write, text):
    with pytest.raises(ValueError, match=r"data\.yaml is not YAML"):
        read_dataset(write(text))


def test_names_may_be_aliases_of_names(write):
    assert read_dataset(write("a: &cat cat\nnames: [*cat]\n")).label[0] == "cat"


@pytest.mark.parametrize(
    "names", ["[[a]]", "{0: [a]}", "{0: {a: b}}", "{cat: 0}", "{a: {0: cat}}", "7"]
)
def test_names_that_are_none_are_told(write, names):
    path = write(f"names: {names}\n")
    match = r"names of .*data\.yaml cannot be used; write a list of names"
    for root in (path, path.parent):
        with pytest.warns(AnnotationWarning, match=match) as caught:
            assert read_dataset(root).label[0] == "0"
        assert len(caught) == 1


def test_a_file_of_names_that_is_not_there_is_told(write):
    path = write("names: nowhere.txt\n")
    with pytest.warns(AnnotationWarning, match=r"nowhere\.txt is not there"):
        assert read_dataset(path).label[0] == "0"


@pytest.mark.parametrize("names", ["", "[]", "{}", "null"])
def test_no_names_are_no_mistake(write, names):
    assert read_dataset(write(f"names: {names}\n")).label[0] == "0"


@pytest.mark.parametrize("write_number", [str, hex, lambda n: f"+{n}"])
def test_no_file_chooses_the_hashes_of_its_keys(write, write_number):
    numbers = [write_number(PRIME * i) for i in range(1, 9)]
    lines = "".join(f"  {number}: a\n" for number in numbers)
    content = _parse(str(write(f"names:\n{lines}x:\n{lines}")))
    assert list(content["names"]) == list(content["x"]) == numbers
    assert _parse(str(write("names: {0: a, 0x10: b}")))["names"] == {0: "a", 16: "b"}


def test_names_of_a_file_that_collide(write, tmp_path):
    path = write("names:\n" + "".join(f"  {i * PRIME}: a\n" for i in range(8000)))
    label = tmp_path / "labels" / "a.txt"
    with pytest.raises(ValueError, match="no names of classes"):
        read_annotations([label], class_names=path)


@pytest.mark.parametrize(
    "categories",
    [
        [{"id": PRIME, "name": "a"}],
        [{"id": "9" * 40, "name": "a"}],
        [{"id": float("inf"), "name": "a"}],
        [{"id": 0, "name": ["a"]}],
        [{"id": 0}],
        {"id": 0},
        3,
    ],
)
def test_notes_that_name_no_classes(write, tmp_path, categories):
    label = write("").with_name("labels") / "a.txt"
    notes = tmp_path / "notes.json"
    notes.write_text(json.dumps({"categories": categories}))
    with pytest.raises(ValueError, match="no names of classes"):
        read_annotations([label], class_names=notes)
    notes.write_text(json.dumps({"categories": [{"id": 0, "name": "cat"}]}))
    assert read_annotations([label], class_names=notes).label[0] == "cat"
