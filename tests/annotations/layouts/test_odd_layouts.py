"""YOLO data sets in drawn combinations of what tools and people do.

Each part alone is usual: where the split stands in the path, what the folders are
called, which endings there are, what describes the set, how that spells its paths and
names. The combinations are drawn with fixed seeds.
"""

import json
import os
import warnings

import numpy as np
import pytest
import writers
from writers import NAMES, put

from skanchors.annotations import read_dataset
from skanchors.cli import main
from skanchors.datasets import list_annotations

# Names of the folders of images and of labels that belong together.
FOLDERS = [
    ("images", "labels"),
    ("Images", "Labels"),
    ("JPEGImages", "labels"),
    ("img", "labels"),
    ("imgs", "annotations"),
]
ORDERS = {
    "train/images": "{split}/{kind}",
    "images/train": "{kind}/{split}",
    "deeper": "my set/{split}/{kind}/cam 1",
    "beside": "{split}",
    "one folder": "all",
    "flat": "{kind}",
}
DESCRIBED = ["nothing", "yaml", "yaml of lists", "yaml of list files", "data", "lists"]
# How a path of the data set is spelt: to be filled with the path below the root.
SPELLINGS = [
    "{0}",
    "./{0}",
    "../{0}",
    "/content/drive/My Drive/set/{0}",
    "C:\\Users\\me\\set\\{0}",
    "{root}/{0}",
]
SECOND = ["val", "valid", "validation"]


class Drawn:
    """One data set of that kind.

    Attributes
    ----------
    root : Path
    photos : list of Photo
    splits : dict of str to list of Photo
        By the name that a table gives them.
    told : bool
        Whether the layout tells the splits.
    """

    def __init__(self, root, seed):
        rng = np.random.default_rng(seed)
        self.root, self.rng = root, rng
        self.photos = writers.draw(9, seed)
        self.described = DESCRIBED[rng.integers(len(DESCRIBED))]
        self.order = list(ORDERS)[rng.integers(len(ORDERS))]
        self.folders = FOLDERS[rng.integers(len(FOLDERS))]
        self.spelling = SPELLINGS[rng.integers(len(SPELLINGS))]
        self.second = SECOND[rng.integers(len(SECOND))]
        self.ending = (".txt", ".TXT")[int(rng.random() < 0.2)]
        self.upper = rng.random() < 0.2
        self.linked = rng.random() < 0.2
        self.splits = {"train": self.photos[:6], "val": self.photos[6:]}
        by_folder = "{split}" in ORDERS[self.order]
        self.told = by_folder or self.described != "nothing"
        if self.described.startswith("yaml") and not by_folder:
            self.described = "yaml of list files"  # what else could tell them apart
        self.write()

    def folder(self, kind, split):
        name = {"images": self.folders[0], "labels": self.folders[1]}[kind]
        if split == "val":
            split = self.second
        return ORDERS[self.order].format(kind=name, split=split)

    def spell(self, path):
        return self.spelling.format(path, root=self.root.as_posix())

    def image_name(self, photo):
        return photo.stem + (".JPG" if self.upper else ".jpg")

    def write(self):
        for split, photos in self.splits.items():
            for photo in photos:
                labels = self.root / self.folder("labels", split)
                put(labels / (photo.stem + self.ending), writers.yolo(photo))
                image = (
                    self.root / self.folder("images", split) / self.image_name(photo)
                )
                if self.linked:
                    store = put(self.root.parent / "store" / image.name, "")
                    store.write_bytes(writers.png(photo))
                    image.parent.mkdir(parents=True, exist_ok=True)
                    os.symlink(store, image)
                else:
                    put(image, "").write_bytes(writers.png(photo))
        described = self.described
        if described == "nothing":
            put(self.root / "classes.txt", "\n".join(NAMES))
        elif described.startswith("yaml"):
            self.write_yaml()
        else:
            self.write_lists("", self.root)
            put(self.root / "obj.names", "\n".join(NAMES) + "\n")
            if described == "data":
                entries = {
                    "train": self.spell("train.txt"),
                    "valid": self.spell("val.txt"),
                    "names": self.spell("obj.names"),
                }
                lines = [f"{key} = {value}\n" for key, value in entries.items()]
                put(self.root / "obj.data", f"classes= {len(NAMES)}\n{''.join(lines)}")

    def write_lists(self, prefix, folder):
        for split, photos in self.splits.items():
            where = self.folder("images", split)
            lines = [self.spell(f"{where}/{self.image_name(p)}") for p in photos]
            put(folder / f"{prefix}{split}.txt", "\n".join(lines))

    def write_yaml(self):
        lines = []
        if self.described == "yaml of list files":
            self.write_lists("", self.root)
            values = {split: f"'{self.spell(split + '.txt')}'" for split in self.splits}
        else:
            values = {
                split: f"'{self.spell(self.folder('images', split))}'"
                for split in self.splits
            }
            if self.described == "yaml of lists":
                values = {split: f"[{value}]" for split, value in values.items()}
        key = ("val", "valid")[int(self.rng.random() < 0.2)]
        lines += [f"train: {values['train']}", f"{key}: {values['val']}"]
        root = [None, ".", f"../datasets/{self.root.name}", "/home/me/gone", "''"]
        path = root[self.rng.integers(len(root))]
        if path is not None:
            lines.insert(0, f"path: {path}")
        names = {
            0: f"names: {list(NAMES)}",
            1: "names:\n" + "".join(f"  {i}: {n}\n" for i, n in enumerate(NAMES)),
            2: "names:\n" + "".join(f"- '{n}'\n" for n in NAMES),
        }
        lines += [f"nc: {len(NAMES)}", names[int(self.rng.integers(3))]]
        put(self.root / "data.yaml", "\n".join(lines) + "\n")


@pytest.fixture(params=range(60))
def drawn(request, tmp_path):
    if not hasattr(os, "symlink"):
        pytest.skip("no links on this system")
    made = Drawn(tmp_path / "my things", request.param)
    if made.described.startswith("yaml"):
        pytest.importorskip("yaml")
    return made


def test_the_same_boxes_from_every_combination(drawn):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = read_dataset(drawn.root)
    assert writers.found(table) == writers.expected(drawn.photos)
    assert table.n_images == len(drawn.photos)
    assert not table.relative.any()
    assert table.class_names == list(NAMES)
    if drawn.told:
        for split, photos in drawn.splits.items():
            one = table[table.split == split]
            assert writers.found(one) == writers.expected(photos)
            same = read_dataset(drawn.root, split, on_invalid="ignore")
            assert writers.found(same) == writers.expected(photos)
    else:
        assert set(table.split) == {None}
    paths = list_annotations(drawn.root)
    assert sorted(set(table.path)) == sorted(set(paths) & set(table.path))
    assert len(paths) == len(drawn.photos)


def test_the_shell_reads_the_same(drawn, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    table = read_dataset(drawn.root.name, on_invalid="ignore")
    argv = ["fit", drawn.root.name, "-k", "2", "--scaling", "letterbox"]
    assert main([*argv, "--input-size", "640", "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert json.loads(out)["n_boxes"] == len(table)


def test_roots_that_overlap_count_once(tmp_path, monkeypatch):
    pytest.importorskip("yaml")
    photos = writers.draw(4)
    for photo in photos:
        put(tmp_path / "set" / "labels" / f"{photo.stem}.txt", writers.yolo(photo))
        put(tmp_path / "set" / "images" / photo.name, "").write_bytes(
            writers.png(photo)
        )
    put(tmp_path / "set" / "data.yaml", f"train: images\nnames: {list(NAMES)}\n")
    monkeypatch.chdir(tmp_path)
    for roots in (
        ["set", tmp_path / "set"],
        ["set/data.yaml", "set/labels"],
        ["set/./labels", "set/labels"],
    ):
        table = read_dataset(roots, class_names=NAMES)
        assert writers.found(table) == writers.expected(photos)
