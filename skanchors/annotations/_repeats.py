"""Objects that a data set has twice, in two files or two folders."""

import os
from collections import Counter
from itertools import combinations
from typing import NamedTuple

import numpy as np

from skanchors.annotations._files import split_path
from skanchors.annotations._findings import Finding
from skanchors.annotations._images import IMAGE_ENDINGS, Images
from skanchors.annotations._table import AnnotationTable

TWICE = "objects that another file has too are counted twice"

# Different objects of one image share hardly any box.
_SHARE = 0.5
# Formats differ in where the first pixel is; what two files of a kind say is the same.
_NEAR, _SAME = 1.01, 0.06
_SAME_FRACTION = 1e-5
# Data sets have fewer copies than sequences with frames of the same names.
_MAX_SOURCES = 50
_SAMPLE = 50
_MAX_PAIRS = 1_000_000


class _Source(NamedTuple):
    """Images of one file, or of the files of one folder: number of each by name."""

    path: str
    images: dict[str, int]
    is_file: bool


def repeats(table: AnnotationTable) -> list[Finding]:
    """Find files, or folders of files, whose boxes another one has of the same images.

    Files of COCO about one set of images are often in one folder: all objects, key
    points of people, a copy. And a set may be there in two formats. Images are told by
    their file names, and compared within a split.

    Parameters
    ----------
    table : AnnotationTable
        The boxes, with positions.

    Returns
    -------
    list of Finding
        One for each pair of files or folders, about the one with fewer boxes.
    """
    images, xmin, ymin = table.images, table.xmin, table.ymin
    if xmin is None or ymin is None or len(images.path) < 2:
        return []
    sources = _sources(images)
    if len(sources) < 2:
        return []
    boxes = _Boxes(table, xmin, ymin)
    found = []
    for pair in combinations(sources, 2):
        many, few = sorted(pair, key=lambda source: -boxes.count(source))
        shared = _shared(few, many, images.split)
        shared = [(i, j) for i, j in shared if boxes.n_of(i)]
        step = max(1, len(shared) // _SAMPLE)
        if not shared or not boxes.are_same(few, many, shared[::step])[1]:
            continue
        n_same, twice = boxes.are_same(few, many, shared)
        if twice:
            n = boxes.count(few)
            detail = f"{n_same} of {n} in {few.path} are in {many.path}"
            found.append(Finding(few.path, None, f"{TWICE}: {detail}"))
    return found


def _sources(images: Images) -> list[_Source]:
    """What may be a copy of something: files of many images, folders of others."""
    paths = images.path.tolist()
    per_file = Counter(paths)
    single = images.name is None and len(per_file) == len(paths)
    if single and len({split_path(path)[0] for path in paths}) < 2:
        return []  # as most sets are
    names = [""] * len(paths) if images.name is None else images.name.tolist()
    where = [
        path if per_file[path] > 1 or name else split_path(path)[0]
        for path, name in zip(paths, names, strict=True)
    ]
    if len(set(where)) < 2:
        return []
    while len(set(where)) > _MAX_SOURCES:
        above = [os.path.dirname(place) for place in where]
        if above == where:
            return []
        where = above
    by_place: dict[str, dict[str, int]] = {}
    for i, (place, name) in enumerate(zip(where, names, strict=True)):
        key = _key(name or str(images.image_id[i]))
        members = by_place.setdefault(place, {})
        members[key] = -1 if key in members else i  # which of two is not known
    known = set(paths)
    return [_Source(place, some, place in known) for place, some in by_place.items()]


def _key(name: str) -> str:
    """Name of an image without folder and ending."""
    last = name.replace("\\", "/").rpartition("/")[2]
    stem, ending = os.path.splitext(last)
    return stem if ending.lower() in IMAGE_ENDINGS else last


def _shared(
    first: _Source, second: _Source, split: np.ndarray | None
) -> list[tuple[int, int]]:
    """Numbers of the images that both have, in splits that may be the same."""
    pairs = [
        (first.images[k], second.images[k]) for k in first.images if k in second.images
    ]
    pairs = [(i, j) for i, j in pairs if i >= 0 and j >= 0]
    if split is None:
        return pairs
    return [
        (i, j) for i, j in pairs if not (split[i] and split[j]) or split[i] == split[j]
    ]


class _Boxes:
    """Low and high corners of the boxes of each image.

    Parameters
    ----------
    table : AnnotationTable
        The boxes.
    xmin, ymin : ndarray of shape (n_boxes,)
        Where they lie.
    """

    def __init__(
        self, table: AnnotationTable, xmin: np.ndarray, ymin: np.ndarray
    ) -> None:
        order = np.argsort(table.image_index, kind="stable")
        low = np.column_stack([xmin, ymin])[order]
        size = np.column_stack([table.width, table.height])[order]
        self._corners = np.hstack([low, low + size])
        self._relative = table.relative[order]
        self._size = table.images.size
        n_images = len(self._size)
        self._start = np.searchsorted(table.image_index[order], np.arange(n_images + 1))

    def count(self, source: _Source) -> int:
        """Number of boxes."""
        return sum(self.n_of(i) for i in source.images.values() if i >= 0)

    def n_of(self, image: int) -> int:
        """Number of boxes of an image."""
        return int(self._start[image + 1] - self._start[image])

    def are_same(
        self, few: _Source, many: _Source, pairs: list[tuple[int, int]]
    ) -> tuple[int, bool]:
        """How many boxes of `few` are in `many`, and whether that is most of them."""
        near = _SAME if few.is_file and many.is_file else _NEAR
        n_same = n_all = 0
        for i, j in pairs:
            here, there, tolerance = self._comparable(i, j, near)
            n_all += len(here)
            n_same += _n_near(here, there, tolerance)
        return n_same, n_same > 0 and n_same >= _SHARE * n_all

    def _comparable(self, i: int, j: int, near: float) -> tuple:
        """Corners of two images in one unit, and how far apart they may be."""
        size = np.maximum(self._size[i], self._size[j])
        tolerance: float | np.ndarray = near
        if size[0] > 0:
            tolerance = near / np.tile(size, 2)
        elif any(self._relative[self._start[k]] for k in (i, j) if self.n_of(k)):
            tolerance = _SAME_FRACTION
        both = []
        for k in (i, j):
            rows = slice(self._start[k], self._start[k + 1])
            corners = self._corners[rows]
            if size[0] > 0 and not self._relative[rows].any():
                own = self._size[k] if self._size[k, 0] > 0 else size
                corners = corners / np.tile(own, 2)
            both.append(corners)
        return *both, tolerance


def _n_near(here: np.ndarray, there: np.ndarray, tolerance: float | np.ndarray) -> int:
    """How many rows of one array are in the other, to a tolerance."""
    if not len(here) or not len(there):
        return 0
    step = max(1, _MAX_PAIRS // len(there))
    return sum(
        int(
            (np.abs(here[i : i + step, None] - there) <= tolerance)
            .all(axis=2)
            .any(axis=1)
            .sum()
        )
        for i in range(0, len(here), step)
    )
