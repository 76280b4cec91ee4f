"""What a search for annotation files finds."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

_TRAIN = re.compile(r"train(?:ing)?[-_ ]?(?:set|\d{2,4})?", re.IGNORECASE)
_VAL = re.compile(
    r"(?:val|valid|validation|dev|eval)[-_ ]?(?:set|\d{2,4})?", re.IGNORECASE
)
_TEST = re.compile(r"test(?:ing)?[-_ ]?(?:set|\d{2,4})?", re.IGNORECASE)
_SPLITS = {"train": _TRAIN, "val": _VAL, "test": _TEST}


def canonical(name: str) -> str:
    """One name for what data sets call train, training or train2017, and so on."""
    for split, pattern in _SPLITS.items():
        if pattern.fullmatch(name.strip()):
            return split
    return name


def split_of(words: Iterable[str]) -> str | None:
    """The split that the last of some words names, such as parts of a path."""
    found = [canonical(word) for word in words]
    found = [split for split in found if split in _SPLITS or split == "trainval"]
    return found[-1] if found else None


# More classes than any data set has.
_MAX_CLASSES = 100_000


def class_count(value: object) -> int | None:
    """The number of classes that a description tells, None if that is none."""
    try:
        count = int(str(value))
    except ValueError:
        return None
    return count if 0 < count <= _MAX_CLASSES else None


@dataclass
class Part:
    """Files of one split that are read alike.

    Attributes
    ----------
    split : str or None
        Name of the split; None if there is none.
    paths : list of str
        Files to read.
    empty : list of str
        Images that have no file of their own, as they have no objects.
    class_names : sequence or mapping or None
        Names of the classes, if the data set tells them.
    n_classes : int or None
        Their number, if it is told without names.
    missing : str
        What the data set names for this split that is not there; one of the notes.
    """

    split: str | None
    paths: list[str]
    empty: list[str] = field(default_factory=list)
    class_names: Any = None
    n_classes: int | None = None
    missing: str = ""


@dataclass
class Found:
    """Parts of a data set, and what there is to say about it.

    Attributes
    ----------
    parts : list of Part
        What to read.
    notes : list of str
        What could not be found, in a few words each.
    unread : dict of str to int
        Number of annotation files that are in the root but not read, by format.
    problems : list of (str, str)
        Folders or files that the file system did not give, and why.
    """

    parts: list[Part] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unread: dict[str, int] = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)

    def splits(self) -> list[str]:
        """Names of the splits, in order."""
        return list(dict.fromkeys(p.split for p in self.parts if p.split is not None))
