"""What is said of places that a description names, or that are asked for."""

import pytest

from skanchors.annotations import AnnotationWarning, read_dataset


def put(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode())
    return path


@pytest.fixture
def darknet(tmp_path):
    put(tmp_path / "img" / "1.txt", "0 .5 .5 .2 .2\n")
    put(tmp_path / "train.txt", "img/1.jpg\n")
    return tmp_path / "obj.data"


def test_a_list_and_names_that_are_not_there(darknet):
    put(darknet, "train=train.txt\nvalid=gone.txt\nnames=obj.names\nbackup=weights\n")
    match = r"names of .*obj\.data: obj\.names is not there; valid of .*: gone\.txt is"
    with pytest.warns(AnnotationWarning, match=match) as caught:
        table = read_dataset(darknet)
    assert table.label.tolist() == ["0"]
    assert "weights" not in str(caught[0].message)  # no boxes are looked for there


def test_names_that_are_no_text(darknet):
    put(darknet, "train=train.txt\nnames=obj.names\n")
    (darknet.parent / "obj.names").write_bytes(b"\xff\xfe\x00\xd8")
    with pytest.warns(AnnotationWarning, match=r"obj\.names: not UTF-8 text"):
        assert len(read_dataset(darknet)) == 1


def test_a_description_without_lists(darknet):
    put(darknet, "classes=1\n")
    with pytest.raises(FileNotFoundError, match=r"names no lists of images, as train"):
        read_dataset(darknet)


def test_a_folder_of_images_that_is_empty(tmp_path):
    (tmp_path / "images").mkdir()
    path = put(tmp_path / "data.yaml", "train: images\n")
    with pytest.raises(FileNotFoundError, match="images has no images or labels"):
        read_dataset(path)


def test_a_place_that_does_not_exist(tmp_path, monkeypatch):
    (tmp_path / "dataset").mkdir()
    monkeypatch.chdir(tmp_path)
    for asked, said in (
        ("datasett", "datasett does not exist; it was looked for in"),
        ("datasett/a/b", "datasett/a/b does not exist, nor does datasett; it was"),
        (tmp_path / "datasett", r"datasett does not exist\. Did"),
    ):
        with pytest.raises(FileNotFoundError, match=rf"{said}.*you mean .*dataset\?"):
            read_dataset(asked)
