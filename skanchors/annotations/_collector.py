"""Objects gathered from files, checked together."""

from array import array
from collections.abc import Iterable
from operator import itemgetter
from typing import Any

import numpy as np

from skanchors.annotations._files import InvalidFileError
from skanchors.annotations._findings import CROWD, Finding
from skanchors.annotations._fits import (
    fit_as_corners,
    fit_as_two_corners,
    fit_if_swapped,
    in_one_pixel,
    inside,
    uncentre,
)
from skanchors.annotations._images import Images
from skanchors.annotations._table import AnnotationTable

NO_SIZE = "size of the image is missing"
OUTSIDE = "outside of the image"
BEYOND = "reaches beyond the image"
_BBOX_CORNERS = "the boxes fit if they are two corners, not a corner and two sides"
_CORNERS = "the boxes fit if their columns are corners, not centre and size"
_FRACTIONS = "all boxes are smaller than a pixel, as fractions of the image would be"
_SWAPPED = "the boxes fit if width and height of the image are swapped"

# With more than this left out, a file is not what it claims to be, and listing all of
# it would fill the memory.
MAX_DROPPED = 1_000_000

# Bits of the flags of an object.
DIFFICULT, TRUNCATED, CROWD_REGION = 1, 2, 4


class Collector:
    """Takes what the readers find; makes a table of what can be used.

    Parameters
    ----------
    need_image_size : bool
        Whether a box is of no use if the size of its image is unknown.
    keep_crowd : bool
        Whether to keep crowd regions.
    fractions : bool
        Whether boxes of an image of unknown size are fractions of it.
    centred : bool
        Whether boxes come as centre and size in fractions of the image, not as low
        corner and size in pixels.
    """

    def __init__(
        self,
        need_image_size: bool = True,
        keep_crowd: bool = False,
        fractions: bool = False,
        centred: bool = False,
    ) -> None:
        self.need_image_size = need_image_size
        self.fractions = fractions
        self.centred = centred
        self.keep_crowd = keep_crowd
        self.n_files = 0
        self.n_objects = 0
        self.paths: list[Any] = []
        self.image_ids: list[Any] = []
        self.image_sizes: list[Any] = []
        self.image_of_box: list[int] = []
        self.numbers: list[Any] = []
        self.order: list[int] = []
        self.labels: list[Any] = []
        # Flat, which is several times faster than a tuple a box.
        self.boxes = array("d")
        self.flags = bytearray()
        self.path: Any = None
        self._n_dropped = 0
        self._label: dict[Any, Any] = {}
        self._dropped: list[Any] = []
        self.notes: list[Finding] = []
        self._problems: dict[int, str] = {}
        self._names: dict[int, str] = {}
        self._sided: dict[Any, int] = {}
        self.class_names: dict[str, None] | None = None

    def start_file(self, path: Any) -> None:
        """Go on to another file."""
        self.path = path
        self._n_dropped = 0
        self.n_files += 1

    def declare(self, names: Iterable[str]) -> None:
        """Take the names of classes that there are, with boxes or without."""
        self.class_names = (self.class_names or {}) | dict.fromkeys(names)

    def start_image(
        self,
        image_id: Any,
        width: float = 0.0,
        height: float = 0.0,
        problem: str = "",
        name: str = "",
    ) -> None:
        """Go on to another image.

        Parameters
        ----------
        image_id : object
            The image.
        width, height : float
            Its size; 0 means unknown.
        problem : str
            Why the size is unknown, if that is known.
        name : str
            Its file name, if that is not the same.
        """
        if name:
            self._names[len(self.paths)] = name
        if problem:
            self._problems[len(self.paths)] = problem
        self.paths.append(self.path)
        self.image_ids.append(image_id)
        self.image_sizes.append((width, height))

    def add(
        self,
        number: Any,
        label: Any,
        box: Any,
        difficult: Any = False,
        truncated: Any = False,
        crowd: Any = False,
    ) -> None:
        """Take an object of the image; `box` is (low x, low y, width, height).

        Parameters
        ----------
        number : int
            Number of the object.
        label : str
            Its class.
        box : sequence of four float
            Low corner and size; if `centred`, centre and size.
        difficult, truncated, crowd : bool
            Its flags.
        """
        self.n_objects += 1
        if crowd and not self.keep_crowd:
            self._dropped.append((self.n_objects, Finding(self.path, number, CROWD)))
            return
        self.image_of_box.append(len(self.paths) - 1)
        self.numbers.append(number)
        self.order.append(self.n_objects)
        self.labels.append(self._label.setdefault(label, label))
        self.boxes.extend(box)
        self.flags.append(
            (DIFFICULT if difficult else 0)
            | (TRUNCATED if truncated else 0)
            | (CROWD_REGION if crowd else 0)
        )

    def add_all(self, labels: list[str], boxes: list[float], flags: Any = None) -> None:
        """Take all objects of the image at once, none of them a crowd region.

        Parameters
        ----------
        labels : list of str
            The class of each object; they are numbered from 1.
        boxes : list of float
            Four numbers an object, as for `add`.
        flags : list of int or None
            Bits for each object, None for none.
        """
        n, first = len(labels), self.n_objects + 1
        self.n_objects += n
        self.image_of_box += [len(self.paths) - 1] * n
        self.numbers += range(1, n + 1)
        self.order += range(first, first + n)
        self.labels += labels
        self.boxes.fromlist(boxes)
        self.flags += bytes(n) if flags is None else bytes(flags)

    def may_be_corners(self) -> None:
        """Boxes of the file are given as a low corner and sides, or should be."""
        self._sided[self.path] = len(self._sided)

    def note(self, reason: str) -> None:
        """Say once, not as a fault, how the file was read."""
        self.notes.append(Finding(self.path, None, reason))

    def note_nameless(self, labels: list[str]) -> None:
        """Say of how many objects of the file the class is not told, as of others."""
        count = labels.count("")
        if 0 < count < len(labels):
            objects = f"{count} of {len(labels)} objects"
            self.note(f"no name of a class, so the label is empty: {objects}")

    def drop(self, number: Any, reason: str) -> None:
        """Leave out an object."""
        self.n_objects += 1
        self._dropped.append((self.n_objects, Finding(self.path, number, reason)))
        self._n_dropped += 1
        if self._n_dropped >= MAX_DROPPED:
            raise InvalidFileError(
                f"nothing of use in {MAX_DROPPED} objects, the rest is not read"
            )

    def drop_file(self, reason: str) -> None:
        """Leave out what is left of the file."""
        # After its objects and before those of the next file.
        order = self.n_objects + 0.5
        self._dropped.append((order, Finding(self.path, None, reason)))

    def table(self) -> AnnotationTable:
        """Check the boxes and return the table of those that can be used."""
        boxes = np.array(self.boxes).reshape(-1, 4)
        index = np.array(self.image_of_box, dtype=np.intp)
        image_sizes = np.array(self.image_sizes, dtype=np.float64).reshape(-1, 2)
        image = image_sizes[index]
        flags = np.frombuffer(bytes(self.flags), dtype=np.uint8)
        unknown = image[:, 0] == 0
        relative = unknown & self.fractions
        as_corners = np.zeros(len(boxes), dtype=bool)
        if self.centred:
            as_corners = fit_as_corners(boxes, index)
            uncentre(boxes, np.where(unknown[:, None], 1.0, image))
        low, size, beyond = inside(boxes, image, unknown, relative)
        tests = {
            "coordinate is not finite": ~np.isfinite(boxes).all(axis=1),
            "inverted, a side is negative": (boxes[:, 2:] < 0).any(axis=1),
            "zero area": (boxes[:, 2:] == 0).any(axis=1),
            NO_SIZE: unknown & ~relative & self.need_image_size,
            OUTSIDE: ~(size > 0).all(axis=1),
        }
        keep = np.ones(len(boxes), dtype=bool)
        swapped = fit_if_swapped(boxes, image, index) & ~unknown
        if not self.centred:
            tiny = in_one_pixel(boxes, image, index) & ~relative
            self._hint(_FRACTIONS, index[tiny])
        dropped = list(self._dropped)
        for reason, failed in tests.items():
            failed &= keep
            keep &= ~failed
            dropped += self._findings(failed, reason)
            if reason == OUTSIDE:
                misfit = failed | beyond
        clipped = self._findings(keep & beyond, BEYOND)
        self._hint(_SWAPPED, index[swapped & misfit])
        self._hint(_CORNERS, index[as_corners & misfit])
        self._hint_corners(boxes, image, index, misfit & ~unknown)
        dropped.sort(key=itemgetter(0))
        findings = [entry for entry in dropped if entry[1].reason != CROWD] + clipped
        index = index[keep]
        paths, image_ids = _objects(self.paths), _objects(self.image_ids)
        return AnnotationTable(
            path=paths[index],
            image_id=image_ids[index],
            label=_objects(self.labels)[keep],
            width=size[keep, 0],
            height=size[keep, 1],
            image_width=image[keep, 0],
            image_height=image[keep, 1],
            difficult=flags[keep] & DIFFICULT != 0,
            truncated=flags[keep] & TRUNCATED != 0,
            crowd=flags[keep] & CROWD_REGION != 0,
            relative=relative[keep],
            xmin=low[keep, 0],
            ymin=low[keep, 1],
            images=Images(
                paths,
                image_ids,
                image_sizes[:, 0],
                image_sizes[:, 1],
                None,
                self._image_names(),
            ),
            image_index=index,
            notes=self.notes,
            dropped=[finding for _, finding in dropped],
            clipped=[finding for _, finding in clipped],
            n_files=self.n_files,
            n_images=len(self.paths),
            n_objects=self.n_objects,
            class_names=self.class_names,
            first=min(findings, key=itemgetter(0))[1] if findings else None,
        )

    def _image_names(self) -> np.ndarray | None:
        if not self._names:
            return None
        return _objects([self._names.get(i, "") for i in range(len(self.paths))])

    def _hint(self, what: str, images: np.ndarray) -> None:
        for image in np.unique(images).tolist():
            reason = f"{what}: image {self.image_ids[image]}"
            self.notes.append(Finding(self.paths[image], None, reason))

    def _hint_corners(
        self,
        boxes: np.ndarray,
        image: np.ndarray,
        index: np.ndarray,
        misfit: np.ndarray,
    ) -> None:
        """Say of which files all boxes fit their images as two corners alone.

        `boxes` has shape (n_boxes, 4), `image` (n_boxes, 2), `index` and `misfit`
        (n_boxes,).
        """
        if not self._sided or not misfit.any():
            return
        file = np.array([self._sided.get(path, -1) for path in self.paths])[index]
        wrong = misfit & fit_as_two_corners(boxes, image, file)
        n_wrong = np.bincount(file[wrong], minlength=len(self._sided))
        n_all = np.bincount(file[file >= 0], minlength=len(self._sided))
        for path, number in self._sided.items():
            if n_wrong[number]:
                counts = f"{n_wrong[number]} of {n_all[number]}"
                reason = f"{_BBOX_CORNERS}: {counts} do not fit their image"
                self.notes.append(Finding(path, None, reason))

    def _findings(self, failed: np.ndarray, reason: str) -> list[tuple[int, Finding]]:
        found = []
        for row in np.flatnonzero(failed):
            image = self.image_of_box[row]
            why = self._problems.get(image, "") if reason == NO_SIZE else ""
            finding = Finding(self.paths[image], self.numbers[row], reason + why)
            found.append((self.order[row], finding))
        return found


def _objects(values: list) -> np.ndarray:
    """An array of the values as they are, lists too."""
    objects = np.empty(len(values), dtype=object)
    objects[:] = values
    return objects
