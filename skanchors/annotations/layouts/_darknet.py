"""Darknet's ``.data``: lists of images, and a file of names. CVAT exports it too."""

import os
import re

from skanchors.annotations.layouts._image_lists import part_of_list
from skanchors.annotations.layouts._names import read_names
from skanchors.annotations.layouts._part import Found, canonical, class_count
from skanchors.annotations.layouts._resolve import Resolver
from skanchors.annotations.layouts._tree import Tree, read_text

_KEY = re.compile(r"[A-Za-z_]\w*")
_NOT_LISTS = {"classes", "names", "backup", "labels", "top", "eval", "results"}


def is_darknet(head: bytes) -> bool:
    """Whether a file begins as a ``.data`` of Darknet."""
    return re.search(rb"(?m)^\s*(?:train|valid|names)\s*=", head) is not None


def find_darknet(path: str, tree: Tree) -> Found:
    """The parts of a ``.data`` file."""
    found = Found()
    entries = {}
    for line in read_text(path).splitlines():
        key, mark, value = line.partition("#")[0].partition("=")
        if mark and _KEY.fullmatch(key.strip()):
            entries[key.strip().lower()] = value.strip()
    here = os.path.dirname(path)
    near = [here, os.path.dirname(here)]
    resolver = Resolver([*near, "."], near)
    names = None
    if text := entries.get("names"):
        file = resolver.find(text, os.path.isfile)
        if file is None:
            found.notes.append(f"names of {path}: {text} is not there")
        else:
            try:
                names = read_names(file)
            except ValueError as error:
                found.notes.append(str(error))
    for key, text in entries.items():
        if key in _NOT_LISTS or not text:
            continue
        file = resolver.find(text, os.path.isfile)
        if file is None:
            if key in ("train", "valid", "val", "test"):
                found.notes.append(f"{key} of {path}: {text} is not there")
            continue
        part, notes = part_of_list(file, canonical(key), tree, [os.path.dirname(here)])
        found.notes += notes
        if part.paths or part.empty:
            part.class_names = names
            part.n_classes = class_count(entries.get("classes"))
            found.parts.append(part)
    return found
