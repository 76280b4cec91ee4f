"""Names of the classes, where a data set has them."""

import json
import os
from collections.abc import Mapping
from typing import Any

from skanchors._plain_text import NOT_TEXT
from skanchors.annotations.layouts._tree import Tree, read_text

# Such files, in the folder of the labels or above it.
_FILES = (
    *("classes.txt", "obj.names", "predefined_classes.txt", "notes.json"),
    *("_classes.txt", "_darknet.labels"),  # as Roboflow calls them
)


# Larger numbers can be chosen to have the same hash, which takes time without an end.
MOST_DIGITS = 15


def class_number(key: Any) -> int:
    """The number of a class; ValueError if no class has it."""
    if isinstance(key, str) and len(key) > MOST_DIGITS:
        raise ValueError("no class has a number as large")
    number = int(key)
    if abs(number) >= 10**MOST_DIGITS:
        raise ValueError("no class has a number as large")
    return number


def class_name(name: Any) -> str:
    """The name of a class; of a list or a mapping the text could be without an end."""
    if isinstance(name, list | Mapping):
        raise ValueError("a name of a class is a list or a mapping")
    name = str(name)
    if _REPLACED in name:  # two names may have become one
        raise ValueError(NOT_TEXT)
    return name


_REPLACED = "\ufffd"


def read_names(path: str) -> Any:
    """Class names of a file: one a line, or JSON, such as the notes of Label Studio.

    None if it has none, as the label maps of TensorFlow, whose numbers start at 1.

    Raises
    ------
    ValueError
        If the file cannot be read, or is no text in UTF-8 or UTF-16.
    """
    text = read_text(path)
    if _REPLACED in text:
        raise ValueError(f"{path}: {NOT_TEXT}")
    if path.lower().endswith(".json"):
        try:
            return _of_json(json.loads(text))
        except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError):
            return None
    if path.lower().endswith(".pbtxt") or "{" in text:
        return None
    return [line.strip() for line in text.rstrip().splitlines()] or None


def _of_json(content: Any) -> Any:
    if isinstance(content, list) and all(isinstance(name, str) for name in content):
        return content or None
    if not isinstance(content, dict):
        return None
    if isinstance(content.get("categories"), list):
        items = content["categories"]
        return {class_number(item["id"]): class_name(item["name"]) for item in items}
    return {class_number(k): class_name(name) for k, name in content.items()} or None


def names_near(folder: str, tree: Tree) -> Any:
    """Class names of the labels in a folder, or None."""
    while True:
        present = tree.names(folder)
        others = [name for name in present if name.endswith(".names")]
        for name in (*_FILES, *others):
            if name in present:
                path = os.path.join(folder, present[name])
                try:
                    names = read_names(path)
                except ValueError as error:
                    problem = (path, str(error).removeprefix(f"{path}: "))
                    if problem not in tree.problems:
                        tree.problems.append(problem)
                    continue
                if names is not None:
                    return names
        above = os.path.dirname(folder)
        if folder == tree.root or above == folder or folder not in tree.folders:
            return None
        folder = above
