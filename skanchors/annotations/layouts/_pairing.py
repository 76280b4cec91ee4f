"""Images and the label files that belong to them."""

import os
import re

from skanchors.annotations._images import IMAGE_ENDINGS
from skanchors.annotations.layouts._tree import Tree

IMAGE_SUFFIXES = frozenset(
    [*IMAGE_ENDINGS, ".jp2", ".heic", ".dng", ".mpo", ".pfm", ".ppm", ".pgm"]
)
# Names of folders of images, whose label files are in a folder beside it.
_IMAGE_FOLDERS = ("images", "jpegimages", "image", "imgs", "img")
_LABEL_FOLDERS = tuple(
    spelt
    for name in ("labels", "label", "annotations", "annotation")
    for spelt in (name, name.title(), name.upper())
)


# Of folders in folders of images only the innermost count.
_MOST_NAMED = 3
# Folders that are remembered.
_MOST_KNOWN = 20_000


def is_image(name: str) -> bool:
    """Whether a name ends as those of images do."""
    return os.path.splitext(name)[1].lower() in IMAGE_SUFFIXES


def as_parts(path: str) -> list[str]:
    """Parts of a path that may come from another system."""
    return [part for part in re.split(r"[\\/]+", path) if part not in ("", ".")]


def label_folders(folder: str) -> list[str]:
    """Folders where the label files of a folder of images may be, likeliest first.

    As Darknet and YOLOv5 do it: ``images`` in the path becomes ``labels``, else the
    label files are beside the images.
    """
    head = folder
    found: list[str] = []
    n_named = 0
    tail: list[str] = []
    while True:
        head, name = os.path.split(head)
        if not name:
            break
        if name.lower() in _IMAGE_FOLDERS and n_named < _MOST_NAMED:
            n_named += 1
            found += [os.path.join(head, labels, *tail) for labels in _LABEL_FOLDERS]
        tail.insert(0, name)
    return [*found, folder, os.path.join(folder, "labels")]


class LabelFinder:
    """Finds the label file of an image.

    Parameters
    ----------
    tree : Tree
        Lists folders.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._folders: dict[str, list[str]] = {}

    def find(self, image: str) -> str | None:
        """Path of the label file, or None if there is none."""
        folder, name = os.path.split(image)
        if folder not in self._folders:
            if len(self._folders) >= _MOST_KNOWN:
                self._folders.clear()
            self._folders[folder] = [
                path
                for path in dict.fromkeys(label_folders(folder))
                if self._tree.names(path)
            ]
        name = os.path.splitext(name)[0] + ".txt"
        for labels in self._folders[folder]:
            found = self._tree.names(labels).get(name)
            if found is not None:
                return os.path.join(labels, found)
        return None
