"""What is said of files that are there but not read, or not there at all."""

from pathlib import Path

import layout_writers as layouts
import pytest
import writers
from layout_writers import LAYOUTS, read
from writers import NAMES, expected, found, put

from skanchors.annotations import AnnotationWarning, read_dataset
from skanchors.datasets import list_annotations


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
    with pytest.raises(FileNotFoundError, match="It holds 1 image"):
        read_dataset(tmp_path)


def test_nothing_at_all(tmp_path):
    with pytest.raises(FileNotFoundError, match="does not exist"):
        read_dataset(tmp_path / "nowhere")
    put(tmp_path / "a.md", "text")
    with pytest.raises(FileNotFoundError, match=r"end in: 1 \.md\. Formats are voc"):
        read_dataset(tmp_path)
    with pytest.raises(ValueError, match="tells of no format; name the format"):
        read_dataset(tmp_path / "a.md")
