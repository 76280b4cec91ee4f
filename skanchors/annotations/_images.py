"""The images that annotations were read from, those without objects too."""

from typing import Any, NamedTuple

import numpy as np

# Endings of images whose sizes can be read, the usual ones first.
IMAGE_ENDINGS = (".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff")


class Images(NamedTuple):
    """Images in the order in which they were read.

    Attributes
    ----------
    path : ndarray of str, dtype object
        File that the annotations were read from.
    image_id : ndarray of object
        The file name without its ending, for COCO the ``id`` of the image.
    width, height : ndarray of float64
        Size in pixels, 0 where it is unknown.
    split : ndarray of str, dtype object, or None
        The part of the data set, such as "train"; None where nothing is known of parts.
    name : ndarray of str, dtype object, or None
        File name of the image where it is not `image_id`, as in COCO; None if no file
        tells it.
    """

    path: np.ndarray
    image_id: np.ndarray
    width: np.ndarray
    height: np.ndarray
    split: np.ndarray | None = None
    name: np.ndarray | None = None

    @property
    def size(self) -> np.ndarray:
        """Widths and heights, of shape (n_images, 2)."""
        return np.column_stack([self.width, self.height])

    def take(self, rows: Any) -> "Images":
        """Some of the images, chosen by a mask, a slice or an array of row numbers."""
        return Images(
            self.path[rows],
            self.image_id[rows],
            self.width[rows],
            self.height[rows],
            None if self.split is None else self.split[rows],
            None if self.name is None else self.name[rows],
        )


def of_boxes(
    path: np.ndarray, image_id: np.ndarray, width: np.ndarray, height: np.ndarray
) -> tuple[Images, np.ndarray]:
    """The images that rows of boxes speak of, and the image of each row.

    Parameters
    ----------
    path, image_id, width, height : ndarrays of shape (n_boxes,)
        Of the image of each box.
    """
    number: dict[tuple[Any, Any], int] = {}
    index = np.array(
        [
            number.setdefault(key, len(number))
            for key in zip(path.tolist(), map(str, image_id.tolist()), strict=True)
        ],
        dtype=np.intp,
    )
    first = np.full(len(number), len(index), dtype=np.intp)
    np.minimum.at(first, index, np.arange(len(index)))
    return Images(path[first], image_id[first], width[first], height[first]), index


def concatenate(parts: list[Images]) -> Images:
    """All images of several lists."""
    whole = Images(
        np.concatenate([part.path for part in parts]),
        np.concatenate([part.image_id for part in parts]),
        np.concatenate([part.width for part in parts]),
        np.concatenate([part.height for part in parts]),
    )
    return whole._replace(split=_column(parts, "split"), name=_column(parts, "name"))


def _column(parts: list[Images], field: str) -> np.ndarray | None:
    """A column that not all parts have; text without a letter where it is not known."""
    values = [getattr(part, field) for part in parts]
    if all(value is None for value in values):
        return None
    known = [
        np.full(len(part.path), "", dtype=object) if value is None else value
        for part, value in zip(parts, values, strict=True)
    ]
    return np.concatenate(known)
