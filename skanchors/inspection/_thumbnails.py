"""Objects drawn on small copies of their images, where the images are there."""

import io
import json
import os
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from skanchors._optional import require
from skanchors._regular import open_regular, read_regular
from skanchors.annotations._images import IMAGE_ENDINGS
from skanchors.inspection._page_figures import data_address

# What is opened at all, whatever the file is called.
_KINDS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF")
# Where data sets keep images, beside the folder of the annotations or in it.
_FOLDERS = ("", "images", "JPEGImages", "img", "imgs", "train", "val", "test", "valid")
_SIDE = 320
# A small object is shown with so much of its surroundings, in sides of the object.
_AROUND = 6.0
# Larger files are not searched for the names of images.
_MAX_JSON = 64 << 20
_MAX_PIXELS = 100_000_000


def thumbnail(
    path: str, box: Sequence[float], frame: Sequence[float] = (0, 0)
) -> str | None:
    """A box on its image, as a data address of a JPEG; None if that cannot be drawn.

    Parameters
    ----------
    path : str
        The image.
    box : sequence of float
        ``xmin, ymin, xmax, ymax``.
    frame : sequence of float, default=(0, 0)
        Width and height of the image in the unit of the box, since a copy may have
        another size; 0 where nobody knows, for pixels of the file.
    """
    images = require("PIL.Image", extra="report")
    drawing = require("PIL.ImageDraw", extra="report")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # of images that are too large to open
            with open_regular(path) as raw, images.open(raw, formats=_KINDS) as file:
                if file.width * file.height > _MAX_PIXELS:
                    return None
                box = _in_pixels(box, frame, file.size)
                left, top, right, bottom = _view(box, file.size)
                part = file.convert("RGB").crop((left, top, right, bottom))
    except (OSError, ValueError, SyntaxError, Warning, images.DecompressionBombError):
        return None
    scale = _SIDE / max(part.size)
    part = part.resize([max(1, round(side * scale)) for side in part.size])
    # Within the thumbnail, so that what fills the image has an outline too.
    corners = [
        min(max((side - (left, top)[i % 2]) * scale, 2), part.size[i % 2] - 3)
        for i, side in enumerate(box)
    ]
    draw = drawing.Draw(part)
    # Yellow between black, to be seen on anything.
    for grow, ink in ((2, "black"), (1, "#ffd33d"), (0, "#ffd33d"), (-1, "black")):
        left, top, right, bottom = (
            corner - grow if i < 2 else corner + grow
            for i, corner in enumerate(corners)
        )
        draw.rectangle([left, top, max(left, right), max(top, bottom)], outline=ink)
    buffer = io.BytesIO()
    part.save(buffer, format="JPEG", quality=80)
    return data_address(buffer.getvalue(), "jpeg")


def _in_pixels(
    box: Sequence[float], frame: Sequence[float], size: tuple[int, int]
) -> list[float]:
    """The box in pixels of the file, of which some part is there to be seen."""
    if not all(np.isfinite(box)):
        raise ValueError("The place of the object is not known.")
    factors = [
        side / known if known > 0 else 1.0
        for side, known in zip(size, frame, strict=True)
    ]
    found = [value * factors[i % 2] for i, value in enumerate(box)]
    if found[0] >= size[0] or found[1] >= size[1] or found[2] <= 0 or found[3] <= 0:
        raise ValueError("The object lies outside the image.")
    return found


def _view(box: Sequence[float], size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The part of the image to show: all of it, unless the object is small in it."""
    width, height = size
    side = max(box[2] - box[0], box[3] - box[1], 8.0) * _AROUND
    if side >= max(size):
        return 0, 0, width, height
    center = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    left = min(max(center[0] - side / 2, 0), max(width - side, 0))
    top = min(max(center[1] - side / 2, 0), max(height - side, 0))
    return (
        int(left),
        int(top),
        int(min(left + side + 1, width)),
        int(min(top + side + 1, height)),
    )


class ImageFinder:
    """Finds the images of annotation files, looking into each folder once."""

    def __init__(self) -> None:
        self._folders: dict[str, dict[str, str]] = {}
        self._names: dict[str, dict[str, str]] = {}

    def find(self, path: str, image_id: Any) -> str | None:
        """The image that an annotation file speaks of, or None."""
        stem = self._name(path, image_id)
        if stem is None:
            return None
        for folder in _near(path):
            found = self._content(folder).get(stem.lower())
            if found is not None:
                return os.path.join(folder, found)
        return None

    def _name(self, path: str, image_id: Any) -> str | None:
        """The name of the image without its ending."""
        if not path.lower().endswith(".json"):
            return os.path.splitext(os.path.basename(str(path)))[0]
        if path not in self._names:
            self._names[path] = _names_in_json(path)
        name = self._names[path].get(str(image_id), str(image_id))
        # Only the last part: a file must not lead out of the folders looked into.
        return os.path.splitext(os.path.basename(name.replace("\\", "/")))[0] or None

    def _content(self, folder: str) -> dict[str, str]:
        if folder not in self._folders:
            try:
                names = os.listdir(folder)
            except OSError:
                names = []
            self._folders[folder] = {
                os.path.splitext(name)[0].lower(): name
                for name in sorted(names, reverse=True)
                if name.lower().endswith(IMAGE_ENDINGS)
            }
        return self._folders[folder]


def _near(path: str) -> Iterator[str]:
    """Folders that may hold the images of an annotation file, nearest first."""
    folder = os.path.dirname(os.path.abspath(path))
    parts = folder.split(os.sep)
    for i in range(len(parts) - 1, -1, -1):
        if parts[i].lower() in ("labels", "annotations", "obj_train_data"):
            # images/train beside labels/train, and the other way round.
            for other in ("images", "JPEGImages"):
                yield os.sep.join([*parts[:i], other, *parts[i + 1 :]])
            break
    for base in (folder, os.path.dirname(folder)):
        for name in _FOLDERS:
            yield os.path.join(base, name)
    for split in ("train", "val", "train2017", "val2017", "test"):
        yield os.path.join(os.path.dirname(folder), "images", split)
        yield os.path.join(os.path.dirname(folder), split)


def _names_in_json(path: str) -> dict[str, str]:
    """Names of the images of a COCO file by their ids."""
    try:
        content = json.loads(read_regular(path, limit=_MAX_JSON))
        return {
            str(row["id"]): str(row["file_name"])
            for row in content["images"]
            if isinstance(row, dict) and "id" in row and "file_name" in row
        }
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return {}
