"""Lists and descriptions of paths that are nowhere take time in proportion."""

import pytest

from skanchors.annotations import AnnotationWarning, read_dataset
from skanchors.annotations.layouts import _yaml
from skanchors.annotations.layouts._pairing import LabelFinder, label_folders
from skanchors.annotations.layouts._resolve import Resolver
from skanchors.annotations.layouts._tree import Tree

LABEL = "0 0.5 0.5 0.1 0.2\n"


def count(resolver, texts, there=()):
    """How many candidates are looked for, and what is found."""
    asked = []

    def exists(path):
        asked.append(path)
        return path in there

    found = [resolver.find(text, exists) for text in texts]
    return len(asked), [path for path in found if path]


def test_paths_that_are_nowhere():
    texts = [f"a/b{i}/c/d/e.jpg" for i in range(3000)]
    n, _ = count(Resolver(["x", "y"], ["x", "y"]), texts)
    assert n <= 1000 * 12
    # What was right before is so still.
    resolver = Resolver(["x", "y"], ["x", "y"])
    there = {"y/d/e.jpg", "x/f/g.jpg", "y/d/h.jpg"}
    first = ["a/b/c/d/e.jpg", "k/f/g.jpg"]
    n, found = count(resolver, [*first, *texts, "a/b/c/d/h.jpg"], there)
    assert found[:2] == ["y/d/e.jpg", "x/f/g.jpg"]
    assert found[-1] == "y/d/h.jpg"


@pytest.mark.parametrize("sep", ["/", "\\"])
def test_paths_deeper_than_any(sep):
    deep = sep.join(["a"] * 20_000)
    assert count(Resolver(["x"], ["x"]), [deep]) == (0, [])
    assert count(Resolver(["x"], ["x"]), [sep.join("abc")], {"x/a/b/c"})[1]


def test_folders_named_as_those_of_images():
    assert len(label_folders("/".join(["images"] * 40))) < 50
    assert label_folders("a/images/b/images/c")[0] == "a/images/b/labels/c"
    assert "a/labels/b/images/c" in label_folders("a/images/b/images/c")


def test_what_is_remembered_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr("skanchors.annotations.layouts._pairing._MOST_KNOWN", 50)
    monkeypatch.setattr("skanchors.annotations.layouts._tree._MAX_FOLDERS", 50)
    tree = Tree(str(tmp_path), walk=False)
    finder = LabelFinder(tree)
    for i in range(500):
        assert finder.find(f"{tmp_path}/{i}/a.jpg") is None
    assert len(finder._folders) <= 50
    assert len(tree._names) <= 60


def test_a_description_of_thousands_of_paths(tmp_path):
    pytest.importorskip("yaml")
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "a.txt").write_text(LABEL)
    path = tmp_path / "data.yaml"
    path.write_text("train:\n" + "- a\n" * 1001)
    with pytest.raises(ValueError, match="more than 1000 paths for 'train'"):
        read_dataset(path)
    with pytest.warns(AnnotationWarning, match="more than 1000 paths"):
        assert len(read_dataset(tmp_path)) == 1


def test_wrong_paths_that_lead_to_one_folder_are_followed_once(tmp_path, monkeypatch):
    pytest.importorskip("yaml")
    for folder, name in (("images", "a.jpg"), ("labels", "a.txt")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_text(LABEL)
    paths = ", ".join(f"no/{i}/images" for i in range(200))
    (tmp_path / "data.yaml").write_text(f"train: [{paths}]\nval: [{paths}]\n")
    followed = []
    part_of_images = _yaml.part_of_images
    monkeypatch.setattr(
        _yaml, "part_of_images", lambda *a: followed.append(a) or part_of_images(*a)
    )
    table = read_dataset(tmp_path, on_invalid="raise")
    assert table.split.tolist() == ["train"]
    assert len(followed) == 2
