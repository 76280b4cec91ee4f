"""What to say where no annotation files are."""

import contextlib
import os
from collections import Counter
from difflib import get_close_matches

from skanchors._tables import counted
from skanchors.annotations._collector import Collector
from skanchors.annotations._files import InvalidFileError, is_archive, read_bytes
from skanchors.annotations._image_sizes import NoSizes
from skanchors.annotations.formats import (
    ReadOptions,
    choose,
    format_names,
    of_suffix,
)
from skanchors.annotations.layouts._pairing import is_image, label_folders
from skanchors.annotations.layouts._part import Found
from skanchors.annotations.layouts._tree import Tree

# Names of files that are listed.
_LISTED = 5


def nothing(root: str, found: Found, suffix: str | None) -> str:
    """Why nothing was found, and where it may be."""
    what = "annotation" if suffix is None else suffix
    text = ". ".join([f"There is no {what} file in {_place(root)}", *found.notes]) + "."
    if found.problems:
        named = (f"{path}: {why}" for path, why in found.problems[:3])
        text += f" Not read: {'; '.join(named)}."
    names = [name for names in Tree(root).folders.values() for name in names]
    others = _named(root)
    n_images = sum(map(is_image, names))
    if others:
        text += f" {others}"
    if n_images:
        text += f" It holds {counted(n_images, 'image')}.{labels_of(root)}"
    elif archives := [name for name in names if is_archive(name)]:
        text += f" It holds the archive {archives[0]}; unpack it first."
    elif names and not others:
        endings = Counter(os.path.splitext(name)[1].lower() or "no" for name in names)
        listed = ", ".join(f"{n} {ending}" for ending, n in endings.most_common(4))
        text += f" It holds files that end in: {listed}."
    elif not names and os.path.isdir(root):
        text += " It holds no files: pass the folder that holds the annotation files."
    return (
        f"{text} Formats are {', '.join(format_names())}; what is in another is to be "
        "converted to one of them."
    )


def _named(root: str) -> str:
    """What the files are that end as annotations do, but are in no known format."""
    reasons: dict[str, list[str]] = {}
    n_files = 0
    for folder, names in Tree(root).folders.items():
        for name in names:
            if not name.lower().endswith((".json", ".csv", ".xml")):
                continue
            n_files += 1
            if n_files > _LOOK_INTO:
                continue
            path = os.path.join(folder, name)
            if reason := _reason(path):
                reasons.setdefault(reason, []).append(path)
    if not reasons:
        return ""
    # What names the tool says most.
    reason, paths = max(
        reasons.items(),
        key=lambda item: (not item[0].startswith("not "), len(item[1])),
    )
    return f"Of no format that is read: {n_files} files, such as {paths[0]}, {reason}."


def _reason(path: str) -> str:
    """Why a file is not read."""
    collector = Collector()
    collector.start_file(path)
    try:
        data = read_bytes(path, _LARGEST)
        row = choose(of_suffix(os.path.splitext(path)[1]), data, path)
        if row.whole:
            row.read(data, path, collector, ReadOptions(NoSizes()))
    except (InvalidFileError, OSError, ValueError) as error:
        return str(error)
    return ""


# Enough to know what they are.
_LOOK_INTO = 20
_LARGEST = 16 << 20


def _place(root: str) -> str:
    """A path that stands out in a sentence, so that no full stop joins its dots."""
    return f"{root!r} ({os.path.abspath(root)})" if root.strip("./") == "" else root


def not_there(root: str) -> str:
    """What is where a path ends to exist, for whoever mistyped it."""
    if os.path.lexists(root):
        return f"{root} is a link that leads to nothing."
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
