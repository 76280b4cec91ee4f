import pytest

from skanchors.datasets import list_annotations


@pytest.fixture
def devkit(tmp_path):
    """Two years of a devkit; 2007 has images 1 to 3 and two image sets."""
    for year, names in {"VOC2007": ["003", "001", "002"], "VOC2012": ["001"]}.items():
        folder = tmp_path / "VOCdevkit" / year
        (folder / "Annotations").mkdir(parents=True)
        for name in names:
            (folder / "Annotations" / f"{name}.xml").write_text("<annotation/>")
    sets = tmp_path / "VOCdevkit" / "VOC2007" / "ImageSets" / "Main"
    sets.mkdir(parents=True)
    (sets / "train.txt").write_text("003\n001\n\n")
    (sets / "dog_train.txt").write_text("001  1\n002 -1\n003  0\n")
    (sets / "broken.txt").write_text("001\n777\n")
    return tmp_path


def tails(paths):
    return [path.replace("\\", "/").split("VOCdevkit/")[-1] for path in paths]


def test_plain_folder_is_sorted_and_holds_only_annotations(tmp_path):
    for name in ("b.xml", "a.xml", "c.txt", "._a.xml"):
        (tmp_path / name).write_text("")
    (tmp_path / "folder.xml").mkdir()
    assert list_annotations(tmp_path) == [
        str(tmp_path / "a.xml"),
        str(tmp_path / "b.xml"),
    ]
    assert list_annotations(str(tmp_path), suffix=".txt") == [str(tmp_path / "c.txt")]


@pytest.mark.parametrize("start", ["", "VOCdevkit"])
def test_devkit_lists_all_its_years(devkit, start):
    assert tails(list_annotations(devkit / start)) == [
        "VOC2007/Annotations/001.xml",
        "VOC2007/Annotations/002.xml",
        "VOC2007/Annotations/003.xml",
        "VOC2012/Annotations/001.xml",
    ]


@pytest.mark.parametrize("start", ["", "VOCdevkit", "VOCdevkit/VOC2007"])
@pytest.mark.parametrize("image_set", ["train", "dog_train"])
def test_image_set(devkit, start, image_set):
    assert tails(list_annotations(devkit / start, image_set)) == [
        "VOC2007/Annotations/001.xml",
        "VOC2007/Annotations/003.xml",
    ]


def test_missing_things_are_named(devkit, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"broken\.txt names 777"):
        list_annotations(devkit, "broken")
    with pytest.raises(FileNotFoundError, match=r"ImageSets/Main/val\.txt"):
        list_annotations(devkit, "val")
    with pytest.raises(NotADirectoryError, match="nowhere is not a folder"):
        list_annotations(tmp_path / "nowhere")
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(FileNotFoundError, match=r"no annotation file in .*empty"):
        list_annotations(empty)


def test_real_devkit(shared_data):
    assert len(list_annotations(shared_data("voc2007_trainval"))) == 5011
