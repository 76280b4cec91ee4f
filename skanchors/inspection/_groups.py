"""Objects in groups by class and by size, each served on its own."""

from typing import Any, NamedTuple

import numpy as np

from skanchors._tables import name_text

# Fewer objects, or objects of fewer images, make no interval.
LEAST_OBJECTS = 20
LEAST_IMAGES = 10
# What stands for the worst group where no group has as many.
ALL_OBJECTS = "all objects"
SIZE_NAMES = ("small", "medium", "large")
# Square roots of the area in pixels of the input, as COCO has them of the image.
_SIZE_BOUNDS = (32.0, 96.0)


class Group(NamedTuple):
    """A group of objects: its kind ("class", "size"), its name and its rows."""

    kind: str
    name: str
    rows: np.ndarray

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"

    @property
    def objects(self) -> str:
        """What a sentence calls its objects."""
        return objects_of(str(self).strip())


def objects_of(group: str) -> str:
    """What a sentence calls the objects of a group, known by its text.

    Examples
    --------
    >>> objects_of("size small"), objects_of("class dog"), objects_of("all objects")
    ('small objects', 'objects of class dog', 'all objects')
    """
    kind, _, name = group.partition(" ")
    forms = {"size": f"{name} objects", "class": f"objects of class {name_text(name)}"}
    return forms.get(kind, group)


def find_groups(labels: np.ndarray, sizes: np.ndarray) -> list[Group]:
    """The classes and the three sizes that have objects.

    Parameters
    ----------
    labels : ndarray of shape (n_objects,)
    sizes : ndarray of shape (n_objects, 2)
        Widths and heights in pixels of the input.
    """
    names = np.digitize(np.sqrt(sizes.prod(axis=1)), _SIZE_BOUNDS)
    groups = [
        Group("size", name, np.flatnonzero(names == i))
        for i, name in enumerate(SIZE_NAMES)
    ]
    classes, index = np.unique(labels.astype(str), return_inverse=True)
    if len(classes) > 1:
        order = np.argsort(index, kind="stable")
        ends = np.bincount(index).cumsum()
        groups += [
            Group("class", str(name), rows)
            for name, rows in zip(classes, np.split(order, ends[:-1]), strict=True)
        ]
    return [group for group in groups if len(group.rows)]


def is_enough(group: Group, images: np.ndarray, weight: np.ndarray | None) -> bool:
    """Whether a group has enough objects, of enough images, for an interval."""
    rows = group.rows if weight is None else group.rows[weight[group.rows] > 0]
    few = len(rows) < LEAST_OBJECTS
    return not few and len(np.unique(images[rows])) >= LEAST_IMAGES


def matched_threshold(rule: Any) -> float:
    """The IoU that a rule calls a match; 0.5 for rules that ask for no IoU."""
    if hasattr(rule, "positive"):
        return float(rule.positive)
    return float(rule.threshold) if type(rule).__name__ == "SSDMatch" else 0.5
