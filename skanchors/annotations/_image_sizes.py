"""Sizes of images that annotation files do not tell."""

import csv
import os
import struct
from collections.abc import Mapping
from contextlib import suppress
from pathlib import PurePath

_ENDINGS = (".jpg", ".jpeg", ".png", ".bmp", ".JPG", ".JPEG", ".PNG", ".BMP")
_KNOWN_ENDINGS = {
    *(".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff"),
    *(".xml", ".txt", ".json"),
}


class NoSizes:
    """No sizes are known."""

    def find(self, name):
        """Nothing."""
        return

    def only(self, names):
        """What is needed for some files."""
        return self


class GivenSizes:
    """Sizes by name, from a mapping or a file of comma-separated values.

    Parameters
    ----------
    sizes : mapping or path-like
        From the name of an image or an annotation file, with or without folder and
        ending, to (width, height); or a file with columns name, width, height.
    """

    def __init__(self, sizes):
        pairs = sizes.items() if isinstance(sizes, Mapping) else _read_csv(sizes)
        self._sizes = {}
        for name, size in pairs:
            size = _check_size(size, name)
            for key in _keys(name):
                # A short name that stands for two images of different sizes is
                # of no use; the full names still are.
                if self._sizes.setdefault(key, size) != size:
                    self._sizes[key] = None

    def find(self, name):
        """Width and height, or None."""
        for key in _keys(name):
            if (size := self._sizes.get(key)) is not None:
                return size
        return None

    def only(self, names):
        """The sizes that some annotation files need, if those name their images."""
        if any(str(name).lower().endswith(".json") for name in names):
            return self
        found = ((name, self.find(name)) for name in names)
        return GivenSizes({name: size for name, size in found if size is not None})


class SizesBeside(NoSizes):
    """Sizes from the headers of the images that belong to label files.

    The image is in the folder of the label file, or in the folder ``images`` that
    mirrors ``labels``.
    """

    def find(self, name):
        """Width and height, or None."""
        for stem in _image_stems(name):
            for ending in _ENDINGS:
                if os.path.isfile(stem + ending):
                    return image_size(stem + ending)
        return None


def make_sizes(image_sizes, beside):
    """The source of sizes for a value of the parameter `image_sizes`."""
    if image_sizes is not None:
        return GivenSizes(image_sizes)
    return SizesBeside() if beside else NoSizes()


def _keys(name):
    """Names for the same image, the most telling first."""
    full = str(name).replace("\\", "/")
    stem, ending = os.path.splitext(full)
    keys = [full, stem] if ending.lower() in _KNOWN_ENDINGS else [full]
    return dict.fromkeys(keys + [key.rpartition("/")[2] for key in keys])


def _check_size(size, name):
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


def _read_csv(path):
    try:
        path = os.fspath(path)
    except TypeError:
        raise TypeError(
            "image_sizes must be None, a mapping from names to (width, height), or the "
            f"path of a CSV file, got {type(path).__name__}."
        ) from None
    with open(path, encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.reader(file), 1):
            if number == 1 and len(row) > 1 and not row[1].strip().isdigit():
                continue  # the header
            if len(row) < 3:
                raise ValueError(
                    f"{path}, line {number}: expected name, width, height, got {row!r}."
                )
            yield row[0].strip(), row[1:3]


def _image_stems(path):
    """Where the image of a label file may be, without its ending."""
    stem = os.path.splitext(path)[0]
    yield stem
    parts = list(PurePath(stem).parts)
    if "labels" in parts:
        last = len(parts) - 1 - parts[::-1].index("labels")
        parts[last] = "images"
        yield str(PurePath(*parts))


def image_size(path):
    """Read the size of an image from its header.

    Parameters
    ----------
    path : str or path-like
        A PNG, JPEG or BMP file.

    Returns
    -------
    tuple of float or None
        Width and height as shown, after the rotation that a camera may have noted;
        None if the header cannot be read.
    """
    with open(path, "rb") as file:
        try:
            start = file.read(26)
            for magic, read in _READERS.items():
                if start.startswith(magic):
                    return _check_size(read(file, start), path)
        except (struct.error, ValueError):
            return None
    return None


def _png_size(file, start):
    return struct.unpack(">II", start[16:24])


def _bmp_size(file, start):
    width, height = struct.unpack("<ii", start[18:26])
    return width, abs(height)  # negative: stored from top to bottom


def _jpeg_size(file, start):
    file.seek(2)
    turned = False
    while True:
        marker, kind, length = struct.unpack(">BBH", file.read(4))
        if marker != 0xFF or length < 2:
            raise ValueError("not a JPEG segment")
        if kind in _FRAMES:
            _, height, width = struct.unpack(">BHH", file.read(5))
            return (height, width) if turned else (width, height)
        if kind == 0xE1:
            with suppress(struct.error):  # broken Exif is as good as none
                turned = turned or _is_turned(file.read(length - 2))
        else:
            file.seek(length - 2, os.SEEK_CUR)


def _is_turned(exif):
    """Whether the Exif orientation swaps width and height."""
    if not exif.startswith(b"Exif\0\0"):
        return False
    tiff = exif[6:]
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return False
    (offset,) = struct.unpack_from(order + "I", tiff, 4)
    (n_entries,) = struct.unpack_from(order + "H", tiff, offset)
    for i in range(n_entries):
        tag, _, _, value = struct.unpack_from(order + "HHIH", tiff, offset + 2 + 12 * i)
        if tag == 0x0112:
            return 5 <= value <= 8
    return False


# Markers that start a frame; 0xC4, 0xC8 and 0xCC in their midst are other things.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_READERS = {
    b"\x89PNG\r\n\x1a\n": _png_size,
    b"\xff\xd8": _jpeg_size,
    b"BM": _bmp_size,
}
