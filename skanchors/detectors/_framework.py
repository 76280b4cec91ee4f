"""What a framework does to an image, its boxes and its anchors before it assigns them.

The base class is exact: no side is rounded, and what is padded is padded at the right
and at the bottom. A family of detectors overrides what its code does otherwise. Numbers
end as single precision, in the order of operations of that code, because ties between
anchors and sides on a whole number of pixels hang on the last bit.
"""

from typing import Any, NamedTuple

import numpy as np

from skanchors.export import AnchorSet

# How detectors with a feature pyramid read COCO in their published configurations.
EDGES: dict[str, Any] = {
    "scaling": "shortest_edge",
    "input_size": (800, 1333),
    "offset": 0.0,
}

# Quotients of strides that are fractions may miss a whole number by this much.
_SLACK = 1e-9


class Placement(NamedTuple):
    """Where images end in the network's input, one row an image, columns x and y.

    `size` is that of the resized image, `factor` what a box is multiplied by, `shift`
    where the image begins, and `canvas` the input with its padding.
    """

    size: np.ndarray
    factor: np.ndarray
    shift: np.ndarray
    canvas: np.ndarray


class Shapes(NamedTuple):
    """The anchors of one cell of each level, in the framework's own order.

    `level` and `anchor` (a row of the `AnchorSet`) have shape (n_shapes,). `low` and
    `high` (n_shapes, 2) are corners about the centre as the framework holds them, and
    `half` is half of each side in pixels, float64.
    """

    level: np.ndarray
    anchor: np.ndarray
    low: np.ndarray
    high: np.ndarray
    half: np.ndarray


class Framework:
    """Exact resizing, padding and grids; the base of all frameworks."""

    # Inputs without a fixed size are padded to a multiple of this.
    divisor = 1
    # Boxes are cut at the border of the resized image.
    clips = False

    def place(
        self, images: np.ndarray, scaling: str, input_size: tuple | None
    ) -> Placement:
        """Resize and pad images.

        Parameters
        ----------
        images : ndarray of shape (n_images, 2)
            Widths and heights.
        scaling : {"stretch", "letterbox", "shortest_edge", "pixels"}
            How they are scaled.
        input_size : (float, float) or None
            Width and height, or shortest and longest side, or None for "pixels".
        """
        size = self.resize(images, scale_factors(images, scaling, input_size))
        if scaling in ("stretch", "letterbox"):
            canvas = np.broadcast_to(np.array(input_size, dtype=float), images.shape)
        else:
            canvas = np.ceil(size / self.divisor - _SLACK) * self.divisor
        return Placement(
            size, self.box_factors(size, images), np.zeros_like(images), canvas
        )

    def resize(self, images: np.ndarray, factors: np.ndarray) -> np.ndarray:
        """Sizes of resized images; `factors` broadcasts to `images` (n_images, 2)."""
        return images * factors

    def box_factors(self, size: np.ndarray, images: np.ndarray) -> np.ndarray:
        """What boxes are multiplied by; both arguments have shape (n_images, 2)."""
        return size / images

    def boxes(
        self,
        boxes: np.ndarray,
        image: np.ndarray,
        images: np.ndarray,
        place: Placement,
    ) -> np.ndarray:
        """Boxes in the input, in pixels.

        Parameters
        ----------
        boxes : ndarray of shape (n_boxes, 4)
            Low x, low y, high x, high y in pixels of the image, float64.
        image : ndarray of shape (n_boxes,)
            The row of `images` that each is of.
        images : ndarray of shape (n_images, 2)
            Widths and heights.
        place : Placement
            Where they end.

        Returns
        -------
        ndarray of shape (n_boxes, 4)
            float32.
        """
        factor, shift = (np.tile(a[image], 2) for a in (place.factor, place.shift))
        if factor.dtype == np.float32:
            found = boxes.astype(np.float32) * factor
        else:
            found = (boxes * factor + shift).astype(np.float32)
        if self.clips:
            found = np.clip(found, 0, np.tile(place.size[image], 2), dtype=np.float32)
        return found

    def relative(
        self,
        boxes: np.ndarray,
        image: np.ndarray,
        images: np.ndarray,
        place: Placement,
    ) -> np.ndarray:
        """Centre, width and height as fractions of the input; arguments as `boxes`."""
        found = self.boxes(boxes, image, images, place)
        return to_centre(found) / np.tile(place.canvas[image], 2).astype(np.float32)

    def usable(
        self, relative: np.ndarray, image: np.ndarray, place: Placement
    ) -> np.ndarray:
        """Which boxes the loader keeps, bool of shape (n_boxes,)."""
        return np.ones(len(relative), dtype=bool)

    def cells(self, canvas: np.ndarray, strides: np.ndarray) -> np.ndarray:
        """Columns and rows of each level, int of shape (n_images, n_levels, 2)."""
        quotient = canvas[:, None, :] / np.asarray(strides, dtype=float)[:, None]
        return np.maximum(np.ceil(quotient - _SLACK), 1).astype(np.int64)

    def pitch(
        self, canvas: np.ndarray, cells: np.ndarray, strides: np.ndarray
    ) -> np.ndarray:
        """Pixels from one anchor to the next, float of the shape of `cells`."""
        return np.broadcast_to(np.asarray(strides, float)[:, None], cells.shape).copy()

    def shapes(self, anchors: AnchorSet, input_size: tuple | None) -> Shapes:
        """The anchors of one cell of each level; the set has levels."""
        parts = []
        for level in range(len(anchors.levels)):
            rows, sides = self.sides(anchors, level, input_size)
            low, high = self.corners(sides)
            half = (high - low).astype(float) / 2
            parts.append(Shapes(np.full(len(rows), level), rows, low, high, half))
        return Shapes(*map(np.concatenate, zip(*parts, strict=True)))

    def sides(
        self, anchors: AnchorSet, level: int, input_size: tuple | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Rows of the set on a level, in the framework's order, and their sides."""
        rows = np.array(anchors.levels[level])
        return rows, anchors.anchors[rows].astype(np.float32)

    def corners(self, sides: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Low and high corners about the centre of anchors, float32 (n_shapes, 2)."""
        return -sides / 2, sides / 2

    def edges(
        self,
        cell: np.ndarray,
        corner: np.ndarray,
        pitch: np.ndarray,
        extent: np.ndarray,
        offset: float,
    ) -> np.ndarray:
        """Where anchors begin or end on one axis, float32.

        Parameters
        ----------
        cell : ndarray of shape (n,)
            Column or row.
        corner : ndarray of shape (n,)
            `low` or `high` of the shape.
        pitch, extent : ndarray of shape (n,)
            Pixels from one anchor to the next, and of the whole input.
        offset : float
            Where in its cell the centre lies, 0 to 1.
        """
        return ((cell + offset) * pitch).astype(np.float32) + corner


def scale_factors(
    images: np.ndarray, scaling: str, input_size: tuple | None
) -> np.ndarray:
    """Exact factors of images, of shape (n_images, 1) or (n_images, 2).

    Parameters
    ----------
    images : ndarray of shape (n_images, 2)
        Widths and heights.
    scaling : {"stretch", "letterbox", "shortest_edge", "pixels"}
        How.
    input_size : (float, float) or None
        Width and height, or shortest and longest side.
    """
    if scaling == "pixels":
        return np.ones((len(images), 1))
    target = np.array(input_size, dtype=float)
    if scaling == "stretch":
        return target / images
    if scaling == "letterbox":
        return (target / images).min(axis=1, keepdims=True)
    both = np.stack([target[0] / images.min(axis=1), target[1] / images.max(axis=1)])
    return both.min(axis=0)[:, None]


def half_up(images: np.ndarray, factors: np.ndarray) -> np.ndarray:
    """Sides rounded, halves upwards."""
    return np.floor(images * factors + 0.5)


def to_centre(boxes: np.ndarray) -> np.ndarray:
    """Centre x, centre y, width and height of corners, one row a box."""
    low, high = boxes[:, :2], boxes[:, 2:]
    return np.concatenate([(low + high) / 2, high - low], axis=1)


def form_order(anchors: AnchorSet, level: int, derived: np.ndarray) -> np.ndarray:
    """Rows of the set on a level in the order of `derived` (n_on_level, 2)."""
    rows = np.array(anchors.levels[level])
    free = np.ones(len(rows), dtype=bool)
    logs = np.log(anchors.anchors[rows])
    order = []
    for row in np.log(np.asarray(derived, dtype=float)):
        distance = np.where(free, np.abs(logs - row).max(axis=1), np.inf)
        order.append(int(distance.argmin()))
        free[order[-1]] = False
    return rows[order]


def crossed(anchors: AnchorSet, level: int) -> tuple[np.ndarray, np.ndarray] | None:
    """Sizes and ratios of a level, float64, or None where the set is not crossed."""
    if anchors.form != "cross":
        return None
    ratios = anchors.ratios
    row = ratios[level] if isinstance(ratios[0], tuple) else ratios
    return np.array(anchors.sizes[level]), np.array(row)
