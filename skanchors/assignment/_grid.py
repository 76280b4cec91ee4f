"""The detector's anchors about objects, never the whole grid.

On each axis the overlap of an object with an anchor depends on the column or the row
alone, and falls with the distance of the centres. So for each object and each anchor of
a cell, the columns and rows that can reach an IoU form a window; within it the IoU is
an outer product. Only windows are computed, for all objects at once, in single
precision and the order of operations of the detectors' code.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from skanchors.detectors._framework import Framework, Placement, Shapes
from skanchors.metrics._grid import overlap

# Objects worked on at once, and entries of windows.
_BLOCK_OBJECTS = 1024
_BLOCK_ENTRIES = 400_000

# Windows are a little larger than they need be, for what single precision rounds.
_MARGIN = 1e-3


class Pairs(NamedTuple):
    """Objects and anchors on the grid, with their IoU; arrays of one length.

    `obj` is a row of the grid's boxes, `shape` a row of its shapes, `slot` numbers the
    anchors of all images, and `iou` is float32.
    """

    obj: np.ndarray
    shape: np.ndarray
    slot: np.ndarray
    iou: np.ndarray


class Grid:
    """Objects of some images, and the anchors of the detector about them.

    Attributes
    ----------
    boxes : ndarray of shape (n_objects, 4)
        Low x, low y, high x, high y in pixels of the input, float32. Objects of one
        image follow each other, in the order of the file.
    relative : ndarray of shape (n_objects, 4)
        Centre, width and height as fractions of the input, float32.
    usable : ndarray of shape (n_objects,)
        Which objects the detector's loader keeps.
    image : ndarray of shape (n_objects,)
        The image of each object, a row of `cells`.
    shapes : Shapes
        The anchors of one cell of each level.
    cells : ndarray of shape (n_images, n_levels, 2)
        Columns and rows.
    pitch : ndarray of shape (n_images, n_levels, 2)
        Pixels from one anchor to the next.
    canvas : ndarray of shape (n_images, 2)
        Width and height of the padded input.
    anchors : ndarray of shape (n_anchors, 2)
        All anchors of the set, on levels or not.
    first_slot : ndarray of shape (n_images + 1,)
        Number of the first anchor of each image.
    """

    def __init__(
        self,
        boxes: np.ndarray,
        relative: np.ndarray,
        image: np.ndarray,
        place: Placement,
        shapes: Shapes,
        anchors: np.ndarray,
        strides: tuple,
        offset: float,
        framework: Framework,
    ) -> None:
        self.boxes, self.relative, self.image = boxes, relative, image
        self.usable = framework.usable(relative, image, place)
        self.canvas, self.shapes, self.anchors = place.canvas, shapes, anchors
        self.offset, self.framework = offset, framework
        self.cells = framework.cells(place.canvas, np.asarray(strides, dtype=float))
        self.pitch = framework.pitch(place.canvas, self.cells, np.asarray(strides))
        self.n_levels = len(strides)
        # Place of a shape among those of its level, and how many these are.
        self.per_level = np.bincount(shapes.level, minlength=self.n_levels)
        starts = np.cumsum(self.per_level) - self.per_level
        self._rank = np.arange(len(shapes.level)) - starts[shapes.level]
        on_level = self.cells.prod(axis=2) * self.per_level
        self.first_slot = np.concatenate([[0], np.cumsum(on_level.sum(axis=1))])
        self._first = self.first_slot[:-1, None] + np.cumsum(on_level, 1) - on_level

    def __len__(self) -> int:
        return len(self.boxes)

    def blocks(self) -> Iterator[tuple[slice, "Grid"]]:
        """Parts with whole images, and the rows of the objects in each."""
        start, n = 0, len(self)
        while start < n:
            stop = min(start + _BLOCK_OBJECTS, n)
            stop = int(np.searchsorted(self.image, self.image[stop - 1], side="right"))
            part = object.__new__(Grid)
            part.__dict__.update(self.__dict__)
            rows = slice(start, stop)
            for name in ("boxes", "relative", "image", "usable"):
                setattr(part, name, getattr(self, name)[rows])
            yield rows, part
            start = stop

    @property
    def first_of_image(self) -> np.ndarray:
        """For each object, the first object of its image, shape (n_objects,)."""
        return np.searchsorted(self.image, self.image)

    def slot(
        self, obj: np.ndarray, shape: np.ndarray, col: np.ndarray, row: np.ndarray
    ) -> np.ndarray:
        """Number of an anchor among those of all images; all arguments (n,)."""
        image, level = self.image[obj], self.shapes.level[shape]
        cell = row * self.cells[image, level, 0] + col
        return (
            self._first[image, level] + cell * self.per_level[level] + self._rank[shape]
        )

    def locate(
        self, obj: np.ndarray, shape: np.ndarray, slot: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Column and row of an anchor, given any object of its image; all (n,)."""
        image, level = self.image[obj], self.shapes.level[shape]
        cell = (slot - self._first[image, level]) // self.per_level[level]
        row, col = np.divmod(cell, self.cells[image, level, 0])
        return col, row

    def best_iou(self) -> np.ndarray:
        """The best IoU of each object with each shape, (n_objects, n_shapes).

        Of each shape the anchor nearest to the object overlaps it most on both axes.
        """
        size, centre = _size_and_centre(self.boxes)
        area = size.prod(axis=1)[:, None]
        side = 2 * self.shapes.half
        inter = np.ones((len(self), len(side)))
        for axis in range(2):
            pitch = self.pitch[self.image, :, axis][:, self.shapes.level]
            last = self.cells[self.image, :, axis][:, self.shapes.level] - 1
            middle = centre[:, axis, None]
            cell = np.clip(np.rint(middle / pitch - self.offset), 0, last)
            distance = np.abs(middle - (cell + self.offset) * pitch)
            inter *= overlap(size[:, axis, None], side[:, axis], distance)
        return _ratio(inter, area + side.prod(axis=1) - inter)

    def iou(
        self, obj: np.ndarray, shape: np.ndarray, col: np.ndarray, row: np.ndarray
    ) -> np.ndarray:
        """IoU of objects with anchors of their image, float32; all arguments (n,)."""
        wide, width = self._on_axis(obj, shape, col, 0)
        high, height = self._on_axis(obj, shape, row, 1)
        inter = wide * high
        return _ratio(inter, _areas(self.boxes)[obj] + width * height - inter)

    def pairs(self, threshold: np.ndarray | float) -> Pairs:
        """All pairs that reach an IoU.

        Parameters
        ----------
        threshold : float or ndarray of shape (n_objects,)
            The least IoU, above 0.

        Returns
        -------
        Pairs
            Ordered by object. Objects that are not usable are in none.
        """
        threshold = np.broadcast_to(np.asarray(threshold, dtype=float), len(self))
        low = threshold * (1 - _MARGIN)
        reach = self.best_iou() >= low[:, None]
        obj, shape = np.nonzero(reach & self.usable[:, None])
        windows = self._windows(obj, shape, low)
        filled = (windows[:, :, 1] >= windows[:, :, 0]).all(axis=1)
        obj, shape, windows = obj[filled], shape[filled], windows[filled]
        count = windows[:, :, 1] - windows[:, :, 0] + 1
        ends = np.cumsum(count.prod(axis=1))
        parts = []
        start = 0
        while start < len(obj):
            done = ends[start - 1] if start else 0
            stop = int(np.searchsorted(ends, done + _BLOCK_ENTRIES, side="right"))
            rows = slice(start, max(stop, start + 1))
            parts.append(self._inside(obj[rows], shape[rows], windows[rows], threshold))
            start = rows.stop
        if not parts:
            none = np.empty(0, dtype=np.int64)
            return Pairs(none, none, none, np.empty(0, dtype=np.float32))
        return Pairs(*map(np.concatenate, zip(*parts, strict=True)))

    def _windows(
        self, obj: np.ndarray, shape: np.ndarray, threshold: np.ndarray
    ) -> np.ndarray:
        """First and last column and row that can reach the threshold.

        Parameters
        ----------
        obj, shape : ndarray of shape (n,)
            Which object and which anchor of a cell.
        threshold : ndarray of shape (n_objects,)
            The least IoU.

        Returns
        -------
        ndarray of shape (n, 2, 2)
            By axis, then first and last.
        """
        size, centre = _size_and_centre(self.boxes)
        size, centre = size[obj], centre[obj]
        side = 2 * self.shapes.half[shape]
        least = threshold[obj] / (1 + threshold[obj])
        least *= size.prod(axis=1) + side.prod(axis=1)
        narrow = np.minimum(size, side)
        image, level = self.image[obj], self.shapes.level[shape]
        windows = np.empty((len(obj), 2, 2), dtype=np.int64)
        for axis in range(2):
            # At most, the overlap on the other axis is the smaller of both sides.
            needed = least / narrow[:, 1 - axis]
            far = (size[:, axis] + side[:, axis]) / 2 - needed
            pitch = self.pitch[image, level, axis]
            middle = centre[:, axis] / pitch - self.offset
            far = far / pitch + 1e-6
            last = self.cells[image, level, axis] - 1
            windows[:, axis, 0] = np.maximum(np.ceil(middle - far), 0)
            windows[:, axis, 1] = np.minimum(np.floor(middle + far), last)
        return windows

    def _inside(
        self,
        obj: np.ndarray,
        shape: np.ndarray,
        windows: np.ndarray,
        threshold: np.ndarray,
    ) -> Pairs:
        """The pairs within windows; arguments as those of `_windows`."""
        count = windows[:, :, 1] - windows[:, :, 0] + 1
        cells, overlaps, sides, starts = [], [], [], []
        for axis in range(2):
            which, step = _ragged(count[:, axis])
            cell = windows[which, axis, 0] + step
            overlap, side = self._on_axis(obj[which], shape[which], cell, axis)
            cells.append(cell)
            overlaps.append(overlap)
            sides.append(side)
            starts.append(np.cumsum(count[:, axis]) - count[:, axis])
        which, step = _ragged(count.prod(axis=1))
        row, col = np.divmod(step, count[which, 0])
        row += starts[1][which]
        col += starts[0][which]
        inter = overlaps[0][col] * overlaps[1][row]
        area = _areas(self.boxes)[obj][which] + sides[0][col] * sides[1][row]
        iou = _ratio(inter, area - inter)
        keep = iou >= threshold.astype(np.float32)[obj][which]
        which, col, row = which[keep], cells[0][col[keep]], cells[1][row[keep]]
        obj, shape = obj[which], shape[which]
        return Pairs(obj, shape, self.slot(obj, shape, col, row), iou[keep])

    def middle(
        self, obj: np.ndarray, shape: np.ndarray, cell: np.ndarray, axis: int
    ) -> np.ndarray:
        """Centres of anchors on one axis, float32; arguments broadcast."""
        low, high = self._edges(obj, shape, cell, axis)
        return (low + high) / 2

    def _edges(
        self, obj: np.ndarray, shape: np.ndarray, cell: np.ndarray, axis: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Where anchors begin and end on one axis, float32; arguments broadcast."""
        image, level = self.image[obj], self.shapes.level[shape]
        pitch, extent = self.pitch[image, level, axis], self.canvas[image, axis]
        low, high = (
            self.framework.edges(cell, corner[shape, axis], pitch, extent, self.offset)
            for corner in (self.shapes.low, self.shapes.high)
        )
        return low, high

    def _on_axis(
        self, obj: np.ndarray, shape: np.ndarray, cell: np.ndarray, axis: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Overlap on one axis and side of the anchor, float32; arguments (n,)."""
        low, high = self._edges(obj, shape, cell, axis)
        begin, end = self.boxes[obj, axis], self.boxes[obj, axis + 2]
        overlap = np.minimum(high, end) - np.maximum(low, begin)
        return np.maximum(overlap, 0), high - low


def _size_and_centre(boxes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    low, high = boxes[:, :2].astype(float), boxes[:, 2:].astype(float)
    return high - low, (low + high) / 2


def _areas(boxes: np.ndarray) -> np.ndarray:
    return (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])


def _ratio(inter: np.ndarray, union: np.ndarray) -> np.ndarray:
    return np.divide(inter, union, out=np.zeros_like(inter), where=inter > 0)


def _ragged(count: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For runs of these lengths, the run of each entry and its place in it."""
    which = np.repeat(np.arange(len(count)), count)
    return which, np.arange(len(which)) - (np.cumsum(count) - count)[which]
