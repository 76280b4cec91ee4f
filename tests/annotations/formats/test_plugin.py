"""Formats that come from elsewhere."""

import builtins
import json
import subprocess
import sys
from types import FunctionType

import pytest

from skanchors.annotations import (
    AnnotationWarning,
    iter_sizes,
    read_annotations,
    read_dataset,
    register_format,
    unregister_format,
)
from skanchors.annotations.formats import FORMATS, _table, format_names


def read_lines(path):
    """One image a line: name, width, height and the corners of its box."""
    with open(path, encoding="utf-8") as file:
        for line in file:
            name, width, height, *box = line.split()
            yield {
                "image": name,
                "width": float(width),
                "height": float(height),
                "boxes": [box] if box else [],
                "labels": ["thing"] if box else [],
            }


@pytest.fixture
def lines():
    register_format("lines", read=read_lines, suffixes=[".BOX"])
    yield
    unregister_format("lines")


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "a.box"
    path.write_text("1.jpg 100 200 10 20 60 120\n2.jpg 50 50\n3.jpg 50 50 0 0 5 25\n")
    return path


@pytest.mark.parametrize("format", ["auto", "lines"])
def test_a_registered_format_is_read(lines, file, format):
    table = read_annotations([file], format, on_invalid="raise")
    assert table.sizes().tolist() == [[0.5, 0.5], [0.1, 0.5]]
    assert table.image_id.tolist() == ["1.jpg", "3.jpg"]
    assert table.label.tolist() == ["thing"] * 2
    assert (table.n_images, table.n_files, table.n_objects) == (3, 1, 2)
    assert next(iter_sizes([file])).tolist() == [[0.5, 0.5], [0.1, 0.5]]
    assert "lines" in format_names()


def test_what_a_plug_in_raises_is_a_reason_and_what_came_before_stays(lines, file):
    file.write_text("1.jpg 100 200 10 20 60 120\n2.jpg 50\n")
    with pytest.warns(AnnotationWarning, match="ValueError: 1"):
        table = read_annotations([file])
    assert len(table) == 1
    with pytest.raises(ValueError, match=r"a\.box: ValueError: not enough values"):
        read_annotations([file], on_invalid="raise")


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({"image": "a"}, "must be a mapping with 'image' and 'boxes'"),
        ({"boxes": [[1, 2, 3, 4]], "labels": []}, "1 box, but 0 labels"),
        ({"boxes": [[1, 2, 3]], "labels": ["a"]}, "box is not four numbers"),
        ({"boxes": [["a", 2, 3, 4]]}, "box is not four numbers"),
        ({"boxes": 7}, "TypeError"),
        (7, "must be a mapping"),
    ],
)
def test_records_that_are_none(file, record, reason):
    register_format("odd", read=lambda path: [record], suffixes=[".box"])
    try:
        table = read_annotations([file], on_invalid="ignore")
    finally:
        unregister_format("odd")
    assert len(table) == 0
    assert reason in table.dropped[0].reason


def test_flags_sizes_and_crowds(file, tmp_path):
    record = {
        "image": "a.jpg",
        "boxes": [[0, 0, 10, 10]] * 3,
        "difficult": [True, False, False],
        "crowd": [0, 0, 1],
    }
    register_format("flags", read=lambda path: [record], suffixes=[".box"])
    try:
        table = read_annotations([file], image_sizes={"a": (100, 50)})
        assert table.sizes().tolist() == [[0.1, 0.2]] * 2
        assert table.difficult.tolist() == [True, False]
        assert table.n_crowd == 1
        missing = read_annotations([file], on_invalid="ignore")
        assert missing.dropped[0].reason.startswith("size of the image is missing")
    finally:
        unregister_format("flags")


def test_formats_share_an_ending_and_sniff_decides(tmp_path):
    (tmp_path / "a.json").write_text('{"mine": []}')
    coco = {"images": [], "annotations": []}
    (tmp_path / "b.json").write_text(json.dumps(coco))
    paths = sorted(tmp_path.glob("*.json"))

    def sniff(head, path):
        assert isinstance(head, bytes)
        assert path.endswith(".json")
        return b'"mine"' in head

    def read(path):
        return [{"image": "x", "width": 10, "height": 10, "boxes": [[0, 0, 5, 5]]}]

    register_format("mine", read=read, sniff=sniff, suffixes=[".json"])
    try:
        table = read_annotations(paths, on_invalid="raise")
        assert table.path.tolist() == [str(paths[0])]
        assert table.n_files == 2
        # Asked for by name, it takes what it would not have claimed.
        assert len(read_annotations(paths, "mine")) == 2
    finally:
        unregister_format("mine")


@pytest.mark.parametrize(
    ("parameters", "match"),
    [
        ({"name": "voc", "suffixes": [".x"]}, "'voc' is there already; choose another"),
        ({"name": "auto", "suffixes": [".x"]}, "there already"),
        ({"name": "new", "suffixes": []}, "suffixes must be endings"),
        ({"name": "new", "suffixes": ["json"]}, "suffixes must be endings"),
        ({"name": "new", "suffixes": [".JSON"]}, "read as 'coco' .*pass sniff="),
    ],
)
def test_what_cannot_be_registered(parameters, match):
    before = dict(FORMATS)
    with pytest.raises(ValueError, match=match):
        register_format(read=lambda path: [], **parameters)
    assert before == FORMATS


def test_what_cannot_be_unregistered():
    with pytest.raises(ValueError, match="'voc' is a format of skanchors"):
        unregister_format("voc")
    with pytest.raises(ValueError, match="There is no format 'other'; there are voc"):
        unregister_format("other")


class Point:
    """An entry point of an installed package."""

    value = "package:FORMAT"

    def __init__(self, name, content):
        self.name, self._content = name, content

    def load(self):
        if isinstance(self._content, Exception):
            raise self._content
        return self._content


def test_entry_points_are_loaded_once_and_when_needed(monkeypatch, file):
    asked = []

    def entry_points(group):
        asked.append(group)
        good = {"read": read_lines, "suffixes": [".box"], "summary": "lines"}
        return [Point("broken", ImportError("no module")), Point("lines", good)]

    monkeypatch.setattr(_table, "entry_points", entry_points)
    monkeypatch.setattr(_table, "_pending", True)
    try:
        with pytest.warns(RuntimeWarning, match="'broken' .*ImportError: no module"):
            assert "lines" in format_names()
        assert len(read_annotations([file])) == 2
        assert asked == ["skanchors.formats"]
    finally:
        unregister_format("lines")


def test_importing_looks_for_no_entry_points():
    code = (
        "import importlib.metadata as m; m.entry_points = None\n"
        "import skanchors.annotations"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_other_processes_know_the_format(file, monkeypatch):
    # A function that no module holds goes to a process as code; one of this module
    # would go as a name, and not each process can import the tests.
    read = FunctionType(read_lines.__code__, {"__builtins__": builtins})
    register_format("lines", read=read, suffixes=[".BOX"])
    try:
        monkeypatch.setitem(
            FORMATS, "lines", FORMATS["lines"]._replace(batch_size=1, parallel_from=2)
        )
        assert len(read_annotations([file] * 4, n_jobs=2)) == 8
    finally:
        monkeypatch.undo()
        unregister_format("lines")


def test_a_sniff_that_fails_ends_no_read(tmp_path):
    def sniff(head, path):
        raise OverflowError("too much")

    register_format("mine", read=lambda path: [], sniff=sniff, suffixes=[".txt"])
    try:
        for name in "ab":
            (tmp_path / f"{name}.txt").write_text("0 .5 .5 .1 .1")
        with pytest.warns(RuntimeWarning, match="'mine' failed.*OverflowError") as told:
            table = read_dataset(tmp_path)
        assert len(told) == 1
        assert len(table) == 2
    finally:
        unregister_format("mine")


def test_one_image_need_not_be_in_a_list(tmp_path):
    path = tmp_path / "a.one"
    path.touch()
    item = {"image": None, "width": 9, "height": 9, "boxes": [[1, 1, 3, 4]]}
    register_format("one", read=lambda path: item, suffixes=[".one"])
    try:
        table = read_annotations([path], on_invalid="raise")
        assert table.boxes("pixels").tolist() == [[1, 1, 3, 4]]
        assert table.image_id.tolist() == [""]
    finally:
        unregister_format("one")
