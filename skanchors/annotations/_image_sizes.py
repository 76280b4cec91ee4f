"""Sizes of images that annotation files do not tell."""

import csv
import io
import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePath
from typing import Any

from skanchors._plain_text import NOT_TEXT
from skanchors._regular import open_regular
from skanchors.annotations._files import InvalidFileError, split_path
from skanchors.annotations._image_headers import image_size
from skanchors.annotations._images import IMAGE_ENDINGS
from skanchors.annotations._text import text_of

# Sizes of a million images have some 40 MB.
MAX_BYTES = 256 << 20

# More folders deep is no path of an image.
_MOST_PARTS = 8
# After as many images that are nowhere, others are looked for less.
_PATIENCE = 1000
_KNOWN_ENDINGS = {*IMAGE_ENDINGS, ".xml", ".txt", ".json"}
_ANNOTATION_FOLDERS = (
    *("labels", "label", "annotations", "annotation", "xml", "xmls", "json", "jsons"),
    *("txt", "txts", "ann", "anns", "lbl"),
)
_IMAGE_FOLDERS = ("images", "jpegimages", "image", "imgs", "img", "data")


class NoSizes:
    """No sizes are known."""

    def find(self, name: str, near: str | None = None) -> tuple[float, float] | None:
        """Size of an image, or None.

        Parameters
        ----------
        name : str
            The image, or its annotation file.
        near : str or None, default=None
            The annotation file, if that is of many images and `name` is one of them.
        """
        return None

    def only(self, names: Any) -> "NoSizes":
        """What is needed for some files."""
        return self


class GivenSizes(NoSizes):
    """Sizes by name, from a mapping or a file of comma-separated values.

    Parameters
    ----------
    sizes : mapping or path-like
        From the name of an image or an annotation file, with or without folder and
        ending, to (width, height); or a file with columns name, width, height.
    """

    def __init__(self, sizes: Any) -> None:
        pairs = sizes.items() if isinstance(sizes, Mapping) else _read_csv(sizes)
        self._sizes: dict[str, tuple[float, float] | None] = {}
        for name, size in pairs:
            size = _check_size(size, name)
            for key in _keys(name):
                # A short name that stands for two images of different sizes is
                # of no use; the full names still are.
                if self._sizes.setdefault(key, size) != size:
                    self._sizes[key] = None

    def find(self, name: str, near: str | None = None) -> tuple[float, float] | None:
        """Width and height, or None."""
        for key in _keys(name):
            if (size := self._sizes.get(key)) is not None:
                return size
        return None

    def only(self, names: Any) -> NoSizes:
        """The sizes that some annotation files need, if those name their images."""
        if any(str(name).lower().endswith(".json") for name in names):
            return self
        found = ((name, self.find(name)) for name in names)
        return GivenSizes({name: size for name, size in found if size is not None})


class SizesBeside(NoSizes):
    """Sizes from the headers of the images that belong to annotation files.

    The image is in the folder of the annotation file, or in the folder of images that
    mirrors ``labels`` or ``annotations``. Each folder is listed once.
    """

    def __init__(self) -> None:
        # By folder of annotation files: folders of images, with the images of each.
        self._places: dict[str, list[tuple[str, dict[str, str]]]] = {}
        self._of_splits: dict[str, list[tuple[str, dict[str, str]]]] = {}
        self._n_lost = 0
        self._scanned: dict[str, tuple[dict[str, str], list[str]]] = {}

    def __getstate__(self) -> dict:
        return SizesBeside().__dict__  # cheap to send to a process

    def find(self, name: str, near: str | None = None) -> tuple[float, float] | None:
        """Width and height, or None."""
        if near is None:
            folder, name = split_path(name)
        else:
            folder, name = os.path.dirname(near), _plain(name)
        places = self._places.get(folder)
        if places is None:
            places = self._places[folder] = self._list(folder)
        if near is None and not places:
            return None
        stem = os.path.splitext(name)[0]
        more = [] if near is None else self._of_split(near, folder)
        for place, images in (*places, *more):
            if stem in images:
                return image_size(os.path.join(place, images[stem]))
        if near is None or "/" not in name:
            return None
        # COCO's file_name may have folders in it, some of another machine.
        starts = (*(place for place, _ in places), folder, os.path.dirname(folder))
        parts = name.split("/")[-_MOST_PARTS:]
        # Most names of a file are wrong in the same way.
        n_tried = len(parts) - 1 if self._n_lost < _PATIENCE else 1
        for i in range(n_tried):
            for place in dict.fromkeys(starts):
                size = self.find(os.path.join(place, *parts[i:]))
                if size is not None:
                    return size
        self._n_lost += 1
        return None

    def _of_split(self, near: str, folder: str) -> list[tuple[str, dict[str, str]]]:
        """Folders that a file of many images names: train2017 of instances_train2017.

        Each with its images; `folder` is that of the file.
        """
        if near not in self._of_splits:
            stem = os.path.splitext(os.path.basename(near))[0].lower()
            places = image_folders(folder, lambda place: self._scan(place)[1])
            found = []
            for place in dict.fromkeys((*places, folder, os.path.dirname(folder))):
                for name in self._folders_in(place):
                    if len(name) > 2 and name.lower() in stem:
                        inner = os.path.join(place, name)
                        found.append((inner, self._scan(inner)[0]))
            self._of_splits[near] = found
        return self._of_splits[near]

    @staticmethod
    def _folders_in(place: str) -> list[str]:
        try:
            with os.scandir(place or ".") as scan:
                # Names of images have a point, so few need to be looked at.
                return sorted(e.name for e in scan if "." not in e.name and e.is_dir())
        except (OSError, ValueError):
            return []

    def _list(self, folder: str) -> list[tuple[str, dict[str, str]]]:
        places = image_folders(folder, lambda place: self._scan(place)[1])
        listed = ((place, self._scan(place)[0]) for place in places)
        return [(place, images) for place, images in listed if images]

    def _scan(self, folder: str) -> tuple[dict[str, str], list[str]]:
        """The images in a folder, by name without ending; folders named as theirs."""
        if folder not in self._scanned:
            try:
                with os.scandir(folder or ".") as scan:
                    names = sorted(entry.name for entry in scan)
            except (OSError, ValueError):
                names = []
            found = [
                (IMAGE_ENDINGS.index(ending), stem, name)
                for name in names
                for stem, dot, rest in [name.rpartition(".")]
                if (ending := f"{dot}{rest}".lower()) in IMAGE_ENDINGS
            ]
            # Of two images of one name, that of the ending which is named first.
            images = {stem: name for _, stem, name in sorted(found, reverse=True)}
            inner = [name for name in names if name.lower() in _IMAGE_FOLDERS]
            inner.sort(key=lambda name: _IMAGE_FOLDERS.index(name.lower()))
            self._scanned[folder] = images, inner
        return self._scanned[folder]


def image_folders(folder: str, inner: Callable[[str], list[str]]) -> list[str]:
    """Folders where the images of a folder of annotation files may be.

    Parameters
    ----------
    folder : str
        The folder of annotation files.
    inner : callable
        Gives the names of the folders in a folder that are named as those of images.
    """
    parts = list(PurePath(folder).parts)
    found = [folder]
    for i in range(len(parts) - 1, -1, -1):
        if parts[i].lower() in _ANNOTATION_FOLDERS:
            above = str(PurePath(*parts[:i]))
            found += [
                str(PurePath(above, images, *parts[i + 1 :])) for images in inner(above)
            ]
            break
    found += [os.path.join(folder, images) for images in inner(folder)]
    return list(dict.fromkeys(found))


def _plain(name: str) -> str:
    """A name in a file, with no way out of the folders that are searched."""
    parts = name.replace("\\", "/").split("/")
    return "/".join(part for part in parts if part not in ("", ".", ".."))


def make_sizes(image_sizes: Any, beside: bool) -> NoSizes:
    """The source of sizes for a value of the parameter `image_sizes`."""
    if image_sizes is not None:
        return GivenSizes(image_sizes)
    return SizesBeside() if beside else NoSizes()


def _keys(name: Any) -> dict[str, None]:
    """Names for the same image, the most telling first."""
    full = str(name).replace("\\", "/")
    stem, ending = os.path.splitext(full)
    keys = [full, stem] if ending.lower() in _KNOWN_ENDINGS else [full]
    return dict.fromkeys(keys + [key.rpartition("/")[2] for key in keys])


def _check_size(size: Any, name: Any) -> tuple[float, float]:
    try:
        width, height = map(float, size)
    except (TypeError, ValueError):
        raise ValueError(
            f"image_sizes must give (width, height) for each name, got {size!r} for "
            f"{name!r}."
        ) from None
    if not (1 <= width < 1e9 and 1 <= height < 1e9):
        raise ValueError(f"image_sizes gives {size!r} for {name!r}; sizes are pixels.")
    return width, height


def _read_csv(path: Any) -> Iterator[tuple[str, list[str]]]:
    try:
        path = os.fspath(path)
    except TypeError:
        raise TypeError(
            "image_sizes must be None, a mapping from names to (width, height), or the "
            f"path of a CSV file, got {type(path).__name__}."
        ) from None
    try:
        binary = open_regular(path)
    except (IsADirectoryError, ValueError):
        raise OSError(
            f"image_sizes: {path!r} is a folder, a device or a pipe."
        ) from None
    with binary:
        data = binary.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValueError(f"image_sizes: {path} is larger than {MAX_BYTES >> 20} MiB.")
    try:
        text = text_of(data, "a table of sizes")
    except InvalidFileError:
        raise ValueError(f"image_sizes: {path} is {NOT_TEXT}.") from None
    first = text[:_MAX_LINE].splitlines()[0] if text else ""
    delimiter = max(",;\t", key=first.count)
    places = (0, 1, 2)
    try:
        lines = csv.reader(io.StringIO(text, newline=None), delimiter=delimiter)
        for number, row in enumerate(lines, 1):
            if number == 1 and (found := _header(row)) is not None:
                places = found
            elif len(row) > max(places):
                name, *size = (row[place].strip() for place in places)
                yield name, size
            elif row:
                raise ValueError(
                    f"{path}, line {number}: expected name, width, height, got "
                    f"{row!r:.100}."
                )
    except csv.Error as error:
        raise ValueError(f"image_sizes: {path} is no CSV: {error}.") from None


_WIDTHS = ("width", "imagewidth", "imgwidth", "w")
_HEIGHTS = ("height", "imageheight", "imgheight", "h")
# Of a first line.
_MAX_LINE = 10_000


def _header(row: list[str]) -> tuple[int, int, int] | None:
    """Where the name, the width and the height are; None for a row of them."""
    if len(row) < 3:
        return None
    words = [re.sub("[^a-z]", "", cell.lower()) for cell in row]
    width = [i for i, word in enumerate(words) if word in _WIDTHS]
    height = [i for i, word in enumerate(words) if word in _HEIGHTS]
    if width and height:
        others = [i for i in range(len(row)) if i not in (width[0], height[0])]
        named = [i for i in others if re.search("name|image|file|path|id", words[i])]
        return ([*named, *others, 0])[0], width[0], height[0]
    numbers = re.compile(r"\s*[-+]?[\d.]+(?:[eE][-+]?\d+)?\s*")
    return None if any(map(numbers.fullmatch, row[1:3])) else (0, 1, 2)
