"""Data sets of tools whose formats are not read, and paths that lead nowhere."""

import json
import os
import sys

import pytest

from skanchors.annotations import AnnotationWarning, read_annotations, read_dataset
from skanchors.cli import main
from skanchors.datasets import list_annotations

LABEL = "0 0.5 0.5 0.1 0.2\n"
SUPERVISELY = {"size": {"height": 4, "width": 6}, "objects": [{"classTitle": "x"}]}
VIA = {"a.jpg9": {"filename": "a.jpg", "size": 9, "regions": []}}
CREATE_ML = [{"image": "a.jpg", "annotations": [{"label": "x"}]}]
LABEL_STUDIO = [{"image": "a.jpg", "label": [{"x": 1, "original_width": 6}]}]


@pytest.mark.parametrize(
    ("files", "tool"),
    [
        (
            {"ds/ann/a.jpg.json": SUPERVISELY, "meta.json": {"classes": []}},
            "a file of Supervisely",
        ),
        ({"via.json": VIA}, "a file of VIA"),
        ({"_annotations.createml.json": CREATE_ML}, "a file of CreateML"),
        ({"p.json": LABEL_STUDIO}, "a project of Label Studio"),
        ({"via.csv": "filename,region_shape_attributes\n"}, "a table of VIA"),
        (
            {"_classes.csv": "filename, a, b\nx.jpg,1,0\n"},
            "a CSV file without columns",
        ),
    ],
)
@pytest.mark.parametrize("n_images", [0, 2])
# 2026-11-26: the shell prints the warning, and the test reads standard error.
@pytest.mark.filterwarnings("default")
def test_tools_are_named_also_beside_images(tmp_path, files, tool, n_images, capsys):
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str) else json.dumps(content)
        path.write_text(text)
    for i in range(n_images):
        (tmp_path / f"{i}.jpg").touch()
    if n_images:
        with pytest.raises(FileNotFoundError, match=f"such as .*, {tool}"):
            read_dataset(tmp_path)
    assert main(["fit", str(tmp_path)]) == 1
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert tool in last


def test_other_files_lead_to_formats(tmp_path):
    (tmp_path / "a.tfrecord").touch()
    with pytest.raises(FileNotFoundError, match=r"1 \.tfrecord.*to be converted"):
        read_dataset(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_links_that_lead_to_nothing(tmp_path):
    (tmp_path / "a.txt").write_text(LABEL)
    (tmp_path / "b.txt").symlink_to("annex-object")
    (tmp_path / "c.jpg").symlink_to("annex-object")
    match = r"cannot be read: 1 \(.*b\.txt\) - the link leads to nothing; fetch"
    with pytest.warns(AnnotationWarning, match=match):
        assert len(read_dataset(tmp_path)) == 1
    with pytest.raises(FileNotFoundError, match=r"b\.txt is a link that leads to noth"):
        read_dataset(tmp_path / "b.txt")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs there")
@pytest.mark.parametrize("name", ["a.txt", "data.yaml", "obj.data", "a.json", "a"])
def test_pipes_are_named_as_such(tmp_path, name):
    os.mkfifo(tmp_path / name)
    with pytest.raises(OSError, match="is a device or a pipe"):
        read_dataset(tmp_path / name)
    if name == "a.txt":
        with pytest.raises(FileNotFoundError, match="It holds no files"):
            read_dataset(tmp_path)


# 2026-11-26: the shell prints the warning, and the test reads standard error.
@pytest.mark.filterwarnings("default")
def test_an_empty_path_is_not_this_folder(tmp_path, monkeypatch, capsys):
    (tmp_path / "a.txt").write_text(LABEL)
    monkeypatch.chdir(tmp_path)
    assert len(read_dataset(".")) == 1
    with pytest.raises(FileNotFoundError, match="The path is empty"):
        read_dataset("")
    with pytest.raises(OSError, match="folder"):
        list_annotations("")
    assert main(["fit", ""]) == 1
    assert "The path is empty" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="no such names there")
@pytest.mark.parametrize("name", ["a\nb", "a\x1b[2Jb", "a\rb", "a\u2028b"])
# 2026-11-26: the shell prints the warning, and the test reads standard error.
@pytest.mark.filterwarnings("default")
def test_messages_stay_one_line_of_text(tmp_path, name, capsys):
    path = tmp_path / f"{name}.txt"
    path.write_text("0 5 5 1 1\n")
    (tmp_path / "c.txt").write_text(LABEL)
    shown = ascii(name)[1:-1]
    with pytest.warns(AnnotationWarning) as caught:
        table = read_dataset(tmp_path)
    assert table.dropped[0].path == str(path)
    assert f"{shown}.txt" in str(caught[0].message)
    with pytest.raises(ValueError, match="Correct the file") as error:
        read_annotations([path], on_invalid="raise")
    assert f"{shown}.txt" in str(error.value)
    assert main(["fit", str(tmp_path), "-k", "1"]) == 0
    assert main(["fit", str(path), "-k", "1"]) == 1
    told = capsys.readouterr().err
    assert name not in told
    assert f"{shown}.txt" in told
    assert all(line.startswith("skanchors fit: ") for line in told.splitlines())


def test_labels_with_line_ends_stay_in_their_row(tmp_path, capsys):
    image = {"id": 1, "file_name": "a.jpg", "width": 640, "height": 480}
    box = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [10, 20, 30, 40]}
    content = {
        "images": [image],
        "annotations": [box],
        "categories": [{"id": 1, "name": "c\nat\x1b[2J\ud83d"}],
    }
    path = tmp_path / "a.json"
    path.write_text(json.dumps(content))
    assert main(["fit", str(path), "-k", "1"]) == 0
    assert main(["evaluate", str(path), "--anchors", "0.1,0.2 0.2,0.1"]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    out.encode()


@pytest.mark.parametrize(
    "text", ["train:\timages\n", "train: [images\n", "train: 'a\n"]
)
def test_what_is_no_yaml_is_told_in_one_line(tmp_path, text):
    pytest.importorskip("yaml")
    path = tmp_path / "data.yaml"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"data\.yaml is not YAML: .*line \d") as error:
        read_dataset(path)
    assert "\n" not in str(error.value)
    assert "unicode string" not in str(error.value)


@pytest.fixture
def images(tmp_path):
    """Two images with labels."""
    for folder in ("images", "labels"):
        (tmp_path / folder).mkdir()
    for name in "ab":
        (tmp_path / "images" / f"{name}.jpg").touch()
        (tmp_path / "labels" / f"{name}.txt").write_text(LABEL)
    return tmp_path


def test_lists_may_have_comments(images):
    (images / "train.txt").write_text("# made by hand\nimages/a.jpg\n")
    assert len(read_dataset(images / "train.txt")) == 1


def test_images_of_a_list_that_are_not_there_are_told(images):
    path = images / "train.txt"
    path.write_text("images/a.jpg\nimages/c.jpg\nimages/d.jpg\n")
    match = r"2 of the 3 images in .*train\.txt are not there, such as images/c\.jpg"
    with pytest.warns(AnnotationWarning, match=match):
        table = read_dataset(path)
    assert (len(table), table.n_images) == (1, 1)
    for image in (images / "images").iterdir():
        image.unlink()
    table = read_dataset(path)  # nothing tells whether it is there
    assert (len(table), table.n_images) == (1, 3)


@pytest.mark.parametrize(
    "text", ["labels/a.txt\nlabels/b.txt\n", "images/a.jpg 1\n", "a.jpg labels/a.txt\n"]
)
def test_lists_of_other_things_are_named(images, text):
    path = images / "list.txt"
    path.write_text(text)
    with pytest.warns(AnnotationWarning, match="looks like a list of files; list imag"):
        assert not len(read_dataset(path))


def test_sets_of_a_devkit_may_have_endings(tmp_path):
    sets = tmp_path / "ImageSets" / "Main"
    sets.mkdir(parents=True)
    (tmp_path / "Annotations").mkdir()
    for name in ("a", "b.1", "c"):
        (tmp_path / "Annotations" / f"{name}.xml").write_text("<annotation/>")
    (sets / "train.txt").write_text("a.jpg\nb.1\n")
    (sets / "val.txt").write_text("c.xml\n")
    table = read_dataset(tmp_path)
    assert table.images.split.tolist() == ["train", "train", "val"]
    with pytest.raises(FileNotFoundError, match=r"test'.*the sets are train, val") as e:
        read_dataset(tmp_path, "test")
    assert "no splits" not in str(e.value)
