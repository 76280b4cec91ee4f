"""The table of annotations: one row a box."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from skanchors._checks import check_number
from skanchors.annotations._files import as_labels
from skanchors.annotations._findings import CROWD
from skanchors.annotations._images import Images, concatenate, of_boxes
from skanchors.annotations._scaling import known_image_sizes, scale_boxes, scale_sizes
from skanchors.annotations._table_output import (
    COLUMNS,
    OF_ALL,
    PLACES,
    TableOutput,
    union_of_names,
)


class AnnotationTable(TableOutput):
    """Boxes read from annotation files, one row a box.

    `read_annotations` makes it. Its columns are arrays of equal length; they and
    everything else that it is made of are attributes.

    Parameters
    ----------
    path : ndarray of str, dtype object
        File that the box was read from.
    image_id : ndarray of object
        The image: the file name without its ending, for COCO the ``id`` of the image.
    label : ndarray of str, dtype object
        Name of the class.
    width, height : ndarray of float64
        Size of the box in pixels of the image, of the part inside the image. Where
        `relative` is true, a fraction of the image.
    image_width, image_height : ndarray of float64
        Size of the image in pixels, 0 where it is unknown.
    difficult, truncated : ndarray of bool
        The flags of PASCAL VOC, false in other formats.
    crowd : ndarray of bool
        Whether COCO marks the box as a crowd. Such rows are there only if they were
        asked for.
    relative : ndarray of bool
        Whether `width` and `height` are fractions, because the file holds fractions
        (YOLO) and the size of the image is unknown.
    xmin, ymin : ndarray of float64 or None, default=None
        The corner of the box with the smallest coordinates, in the unit of its size.
    images : Images or None, default=None
        Every image that was read, those without objects too: a tuple with the arrays
        `path`, `image_id`, `width`, `height` and `split`. None takes those of the
        boxes.
    image_index : ndarray of int or None, default=None
        For each box, the number of its image in `images`.
    dropped : list of Finding
        What was left out: ``(path, object, reason)``, in the order of the files.
    clipped : list of Finding
        Boxes that were cut to their image, likewise.
    n_files, n_images, n_objects : int
        How much was read, with what was left out.
    first : Finding or None
        The first of `dropped` and `clipped`, crowd regions apart.
    notes : list of Finding
        Files that could be read in two ways, and how they were read.
    class_names : sequence of str or None, default=None
        The classes that the data set declares, those without boxes too; None where it
        declares none.

    Attributes
    ----------
    split : ndarray of str, dtype object, or None
        The part of the data set that each box belongs to, such as "train"; None where
        nothing is known of parts.

    See Also
    --------
    read_annotations : Read files into a table.

    Examples
    --------
    >>> from skanchors.annotations import read_annotations
    >>> from skanchors.datasets import load_sample_paths
    >>> table = read_annotations(load_sample_paths())
    >>> table
    AnnotationTable(n_boxes=368, n_images=120, n_files=120, n_dropped=0)
    >>> dogs = table[table.label == "dog"]
    >>> dogs.sizes(scaling="letterbox", input_size=416).shape[1]
    2
    """

    def __init__(
        self,
        path: np.ndarray,
        image_id: np.ndarray,
        label: np.ndarray,
        width: np.ndarray,
        height: np.ndarray,
        image_width: np.ndarray,
        image_height: np.ndarray,
        difficult: np.ndarray,
        truncated: np.ndarray,
        crowd: np.ndarray,
        relative: np.ndarray,
        *,
        xmin: np.ndarray | None = None,
        ymin: np.ndarray | None = None,
        images: Images | None = None,
        image_index: np.ndarray | None = None,
        dropped: Iterable = (),
        clipped: Iterable = (),
        n_files: int = 0,
        n_images: int = 0,
        n_objects: int = 0,
        first: Any = None,
        notes: Iterable = (),
        class_names: Iterable[str] | None = None,
    ) -> None:
        self.path, self.image_id, self.label = path, image_id, label
        self.width, self.height = width, height
        self.image_width, self.image_height = image_width, image_height
        self.difficult, self.truncated, self.crowd = difficult, truncated, crowd
        self.relative = relative
        self.xmin, self.ymin = xmin, ymin
        if images is None or image_index is None:
            images, image_index = of_boxes(path, image_id, image_width, image_height)
        self.images = images
        self.image_index = image_index
        self.dropped = list(dropped)
        self.clipped = list(clipped)
        self.n_files = n_files
        self.n_images = n_images
        self.n_objects = n_objects
        self.first = first
        self.notes = list(notes)
        self.class_names = None if class_names is None else list(class_names)

    @classmethod
    def concatenate(cls, tables: "Iterable[AnnotationTable]") -> "AnnotationTable":
        """Put tables one below the other.

        Parameters
        ----------
        tables : iterable of AnnotationTable
            At least one.

        Returns
        -------
        AnnotationTable
            The rows and findings of all, in their order.
        """
        tables = list(tables)
        if not tables:
            raise ValueError("tables is empty; pass at least one AnnotationTable.")
        columns = (
            np.concatenate([getattr(table, name) for table in tables])
            for name in COLUMNS
        )
        places = {
            name: np.concatenate([getattr(table, name) for table in tables])
            for name in PLACES
            if all(table.xmin is not None for table in tables)
        }
        starts = np.cumsum([0, *(len(table.images.path) for table in tables)])
        return cls(
            *columns,
            **places,
            images=concatenate([table.images for table in tables]),
            image_index=np.concatenate(
                [
                    table.image_index + start
                    for table, start in zip(tables, starts[:-1], strict=True)
                ]
            ),
            dropped=[finding for table in tables for finding in table.dropped],
            clipped=[finding for table in tables for finding in table.clipped],
            n_files=sum(table.n_files for table in tables),
            n_images=sum(table.n_images for table in tables),
            n_objects=sum(table.n_objects for table in tables),
            first=next((t.first for t in tables if t.first is not None), None),
            notes=[finding for table in tables for finding in table.notes],
            class_names=union_of_names(table.class_names for table in tables),
        )

    def __len__(self) -> int:
        return len(self.width)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(n_boxes={len(self)}, n_images={self.n_images}, "
            f"n_files={self.n_files}, n_dropped={len(self.dropped)})"
        )

    def __getitem__(self, rows: Any) -> "AnnotationTable":
        """Some of the rows, chosen by a mask, a slice or an array of row numbers.

        The images, the findings and the counts of files stay those of the whole table;
        `take_images` chooses images.
        """
        if np.ndim(rows) == 0 and not isinstance(rows, slice):
            raise TypeError(
                "Choose rows by a mask, a slice or an array of row numbers, not "
                f"{rows!r}. Columns are attributes, such as table.label."
            )
        return self._rows(rows, image_index=self.image_index[rows])

    def _rows(self, rows: Any, **others: Any) -> "AnnotationTable":
        """Some of the rows; what `others` do not give is that of the whole table."""
        names = COLUMNS if self.xmin is None else (*COLUMNS, *PLACES)
        columns = {name: getattr(self, name)[rows] for name in names}
        kept = {name: getattr(self, name) for name in OF_ALL}
        return type(self)(**columns, **(kept | others))

    def select(
        self,
        classes: Iterable[str] | None = None,
        *,
        difficult: bool = True,
        crowd: bool = True,
        min_size: float = 0,
    ) -> "AnnotationTable":
        """Choose boxes by what they are.

        Parameters
        ----------
        classes : iterable of str or None, default=None
            Names of the classes to keep; None keeps all.
        difficult : bool, default=True
            False leaves out objects that PASCAL VOC marks as difficult.
        crowd : bool, default=True
            False leaves out crowd regions of COCO.
        min_size : float, default=0
            Boxes with a side smaller than this, in pixels of the image, are left out.

        Returns
        -------
        AnnotationTable
            The boxes kept, with all images.

        Raises
        ------
        TypeError
            If `classes` is one name and not a list of names.
        ValueError
            If `min_size` is no number of at least 0, or above 0 while boxes are
            fractions of images of unknown size.

        Examples
        --------
        >>> from skanchors.annotations import read_annotations
        >>> from skanchors.datasets import load_sample_paths
        >>> table = read_annotations(load_sample_paths())
        >>> len(table.select(["dog", "cat"], difficult=False, min_size=50))
        41
        """
        check_number(min_size, name="min_size")
        keep = np.ones(len(self), dtype=bool)
        names = as_labels(classes)
        if names is not None:
            keep &= np.array([label in names for label in self.label.tolist()], bool)
        if not difficult:
            keep &= ~self.difficult
        if not crowd:
            keep &= ~self.crowd
        if min_size > 0:
            if (self.relative & keep).any():
                raise ValueError(
                    f"min_size={min_size!r} is in pixels of the images, but "
                    f"{int(self.relative.sum())} boxes are fractions of images of "
                    "unknown size, the first in "
                    f"{self.path[self.relative][0]}. Pass image_sizes= when reading."
                )
            keep &= np.minimum(self.width, self.height) >= min_size
        return self if keep.all() else self[keep]

    def take_images(self, rows: Any) -> "AnnotationTable":
        """Choose images, with all their boxes; images without objects count.

        Parameters
        ----------
        rows : ndarray
            A mask over `images`, or their numbers, each once.

        Returns
        -------
        AnnotationTable
            These images, in their old order, and their boxes.

        Examples
        --------
        >>> from skanchors.annotations import read_annotations
        >>> from skanchors.datasets import load_sample_paths
        >>> table = read_annotations(load_sample_paths())
        >>> table.take_images([0, 1, 2])
        AnnotationTable(n_boxes=8, n_images=3, n_files=3, n_dropped=0)
        """
        chosen = np.zeros(len(self.images.path), dtype=bool)
        chosen[rows] = True
        keep = chosen[self.image_index]
        images = self.images.take(chosen)
        paths = set(images.path.tolist())
        return self._rows(
            keep,
            images=images,
            image_index=(np.cumsum(chosen) - 1)[self.image_index[keep]],
            dropped=[finding for finding in self.dropped if finding.path in paths],
            clipped=[finding for finding in self.clipped if finding.path in paths],
            n_files=len(paths),
            n_images=len(images.path),
            n_objects=int(keep.sum()),
            first=self.first if self.first and self.first.path in paths else None,
            notes=[finding for finding in self.notes if finding.path in paths],
        )

    @property
    def split(self) -> np.ndarray | None:
        """The part of the data set that each box belongs to."""
        split = self.images.split
        return None if split is None else split[self.image_index]

    @property
    def n_crowd(self) -> int:
        """Number of crowd regions, left out or not."""
        left_out = sum(finding.reason == CROWD for finding in self.dropped)
        return left_out + int(self.crowd.sum())

    def sizes(self, scaling: str = "stretch", input_size: Any = None) -> np.ndarray:
        """Scale the boxes as a detector scales the image.

        Parameters
        ----------
        scaling : {"stretch", "letterbox", "shortest_edge", "pixels"}, default="stretch"
            How; see `VOCBoxExtractor`.
        input_size : int, (int, int) or None, default=None
            Width and height of the network's input, in pixels; for "shortest_edge"
            the shortest and the longest side.

        Returns
        -------
        ndarray of shape (n_boxes, 2)
            Widths and heights, one row a box.

        Raises
        ------
        ValueError
            If the scaling needs the size of an image, and it is unknown.
        """
        size = np.column_stack([self.width, self.height])
        return scale_sizes(size, known_image_sizes(self, scaling), scaling, input_size)

    def boxes(
        self,
        scaling: str = "stretch",
        input_size: Any = None,
        *,
        padding: str = "center",
    ) -> np.ndarray:
        """Place the boxes in the input of a detector.

        Parameters
        ----------
        scaling : {"stretch", "letterbox", "shortest_edge", "pixels"}, default="stretch"
            How; see `VOCBoxExtractor`.
        input_size : int, (int, int) or None, default=None
            Width and height of the network's input, in pixels; for "shortest_edge"
            the shortest and the longest side.
        padding : {"center", "top-left"}, default="center"
            Where "letterbox" puts the image in the input.

        Returns
        -------
        ndarray of shape (n_boxes, 4)
            ``xmin, ymin, xmax, ymax`` in pixels of the input, one row a box.

        Raises
        ------
        ValueError
            If the scaling needs the size of an image, and it is unknown; or if the
            table was made without positions.

        Examples
        --------
        >>> from skanchors.annotations import read_annotations
        >>> from skanchors.datasets import load_sample_paths
        >>> table = read_annotations(load_sample_paths())
        >>> table.boxes("letterbox", 416).shape
        (368, 4)
        """
        if self.xmin is None or self.ymin is None:
            raise ValueError(
                "This table was made without positions; give it xmin and ymin, or read "
                "the files with read_annotations."
            )
        low = np.column_stack([self.xmin, self.ymin])
        size = np.column_stack([self.width, self.height])
        image = known_image_sizes(self, scaling)
        return scale_boxes(low, size, image, scaling, input_size, padding)
