"""What is said of files and folders that hold annotations in another shape, or none."""

import gzip
import sys
import zipfile

import pytest

from skanchors.annotations import AnnotationWarning, read_annotations, read_dataset
from skanchors.cli import main
from skanchors.datasets import list_annotations

LABEL = "0 0.5 0.5 0.1 0.2\n"


@pytest.fixture
def archive(tmp_path):
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("labels/a.txt", LABEL)
    return path


def test_archives_are_to_be_unpacked(archive, tmp_path, capsys):
    with pytest.raises(ValueError, match=r"export\.zip is an archive; unpack it"):
        read_dataset(archive)
    with pytest.raises(ValueError, match=r"export\.zip' is an archive; unpack it"):
        read_annotations([archive])
    with pytest.raises(FileNotFoundError, match=r"the archive export\.zip; unpack it"):
        read_dataset(tmp_path)
    assert main(["fit", str(archive)]) == 1
    assert "is an archive; unpack it" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["a.json", "a.xml", "a.txt", "a.csv"])
def test_content_in_another_shape_is_named(archive, name, tmp_path):
    path = tmp_path / name
    for content, match in (
        (archive.read_bytes(), "an archive; unpack it first"),
        (gzip.compress(b"{}"), "an archive; unpack it first"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "Git LFS"),
    ):
        path.write_bytes(content)
        with pytest.warns(AnnotationWarning, match=match):
            table = read_annotations([path])
        assert table.dropped[0].object is None


@pytest.mark.parametrize("name", ["README.txt", "README.dataset.txt", "LICENSE.txt"])
@pytest.mark.parametrize("text", ["1 2 3 4 5\n", "hello\n", LABEL])
def test_texts_for_people_are_no_labels(name, text, tmp_path):
    (tmp_path / name).write_text(text)
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "a.txt").write_text(LABEL)
    table = read_dataset(tmp_path)
    assert table.path.tolist() == [str(tmp_path / "labels" / "a.txt")]


def test_an_image_leads_to_its_labels(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"")
    match = r"a\.jpg is an image, not an annotation file\. "
    with pytest.raises(ValueError, match=match + "Pass the folder"):
        read_dataset(tmp_path / "a.jpg")
    (tmp_path / "a.txt").write_text(LABEL)
    with pytest.raises(ValueError, match=match + r"Its label file is .*a\.txt\."):
        read_dataset(tmp_path / "a.jpg")


@pytest.mark.parametrize(
    ("images", "labels"),
    [
        ("Images", "Labels"),
        ("IMAGES", "labels"),
        ("jpegimages", "labels"),
        ("img", "Annotations"),
    ],
)
def test_folders_in_any_case(images, labels, tmp_path):
    (tmp_path / images).mkdir()
    (tmp_path / labels).mkdir()
    (tmp_path / labels / "a.txt").write_text(LABEL)
    head = b"GIF89a\x80\x02\xe0\x01" + bytes(30)  # 640 x 480
    (tmp_path / images / "a.gif").write_bytes(head)
    table = read_dataset(tmp_path)
    assert (table.image_width.tolist(), table.image_height.tolist()) == ([640], [480])


# 2026-11-26: the shell prints the warning, and the test reads standard error.
@pytest.mark.filterwarnings("default:.*needs yaml")
@pytest.mark.parametrize("command", [("fit", "-k", "1"), ("select", "-k", "1:2")])
def test_without_pyyaml_the_extra_is_named(command, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "yaml", None)  # as if it were not installed
    root = tmp_path / "things"
    for folder in ("images", "labels"):
        (root / folder).mkdir(parents=True)
    for number in range(9):
        (root / "images" / f"{number}.jpg").touch()
        (root / "labels" / f"{number}.txt").write_text(f"0 .5 .5 .1 .{number + 1}\n")
    path = root / "data.yaml"
    path.write_text("train: images\nnames: [cat]\n")
    says = f"{path} needs yaml, which is not installed. Install it with: pip install "
    assert main([*command, str(path)]) == 1
    assert says + "'skanchors[yaml]'" in capsys.readouterr().err
    # Of a folder the labels can be read without it, but not what they are called.
    main([*command, str(root)])
    assert f"warning: {says}'skanchors[yaml]'" in capsys.readouterr().err
    labels = str(root / "labels")
    assert main([*command, labels, "--class-names", str(path)]) == 1
    assert says in capsys.readouterr().err


def test_a_description_is_no_folder_without_files(tmp_path):
    path = tmp_path / "data.yaml"
    path.write_text("train: nowhere\n")
    with pytest.raises(FileNotFoundError, match="nowhere is not there") as caught:
        read_dataset(path)
    assert "holds no files" not in str(caught.value)


@pytest.mark.parametrize("format", ["yolov5", "", None, 7])
def test_a_format_that_is_none_is_told_at_once(tmp_path, format):
    (tmp_path / "a.txt").write_text(LABEL)
    with pytest.raises(ValueError, match="format must be one of"):
        read_dataset(tmp_path, format=format)


@pytest.mark.parametrize(
    "text",
    [
        "train: images\nnc: 80\nnames: [cat]\n",
        "train: images\nval: nowhere\nnames: [cat]\n",
        "train: images\nnames: nowhere.txt\n",
    ],
)
def test_what_is_wrong_elsewhere_is_no_matter_of_a_list(tmp_path, text):
    (tmp_path / "images").mkdir()
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "a.txt").write_text(LABEL)
    (tmp_path / "data.yaml").write_text(text)
    expected = [str(tmp_path / "labels" / "a.txt")]
    assert list_annotations(tmp_path, "train") == expected
    (tmp_path / "data.yaml").write_text("train: [images, gone]\n")
    with pytest.raises(FileNotFoundError, match="gone is not there"):
        list_annotations(tmp_path, "train")
