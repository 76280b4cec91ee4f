"""What a table of annotations can be turned into: text, files, other tables."""

import csv
import os
from collections import Counter
from collections.abc import Iterable
from itertools import chain
from typing import Any

import numpy as np

from skanchors._optional import require
from skanchors._plain_text import one_line
from skanchors._tables import counted
from skanchors._whole_file import whole_file
from skanchors.annotations._findings import describe
from skanchors.annotations._table_html import table_html

COLUMNS = (
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
# Columns that a table made by hand may lack.
PLACES = ("xmin", "ymin")
# What is not of single boxes.
OF_ALL = (
    *("images", "image_index", "dropped", "clipped", "n_files", "n_images"),
    *("n_objects", "first", "notes", "class_names"),
)


def union_of_names(lists: Iterable[list[str] | None]) -> list[str] | None:
    """Each name once, None if no list is known."""
    known = [names for names in lists if names is not None]
    return list(dict.fromkeys(chain.from_iterable(known))) if known else None


class TableOutput:
    """Summaries of an `AnnotationTable`, which has the attributes used here."""

    def _repr_html_(self) -> str:
        return table_html(self)

    def label_counts(self: Any) -> dict[str, int]:
        """Number of boxes of each class, the most frequent first.

        Returns
        -------
        dict of str to int
            The counts.
        """
        return dict(Counter(self.label.tolist()).most_common())

    def summary(self: Any) -> str:
        """Describe the table in a few lines.

        Returns
        -------
        str
            Files, images and boxes; what was left out and why; classes; sizes.
        """
        lines = [
            f"{counted(self.n_files, 'file')}, {counted(self.n_images, 'image')}, "
            f"{counted(len(self), 'box')}"
        ]
        for name in ("difficult", "truncated"):
            if count := int(getattr(self, name).sum()):
                lines[0] += f", {count} {name}"
        if self.n_crowd:
            lines[0] += f", {counted(self.n_crowd, 'crowd region')}"
        for verb, findings in (("left out", self.dropped), ("cut", self.clipped)):
            if findings:
                lines.append(f"{verb}: {describe(findings)}")
        counts = self.label_counts()
        classes = ", ".join(f"{k} {n}" for k, n in list(counts.items())[:10])
        more = ", ..." if len(counts) > 10 else ""
        lines.append(f"{counted(len(counts), 'class')}: {classes}{more}")
        if len(self):
            unit = "fractions" if self.relative.all() else "pixels"
            for name in ("width", "height"):
                low, mid, high = np.quantile(getattr(self, name), [0, 0.5, 1])
                lines.append(f"{name} in {unit}: {low:g} to {high:g}, median {mid:g}")
        return "\n".join(map(one_line, lines))

    def to_pandas(self: Any) -> Any:
        """Return the table as a pandas DataFrame.

        Returns
        -------
        pandas.DataFrame
            One row a box, one column an attribute.
        """
        pandas = require("pandas", extra="pandas")
        return pandas.DataFrame(self._columns())

    def _columns(self: Any) -> dict[str, np.ndarray]:
        """The columns that this table has, positions last."""
        names = COLUMNS if self.xmin is None else COLUMNS + PLACES
        columns = {name: getattr(self, name) for name in names}
        # Before the positions, whose place at the end is a promise.
        if self.split is not None:
            places = {name: columns.pop(name) for name in PLACES if name in columns}
            columns |= {"split": self.split} | places
        return columns

    def to_csv(self: Any, path: str | os.PathLike) -> None:
        """Write the table as comma-separated values in UTF-8, with a header.

        Parameters
        ----------
        path : str or path-like
            The file to write.
        """
        columns = {
            name: column.astype(int) if column.dtype == bool else column
            for name, column in self._columns().items()
        }
        # A path of the file system need not be text.
        options = {"encoding": "utf-8", "errors": "backslashreplace", "newline": ""}
        with whole_file(path, **options) as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            rows = zip(*(column.tolist() for column in columns.values()), strict=True)
            writer.writerows(rows)
