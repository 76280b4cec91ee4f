"""Which files of a folder are annotations, and of which format."""

import os
import re
from collections import Counter

from skanchors.annotations._files import read_head
from skanchors.annotations._text import as_utf8
from skanchors.annotations.formats import Format, of_suffix, recognise
from skanchors.annotations.layouts._pairing import IMAGE_SUFFIXES
from skanchors.annotations.layouts._tree import decode

IMAGE_LIST = "image list"

# Of more files in a folder than this only some are looked into.
_LOOK_INTO = 2000

# Files that lie beside annotations, but are none.
NO_LABELS = re.compile(
    r"(?:.*[-_. ])?(?:classes|class|names|readme|license|licence|notes?|requirements|"
    r"changelog|copying|labels|label_?map|predefined_classes)(?:[-_. ].*)?",
    re.IGNORECASE,
)


# Texts for people, whatever is in them.
_FOR_PEOPLE = re.compile(
    r"(?:.*[-_. ])?(?:readme|licen[cs]e|requirements|changelog|copying)(?:[-_. ].*)?",
    re.IGNORECASE,
)


def is_image_list(head: bytes) -> bool:
    """Whether the lines of a text are names of images."""
    lines = [line.strip().strip("\"'") for line in decode(head).splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    if len(head) >= 4096:
        lines = lines[:-1]  # cut in two
    return bool(lines) and all(
        os.path.splitext(line)[1].lower() in IMAGE_SUFFIXES for line in lines[:20]
    )


def kinds(folder: str, names: list[str]) -> dict[str, str]:
    """Formats of the annotation files of a folder, by name of the file.

    Parameters
    ----------
    folder : str
        The folder.
    names : list of str
        Names of its files.

    Returns
    -------
    dict of str to str
        Name of the format of each file that is one of annotations, `IMAGE_LIST` of one
        that lists images.
    """
    by_suffix: dict[str, list[str]] = {}
    for name in names:
        stem, suffix = os.path.splitext(name)
        if suffix.lower() != ".txt" or not _FOR_PEOPLE.fullmatch(stem):
            by_suffix.setdefault(suffix.lower(), []).append(name)
    found: dict[str, str] = {}
    for suffix, group in by_suffix.items():
        if formats := of_suffix(suffix):
            found |= _of_group(folder, suffix, group, formats)
    return {name: found[name] for name in names if name in found}


def _of_group(
    folder: str, suffix: str, names: list[str], formats: tuple[Format, ...]
) -> dict[str, str]:
    found: dict[str, str] = {}
    unknown: list[str] = []
    empty: list[str] = []  # or not to be read
    step = -(-len(names) // _LOOK_INTO)
    looked = names[::step]
    for name in looked:
        path = os.path.join(folder, name)
        head = read_head(path) or b""
        row = recognise(formats, head, path)
        # A mark of the encoding or a line end is no content.
        if not as_utf8(head).strip():
            empty.append(name)
        elif suffix == ".txt" and is_image_list(head):
            found[name] = IMAGE_LIST
        elif row is None:
            unknown.append(name)
        else:
            found[name] = row.name
    if step > 1:
        unknown += sorted(set(names) - set(looked))
    single = {row.name for row in formats if row.batch_size > 1}
    counts = Counter(kind for kind in found.values() if kind in single)
    # A broken file among others is one of them, so that its reader says so, as it does
    # of one that cannot be read; and an empty one has no objects.
    if counts:
        usual, more = counts.most_common(1)[0][0], [*unknown, *empty]
    else:
        row = recognise(formats, b"", "")
        usual, more = ("", []) if row is None else (row.name, empty)
    for name in more:
        if not NO_LABELS.fullmatch(os.path.splitext(name)[0]):
            found[name] = usual
    return found
