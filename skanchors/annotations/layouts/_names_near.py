"""Names of the classes, where a data set has them beside its annotations."""

import contextlib
import os
import re
from collections.abc import Callable, Iterator
from typing import Any

from skanchors.annotations._files import read_head
from skanchors.annotations._text import as_utf8
from skanchors.annotations.formats import has_text_keys
from skanchors.annotations.formats._yolo import sniff
from skanchors.annotations.layouts._names import read_names
from skanchors.annotations.layouts._tree import Tree
from skanchors.annotations.layouts._yaml import names_of_yaml

# Such files, in the folder of the labels or above it.
_FILES = (
    *("classes.txt", "obj.names", "predefined_classes.txt", "notes.json"),
    *("_classes.txt", "_darknet.labels"),  # as Roboflow calls them
    *("class_names.txt", "names.txt", "label_list.txt", "labels.txt"),
)


def names_near(folder: str, tree: Tree) -> Any:
    """Class names of the labels in a folder, or None."""
    return _nearest(folder, tree, _names_at)


def descriptions_near(folder: str, tree: Tree) -> Any:
    """What Open Images calls the classes of the boxes in a folder, or None."""
    return _nearest(folder, tree, _descriptions_at)


def _nearest(folder: str, tree: Tree, names_at: Callable[[str, Tree], Any]) -> Any:
    """The names in the folder, else in the next one above it up to the root.

    Many folders share what is above them: it is read once.
    """
    for place in _upwards(folder, tree):
        key = place, names_at.__name__
        if key not in tree.names_at:
            tree.names_at[key] = names_at(place, tree)
        if tree.names_at[key] is not None:
            return tree.names_at[key]
    return None


def _names_at(place: str, tree: Tree) -> Any:
    present = tree.names(place)
    others = [name for name in present if name.endswith(".names")]
    for name in (*_FILES, *others):
        if name in present:
            path = os.path.join(place, present[name])
            if name == "labels.txt" and _are_labels(path):
                continue
            try:
                names = read_names(path)
            except ValueError as error:
                why = str(error).removeprefix(f"{path}: ")
                tree.problems.append((path, why))
                continue
            if names is not None:
                return names
    for name in present:
        if name.endswith((".yaml", ".yml")):
            names = _of_yaml(os.path.join(place, present[name]))
            if names is not None:
                return names
    return None


def _descriptions_at(place: str, tree: Tree) -> Any:
    for inner in (place, os.path.join(place, "metadata")):  # as FiftyOne has it
        present = tree.names(inner)
        for name in present:
            if _DESCRIPTIONS.fullmatch(name):
                with contextlib.suppress(ValueError):
                    names = read_names(os.path.join(inner, present[name]))
                    if has_text_keys(names):
                        return names
    return None


_DESCRIPTIONS = re.compile(r"(?:.*class-descriptions.*|classes)\.csv", re.IGNORECASE)


def _are_labels(path: str) -> bool:
    """Whether a file is of labels, not of their names."""
    return sniff(as_utf8(read_head(path) or b""), path)


def _of_yaml(path: str) -> Any:
    """Names in the description of a data set, be the rest of it right or not."""
    if not _NAMES.search(as_utf8(read_head(path) or b"")):
        return None
    try:
        return names_of_yaml(path)
    except (ImportError, ValueError):  # who looked for splits in it has said so
        return None


_NAMES = re.compile(rb"(?m)^[\"']?(?:names|nc|train|val)[\"']?\s*:")


def _upwards(folder: str, tree: Tree) -> Iterator[str]:
    """The folder, and those above it up to the root."""
    yield folder
    while folder != tree.root and folder in tree.folders:
        above = os.path.dirname(folder)
        if above == folder:
            return
        folder = above
        yield folder
