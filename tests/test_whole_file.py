"""Files are written whole or not at all, by every writer."""

import os
import stat
from contextlib import closing
from unittest import mock

import numpy as np
import pytest

from skanchors._whole_file import whole_file
from skanchors.annotations import read_annotations
from skanchors.datasets import load_sample_paths
from skanchors.export import default_anchors


def test_the_file_takes_its_place_when_it_is_whole(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with whole_file(path) as file:
        file.write("new")
        file.flush()
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert os.listdir(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, OSError])
@pytest.mark.parametrize("content", [None, "old"])
def test_what_ends_the_writing_leaves_all_as_it_was(tmp_path, error, content):
    path = tmp_path / "a.txt"
    if content is not None:
        path.write_text(content)
    with pytest.raises(error), whole_file(path) as file:
        file.write("new")
        raise error
    assert os.listdir(tmp_path) == ([] if content is None else ["a.txt"])
    assert content is None or path.read_text() == content


def test_errors_name_nothing_else(tmp_path):
    with pytest.raises(OSError) as caught, whole_file(tmp_path):
        pass
    assert str(caught.value).endswith(f"directory: {str(tmp_path)!r}")
    with pytest.raises(OSError) as caught, whole_file(tmp_path / "a.txt"):
        raise OSError("the image ends")
    assert str(caught.value) == "the image ends"


def test_errors_name_the_file(tmp_path):
    path = tmp_path / "no folder" / "a.txt"
    with pytest.raises(FileNotFoundError) as caught, whole_file(path):
        pass
    assert caught.value.filename == str(path)
    with pytest.raises(OSError) as caught, whole_file(tmp_path):  # a folder
        pass
    assert caught.value.filename == str(tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="modes, links and FIFOs of POSIX")
def test_modes_links_and_devices_stay(tmp_path):
    old = os.umask(0o027)
    try:
        with whole_file(tmp_path / "new") as file:
            file.write("1")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640
    (tmp_path / "new").chmod(0o600)
    (tmp_path / "link").symlink_to("new")
    with whole_file(tmp_path / "link") as file:
        file.write("2")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "new").read_text() == "2"
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o600
    with whole_file(os.devnull) as file:
        file.write("3")
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs modes")
def test_a_file_that_must_not_be_written_is_not_replaced(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    path.chmod(0o444)
    with pytest.raises(PermissionError), whole_file(path):
        pass
    assert path.read_text() == "old"


class FullDiskError(OSError):
    """What a disk that is full gives."""


class Full:
    """A file that takes a little, and then no more."""

    def __init__(self, file):
        self.file = file

    def write(self, text):
        self.file.write(text[:1])
        self.file.flush()
        raise FullDiskError(28, "No space left on device")

    def __getattr__(self, name):
        return getattr(self.file, name)


def table():
    return read_annotations(load_sample_paths())


def page(path):
    from skanchors.inspection import dataset_report

    with mock.patch("skanchors.inspection._dataset_page.drawn", return_value={}):
        dataset_report(table(), "yolov5").to_html(path)


def picture(path):
    pytest.importorskip("matplotlib")
    from skanchors.cli._picture import save_picture
    from skanchors.inspection import BoxSizeDisplay

    save_picture(BoxSizeDisplay(np.array([[1.0, 2.0]])).plot(), path)


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("a.json", lambda path: default_anchors("yolov3").save(path)),
        ("a.csv", lambda path: table().to_csv(path)),
        ("a.html", page),
        ("a.png", picture),
    ],
    ids=["AnchorSet.save", "to_csv", "to_html", "picture"],
)
def test_every_writer_leaves_what_was_there(tmp_path, monkeypatch, name, write):
    path = tmp_path / name
    path.write_text("old")

    opened = []

    def opening(name, mode="r", *args, **kwargs):
        opened.append(name)
        return closing(Full(open(name, mode, *args, **kwargs)))

    monkeypatch.setattr("skanchors._whole_file.open", opening, raising=False)
    with pytest.raises(FullDiskError):
        write(path)
    assert opened
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == [name]
    monkeypatch.undo()
    write(path)
    assert path.read_bytes() != b"old"
    assert os.listdir(tmp_path) == [name]
