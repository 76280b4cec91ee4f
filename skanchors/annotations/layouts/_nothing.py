"""What to say where no annotation files are."""

import os
from collections import Counter

from skanchors.annotations.formats import format_names
from skanchors.annotations.layouts._pairing import is_image, label_folders
from skanchors.annotations.layouts._part import Found
from skanchors.annotations.layouts._tree import Tree


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
    elif names:
        endings = Counter(os.path.splitext(name)[1].lower() or "no" for name in names)
        listed = ", ".join(f"{n} {ending}" for ending, n in endings.most_common(4))
        text += f" It holds files that end in: {listed}."
    return f"{text} Formats are {', '.join(format_names())}."


def labels_of(folder: str) -> str:
    """Where the labels of a folder of images probably are."""
    folder = os.path.abspath(folder)
    for place in label_folders(folder):
        if place != folder and os.path.isdir(place):
            return f" Its labels are probably in {place}."
    return " Pass the folder that holds the annotation files themselves."
