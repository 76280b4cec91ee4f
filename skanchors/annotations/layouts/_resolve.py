"""Paths as they are written in a data set's own files, found where they are here."""

import os
import re
from collections.abc import Callable, Sequence

from skanchors.annotations.layouts._pairing import as_parts

# What says too little to be looked for alone.
_VAGUE = {"images", "labels", "jpegimages", "annotations"}

# More folders deep is nothing.
_MOST_PARTS = 50
# After as many paths that are nowhere, others are looked for only where some were.
_PATIENCE = 1000


class Resolver:
    """Tries a path the ways the tools do, then ever shorter ends of it.

    Paths in lists and configurations were right on another machine, or relative to
    the folder that somebody started a program in.

    Parameters
    ----------
    bases : sequence of str
        Folders that a relative path may start from, likeliest first.
    near : sequence of str
        Folders where ends of paths are looked for; not where other data sets may be.
    """

    def __init__(self, bases: Sequence[str], near: Sequence[str]) -> None:
        self._bases = list(dict.fromkeys(os.path.normpath(base) for base in bases))
        self._near = list(dict.fromkeys(os.path.normpath(base) for base in near))
        # What was right before, the latest last: a folder, and how much was dropped.
        self._right: dict[tuple[str, int], None] = {}
        self._n_failed = 0

    def find(self, text: str, exists: Callable[[str], bool]) -> str | None:
        """The first candidate that exists, or None.

        Parameters
        ----------
        text : str
            A path, absolute or relative, of any operating system.
        exists : callable
            ``exists(path) -> bool``.
        """
        text = text.strip().strip("\"'")
        parts = as_parts(re.sub(r"^[A-Za-z]:(?=[\\/])", "", text))
        if text in (".", "./"):
            return next((base for base in self._bases if exists(base)), None)
        if not text or not 0 < len(parts) <= _MOST_PARTS or "\0" in text:
            return None
        # Most lines of a list are wrong in the same way.
        given_up = self._n_failed >= _PATIENCE
        for base, dropped in [*reversed(self._right)][: None if given_up else 1]:
            if dropped < len(parts):
                path = os.path.normpath(os.path.join(base, *parts[dropped:]))
                if exists(path):
                    return path
        if os.path.isabs(text) and exists(text):
            return os.path.normpath(text)
        if given_up:
            return None
        found = self._search(text, parts, exists)
        if found is None:
            self._n_failed += 1
        return found

    def _search(
        self, text: str, parts: list[str], exists: Callable[[str], bool]
    ) -> str | None:
        """Try the folders, then ends of the path."""
        if not text.startswith(("/", "\\")):
            for base in self._bases:
                path = os.path.normpath(os.path.join(base, *parts))
                if exists(path):
                    self._was_right(base, 0)
                    return path
        start = next((i for i, part in enumerate(parts) if part != ".."), len(parts))
        for dropped in range(start, len(parts)):
            tail = parts[dropped:]
            if len(tail) == 1 < len(parts) - start and tail[0].lower() in _VAGUE:
                break
            for base in self._near:
                path = os.path.normpath(os.path.join(base, *tail))
                if exists(path):
                    self._was_right(base, dropped)
                    return path
        return None

    def _was_right(self, base: str, dropped: int) -> None:
        self._right.pop((base, dropped), None)
        self._right[base, dropped] = None
