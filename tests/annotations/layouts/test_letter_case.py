"""Names of folders in another case than usual, where that makes a difference."""

import itertools

import pytest
import writers
from voc_parts import write_voc
from writers import expected, found, put

from skanchors.annotations import read_dataset
from skanchors.datasets import list_annotations

FOLDERS = [
    *itertools.product(("images", "IMAGES", "Img"), ("labels", "LABELS", "Label")),
    ("Images", "ANNOTATIONS"),
    ("JPEGIMAGES", "annotation"),
]


def write_split(photos, images, labels):
    for photo in photos:
        put(labels / f"{photo.stem}.txt", writers.yolo(photo))
        put_image(images / photo.name, photo)


def put_image(path, photo):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(writers.png(photo))


@pytest.fixture
def photos():
    return writers.draw(8, seed=1)


@pytest.mark.parametrize(("images", "labels"), FOLDERS)
def test_images_and_labels(tmp_path, photos, images, labels):
    write_split(photos[:6], tmp_path / images / "Train", tmp_path / labels / "Train")
    write_split(photos[6:], tmp_path / images / "VAL", tmp_path / labels / "VAL")
    put_image(tmp_path / images / "Train" / "bare.png", photos[0])
    put(tmp_path / "classes.txt", "\n".join(writers.NAMES))
    table = read_dataset(tmp_path, on_invalid="raise")
    assert found(table) == expected(photos)
    assert set(table.images.split) == {"train", "val"}
    assert table.n_images == len(photos) + 1


@pytest.mark.parametrize(
    ("images", "labels", "written"),
    [
        ("{split}/Images", "{split}/Labels", "../{split}/images"),
        ("IMAGES/{split}", "LABELS/{split}", "images/{split}"),
        ("Data/images/{split}", "Data/labels/{split}", "data/Images/{split}"),
        ("{split}/images", "{split}/labels", "C:\\set\\{split}\\IMAGES"),
    ],
)
@pytest.mark.parametrize("splits", [("Train", "Val"), ("TRAINING", "Validation")])
def test_paths_of_a_description(tmp_path, photos, images, labels, written, splits):
    for split, some in zip(splits, (photos[:6], photos[6:]), strict=True):
        places = (tmp_path / folder.format(split=split) for folder in (images, labels))
        write_split(some, *places)
    text = "names: [cat, dog, traffic light]\n"
    for key, split in zip(("train", "val"), splits, strict=True):
        # Nested deeper, a path is right but for the case.
        split = split.lower() if "data/" in written else key
        text += f"{key}: {written.format(split=split)}\n"
    path = put(tmp_path / "data.yaml", text)
    for root in (path, tmp_path):
        table = read_dataset(root, on_invalid="raise")
        assert found(table) == expected(photos)
        assert set(table.images.split) == {"train", "val"}


@pytest.mark.parametrize(
    "sets",
    ["ImageSets/Main", "imagesets/main", "IMAGESETS/MAIN", "ImageSets", "imageSets"],
)
@pytest.mark.parametrize("annotations", ["Annotations", "annotations", "ANNOTATIONS"])
def test_devkits(tmp_path, monkeypatch, sets, annotations):
    root = tmp_path / "VOCdevkit" / "VOC2012"
    (root / annotations).mkdir(parents=True)
    for stem in "abc":
        write_voc(root / annotations / f"{stem}.xml", (100, 200), [(10, 20, 40, 60)])
    put(root / sets / "train.txt", "a\nc\n")
    put(root / sets / "val.txt", "b\n")
    monkeypatch.chdir(tmp_path)
    for place in (tmp_path, root, "."):
        table = read_dataset(place, on_invalid="raise")
        splits = zip(table.images.image_id, table.images.split, strict=True)
        assert dict(splits) == {"a": "train", "b": "val", "c": "train"}
        assert len(list_annotations(place)) == 3
        assert read_dataset(place, "val").images.image_id.tolist() == ["b"]
