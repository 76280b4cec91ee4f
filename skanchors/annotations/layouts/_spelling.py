"""Folders whose names are written in another case than here."""

import os


class Spelling:
    """Finds folders whatever the case of their names; each is listed once."""

    def __init__(self) -> None:
        self._inner: dict[str, dict[str, str]] = {}

    def find(self, path: str) -> str | None:
        """The folder of this path, or one that differs in case only; None if none."""
        if os.path.isdir(path):
            return path
        above, name = os.path.split(path)
        folder = self.find(above) if above not in ("", path) else above
        if not name or folder is None:
            return None
        found = self.inner(folder or ".").get(name.lower())
        return None if found is None else os.path.join(folder, found)

    def inner(self, folder: str) -> dict[str, str]:
        """Names of the folders in a folder, by the name in lower case."""
        if folder not in self._inner:
            try:
                with os.scandir(folder) as scan:
                    names = sorted(entry.name for entry in scan if _is_folder(entry))
            except (OSError, ValueError):
                names = []
            self._inner[folder] = {name.lower(): name for name in names}
        return self._inner[folder]


def _is_folder(entry: os.DirEntry) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a looped link
        return False
