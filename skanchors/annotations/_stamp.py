"""Paths that change when their file does."""

import os
from typing import Any, Self

from skanchors.annotations._files import check_paths


class StampedPath(str):
    """A path with the time and size of the file when it was stamped.

    It is equal to the plain path. But it is pickled, and so hashed by joblib, with the
    stamp.
    """

    stamp: Any

    def __new__(cls, path: Any, stamp: Any) -> Self:
        self = super().__new__(cls, path)
        self.stamp = stamp
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.stamp)


def stamp_paths(paths: Any) -> list[StampedPath]:
    """Mark paths with the time and size of their files, for caches.

    A cache such as ``Pipeline(memory=...)`` knows its input by a hash, and the hash of
    a list of paths does not change when a file is edited: the cache would hand out
    the boxes of the file as it was. The hash of stamped paths does change.

    Parameters
    ----------
    paths : sequence of str or path-like
        Paths of files.

    Returns
    -------
    list of str
        The paths. Stamp anew before each `fit`.

    Raises
    ------
    OSError
        If a file does not exist.

    Examples
    --------
    >>> from skanchors.annotations import stamp_paths
    >>> from skanchors.datasets import load_sample_paths
    >>> paths = load_sample_paths()
    >>> stamp_paths(paths) == paths
    True
    """
    return [
        StampedPath(path, _stamp(path)) for path in check_paths(paths, name="paths")
    ]


def _stamp(path: Any) -> tuple[int, ...]:
    status = os.stat(path)
    # The inode too: a file may be replaced by another of the same size and time.
    return status.st_mtime_ns, status.st_size, status.st_ino
