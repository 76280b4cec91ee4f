"""The table of annotations: one row a box."""

import csv
from collections import Counter

import numpy as np

from skanchors._optional import require
from skanchors.annotations._dirt import CROWD, describe
from skanchors.annotations._scaling import scale_sizes

_COLUMNS = (
    "path",
    "image_id",
    "label",
    "width",
    "height",
    "image_width",
    "image_height",
    "difficult",
    "truncated",
    "crowd",
    "relative",
)


class AnnotationTable:
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
    dropped : list of Finding
        What was left out: ``(path, object, reason)``, in the order of the files.
    clipped : list of Finding
        Boxes that were cut to their image, likewise.
    n_files, n_images, n_objects : int
        How much was read, with what was left out.
    first : Finding or None
        The first of `dropped` and `clipped`, crowd regions apart.

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
        path,
        image_id,
        label,
        width,
        height,
        image_width,
        image_height,
        difficult,
        truncated,
        crowd,
        relative,
        *,
        dropped=(),
        clipped=(),
        n_files=0,
        n_images=0,
        n_objects=0,
        first=None,
    ):
        self.path = path
        self.image_id = image_id
        self.label = label
        self.width = width
        self.height = height
        self.image_width = image_width
        self.image_height = image_height
        self.difficult = difficult
        self.truncated = truncated
        self.crowd = crowd
        self.relative = relative
        self.dropped = list(dropped)
        self.clipped = list(clipped)
        self.n_files = n_files
        self.n_images = n_images
        self.n_objects = n_objects
        self.first = first

    @classmethod
    def concatenate(cls, tables):
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
            for name in _COLUMNS
        )
        return cls(
            *columns,
            dropped=[finding for table in tables for finding in table.dropped],
            clipped=[finding for table in tables for finding in table.clipped],
            n_files=sum(table.n_files for table in tables),
            n_images=sum(table.n_images for table in tables),
            n_objects=sum(table.n_objects for table in tables),
            first=next((t.first for t in tables if t.first is not None), None),
        )

    def __len__(self):
        return len(self.width)

    def __repr__(self):
        return (
            f"{type(self).__name__}(n_boxes={len(self)}, n_images={self.n_images}, "
            f"n_files={self.n_files}, n_dropped={len(self.dropped)})"
        )

    def __getitem__(self, rows):
        """Some of the rows, chosen by a mask, a slice or an array of row numbers.

        The findings and the counts of files stay those of the whole table.
        """
        if np.ndim(rows) == 0 and not isinstance(rows, slice):
            raise TypeError(
                "Choose rows by a mask, a slice or an array of row numbers, not "
                f"{rows!r}. Columns are attributes, such as table.label."
            )
        return type(self)(
            *(getattr(self, name)[rows] for name in _COLUMNS),
            dropped=self.dropped,
            clipped=self.clipped,
            n_files=self.n_files,
            n_images=self.n_images,
            n_objects=self.n_objects,
            first=self.first,
        )

    @property
    def n_crowd(self):
        """Number of crowd regions, left out or not."""
        left_out = sum(finding.reason == CROWD for finding in self.dropped)
        return left_out + int(self.crowd.sum())

    def sizes(self, scaling="stretch", input_size=None):
        """Scale the boxes as a detector scales the image.

        Parameters
        ----------
        scaling : {"stretch", "letterbox", "pixels"}, default="stretch"
            How; see `VOCBoxExtractor`.
        input_size : int, (int, int) or None, default=None
            Width and height of the network's input, in pixels.

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
        image = np.column_stack([self.image_width, self.image_height])
        unknown = self.image_width == 0
        if scaling == "stretch":
            lacking = unknown & ~self.relative
            image = np.where(self.relative[:, None], 1.0, image)
        elif scaling == "pixels":
            lacking = self.relative
        else:
            lacking = unknown
        if lacking.any():
            only = (
                "only scaling='stretch' is"
                if self.relative.any()
                else "only 'pixels' is"
            )
            raise ValueError(
                f"scaling={scaling!r} needs the sizes of the images, but "
                f"{int(lacking.sum())} boxes have none, the first in "
                f"{self.path[lacking][0]}. Pass image_sizes= when reading; without it "
                f"{only} possible."
            )
        return scale_sizes(size, image, scaling, input_size)

    def label_counts(self):
        """Number of boxes of each class, the most frequent first.

        Returns
        -------
        dict of str to int
            The counts.
        """
        return dict(Counter(self.label.tolist()).most_common())

    def summary(self):
        """Describe the table in a few lines.

        Returns
        -------
        str
            Files, images and boxes; what was left out and why; classes; sizes.
        """
        lines = [f"{self.n_files} files, {self.n_images} images, {len(self)} boxes"]
        for name in ("difficult", "truncated"):
            if count := int(getattr(self, name).sum()):
                lines[0] += f", {count} {name}"
        if self.n_crowd:
            lines[0] += f", {self.n_crowd} crowd regions"
        for verb, findings in (("left out", self.dropped), ("cut", self.clipped)):
            if findings:
                lines.append(f"{verb}: {describe(findings)}")
        counts = self.label_counts()
        classes = ", ".join(f"{k} {n}" for k, n in list(counts.items())[:10])
        more = ", ..." if len(counts) > 10 else ""
        lines.append(f"{len(counts)} classes: {classes}{more}")
        if len(self):
            unit = "fractions" if self.relative.all() else "pixels"
            for name in ("width", "height"):
                low, mid, high = np.quantile(getattr(self, name), [0, 0.5, 1])
                lines.append(f"{name} in {unit}: {low:g} to {high:g}, median {mid:g}")
        return "\n".join(lines)

    def to_pandas(self):
        """Return the table as a pandas DataFrame.

        Returns
        -------
        pandas.DataFrame
            One row a box, one column an attribute.
        """
        pandas = require("pandas", extra="pandas")
        return pandas.DataFrame({name: getattr(self, name) for name in _COLUMNS})

    def to_csv(self, path):
        """Write the table as comma-separated values in UTF-8, with a header.

        Parameters
        ----------
        path : str or path-like
            The file to write.
        """
        columns = [getattr(self, name) for name in _COLUMNS]
        columns = [c.astype(int) if c.dtype == bool else c for c in columns]
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(_COLUMNS)
            writer.writerows(zip(*(column.tolist() for column in columns), strict=True))
