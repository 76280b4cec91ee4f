"""Folders without anything that says what is in them."""

import os
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from skanchors.annotations.formats import FORMATS, suffixes
from skanchors.annotations.layouts._kinds import IMAGE_LIST, NO_LABELS
from skanchors.annotations.layouts._names_near import descriptions_near, names_near
from skanchors.annotations.layouts._pairing import LabelFinder, is_image, label_folders
from skanchors.annotations.layouts._part import Found, Part, split_of
from skanchors.annotations.layouts._tree import Tree

# Files of COCO about the objects that another file of theirs has already.
_OTHER_COCO = re.compile(
    r"(?:.*[-_.])?(?:person_?)?(?:keypoints?|kpts?|captions?|panoptic|stuff|"
    r"image_info|results?|predictions?|densepose|stuffthingmaps)(?:[-_.].*)?",
    re.IGNORECASE,
)


def find_in_folders(
    tree: Tree, kinds: dict[str, str], format: str, suffix: str | None = None
) -> Found:
    """Files of the format of which there are most, by the folders that they are in.

    Parameters
    ----------
    tree : Tree
        The folders.
    kinds : dict of str to str
        Format of each annotation file, by path.
    format : str
        Name of the format that is wanted, or "auto".
    suffix : str or None
        How the names of the files must end, in any case.
    """
    if suffix is not None:
        kinds = {p: k for p, k in kinds.items() if p.lower().endswith(suffix.lower())}
    counts = Counter(kind for kind in kinds.values() if kind != IMAGE_LIST)
    if format != "auto":
        chosen = format
        if not counts[format]:  # none looks like it; its reader will say why
            kinds = _by_ending(tree, FORMATS[format].suffixes, format)
    elif counts:
        chosen = max(FORMATS, key=lambda name: counts[name])  # the first of the largest
    elif suffix is not None:
        return Found([Part(None, list(_by_ending(tree, (suffix,), "")))])
    else:
        return Found(_broken(tree))
    paths = _without_copies(tree, [p for p, kind in kinds.items() if kind == chosen])
    if chosen == "coco":
        paths = _without_other_coco(paths)
    parts: dict[tuple[str | None, str], Part] = {}
    by_folder: dict[tuple[str, str], Part] = {}
    texts: dict[int, str] = {}  # the tree keeps the names
    whole = FORMATS[chosen].batch_size == 1  # one file for each split

    def part_at(path: str, words: str = "") -> Part:
        folder = os.path.dirname(path)
        if (folder, words) not in by_folder:
            inside = os.path.relpath(folder, tree.root).split(os.sep)
            split = split_of([*inside, *re.split(r"[-_. ]", words)])
            names = _names(folder, tree, chosen)
            if id(names) not in texts:
                texts[id(names)] = repr(names)
            # Folders of one split whose names agree are read as one.
            by_folder[folder, words] = parts.setdefault(
                (split, texts[id(names)]), Part(split, [], class_names=names)
            )
        return by_folder[folder, words]

    for path in paths:
        stem = os.path.splitext(os.path.basename(path))[0]
        part_at(path, stem if whole else "").paths.append(path)
    if chosen == "yolo":
        for image, label in _images_without_labels(tree, paths):
            part_at(label).empty.append(image)
    return Found([part for part in parts.values() if part.paths])


def _broken(tree: Tree) -> list[Part]:
    """Files that end as annotations do but look like none: their readers say why."""
    names = [name for names in tree.folders.values() for name in names]
    if any(map(is_image, names)):
        return []  # it is more likely that the labels are elsewhere
    paths = [
        path
        for path in _by_ending(tree, suffixes(), "")
        if not NO_LABELS.fullmatch(os.path.splitext(os.path.basename(path))[0])
    ]
    return [Part(None, paths)]


def _by_ending(tree: Tree, endings: tuple[str, ...], format: str) -> dict[str, str]:
    return {
        os.path.join(folder, name): format
        for folder, names in tree.folders.items()
        for name in names
        if name.lower().endswith(tuple(ending.lower() for ending in endings))
    }


def _without_copies(tree: Tree, paths: list[str]) -> list[str]:
    """Only the files in the root, or in Annotations, if that is where most are."""
    here = [path for path in paths if os.path.dirname(path) == tree.root]
    named = [
        path
        for path in paths
        if os.path.basename(os.path.dirname(path)).lower() == "annotations"
    ]
    for some in (here, named):
        if 2 * len(some) >= len(paths):
            return some
    return paths


def _without_other_coco(paths: list[str]) -> list[str]:
    """Without key points and the like, if there are files of the objects themselves."""
    objects = [
        path
        for path in paths
        if not _OTHER_COCO.fullmatch(os.path.splitext(os.path.basename(path))[0])
    ]
    return objects or paths


def _names(folder: str, tree: Tree, format: str) -> Any:
    if format == "openimages":
        return descriptions_near(folder, tree)
    # Other formats name the classes themselves.
    return names_near(folder, tree) if format in ("yolo", "keras-yolo3") else None


def _images_without_labels(tree: Tree, paths: list[str]) -> Iterator[tuple[str, str]]:
    """Images beside those of the label files, and where their own would be."""
    used = {os.path.dirname(path) for path in paths}
    finder = LabelFinder(tree)
    for folder, names in tree.folders.items():
        labels = next((path for path in label_folders(folder) if path in used), None)
        if labels is None:
            continue
        for name in filter(is_image, names):
            image = os.path.join(folder, name)
            if finder.find(image) is None:
                yield image, os.path.join(labels, name)
