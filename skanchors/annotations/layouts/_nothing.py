"""What to say where no annotation files are."""

import contextlib
import os
from collections import Counter
from difflib import get_close_matches

from skanchors.annotations._files import is_archive
from skanchors.annotations.formats import format_names
from skanchors.annotations.layouts._pairing import is_image, label_folders
from skanchors.annotations.layouts._part import Found
from skanchors.annotations.layouts._tree import Tree

# Names of files that are listed.
_LISTED = 5


def nothing(root: str, found: Found, suffix: str | None) -> str:
    """Why nothing was found, and where it may be."""
    what = "annotation" if suffix is None else suffix
    text = ". ".join([f"There is no {what} file in {root}", *found.notes]) + "."
    if found.problems:
        named = (f"{path}: {why}" for path, why in found.problems[:3])
        text += f" Not read: {'; '.join(named)}."
    names = [name for names in Tree(root).folders.values() for name in names]
    if n_images := sum(map(is_image, names)):
        text += f" It holds {n_images} images.{labels_of(root)}"
    elif archives := [name for name in names if is_archive(name)]:
        text += f" It holds the archive {archives[0]}; unpack it first."
    elif names:
        endings = Counter(os.path.splitext(name)[1].lower() or "no" for name in names)
        listed = ", ".join(f"{n} {ending}" for ending, n in endings.most_common(4))
        text += f" It holds files that end in: {listed}."
    else:
        text += " It is empty: pass the folder that holds the annotation files."
    return f"{text} Formats are {', '.join(format_names())}."


def not_there(root: str) -> str:
    """What is where a path ends to exist, for whoever mistyped it."""
    missing, folder = root, os.path.dirname(root)
    while folder and not os.path.isdir(folder):
        missing, folder = folder, os.path.dirname(folder)
    names = []
    with contextlib.suppress(OSError):
        names = sorted(name for name in os.listdir(folder or ".") if name[0] != ".")
    near = get_close_matches(os.path.basename(missing), names, n=2)
    text = f"{root} does not exist"
    if missing != root:
        text += f", nor does {missing}"
    if not os.path.isabs(root):
        text += f"; it was looked for in {os.getcwd()}"
    if near:
        meant = " or ".join(os.path.join(folder, name) for name in near)
        return f"{text}. Did you mean {meant}?"
    listed = ", ".join(names[:_LISTED]) + (", ..." if len(names) > _LISTED else "")
    return f"{text}. {folder or 'This folder'} holds {listed or 'nothing'}."


def labels_of(folder: str) -> str:
    """Where the labels of a folder of images probably are."""
    folder = os.path.abspath(folder)
    for place in label_folders(folder):
        if place != folder and os.path.isdir(place):
            return f" Its labels are probably in {place}."
    return " Pass the folder that holds the annotation files themselves."
