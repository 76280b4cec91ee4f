"""Links, deep trees and files that cannot be read hide nothing."""

import shutil

import layout_writers as layouts
import pytest
import writers
from layout_writers import LAYOUTS, read
from writers import NAMES, expected, found, put

from skanchors.annotations import AnnotationWarning, read_dataset
from skanchors.datasets import list_annotations


def test_a_looped_link_hides_nothing(tmp_path, photos):
    for photo in photos:
        put(tmp_path / "labels" / f"{photo.stem}.txt", writers.yolo(photo))
    (tmp_path / "labels" / "back").symlink_to(tmp_path)
    assert found(read(tmp_path, class_names=NAMES)) == expected(photos)
    loop = tmp_path / "labels" / "000.txt"
    loop.symlink_to(loop)
    with pytest.warns(AnnotationWarning, match=r"cannot be read: 1 \(.*000\.txt\)"):
        table = read_dataset(tmp_path, class_names=NAMES)
    assert found(table) == expected(photos)
    assert table.dropped[-1].path == str(loop)
    with pytest.raises(ValueError, match=r"000\.txt: cannot be read"):
        read_dataset(tmp_path, on_invalid="raise")
    assert len(list_annotations(tmp_path)) == len(photos)


def test_a_folder_that_cannot_be_listed_is_named(tmp_path, photos, monkeypatch):
    import os

    LAYOUTS["folders_images_inside"](tmp_path, photos)
    scandir = os.scandir

    def broken(path="."):
        if str(path).endswith("valid"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", broken)
    with pytest.warns(AnnotationWarning, match=r"Permission denied: 1|cannot be read"):
        table = read_dataset(tmp_path)
    assert found(table) == expected(layouts.by_split(photos)["train"])


def test_the_folders_may_be_links(tmp_path, photos):
    LAYOUTS["ultralytics"](tmp_path / "real", photos)
    (tmp_path / "root").mkdir()
    for name in ("images", "labels", "things.yaml"):
        (tmp_path / "root" / name).symlink_to(tmp_path / "real" / name)
    assert found(read(tmp_path / "root")) == expected(photos)


def test_a_tree_that_is_too_deep_is_said(tmp_path, photos):
    deep = tmp_path.joinpath(*"abcdefghijklmnop")
    put(deep / "a.txt", "0 .5 .5 .1 .1")
    put(tmp_path / "b.txt", "0 .5 .5 .1 .1")
    with pytest.warns(AnnotationWarning, match="12 folders deep|cannot be read"):
        assert len(read_dataset(tmp_path)) == 1
    shutil.rmtree(tmp_path / "a")


def test_names_are_looked_for_once_a_folder(tmp_path, photos, monkeypatch):
    from skanchors.annotations.layouts import _folders

    asked = []

    def names_near(folder, tree):
        asked.append(folder)
        return NAMES

    monkeypatch.setattr(_folders, "names_near", names_near)
    LAYOUTS["folders_images_outside"](tmp_path, photos)
    assert found(read_dataset(tmp_path)) == expected(photos)
    assert len(asked) == len(set(asked)) == 2


def test_a_looped_link_beside_a_list_hides_nothing(tmp_path):
    """Folders that lie outside the root are listed when they are asked for."""
    for folder in ("data/images", "data/labels", "lists"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "data/images/a.jpg").touch()
    (tmp_path / "data/labels/a.txt").write_text("0 .5 .5 .1 .1\n")
    for folder in ("images", "labels"):
        try:
            (tmp_path / f"data/{folder}/loop").symlink_to("loop")
        except OSError:
            pytest.skip("links need rights that we have not got")
    image = tmp_path / "data/images/a.jpg"
    (tmp_path / "lists/train.txt").write_text(f"{image}\n")
    assert len(read(tmp_path / "lists/train.txt")) == 1


def test_spaces_in_a_data_file_cost_no_time(tmp_path):
    """A pattern with two runs of them took minutes."""
    (tmp_path / "a.txt").write_text("0 .5 .5 .1 .1\n")
    (tmp_path / "train.txt").write_text(f"{tmp_path / 'a.jpg'}\n")
    spaces = " " * 200_000
    (tmp_path / "obj.data").write_text(
        f"x = a{spaces}b\n  Train ={spaces}train.txt{spaces}\nnames=\n"
    )
    assert len(read(tmp_path / "obj.data")) == 1


@pytest.mark.parametrize(("ending", "good"), [(".xml", "voc"), (".txt", "yolo")])
def test_a_folder_whose_files_cannot_be_read_is_named(
    tmp_path, monkeypatch, ending, good
):
    """No head tells their format; their reader says what is wrong with them."""
    from skanchors.annotations import _files

    for folder in ("a", "b"):
        put(tmp_path / folder / f"0{ending}", SAMPLES[good])
    usual = _files.os.open

    def refused(path, *args, **options):
        if f"b{_files.os.sep}0" in str(path):
            raise PermissionError(13, "Permission denied")
        return usual(path, *args, **options)

    monkeypatch.setattr(_files.os, "open", refused)
    with pytest.warns(AnnotationWarning, match="cannot be opened: 1"):
        table = read_dataset(tmp_path, on_invalid="warn")
    assert (len(table), table.n_files) == (1, 2)


SAMPLES = {
    "yolo": "0 .5 .5 .1 .1\n",
    "voc": "<annotation><size><width>9</width><height>9</height></size><object>"
    "<name>a</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>4</xmax><ymax>5</ymax>"
    "</bndbox></object></annotation>",
}
