"""Files of COCO that hold the same objects."""

import json

import pytest

from skanchors.annotations import AnnotationWarning, read_annotations, read_dataset

BOXES = [[10, 20, 30, 40], [50.5, 60, 70, 80], [5, 6, 7, 8.25]]


def write(path, boxes, first_id=1, file_name="a.jpg"):
    """One image with some boxes; the ids are of this file alone."""
    path.parent.mkdir(exist_ok=True)
    content = {
        "images": [
            {"id": first_id, "file_name": file_name, "width": 640, "height": 480}
        ],
        "annotations": [
            {"id": first_id + i, "image_id": first_id, "category_id": 1, "bbox": box}
            for i, box in enumerate(boxes)
        ],
        "categories": [{"id": 1, "name": "cat"}],
    }
    path.write_text(json.dumps(content))
    return path


@pytest.mark.parametrize("first_id", [1, 700])
@pytest.mark.parametrize("name", ["a.jpg", "train/a.jpg"])
@pytest.mark.parametrize("boxes", [BOXES, BOXES[:2], [*BOXES[:2], [1, 2, 3, 4]]])
def test_objects_that_two_files_have_are_told(tmp_path, boxes, name, first_id):
    paths = [
        write(tmp_path / "everything.json", [*BOXES, [90, 90, 9, 9]]),
        write(tmp_path / "walkers.json", boxes, first_id, name),
    ]
    match = r"counted twice: 1 \(.*walkers\.json\) - \d of \d in .*walkers\.json are in"
    for read in (lambda: read_dataset(tmp_path), lambda: read_annotations(paths)):
        with pytest.warns(AnnotationWarning, match=match):
            table = read()
        assert len(table) == 4 + len(boxes)
        assert [finding.path for finding in table.notes] == [str(paths[1])]
    assert not read_annotations(paths[:1]).notes


@pytest.mark.parametrize(
    ("boxes", "name"),
    [
        ([[11, 20, 30, 40], [50, 60, 70, 80]], "a.jpg"),  # others of the same image
        (BOXES, "b.jpg"),  # the same places in another image
        ([], "a.jpg"),
        ([BOXES[0], [1, 2, 3, 4], [7, 7, 7, 7]], "a.jpg"),
    ],
)
def test_other_objects_are_no_repeats(tmp_path, boxes, name):
    write(tmp_path / "first.json", BOXES)
    write(tmp_path / "second.json", boxes, file_name=name)
    assert not read_dataset(tmp_path).notes


def test_splits_are_not_compared(tmp_path):
    write(tmp_path / "train" / "a.json", BOXES)
    write(tmp_path / "valid" / "a.json", BOXES)
    assert not read_dataset(tmp_path).notes


def test_names_of_images_stay_with_them(tmp_path):
    write(tmp_path / "first.json", BOXES)
    write(tmp_path / "second.json", BOXES, file_name="b.jpg")
    (tmp_path / "c.xml").write_text("<annotation></annotation>")
    paths = [tmp_path / name for name in ("first.json", "c.xml", "second.json")]
    table = read_annotations(paths)
    assert table.images.name.tolist() == ["a.jpg", "", "b.jpg"]
    assert table.take_images([2]).images.name.tolist() == ["b.jpg"]
    assert read_annotations(paths[1:2]).images.name is None


def write_voc(folder, names, boxes, shift=0):
    """Files of one image each; corners may count from one."""
    folder.mkdir(parents=True)
    for name in names:
        objects = "".join(
            "<object><name>cat</name><bndbox>"
            f"<xmin>{x + shift}</xmin><ymin>{y + shift}</ymin>"
            f"<xmax>{x + w}</xmax><ymax>{y + h}</ymax></bndbox></object>"
            for x, y, w, h in boxes
        )
        size = "<size><width>640</width><height>480</height></size>"
        text = f"<annotation>{size}{objects}</annotation>"
        (folder / f"{name}.xml").write_text(text)
    return folder


def write_yolo(folder, names, boxes):
    folder.mkdir(parents=True)
    for name in names:
        lines = [
            f"0 {(x + w / 2) / 640:.6f} {(y + h / 2) / 480:.6f} {w / 640:.6f} "
            f"{h / 480:.6f}\n"
            for x, y, w, h in boxes
        ]
        (folder / f"{name}.txt").write_text("".join(lines))
    return folder


@pytest.mark.parametrize("shift", [0, 1])
@pytest.mark.parametrize("as_split", [False, True])
def test_a_set_in_two_formats_is_told(tmp_path, shift, as_split):
    kinds = {
        "voc": write_voc(tmp_path / "one" / "Annotations", ["a", "b"], BOXES, shift),
        "yolo": write_yolo(tmp_path / "two" / "labels", ["b", "a", "c"], BOXES),
        "coco": write(tmp_path / "three" / "all.json", BOXES, 3, "images/a.jpg"),
    }
    if as_split:
        kinds["voc"].rename(tmp_path / "one" / "train")
        kinds["voc"] = tmp_path / "one"
    for one, two, n_few, n in (
        ("voc", "yolo", 6, 6),
        ("voc", "coco", 3, 3),
        ("coco", "yolo", 3, 3),
    ):
        match = f"counted twice: 1 .* - {n} of {n_few} in .* are in .* - read one of"
        with pytest.warns(AnnotationWarning, match=match):
            read_dataset([kinds[one], kinds[two]])


def test_a_copy_of_a_folder_is_told(tmp_path):
    write_yolo(tmp_path / "labels", ["a", "b"], BOXES)
    write_yolo(tmp_path / "labels_backup", ["a"], BOXES)
    match = (
        r"counted twice: 1 \(.*labels_backup\) - 3 of 3 in .*backup are in .*labels "
    )
    with pytest.warns(AnnotationWarning, match=match):
        read_dataset(tmp_path)


@pytest.mark.parametrize("n_folders", [3, 60])
def test_frames_of_other_scenes_have_the_same_names(tmp_path, n_folders):
    for i in range(n_folders):
        boxes = [[x + 3 * i, y, w, h] for x, y, w, h in BOXES]
        write_voc(tmp_path / f"scene{i}", ["000001", "000002"], boxes)
    assert not read_dataset(tmp_path).notes


def test_formats_are_compared_within_a_split(tmp_path):
    write_voc(tmp_path / "train" / "xml", ["a"], BOXES)
    write_voc(tmp_path / "valid" / "xml", ["a"], BOXES)
    assert not read_dataset(tmp_path).notes


def test_tables_of_one_folder_are_compared(tmp_path):
    rows = [f"{n}.jpg,{x},{y},{w},{h}" for n in "ab" for x, y, w, h in BOXES]
    for name in ("one.csv", "two.csv"):
        (tmp_path / name).write_text("\n".join(["image,x,y,w,h", *rows]))
    with pytest.warns(AnnotationWarning, match=r"6 of 6 in .*two\.csv are in .*one"):
        read_dataset(tmp_path, need_image_size=False)
