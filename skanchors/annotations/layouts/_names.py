"""Names of the classes, where a data set has them."""

import json
import os
from typing import Any

from skanchors.annotations.layouts._tree import Tree, read_text

# Such files, in the folder of the labels or above it.
_FILES = ("classes.txt", "obj.names", "predefined_classes.txt", "notes.json")


def read_names(path: str) -> Any:
    """Class names of a file: one a line, or JSON, such as the notes of Label Studio.

    None if it has none, as the label maps of TensorFlow, whose numbers start at 1.
    """
    text = read_text(path)
    if path.lower().endswith(".json"):
        try:
            return _of_json(json.loads(text))
        except (ValueError, KeyError, TypeError, RecursionError):
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
        return {int(item["id"]): str(item["name"]) for item in items}
    return {int(number): str(name) for number, name in content.items()} or None


def names_near(folder: str, tree: Tree) -> Any:
    """Class names of the labels in a folder, or None."""
    while True:
        present = tree.names(folder)
        others = [name for name in present if name.endswith(".names")]
        for name in (*_FILES, *others):
            if name in present:
                names = read_names(os.path.join(folder, present[name]))
                if names is not None:
                    return names
        above = os.path.dirname(folder)
        if folder == tree.root or above == folder or folder not in tree.folders:
            return None
        folder = above
