"""Ask the layouts in turn where the annotation files of a root are."""

import os
from collections import Counter
from collections.abc import Callable

from skanchors._near import did_you_mean
from skanchors.annotations._files import is_archive, read_head
from skanchors.annotations._text import as_utf8
from skanchors.annotations.formats import FORMATS, format_names, of_suffix
from skanchors.annotations.layouts._darknet import find_darknet, is_darknet
from skanchors.annotations.layouts._devkit import find_devkit, find_devkits, set_names
from skanchors.annotations.layouts._folders import find_in_folders
from skanchors.annotations.layouts._image_lists import part_of_list, split_of_list
from skanchors.annotations.layouts._kinds import IMAGE_LIST, is_image_list, kinds
from skanchors.annotations.layouts._names_near import names_near
from skanchors.annotations.layouts._nothing import labels_of, not_there, nothing
from skanchors.annotations.layouts._pairing import LabelFinder, is_image
from skanchors.annotations.layouts._part import Found, Part, canonical
from skanchors.annotations.layouts._tree import Tree
from skanchors.annotations.layouts._yaml import find_yaml, is_yaml

Describe = Callable[[str, Tree], Found]


def find(
    root: str,
    split: str | None = None,
    format: str = "auto",
    suffix: str | None = None,
) -> Found:
    """Find the annotation files of a data set.

    Parameters
    ----------
    root : str
        A folder; or a file: a ``data.yaml``, a ``.data``, a list of images, or an
        annotation file.
    split : str or None
        The split that is wanted, None for all.
    format : str
        Name of the format that is wanted, or "auto".
    suffix : str or None
        How the names of the files in a folder must end.

    Returns
    -------
    Found
        Parts with at least one file.

    Raises
    ------
    FileNotFoundError
        If there are none.
    ValueError
        If a file of that root cannot be what it seems to be.
    """
    if not root:
        raise FileNotFoundError(
            "The path is empty; pass a folder, such as . for the one that you are in."
        )
    root = os.path.normpath(root)
    if os.path.isdir(root):
        found = _in_folder(root, split, format, suffix)
    elif os.path.exists(root):
        found = _of_file(root, format)
    else:
        raise FileNotFoundError(not_there(root))
    if not any(part.paths for part in found.parts):
        raise FileNotFoundError(nothing(root, found, suffix))
    if split is not None:
        _select(found, split, root)
    once([found])
    return found


def _select(found: Found, split: str, root: str) -> None:
    """Keep the parts of one split."""
    exact = [part for part in found.parts if part.split == split]
    alike = [
        part
        for part in found.parts
        if part.split is not None and canonical(part.split) == canonical(split)
    ]
    splits = found.splits()
    found.parts = exact or alike
    if not found.parts:
        there = f"; there are {', '.join(splits)}" if splits else ""
        if not splits and not found.notes:
            there = "; it has no splits"
        texts = [f"There is no split {split!r} in {root}{there}", *found.notes]
        near = did_you_mean(split, splits)
        raise FileNotFoundError(". ".join(texts) + f".{near}")


def _of_file(path: str, format: str) -> Found:
    """What one file stands for."""
    suffix = os.path.splitext(path)[1].lower()
    folder = os.path.dirname(path)
    tree = Tree(folder or ".", walk=False)
    if not os.path.isfile(path):
        raise OSError(f"{path} is a device or a pipe, not a file or a folder.")
    if suffix in (".yaml", ".yml"):
        return find_yaml(path, tree)
    if suffix == ".data" and format in ("auto", "yolo"):
        found = find_darknet(path, tree)
        if not found.parts and not found.notes:
            found.notes.append(f"{path} names no lists of images, as train = train.txt")
        return found
    if suffix == ".txt" and format in ("auto", "yolo"):
        if is_image_list(read_head(path) or b""):
            part, notes = part_of_list(path, split_of_list(path), tree)
            part.class_names = names_near(folder, tree)
            return Found([part], notes)
    elif is_image(path):
        text = f"{path} is an image, not an annotation file."
        label = LabelFinder(tree).find(path)
        if label is not None and os.path.dirname(label) == folder:
            raise ValueError(f"{text} Its label file is {label}.")
        raise ValueError(text + labels_of(folder))
    elif is_archive(path):
        raise ValueError(f"{path} is an archive; unpack it, and pass the folder.")
    elif format == "auto" and not of_suffix(suffix):
        raise ValueError(
            f"The ending of {path} tells of no format; name the format, one of "
            f"{', '.join(format_names())}."
        )
    return Found([Part(None, [path])])


def _in_folder(root: str, split: str | None, format: str, suffix: str | None) -> Found:
    tree = Tree(root)
    by_path = {
        os.path.join(folder, name): kind
        for folder, names in tree.folders.items()
        for name, kind in kinds(folder, names).items()
    }
    notes: list[str] = []
    found = Found()
    for layout, name in ((_described, "yolo"), (_in_devkits, "voc"), (_listed, "yolo")):
        if format not in ("auto", name) or suffix not in (
            None,
            *FORMATS[name].suffixes,
        ):
            continue
        found = layout(tree, by_path, split, format)
        notes += found.notes
        if found.parts:
            break
    else:
        found = find_in_folders(tree, by_path, format, suffix)
    found.notes = notes
    found.problems = tree.problems
    # A description may tell the whole path where the root is a relative one.
    read = {os.path.abspath(path) for part in found.parts for path in part.paths}
    unread = Counter(
        kind for path, kind in by_path.items() if os.path.abspath(path) not in read
    )
    del unread[IMAGE_LIST]
    if split is not None:  # what is in other splits is left on purpose
        for path, kind in by_path.items():
            if os.path.abspath(path) in read:
                unread.pop(kind, None)
    found.unread = dict(unread)
    return found


# Each takes the tree, the formats by path, the split and the format that are wanted.


def _described(
    tree: Tree, by_path: dict[str, str], split: str | None, format: str
) -> Found:
    """What a file describes: that of the highest folder that has one."""
    total = Found()
    depth = None
    for folder in sorted(tree.folders, key=lambda path: path.count(os.sep)):
        if depth is not None and folder.count(os.sep) > depth:
            break
        for path, describe in _descriptions(folder, tree.folders[folder]):
            try:
                found = describe(path, tree)
            except (ValueError, ImportError) as error:
                total.notes.append(str(error))
                continue
            total.notes += found.notes
            if found.parts:
                total.parts += found.parts
                depth = folder.count(os.sep)
                break
    return total


def _descriptions(folder: str, names: list[str]) -> list[tuple[str, Describe]]:
    found: list[tuple[str, Describe]] = []
    # data.yaml before others of its kind.
    for name in sorted(names, key=lambda name: not name.lower().startswith("data")):
        suffix = os.path.splitext(name)[1].lower()
        if suffix not in (".yaml", ".yml", ".data"):
            continue
        path = os.path.join(folder, name)
        head = as_utf8(read_head(path) or b"")
        if suffix == ".data" and is_darknet(head):
            found.append((path, find_darknet))
        elif suffix != ".data" and is_yaml(head):
            found.append((path, find_yaml))
    return found


def _in_devkits(
    tree: Tree, by_path: dict[str, str], split: str | None, format: str
) -> Found:
    total = Found()
    counts = Counter(by_path.values())
    if format == "auto" and any(counts[kind] > counts["voc"] for kind in FORMATS):
        return total
    for folder in find_devkits(tree):
        found = find_devkit(folder, tree, split)
        total.parts += found.parts
        total.notes += found.notes
    folders = find_devkits(tree)
    if split is not None and folders and not total.parts:
        names = sorted({name for f in folders for name in set_names(f, tree)})
        total.notes.append(
            f"There is no ImageSets/Main/{split}.txt; the sets are {', '.join(names)}"
        )
    return total


def _listed(
    tree: Tree, by_path: dict[str, str], split: str | None, format: str
) -> Found:
    """What lists of images name."""
    total = Found()
    lists = [path for path, kind in by_path.items() if kind == IMAGE_LIST]
    if not lists:
        return total
    counts = Counter(by_path.values())
    if format == "auto" and any(counts[kind] > counts["yolo"] for kind in FORMATS):
        return total
    highest = min(path.count(os.sep) for path in lists)
    for path in lists:
        if path.count(os.sep) == highest:
            part, notes = part_of_list(path, split_of_list(path), tree)
            part.class_names = names_near(os.path.dirname(path), tree)
            total.notes += notes
            if part.paths:
                total.parts.append(part)
    return total


def once(founds: list[Found]) -> None:
    """Keep each file and image in the first part that has it, however it is spelt."""
    seen: set[str] = set()
    for found in founds:
        for part in found.parts:
            for name in ("paths", "empty"):
                paths = {os.path.abspath(path): path for path in getattr(part, name)}
                fresh = {key: path for key, path in paths.items() if key not in seen}
                seen.update(fresh)
                setattr(part, name, list(fresh.values()))
        found.parts = [part for part in found.parts if part.paths]
