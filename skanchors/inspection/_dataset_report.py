"""All about a data set, a detector and anchors, as one page."""

import os
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from skanchors._checks import check_count
from skanchors._tables import rounded, size_text
from skanchors._whole_file import whole_file
from skanchors.assignment import Assignment
from skanchors.detectors import Detector, get_detector
from skanchors.inspection._assignment_report import AssignmentReport, assignment_report
from skanchors.inspection._compare import compare_anchors
from skanchors.inspection._comparison import AnchorComparison
from skanchors.inspection._dataset_page import dataset_page
from skanchors.inspection._judged import CRITERIA
from skanchors.inspection._report import AnchorReport, anchor_report
from skanchors.inspection._report_parts import levels_of

# Of one image no more objects are shown, so that one bad image does not hide others.
_MAX_OF_IMAGE = 2


@dataclass(frozen=True, eq=False)
class DatasetReport:
    """What `dataset_report` returns; `to_html` writes the page.

    Attributes
    ----------
    table : AnnotationTable
        The boxes that the anchors are judged by.
    data : AnnotationTable
        All boxes that were read.
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
    extras : dict of str to object
        Further parts by their titles.
    choice : ClusterCountChoice or None
        How many anchors the boxes need.
    certificate : Certificate or None
        How good any anchors could be.

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
    data: Any
    detector: Detector
    anchors: AnchorReport
    assignment: AssignmentReport
    comparison: AnchorComparison | None
    worst: list
    text: str = ""
    notes: tuple = ()
    extras: dict = field(default_factory=dict)
    choice: Any = None
    certificate: Any = None

    def to_dict(self) -> dict[str, Any]:
        """Everything on the page as plain values.

        Returns
        -------
        dict
            Ready for JSON, with numbers of at most 8 significant digits.
        """
        data, row = self.data, self.detector
        counts = data.label_counts()
        found = {
            "data": {
                "n_files": data.n_files,
                "n_images": data.n_images,
                "n_boxes": len(data),
                "n_classes": len(counts),
                "n_dropped": len(data.dropped),
                "n_clipped": len(data.clipped),
                "classes": counts,
                "dropped": _findings(data.dropped),
                "clipped": _findings(data.clipped),
            },
            "judged_by": {"n_images": self.table.n_images, "n_boxes": len(self.table)},
            "detector": {
                "name": row.name,
                "scaling": row.scaling,
                "input_size": row.input_size,
                "strides": row.strides,
                "rule": repr(self.assignment.assignment.rule),
            },
            "notes": self.notes,
            "verdict": self.comparison and self.comparison.verdict,
            "comparison": self.comparison and self.comparison.to_dict(),
            "assignment": self.assignment.to_dict(),
            "report": self.anchors.to_dict(),
            "worst": self.worst,
            "text": self.text,
            "choice": self.choice and self.choice.to_dict(),
            "certificate": self.certificate and self.certificate.to_dict(),
            "extras": {
                title: extra.to_dict() if hasattr(extra, "to_dict") else str(extra)
                for title, extra in self.extras.items()
            },
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
            The page. Pictures need what the extra ``report`` installs; without it a
            word stands in their place.
        """
        text = dataset_page(self)
        if path is not None:
            # Names of files may hold what no encoding can write.
            with whole_file(path, encoding="utf-8", errors="replace") as file:
                file.write(text)
        return text

    def __str__(self) -> str:
        parts = [self.data.summary(), *self.notes, str(self.comparison or "")]
        parts += [str(self.assignment), str(self.anchors), self.text]
        parts += [str(self.choice or ""), str(self.certificate or "")]
        parts += [f"{title}\n{extra}" for title, extra in self.extras.items()]
        return "\n\n".join(filter(None, parts))

    def _repr_html_(self) -> str:
        parts = (
            self.comparison,
            self.assignment,
            self.anchors,
            self.choice,
            self.certificate,
        )
        return "".join(part._repr_html_() for part in parts if part is not None)


def dataset_report(
    table: Any,
    detector: str | Detector,
    anchors: Any = None,
    *,
    data: Any = None,
    comparison: AnchorComparison | None = None,
    text: str = "",
    notes: tuple[str, ...] = (),
    extras: dict[str, Any] | None = None,
    choice: Any = None,
    certificate: Any = None,
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
    anchors : array-like of shape (n_anchors, 2), estimator, AnchorSet or str, optional
        Anchors in pixels of the input, or what has them, as in `anchor_report`. None
        takes the detector's defaults.
    data : AnnotationTable, default=None
        All boxes that were read, where `table` is a part of them that was held out;
        None takes `table`.
    comparison : AnchorComparison, default=None
        None compares `anchors` with the defaults, if there are two images or more.
    text : str, default=""
        The anchors as text for the detector's configuration.
    notes : tuple of str, default=()
        Sentences that stand at the top.
    extras : dict of str to object, default=None
        Further parts by their titles, of anything: what has ``to_dict`` and
        ``_repr_html_`` is shown by these.
    choice : ClusterCountChoice, default=None
        What `skanchors.model_selection.choose_n_clusters` returned for the same boxes,
        shown as the choice of the number of anchors.
    certificate : Certificate, default=None
        What `skanchors.certify.certify_anchors` returned for the same boxes, shown as
        how good any anchors could be, with the price of the form.
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
    check_count(n_worst, name="n_worst", minimum=0)
    if hasattr(table, "image_index") and not len(table):
        raise ValueError("table has no boxes to report on.")
    training = assignment_report(table, found, anchors)
    anchor_set = training.assignment.anchor_set
    is_several = len(np.unique(table.image_index)) > 1
    if comparison is None and anchors is not None and is_several:
        comparison = compare_anchors(
            table,
            {"these": anchor_set, f"{found.name} defaults": None},
            detector=found,
            criteria=tuple(CRITERIA),
            random_state=random_state,
        )
    sizes = table.sizes(found.scaling, found.input_size)
    report = anchor_report(
        sizes,
        anchor_set.anchors,
        labels=table.label,
        paths=table.path,
        **levels_of(anchor_set, found.strides),
        n_worst=0,
    )
    return DatasetReport(
        table=table,
        data=table if data is None else data,
        detector=found,
        anchors=report,
        assignment=training,
        comparison=comparison,
        worst=_worst(table, sizes, training.assignment, n_worst),
        text=text,
        notes=tuple(notes),
        extras=dict(extras or {}),
        choice=choice,
        certificate=certificate,
    )


def _findings(found: Any) -> list[dict[str, Any]]:
    return [
        {"path": str(one.path), "object": one.object, "reason": str(one.reason)}
        for one in found
    ]


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
        corner = np.array([table.xmin[row], table.ymin[row]])
        side = np.array([table.width[row], table.height[row]])
        # What the box is measured in: the image, or the pixels that the file speaks of.
        frame = [table.image_width[row], table.image_height[row]]
        rows.append(
            {
                "class": str(table.label[row]),
                "iou": float(found.best_iou[row]),
                "n_positive": int(found.n_positive[row]),
                "size": size_text(sizes[row]),
                "path": str(table.path[row]),
                "image": str(table.image_id[row]),
                "box": [*corner.tolist(), *(corner + side).tolist()],
                "frame": [1.0, 1.0] if table.relative[row] else list(map(float, frame)),
            }
        )
    return rows
