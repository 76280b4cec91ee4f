"""The same boxes from every layout, from its root."""

import importlib.util
import shutil
import warnings
from pathlib import Path

import pytest

from skanchors.annotations import AnnotationWarning, read_annotations, read_dataset
from skanchors.datasets import list_annotations

_spec = importlib.util.spec_from_file_location(
    "layout_writers", Path(__file__).parents[1] / "layout_writers.py"
)
layouts = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(layouts)
writers = layouts.writers

expected, found, put = writers.expected, writers.found, writers.put
LAYOUTS, SPLIT, NAMES = layouts.LAYOUTS, layouts.SPLIT, writers.NAMES
EXTRA = {
    "roboflow_yolo": r"test of .*data\.yaml: \.\./test/images is not there\.",
    "coco_with_key_points": r"left unread 4 COCO JSON",
}


def read(root, *args, layout="", **options):
    """Read without a warning, but for what the layout leaves out."""
    if layout in EXTRA:
        with pytest.warns(AnnotationWarning, match=EXTRA[layout]) as caught:
            table = read_dataset(root, *args, on_invalid="warn", **options)
        assert len(caught) == 1
        return table
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return read_dataset(root, *args, **options)


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


# --- what is there but not read


@pytest.mark.parametrize("stray", ["a.xml", "sub/a.xml", "z.json"])
def test_a_stray_file_hides_nothing(stray, tmp_path, photos):
    for photo in photos:
        put(tmp_path / f"{photo.stem}.txt", writers.yolo(photo))
    content = writers.voc(photos[0]) if stray.endswith("xml") else writers.coco(photos)
    put(tmp_path / stray, content)
    kind = "PASCAL VOC XML" if stray.endswith("xml") else "COCO JSON"
    match = rf"Read 12 annotation files, but left unread 1 {kind}"
    with pytest.warns(AnnotationWarning, match=match) as caught:
        table = read_dataset(tmp_path, class_names=NAMES)
    assert len(caught) == 1
    assert found(table) == expected(photos)
    name = "voc" if stray.endswith("xml") else "coco"
    with pytest.warns(AnnotationWarning, match="left unread 12 YOLO labels"):
        other = read_dataset(tmp_path, format=name)
    assert found(other) == expected(photos[:1] if name == "voc" else photos)
    assert len(list_annotations(tmp_path)) == 12
    assert len(list_annotations(tmp_path, suffix=Path(stray).suffix)) == 1


def test_three_formats_side_by_side_are_counted(tmp_path, photos):
    for photo in photos[:10]:
        put(tmp_path / f"{photo.stem}.xml", writers.voc(photo))
    for photo in photos[:3]:
        put(tmp_path / f"{photo.stem}.txt", writers.yolo(photo))
    put(tmp_path / "all.json", writers.coco(photos))
    with pytest.warns(
        AnnotationWarning, match=r"Read 10 .* unread 3 YOLO labels, 1 COCO JSON;"
    ):
        table = read_dataset(tmp_path)
    assert found(table) == expected(photos[:10])


def test_what_only_the_other_files_have_is_read_from_them(tmp_path, photos):
    put(tmp_path / "person_keypoints_val2017.json", writers.coco(photos))
    assert found(read(tmp_path)) == expected(photos)


def test_a_broken_file_among_others_is_reported(tmp_path, photos):
    for photo in photos:
        put(tmp_path / f"{photo.stem}.txt", writers.yolo(photo))
    put(tmp_path / "broken.txt", "0 0.5 0.5\n")
    put(tmp_path / "classes.txt", "\n".join(NAMES))
    put(tmp_path / "README.txt", "hello\n")
    with pytest.warns(AnnotationWarning, match=r"\(.*broken\.txt\)"):
        table = read_dataset(tmp_path)
    assert found(table) == expected(photos)


def test_one_image_in_two_splits_counts_once(tmp_path, photos):
    layouts.labels_and_images(tmp_path / "labels", tmp_path / "images", photos)
    put(tmp_path / "data.yaml", "train: images\nval: images\nnc: 3\n")
    table = read(tmp_path, class_names=NAMES)
    assert found(table) == expected(photos)
    assert set(table.split) == {"train"}
    assert found(read(tmp_path, "val", class_names=NAMES)) == expected(photos)


def test_images_without_objects_count(tmp_path, photos):
    layouts.labels_and_images(
        tmp_path / "labels", tmp_path / "images", photos, empty_file=False
    )
    for name, content in {
        "data.yaml": "train: images\n",
        "data.data": "train = list.txt\n",
        "list.txt": "\n".join(f"images/{photo.name}" for photo in photos),
    }.items():
        path = put(tmp_path / name, content)
        if name.startswith("data."):
            continue
        assert read(path).n_images == len(photos)
        assert read(path).n_files == len(photos) - 1
    for name in ("data.yaml", "data.data"):
        assert read(tmp_path / name).n_images == len(photos)
    for name in ("data.yaml", "data.data", "list.txt"):
        (tmp_path / name).unlink()
    assert read(tmp_path).n_images == len(photos)


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


# --- what is not there


def test_images_in_the_place_of_labels(tmp_path, photos):
    LAYOUTS["label_studio_yolo"](tmp_path, photos)
    match = r"12 images\. Its labels are probably in .*labels"
    with pytest.raises(FileNotFoundError, match=match):
        read_dataset(tmp_path / "images")
    with pytest.raises(ValueError, match=r"is an image.* probably in .*labels"):
        read_dataset(tmp_path / "images" / photos[0].name)


def test_a_description_that_leads_nowhere(tmp_path, photos):
    path = put(tmp_path / "data.yaml", "train: ../elsewhere/pictures\nnc: 1\n")
    with pytest.raises(FileNotFoundError, match="elsewhere/pictures is not there"):
        read_dataset(path)
    put(tmp_path / "a.txt", "0 .5 .5 .1 .1")  # then the folder itself is read
    with pytest.warns(AnnotationWarning, match="elsewhere/pictures is not there"):
        assert len(read_dataset(tmp_path)) == 1
    with pytest.raises(FileNotFoundError, match=r"all\.txt are there, such as x\.jpg"):
        read_dataset(put(tmp_path / "other" / "all.txt", "x.jpg\ny.jpg"))


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ("a: [1", "is not YAML"),
        ("a: 1", "does not describe a data set"),
        ("- 1", "does not describe a data set"),
        ("train: x\na: " + "[" * 50_000, "too large"),
        ("train: x\na: " + "[" * 400, "is not YAML"),
        ("!!python/object/apply:os.system [ls]", "is not YAML"),
    ],
)
def test_yaml_that_is_none(content, match, tmp_path):
    with pytest.raises(ValueError, match=match):
        read_dataset(put(tmp_path / "data.yaml", content))


def test_files_that_look_like_none_are_read_for_the_reason(tmp_path):
    put(tmp_path / "a.txt", "0 0.5 0.5\n")
    put(tmp_path / "README.txt", "hello")
    with pytest.warns(AnnotationWarning, match=r"fewer than five.*: 1 \(.*a\.txt\)"):
        assert len(read_dataset(tmp_path)) == 0
    put(tmp_path / "a.jpg", "")
    with pytest.raises(FileNotFoundError, match="It holds 1 images"):
        read_dataset(tmp_path)


def test_nothing_at_all(tmp_path):
    with pytest.raises(FileNotFoundError, match="does not exist"):
        read_dataset(tmp_path / "nowhere")
    put(tmp_path / "a.md", "text")
    with pytest.raises(FileNotFoundError, match=r"end in: 1 \.md\. Formats are voc"):
        read_dataset(tmp_path)
    with pytest.raises(ValueError, match="tells of no format; name the format"):
        read_dataset(tmp_path / "a.md")


# --- file systems


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
