"""All about a data set, a detector and anchors, as one page."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

import numpy as np

from skanchors._tables import html_table, rounded
from skanchors.assignment import Assignment, assign
from skanchors.detectors import Detector, get_detector
from skanchors.inspection._assignment_display import AssignmentDisplay
from skanchors.inspection._assignment_report import AssignmentReport, assignment_report
from skanchors.inspection._box_size_display import BoxSizeDisplay
from skanchors.inspection._clusters_display import AnchorClustersDisplay
from skanchors.inspection._compare import AnchorComparison, compare_anchors
from skanchors.inspection._page import (
    code,
    definitions,
    page,
    paragraph,
    picture,
    scrolling,
)
from skanchors.inspection._page_figures import drawn
from skanchors.inspection._report import AnchorReport, anchor_report
from skanchors.inspection._thumbnails import ImageFinder, thumbnail

CRITERIA = ("mean_iou", "matched", "positives", "forced", "worst_group")
# Of one image no more objects are shown, so that one bad image does not hide others.
_MAX_OF_IMAGE = 2
_MAX_FINDINGS = 20


@dataclass(frozen=True, eq=False)
class DatasetReport:
    """What `dataset_report` returns; `to_html` writes the page.

    Attributes
    ----------
    table : AnnotationTable
        The boxes.
    detector : Detector
        The detector.
    anchors : AnchorReport
        How well the anchors serve the boxes, sharing centres.
    assignment : AssignmentReport
        What the detector's training would do with them.
    comparison : AnchorComparison or None
        The anchors against the detector's defaults.
    worst : list of dict
        The objects served worst on the grid, with file, class, size and IoU.
    text : str
        The anchors for the detector's configuration.
    notes : tuple of str
        What the caller had to say, such as how images were held out.
    extras : dict
        Further parts by title, which have ``to_dict`` or text.

    Examples
    --------
    >>> from skanchors.annotations import read_annotations
    >>> from skanchors.datasets import load_sample_paths
    >>> from skanchors.inspection import dataset_report
    >>> table = read_annotations(load_sample_paths())
    >>> report = dataset_report(table, "yolov5", n_worst=3)
    >>> len(report.to_dict()["worst"])
    3
    """

    table: Any
    detector: Detector
    anchors: AnchorReport
    assignment: AssignmentReport
    comparison: AnchorComparison | None
    worst: list
    text: str = ""
    notes: tuple = ()
    extras: dict = field(default_factory=dict)
    _anchor_sizes: np.ndarray = field(default_factory=lambda: np.empty((0, 2)))
    _found: Assignment | None = None

    def to_dict(self) -> dict[str, Any]:
        """Everything on the page as plain values.

        Returns
        -------
        dict
            Ready for JSON.
        """
        found = {
            "data": self._data(),
            "detector": self.detector.name,
            "notes": list(self.notes),
            "report": self.anchors.to_dict(),
            "assignment": self.assignment.to_dict(),
            "comparison": self.comparison and self.comparison.to_dict(),
            "worst": self.worst,
            "text": self.text,
        }
        return rounded(found)

    def to_html(self, path: str | os.PathLike | None = None) -> str:
        """Write a page that needs no other file, no script and no network.

        Parameters
        ----------
        path : str or path-like, default=None
            The file to write; None writes none.

        Returns
        -------
        str
            The page.
        """
        text = page(
            f"Anchors for {self.detector.name}", self._sections(), self._lead()
        )
        if path is not None:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        return text

    def __str__(self) -> str:
        parts = [self.table.summary(), *self.notes, str(self.anchors)]
        parts += [str(self.assignment), str(self.comparison or "")]
        return "\n\n".join(filter(None, [*parts, self.text]))

    def _repr_html_(self) -> str:
        return "".join(
            part._repr_html_()
            for part in (self.comparison, self.assignment, self.anchors)
            if part is not None
        )

    def _data(self) -> dict[str, Any]:
        table = self.table
        return {
            "n_files": table.n_files,
            "n_images": table.n_images,
            "n_boxes": len(table),
            "n_classes": len(table.label_counts()),
            "n_dropped": len(table.dropped),
            "n_clipped": len(table.clipped),
            "classes": table.label_counts(),
        }

    def _lead(self) -> str:
        row = self.detector
        size = "" if row.input_size is None else " {} x {}".format(*row.input_size)
        parts = [
            paragraph(
                f"{len(self.table):,} boxes of {self.table.n_images:,} images. "
                f"{row.scaling.replace('_', ' ')}{size}, strides "
                f"{', '.join(f'{s:g}' for s in row.strides)}, {row.rule!r}.",
                "faint",
            )
        ]
        if self.comparison is not None:
            verdict = self.comparison.verdict
            kind = "verdict replace" if verdict.startswith("Replace") else "verdict"
            parts.append(paragraph(verdict, kind))
        parts += [paragraph(note, "faint") for note in self.notes]
        return "\n".join(parts)

    def _sections(self) -> Iterator[tuple[str, list[str]]]:
        if self.text:
            yield "The text to paste", [code(self.text)]
        if self.comparison is not None:
            yield (
                "Compared with the defaults",
                [scrolling(self.comparison._repr_html_())],
            )
        yield "What training will do with the anchors", self._assignment()
        yield "The objects served worst", self._worst()
        yield "Boxes and anchors", self._anchors()
        yield "What was read", self._read()
        for title, extra in self.extras.items():
            shown = getattr(extra, "_repr_html_", None)
            inner = scrolling(shown()) if shown else code(str(extra))
            yield title, [inner]

    def _assignment(self) -> list[str]:
        parts = [scrolling(self.assignment._repr_html_())]
        if self._found is not None:
            found = self._found
            parts.append(
                _figure(
                    lambda ax: AssignmentDisplay(found).plot(ax=ax),
                    "Positives of each object over its size. Higher is better; those "
                    "without any are marked at the bottom.",
                )
            )
        return parts

    def _anchors(self) -> list[str]:
        row = self.detector
        sizes = self.table.sizes(row.scaling, row.input_size)
        anchors = self._anchor_sizes
        return [
            _figure(
                lambda ax: BoxSizeDisplay.from_boxes(sizes, ax=ax),
                f"Widths and heights of {len(sizes):,} boxes in pixels of the input.",
            ),
            _figure(
                lambda ax: AnchorClustersDisplay.from_boxes(sizes, anchors, ax=ax),
                f"The boxes by their nearest of {len(anchors)} anchors.",
            ),
            scrolling(self.anchors._repr_html_()),
        ]

    def _worst(self) -> list[str]:
        if not self.worst:
            return []
        columns: Any = {
            "class": ("class", str),
            "iou": ("best IoU on the grid", "{:.3f}"),
            "n_positive": ("positives", "{}"),
            "size": ("size in the input", str),
            "path": ("file", str),
        }
        finder, shown = ImageFinder(), []
        if find_spec("PIL") is not None:
            for row in self.worst:
                image = finder.find(row["path"], row["image"])
                source = image and thumbnail(image, row["box"])
                if source:
                    caption = (
                        f"{row['class']}, {row['size']}, IoU {row['iou']:.3f}, "
                        f"{row['n_positive']} positives: {row['image']}"
                    )
                    alt = f"Object of class {row['class']} marked on its image"
                    shown.append(picture({"light": source}, caption, alt))
        parts = [f'<div class="thumbnails">{"".join(shown)}</div>'] if shown else []
        if not shown:
            why = (
                "No images were found beside the annotations."
                if find_spec("PIL") is not None
                else "Install skanchors[report] to see them on their images."
            )
            parts.append(paragraph(why, "faint"))
        return [*parts, scrolling(html_table(self.worst, columns))]

    def _read(self) -> list[str]:
        data = self._data()
        counts = [
            {"name": name, "count": count} for name, count in data["classes"].items()
        ]
        named = {
            "files": f"{data['n_files']:,}",
            "images": f"{data['n_images']:,}",
            "boxes": f"{data['n_boxes']:,}",
            "left out": f"{data['n_dropped']:,}",
            "cut to their image": f"{data['n_clipped']:,}",
        }
        parts = [definitions(named)]
        columns: Any = {"name": ("class", str), "count": ("boxes", "{:,}")}
        if counts:
            parts.append(scrolling(html_table(counts[:_MAX_FINDINGS], columns)))
        if len(counts) > _MAX_FINDINGS:
            parts.append(paragraph(f"and {len(counts) - _MAX_FINDINGS} more", "faint"))
        findings = [
            {"name": str(found.path), "reason": str(found.reason)}
            for found in self.table.dropped[:_MAX_FINDINGS]
        ]
        if findings:
            columns = {"name": ("file", str), "reason": ("left out because", str)}
            caption = f"The first {len(findings)} of {data['n_dropped']:,} left out"
            parts.append(scrolling(html_table(findings, columns, caption=caption)))
        return parts


def _figure(draw: Any, caption: str) -> str:
    """A picture, or a word about what it needs."""
    if find_spec("matplotlib") is None:
        return paragraph("Install skanchors[plot] to see pictures here.", "faint")
    return picture(drawn(draw), caption, caption)


def dataset_report(
    table: Any,
    detector: str | Detector,
    anchors: Any = None,
    *,
    comparison: AnchorComparison | None = None,
    text: str = "",
    notes: tuple[str, ...] = (),
    extras: dict[str, Any] | None = None,
    n_worst: int = 8,
    random_state: int | np.random.RandomState | None = 0,
) -> DatasetReport:
    """Report on a data set, a detector and anchors, for one page.

    Parameters
    ----------
    table : AnnotationTable
        The boxes, with their positions. Anchors look better than they are on images
        that they were fitted to.
    detector : str or Detector
        A name of `skanchors.detectors.detector_names`, or a detector.
    anchors : AnchorSet, estimator or array-like of shape (n_anchors, 2), default=None
        Anchors in pixels of the input; None takes the detector's defaults.
    comparison : AnchorComparison, default=None
        None compares `anchors` with the defaults.
    text : str, default=""
        The anchors as text for the detector's configuration.
    notes : tuple of str, default=()
        Sentences that stand at the top.
    extras : dict of str to object, default=None
        Further parts by their titles, such as a certificate.
    n_worst : int, default=8
        How many of the objects that are served worst to show.
    random_state : int, RandomState instance or None, default=0
        Draws the resamples of the comparison.

    Returns
    -------
    DatasetReport
        With `to_dict` and `to_html`.

    Raises
    ------
    ValueError
        If there are no boxes, no such detector, or anchors do not fit it.

    See Also
    --------
    assignment_report : One part of it.

    Examples
    --------
    >>> from skanchors.annotations import read_annotations
    >>> from skanchors.datasets import load_sample_paths
    >>> from skanchors.inspection import dataset_report
    >>> table = read_annotations(load_sample_paths())
    >>> page = dataset_report(table, "yolov5").to_html()
    >>> "<script" in page
    False
    """
    found = get_detector(detector)
    if not len(table):
        raise ValueError("table has no boxes to report on.")
    assignment = assign(table, found, anchors)
    anchor_set = assignment.anchor_set
    if comparison is None and anchors is not None and table.n_images > 1:
        comparison = compare_anchors(
            table,
            {"these": anchor_set, f"{found.name} defaults": found.default_anchors},
            detector=found,
            criteria=CRITERIA,
            random_state=random_state,
        )
    sizes = table.sizes(found.scaling, found.input_size)
    report = anchor_report(
        sizes,
        anchor_set.anchors,
        labels=table.label,
        paths=table.path,
        strides=found.strides,
        levels=anchor_set.levels,
        n_worst=0,
    )
    return DatasetReport(
        table=table,
        detector=found,
        anchors=report,
        assignment=assignment_report(table, found, anchors),
        comparison=comparison,
        worst=_worst(table, sizes, assignment, n_worst),
        text=text,
        notes=tuple(notes),
        extras=dict(extras or {}),
        _anchor_sizes=anchor_set.anchors,
        _found=assignment,
    )


def _worst(table: Any, sizes: np.ndarray, found: Assignment, n_worst: int) -> list:
    """Objects without positives first, then by their IoU on the grid.

    Parameters
    ----------
    table : AnnotationTable
    sizes : ndarray of shape (n_objects, 2)
        In pixels of the input.
    found : Assignment
    n_worst : int
    """
    rows: list[dict[str, Any]] = []
    of_image: dict[int, int] = {}
    order = np.lexsort((found.best_iou, found.n_positive > 0))
    for row in order.tolist():
        if len(rows) >= n_worst:
            break
        image = int(table.image_index[row])
        of_image[image] = of_image.get(image, 0) + 1
        if of_image[image] > _MAX_OF_IMAGE:
            continue
        width, height = sizes[row]
        box = [table.xmin[row], table.ymin[row]]
        box += [box[0] + table.width[row], box[1] + table.height[row]]
        if table.relative[row]:
            size = table.images.width[image], table.images.height[image]
            box = [value * size[i % 2] for i, value in enumerate(box)]
        rows.append(
            {
                "class": str(table.label[row]),
                "iou": float(found.best_iou[row]),
                "n_positive": int(found.n_positive[row]),
                "size": f"{width:.4g} x {height:.4g}",
                "path": str(table.path[row]),
                "image": str(table.image_id[row]),
                "box": [float(value) for value in box],
            }
        )
    return rows
