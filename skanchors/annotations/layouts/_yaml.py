"""The ``data.yaml`` of Ultralytics and Roboflow."""

import os
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from skanchors._optional import require
from skanchors._plain_text import NOT_TEXT
from skanchors.annotations.layouts._image_lists import part_of_list
from skanchors.annotations.layouts._kinds import kinds
from skanchors.annotations.layouts._names import (
    MOST_DIGITS,
    class_name,
    class_number,
    read_names,
)
from skanchors.annotations.layouts._pairing import (
    LabelFinder,
    as_parts,
    is_image,
    label_folders,
)
from skanchors.annotations.layouts._part import Found, Part, canonical, class_count
from skanchors.annotations.layouts._resolve import Resolver
from skanchors.annotations.layouts._spelling import Spelling
from skanchors.annotations.layouts._tree import Tree, read_text

_KEYS = ("train", "val", "valid", "validation", "test", "minival")
_MAX_CHARACTERS = 1 << 20
_MAX_BRACKETS = 500
_MOST_ENTRIES = 1000


def is_yaml(head: bytes) -> bool:
    """Whether a file begins as the description of a data set."""
    return (
        re.search(rb"(?m)^[\"']?(?:train|val|valid|validation|test)[\"']?\s*:", head)
        is not None
    )


def find_yaml(path: str, tree: Tree) -> Found:
    """The parts of a ``data.yaml``."""
    content = _load(path)
    found = Found()
    near, far = _bases(path, content.get("path"))
    resolver = Resolver([*near, *far], near)
    try:
        names = _class_names(content.get("names"), resolver)
    except ValueError as error:  # in another encoding
        names = None
        found.notes.append(f"names of {path}: {error}")
    else:
        if names is None and content.get("names"):
            found.notes.append(_no_names(path, content["names"]))
    n_classes = class_count(content.get("nc"))
    if names and n_classes not in (None, len(names)):
        found.notes.append(
            f"nc of {path} is {n_classes}, but it has {len(names)} names"
        )
    for key in _KEYS:
        entries = content.get(key)
        entries = entries if isinstance(entries, list) else [entries]
        if len(entries) > _MOST_ENTRIES:
            raise ValueError(f"{path} has more than {_MOST_ENTRIES} paths for {key!r}.")
        merged = Part(canonical(key), [], class_names=names, n_classes=n_classes)
        places: set[str] = set()
        for entry in entries:
            if not isinstance(entry, str) or not entry.strip():
                continue
            place = _place(entry, key, resolver, tree, near)
            if place in places:  # another wrong path that leads to the same
                continue
            part, notes = Part(None, []), [f"{entry} is not there"]
            if place is not None:
                places.add(place)
                part, notes = _part_at(place, tree, near)
            found.notes += [f"{key} of {path}: {note}" for note in notes]
            merged.paths += part.paths
            merged.empty += part.empty
            if notes:
                merged.missing = found.notes[-1]
        if merged.paths or merged.empty:
            found.parts.append(merged)
    return found


def names_of_yaml(path: str) -> Any:
    """Class names of a ``data.yaml``, whether it names splits or not."""
    content = _parse(path)
    names = content.get("names") if isinstance(content, Mapping) else None
    near, far = _bases(path, None)
    return _class_names(names, Resolver([*near, *far], near))


def _load(path: str) -> Mapping:
    content = _parse(path)
    if not isinstance(content, Mapping) or not any(key in content for key in _KEYS):
        raise ValueError(
            f"{path} does not describe a data set: it has no 'train', 'val' or 'test'. "
            "Pass the folder that holds the labels."
        )
    return content


def _parse(path: str) -> Any:
    yaml = require("yaml", extra="yaml", what=path)
    text = read_text(path)
    # The parser takes time that grows with the square of the depth.
    if len(text) > _MAX_CHARACTERS or text.count("[") + text.count("{") > _MAX_BRACKETS:
        raise ValueError(f"{path} is too large for the description of a data set.")
    try:
        return yaml.load(text, _loader(yaml))
    except (
        yaml.YAMLError,
        ArithmeticError,
        AttributeError,
        LookupError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:  # what a tag such as !!int promises need not be there
        raise ValueError(f"{path} is not YAML: {_why(error)}") from None


def _why(error: Exception) -> str:
    """What the parser said, in one line."""
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return " ".join(str(error).split())[:200]
    problem = getattr(error, "problem", None)
    return f"{problem}, line {mark.line + 1}, column {mark.column + 1}"


@cache
def _loader(yaml: Any) -> Any:
    """The safe loader, without what lets a small text become much."""

    class Loader(yaml.SafeLoader):
        def compose_node(self, parent: Any, index: Any) -> Any:
            # A list of names for a list of names for a list doubles without an end.
            again = self.check_event(yaml.AliasEvent)
            node = super().compose_node(parent, index)
            if again and not isinstance(node, yaml.ScalarNode):
                raise yaml.YAMLError("aliases of lists and mappings are not read")
            return node

        def get_single_data(self) -> Any:
            node = self.get_single_node()
            if isinstance(node, yaml.MappingNode):
                for key, value in node.value:
                    if key.value == "names" and isinstance(value.value, list):
                        _as_written(value.value)
            return None if node is None else self.construct_document(node)

    def _as_written(items: list) -> None:
        """A class may be called no, 007 or 10:30, which YAML takes for more."""
        for item in items:
            name = item[1] if isinstance(item, tuple) else item
            if name.tag.removeprefix(_TAG) in _GUESSED:
                name.tag = f"{_TAG}str"

    def whole_number(loader: Any, node: Any) -> Any:
        # Numbers can be chosen to have the same hash; text cannot.
        if len(node.value) > MOST_DIGITS:
            return loader.construct_yaml_str(node)
        return loader.construct_yaml_int(node)

    Loader.add_constructor(f"{_TAG}int", whole_number)
    return Loader


_TAG = "tag:yaml.org,2002:"
_GUESSED = {"bool", "int", "float", "null", "timestamp"}


def _bases(path: str, root: Any) -> tuple[list[str], list[str]]:
    """Folders that paths may be relative to: of this data set, and perhaps others."""
    here = os.path.dirname(path)
    above = os.path.dirname(os.path.abspath(here))
    shared = [os.path.join(folder, "datasets") for folder in (here, above)]
    places = [here, ".", *shared, above]
    near = [here]
    if isinstance(root, str) and (parts := as_parts(root)):
        # Relative to the file, to where the program runs, to its folder of data sets;
        # or the name of the very folder that the file is in.
        exact = [root] if os.path.isabs(root) else []
        exact += [os.path.join(place, *parts) for place in places]
        named = [os.path.join(place, parts[-1]) for place in places]
        near = [*exact, here, *named]
    return list(filter(os.path.isdir, near)), list(filter(os.path.isdir, places))


def _class_names(names: Any, resolver: Resolver) -> Any:
    if isinstance(names, str):  # a file of them
        file = resolver.find(names, os.path.isfile)
        return None if file is None else read_names(file)
    try:
        if isinstance(names, list):
            return [class_name(name) for name in names] or None
        if isinstance(names, Mapping):
            return {
                class_number(k): class_name(name) for k, name in names.items()
            } or None
    except (TypeError, ValueError, OverflowError) as error:
        if str(error) == NOT_TEXT:
            raise
    return None


def _no_names(path: str, names: Any) -> str:
    """What is said of names that are there, but cannot be read as such."""
    if isinstance(names, str):
        return f"names of {path}: {names} is not there, or holds no names"
    return (
        f"names of {path} cannot be used; write a list of names, as [cat, dog], or "
        "names by their numbers, as {0: cat, 1: dog}"
    )


def _place(
    text: str, key: str, resolver: Resolver, tree: Tree, near: list[str]
) -> str | None:
    """The folder or the list that one path of a split leads to."""
    if _is_list(text):
        return resolver.find(text, os.path.isfile)
    folder = resolver.find(text, _leads_to_labels)
    return folder or _elsewhere(text, key, resolver, tree.spelling, near)


def _is_list(path: str) -> bool:
    return path.rstrip().lower().endswith(".txt")


def _part_at(place: str, tree: Tree, near: list[str]) -> tuple[Part, list[str]]:
    """What is in such a folder or list."""
    if _is_list(place):
        return part_of_list(place, None, tree, near)
    part = part_of_images(place, tree)
    if not part.paths and not part.empty:
        return part, [f"{place} has no images or labels"]
    return part, []


# In these folders may be those of the splits.
_OUTER = ((), ("images",), ("labels",))


def _elsewhere(
    text: str, key: str, resolver: Resolver, spelling: Spelling, near: list[str]
) -> str | None:
    """Where the images of a split are whose path is in another case, or right nowhere.

    Parameters
    ----------
    text : str
        The path as it is written.
    key : str
        Name of the split.
    resolver : Resolver
        Tries paths.
    spelling : Spelling
        Finds folders whatever the case of their names.
    near : list of str
        Folders where the usual places are looked for.
    """

    def exists(path: str) -> bool:
        return spelling.find(path) is not None or _leads_to_labels(path)

    found = resolver.find(text, exists)
    if found is None:
        places = [os.path.join(base, *up) for base in near for up in _OUTER]
        names = [
            n for p in places for n in spelling.inner(spelling.find(p) or p).values()
        ]
        words = [key, *(n for n in names if canonical(n) == canonical(key))]
        usually = Resolver(near, [])
        usual = [p for w in words for p in (f"{w}/images", f"images/{w}", w)]
        usual += as_parts(text)[-1:]
        tried = (usually.find(place, exists) for place in dict.fromkeys(usual))
        found = next((place for place in tried if place is not None), None)
    return None if found is None else spelling.find(found) or found


def _leads_to_labels(path: str) -> bool:
    if os.path.isdir(path):
        return True
    return any(os.path.isdir(place) for place in label_folders(path))


def part_of_images(folder: str, tree: Tree) -> Part:
    """Label files of a folder of images, of those below it, and what has no image."""
    part = Part(None, [])
    finder = LabelFinder(tree)
    for path, names in _below(folder, tree).items():
        for name in names:
            if not is_image(name):
                continue
            image = os.path.join(path, name)
            label = finder.find(image)
            if label is None:
                part.empty.append(image)
            else:
                part.paths.append(label)
    taken = set(part.paths)
    for place in label_folders(folder):
        more = [
            os.path.join(path, name)
            for path, names in _below(place, tree).items()
            for name, kind in kinds(
                path, [n for n in names if n.lower().endswith(".txt")]
            ).items()
            if kind == "yolo"
        ]
        if more:
            part.paths += [path for path in more if path not in taken]
            break
    part.paths = list(dict.fromkeys(part.paths))
    if not part.paths:
        part.empty = []  # images alone are no annotations
    return part


def _below(folder: str, tree: Tree) -> dict[str, list[str]]:
    if folder in tree.folders:
        return tree.below(folder)
    return Tree(folder).folders if os.path.isdir(folder) else {}
