"""The folders below a root, listed once."""

import os
from typing import Any

from skanchors._plain_text import encoding_of
from skanchors.annotations._files import InvalidFileError, read_bytes
from skanchors.annotations.layouts._spelling import Spelling

# Data sets nest a few folders deep. What has more folders than this is a disk.
_MAX_DEPTH = 12
_MAX_FOLDERS = 100_000
# Lists of a million images have some 60 MB.
_MAX_TEXT = 256 << 20


class Tree:
    """Names in the folders below a root.

    Parameters
    ----------
    root : str
        The folder.
    walk : bool, default=True
        Whether to list it at once; else folders are listed when they are asked for.

    Attributes
    ----------
    root : str
        The folder.
    folders : dict of str to list of str
        Names of the files in each folder below it, sorted; hidden ones are left out.
    problems : list of (str, str)
        Folders that could not be listed, and why.
    spelling : Spelling
        Finds folders whatever the case of their names.
    names_at : dict of (str, str) to object
        Names of classes in folders that were looked into, by folder and kind.
    """

    def __init__(self, root: str, walk: bool = True) -> None:
        self.root = root
        self.folders: dict[str, list[str]] = {}
        self.problems: list[tuple[str, str]] = []
        self._names: dict[str, dict[str, str]] = {}
        self._spelt: dict[str, str] = {}
        self.spelling = Spelling()
        self.names_at: dict[tuple[str, str], Any] = {}
        if walk:
            self._walk()

    def _walk(self) -> None:
        seen = set()
        waiting = [(self.root, 0)]
        while waiting:
            folder, depth = waiting.pop()
            try:
                status = os.stat(folder)
                with os.scandir(folder) as scan:
                    entries = sorted(scan, key=lambda entry: entry.name)
            except OSError as error:
                self.problems.append((folder, error.strerror or str(error)))
                continue
            # A link may lead back up; each folder is visited once.
            identity = (status.st_dev, status.st_ino)
            if identity in seen and status.st_ino:
                continue
            seen.add(identity)
            if len(seen) > _MAX_FOLDERS:
                self.problems.append((folder, f"more than {_MAX_FOLDERS} folders"))
                return
            files, below = [], []
            for entry in entries:
                # macOS leaves "._name.xml" beside "name.xml" on other disks.
                if entry.name.startswith(".") or entry.name == "__MACOSX":
                    continue
                try:
                    if entry.is_dir():
                        below.append(entry.path)
                    elif entry.is_file():
                        files.append(entry.name)
                    elif entry.is_symlink() and _is_wanted(entry):
                        why = "the link leads to nothing; fetch the file"
                        self.problems.append((entry.path, why))
                except OSError as error:  # a looped link
                    why = error.strerror or str(error)
                    self.problems.append((entry.path, why))
            self.folders[folder] = files
            if depth == _MAX_DEPTH and below:
                self.problems.append((folder, f"more than {_MAX_DEPTH} folders deep"))
                continue
            waiting += [(path, depth + 1) for path in below[::-1]]

    def below(self, folder: str) -> dict[str, list[str]]:
        """The folders from one on downwards."""
        start = os.path.join(folder, "")
        return {
            path: names
            for path, names in self.folders.items()
            if path == folder or path.startswith(start)
        }

    def folder(self, path: str) -> str | None:
        """The folder of this path below the root, whatever its case; None if none."""
        if path in self.folders:
            return path
        if not self._spelt:
            self._spelt = {folder.lower(): folder for folder in self.folders}
        return self._spelt.get(path.lower())

    def find(self, path: str) -> str | None:
        """The file of this path, whatever the case of its ending; None if none."""
        folder, name = os.path.split(path)
        stem, ending = os.path.splitext(name)
        found = self.names(folder).get(stem + ending.lower())
        return None if found is None else os.path.join(folder, found)

    def names(self, folder: str) -> dict[str, str]:
        """Names of a folder's files, by the name with its ending in lower case."""
        if folder not in self._names:
            if len(self._names) >= _MAX_FOLDERS:
                self._names.clear()
            files = self.folders.get(folder)
            if files is None:
                files = _files(folder)
            pairs = ((os.path.splitext(name), name) for name in files)
            self._names[folder] = {stem + end.lower(): n for (stem, end), n in pairs}
        return self._names[folder]


def _files(folder: str) -> list[str]:
    try:
        with os.scandir(folder or ".") as scan:
            return sorted(entry.name for entry in scan if _is_file(entry))
    except (OSError, ValueError):
        return []


def _is_wanted(link: os.DirEntry) -> bool:
    """Whether a link that leads to no file stands for one, not for a device."""
    name = link.name.lower()
    return name.endswith(_ANNOTATIONS) and not os.path.exists(link.path)


# Images are often left behind; annotations should not be.
_ANNOTATIONS = (".xml", ".json", ".txt", ".csv")


def _is_file(entry: os.DirEntry) -> bool:
    try:
        return entry.is_file()
    except OSError:  # a looped link, which does not hide the others
        return False


def read_text(path: str) -> str:
    """The text of a small file; what is not UTF-8 in it is replaced.

    Raises
    ------
    ValueError
        If it is too large, or the file system does not give it.
    """
    try:
        data = read_bytes(path, _MAX_TEXT)
    except (InvalidFileError, OSError) as error:
        raise ValueError(f"{path}: {error}") from None
    return decode(data)


def decode(data: bytes) -> str:
    """Text of bytes; what is none is replaced."""
    return data.decode(encoding_of(data), errors="replace")
