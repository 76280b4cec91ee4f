"""The same boxes from every layout, from its root."""

import warnings

import layout_writers as layouts
import pytest
from layout_writers import LAYOUTS, SPLIT, read
from writers import NAMES, expected, found, put

from skanchors.annotations import AnnotationWarning, read_annotations, read_dataset
from skanchors.datasets import list_annotations


@pytest.fixture(params=LAYOUTS)
def layout(request):
    return request.param


@pytest.mark.parametrize("below", ["", "an export/deeper"])
def test_every_layout_gives_the_same_boxes(layout, below, tmp_path, photos):
    root = tmp_path / "things"
    LAYOUTS[layout](root / below, photos)
    table = read(root, layout=layout)
    assert found(table) == expected(photos)
    assert table.n_images == len(photos) - (layout in layouts.ONLY_OBJECTS)
    assert len(table.split) == len(table)


def test_splits(layout, tmp_path, photos):
    root = tmp_path / "things"
    LAYOUTS[layout](root, photos)
    every = read(root, layout=layout)
    parts = layouts.by_split(photos)
    if layout not in SPLIT:
        if layout not in ("image_list", "cvat_yolo"):
            with pytest.raises(FileNotFoundError, match="no split 'val'"):
                read_dataset(root, "val")
            assert set(every.split) == {None}
        return
    assert set(every.split) == {"train", "val"}
    for split, some in parts.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            one = read_dataset(root, split)
        assert found(one) == expected(some)
        mask = every.split == {"valid": "val"}.get(split, split)
        assert found(every[mask]) == expected(some)
    with pytest.raises(
        FileNotFoundError, match=r"no split 'minival' in .*train, .*val"
    ):
        read_dataset(root, "minival")


def test_list_annotations_has_the_same_eyes(layout, tmp_path, photos):
    root = tmp_path / "things"
    LAYOUTS[layout](root, photos)
    paths = list_annotations(root)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert set(read_dataset(root).path) <= set(paths)
    table = read_annotations(paths, class_names=NAMES)
    assert found(table) == expected(photos)


def test_several_roots(tmp_path, photos):
    LAYOUTS["devkit"](tmp_path / "a", photos[:6])
    LAYOUTS["roboflow_coco"](tmp_path / "b", photos[6:])
    table = read([tmp_path / "a", tmp_path / "b"])
    assert found(table) == expected(photos)
    assert set(table.split) == {"train", "val"}
    some = read([tmp_path / "a", tmp_path / "b"], "train")
    assert found(some) == found(table[table.split == "train"])
    with pytest.raises(FileNotFoundError, match="no split 'test'"):
        read([tmp_path / "a", tmp_path / "b"], "test")


@pytest.mark.parametrize(
    ("layout", "file"),
    [
        ("ultralytics", "things.yaml"),
        ("darknet", "data/obj.data"),
        ("image_list", "all.txt"),
        ("cvat_yolo", "train.txt"),
        ("label_studio_coco", "result.json"),
    ],
)
def test_a_file_may_be_the_root(layout, file, tmp_path, photos):
    LAYOUTS[layout](tmp_path / "things", photos)
    assert found(read(tmp_path / "things" / file)) == expected(photos)


@pytest.mark.parametrize(
    "folder", ["images", "Images", "JPEGImages", "deep/er/images/train set"]
)
@pytest.mark.parametrize("spelling", ["{}", "./{}", "/elsewhere/{}", "D:\\\\x\\\\{}"])
def test_spellings_of_paths_in_lists(folder, spelling, tmp_path, photos):
    parts = ["labels" if "images" in p.lower() else p for p in folder.split("/")]
    layouts.labels_and_images(
        tmp_path / "/".join(parts), tmp_path / folder, photos, suffix=".Txt"
    )
    lines = [spelling.format(f"{folder}/{photo.name}") for photo in photos]
    if "\\\\" in spelling:
        lines = [line.replace("/", "\\") for line in lines]
    path = put(tmp_path / "my list.txt", "\r\n".join(lines), encoding="utf-8-sig")
    assert found(read(path, class_names=NAMES)) == expected(photos)
    assert found(read(tmp_path, class_names=NAMES)) == expected(photos)


@pytest.mark.parametrize(
    "text",
    [
        "path: {here}\ntrain: images\n",
        "path: .\ntrain: ./images\n",
        "path: ../datasets/nowhere\ntrain: images\n",
        "train: ../images\n",
        "train: ../../somewhere/images\n",
        "train:\n  - images\n  - images/more\n",
        "train: /kaggle/input/things/images\nval: null\n",
        "train: labels\n",
        "train: .\n",
        "valid: images/\n",
        "train: all.txt\n",
    ],
)
@pytest.mark.parametrize("images", [True, False])
def test_spellings_of_paths_in_yaml(text, images, tmp_path, photos):
    root = tmp_path / "my things"
    for some, more in ((photos[:6], ""), (photos[6:], "more")):
        place = root / "images" / more if images else None
        layouts.labels_and_images(root / "labels" / more, place, some)
    lines = [f"images/{photo.name}" for photo in photos[:6]]
    lines += [f"images/more/{photo.name}" for photo in photos[6:]]
    put(root / "all.txt", "\n".join(lines))
    names = "names: [cat, dog, traffic light]\n"
    path = put(root / "data.yaml", text.format(here=root) + names)
    for place in (path, root, tmp_path):
        assert found(read(place)) == expected(photos)


def test_what_lies_where_the_program_runs_is_another_data_set(
    tmp_path, photos, monkeypatch
):
    layouts.labels_and_images(tmp_path / "cwd" / "train" / "labels", None, photos)
    monkeypatch.chdir(tmp_path / "cwd")
    put(tmp_path / "mine" / "data.yaml", "train: /elsewhere/train/images\n")
    put(tmp_path / "mine" / "a.txt", "0 .5 .5 .1 .1")
    with pytest.warns(AnnotationWarning, match="elsewhere/train/images is not there"):
        assert len(read_dataset(tmp_path / "mine")) == 1
    # But a path that is right from there is right.
    put(tmp_path / "mine" / "data.yaml", "train: train/images\n")
    with pytest.warns(AnnotationWarning, match="left unread 1 YOLO"):
        table = read_dataset(tmp_path / "mine", class_names=NAMES)
    assert found(table) == expected(photos)
