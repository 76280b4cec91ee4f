"""A folder, or the file that describes a data set, in place of a list of files."""

import numpy as np
import pytest

from skanchors.annotations import (
    VOCBoxExtractor,
    YOLOBoxExtractor,
    iter_sizes,
    read_annotations,
    read_dataset,
)
from skanchors.datasets import list_annotations, make_voc_annotations


@pytest.fixture
def root(tmp_path):
    """YOLO labels of two splits, whose classes have names in the data.yaml alone."""
    rng = np.random.default_rng(0)
    for split in ("train", "val"):
        (tmp_path / split / "labels").mkdir(parents=True)
        (tmp_path / split / "images").mkdir()
        for i in range(4):
            lines = [
                f"{rng.integers(2)} 0.5 0.5 {w:.3f} {h:.3f}"
                for w, h in rng.uniform(0.1, 0.5, (3, 2))
            ]
            label = tmp_path / split / "labels" / f"{i}.txt"
            label.write_text("\n".join(lines))
    text = "train: train/images\nval: val/images\nnames: [cat, dog]\n"
    (tmp_path / "data.yaml").write_text(text)
    return tmp_path


def test_read_annotations(root):
    expected = read_dataset(root)
    assert set(expected.label) == {"cat", "dog"}
    for where in (root, str(root), root / "data.yaml"):
        table = read_annotations(where)
        np.testing.assert_array_equal(table.label, expected.label)
        np.testing.assert_array_equal(table.sizes(), expected.sizes())
        assert set(table.split) == {"train", "val"}


def test_iter_sizes(root):
    table = read_dataset(root)
    for where in (root, str(root / "data.yaml")):
        chunks = list(iter_sizes(where, 5))
        assert [len(chunk) for chunk in chunks] == [5] * 4 + [4]
        np.testing.assert_array_equal(np.concatenate(chunks), table.sizes())
        dogs = np.concatenate(list(iter_sizes(where, classes=["dog"])))
        np.testing.assert_array_equal(dogs, table.select(["dog"]).sizes())


def test_options_hold(tmp_path):
    make_voc_annotations(tmp_path / "Annotations", 5, random_state=0)
    options = {"scaling": "letterbox", "input_size": 320, "min_size": 20}
    expected = VOCBoxExtractor(**options).transform(list_annotations(tmp_path))
    found = np.concatenate(list(iter_sizes(tmp_path, **options)))
    np.testing.assert_array_equal(found, expected)
    with pytest.raises(FileNotFoundError):
        read_annotations(tmp_path, format="coco")


@pytest.mark.parametrize("name", [".", "data.yaml"])
def test_extractors_still_refuse_one_path(root, name):
    with pytest.raises(TypeError, match=r"one path.*list_annotations\(folder\)"):
        YOLOBoxExtractor().transform(str(root / name))


def test_what_is_nowhere_is_no_data_set(tmp_path):
    for read in (read_annotations, iter_sizes):
        with pytest.raises(TypeError, match="is one path"):
            read(tmp_path / "nowhere.yaml")
