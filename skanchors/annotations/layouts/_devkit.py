"""Devkits of PASCAL VOC: ``Annotations`` beside ``ImageSets/Main``, in any case."""

import os
import re
from collections.abc import Container

from skanchors.annotations.layouts._pairing import IMAGE_SUFFIXES
from skanchors.annotations.layouts._part import Found, Part, canonical
from skanchors.annotations.layouts._tree import Tree, read_text

# A file belongs to the first of these sets that has it; trainval is train and val.
_ORDER = ("train", "val", "test", "trainval")


def find_devkits(tree: Tree) -> list[str]:
    """Folders with annotations, if one of them has image sets."""
    folders = [
        folder for folder in tree.folders if _annotations(folder, tree) is not None
    ]
    return folders if any(_sets(folder, tree) is not None for folder in folders) else []


def _annotations(folder: str, tree: Tree) -> str | None:
    return tree.folder(os.path.join(folder, "Annotations"))


def _sets(folder: str, tree: Tree) -> str | None:
    """The folder of the image sets of a devkit; some have them one higher."""
    sets = os.path.join(folder, "ImageSets")
    for place in (os.path.join(sets, "Main"), sets):
        found = tree.folder(place)
        if found and any(name.endswith(".txt") for name in tree.names(found)):
            return found
    return None


def find_devkit(folder: str, tree: Tree, split: str | None) -> Found:
    """The parts of a devkit: one for each image set.

    Parameters
    ----------
    folder : str
        The folder that has ``Annotations`` in it.
    tree : Tree
        Lists folders.
    split : str or None
        The image set that is wanted. None: every file once, each in the first of the
        sets train, val, test and trainval that has it.
    """
    found = Found()
    here = _annotations(folder, tree) or folder
    xml = {n: name for n, name in tree.names(here).items() if n.endswith(".xml")}
    main = _sets(folder, tree) or folder
    sets = set_names(folder, tree)
    if split is not None:
        wanted = [name for name in sets if name == split]
        wanted = wanted or [n for n in sets if canonical(n) == canonical(split)]
    else:
        wanted = [name for name in _ORDER if name in sets]
        # Sets of one class mark every image, so they are no splits.
        wanted = wanted or [name for name in sets if "_" not in name]
    taken: set[str] = set()
    for name in wanted:
        lines = read_set(os.path.join(main, tree.names(main)[name + ".txt"]), xml)
        present = [n for n in lines if n + ".xml" in xml and n not in taken]
        missing = [n for n in lines if n + ".xml" not in xml]
        note = ""
        if missing:
            note = (
                f"{os.path.join(main, name)}.txt names {missing[0]}"
                + (f" and {len(missing) - 1} more" if len(missing) > 1 else "")
                + f", but {os.path.join(here, missing[0])}.xml does not exist"
            )
            found.notes.append(note)
        taken.update(present)
        if present:
            paths = [os.path.join(here, xml[n + ".xml"]) for n in sorted(present)]
            found.parts.append(Part(canonical(name), paths, missing=note))
    if split is None:
        rest = [os.path.join(here, xml[n]) for n in xml if n[:-4] not in taken]
        if rest:
            found.parts.append(Part(None, rest))
    return found


def set_names(folder: str, tree: Tree) -> list[str]:
    """Names of the image sets of a devkit."""
    main = _sets(folder, tree)
    names = {} if main is None else tree.names(main)
    return [name[:-4] for name in names if name.endswith(".txt")]


def read_set(path: str, known: Container[str]) -> list[str]:
    """Names of the images of an image set; `known` are those that there are."""
    names = []
    for line in read_text(path).splitlines():
        name = line.strip()
        # The sets of one class mark each image 1, 0 (only difficult) or -1 (none).
        marked = _MARKED.fullmatch(name)
        if marked and f"{name}.xml" not in known:
            name = "" if marked[2] == "-1" else marked[1]
        if name and f"{name}.xml" not in known:
            stem, ending = os.path.splitext(name)
            if ending.lower() in _ENDINGS:
                name = stem
        if name:
            names.append(name)
    return list(dict.fromkeys(names))


_ENDINGS = {".xml", *IMAGE_SUFFIXES}
_MARKED = re.compile(r"(.*\S)\s+(-1|0|1)")
