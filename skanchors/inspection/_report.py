"""A report on how well anchors serve boxes."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from skanchors._anchors_like import in_words, looked_up, scaling_of
from skanchors._boxes import is_table
from skanchors._checks import USUAL_SIZES_IN_STRIDES, check_choice, check_count
from skanchors._optional import require
from skanchors._tables import rounded
from skanchors.inspection._anchor_rows import anchor_rows
from skanchors.inspection._best import (
    best_anchors,
    check_column,
    total_weight,
)
from skanchors.inspection._report_parts import (
    COCO_NAMES,
    add_strides,
    check_thresholds,
    coco_sizes,
    group_rows,
    iou_shares,
    threshold_rows,
    worst_first,
    worst_rows,
)
from skanchors.inspection._report_text import report_html, report_text
from skanchors.metrics._ratio import best_ratios


@dataclass(frozen=True)
class AnchorReport:
    """What `anchor_report` returns; ``print`` shows it as text.

    Attributes
    ----------
    content : dict
        Everything in the report, see `anchor_report`.
    n_class_rows : int or None
        How many classes the text shows.

    Examples
    --------
    >>> from skanchors.inspection import anchor_report
    >>> report = anchor_report([[10, 20], [90, 60]], [[10, 20], [90, 60]])
    >>> report.to_dict()["mean_iou"]
    1.0
    """

    content: dict
    n_class_rows: int | None = 10

    def to_dict(self) -> dict:
        """The content as plain numbers, strings, lists and dictionaries.

        Returns
        -------
        dict
            Ready for JSON, with numbers of at most 8 significant digits.
        """
        return rounded(self.content)

    def to_text(self, width: int | None = None) -> str:
        """The report for a terminal.

        Parameters
        ----------
        width : int, default=None
            No line of a table is longer; None takes the width of the terminal.

        Returns
        -------
        str
            What ``print`` shows.
        """
        return report_text(self.content, self.n_class_rows, width)

    def to_pandas(self, part: str = "anchors") -> Any:
        """One part of the report as a data frame.

        Parameters
        ----------
        part : str, default="anchors"
            "anchors", "thresholds", "classes", "sizes" or "worst".

        Returns
        -------
        pandas.DataFrame
            One row an anchor, threshold, class, size or badly served box.

        Raises
        ------
        ValueError
            If the report has no such part.
        ImportError
            If pandas is not installed.
        """
        parts = [name for name in _INDEX if self.content.get(name) is not None]
        check_choice(part, parts, name="part")
        pandas = require("pandas", extra="pandas")
        frame = pandas.DataFrame(self.content[part])
        return frame.set_index(_INDEX[part]) if len(frame) else frame

    def __str__(self) -> str:
        return self.to_text()

    def _repr_html_(self) -> str:
        return report_html(self.content, self.n_class_rows)


_INDEX = {
    "anchors": "anchor",
    "thresholds": "threshold",
    "classes": "class",
    "sizes": "size",
    "worst": "row",
}


def anchor_report(
    X: ArrayLike,
    anchors: Any,
    *,
    labels: ArrayLike | None = None,
    image_ids: ArrayLike | None = None,
    paths: ArrayLike | None = None,
    pixel_areas: ArrayLike | None = None,
    sample_weight: ArrayLike | None = None,
    thresholds: Any = (1.5, 2.0, 3.0, 4.0),
    strides: Any = None,
    levels: Any = None,
    stride_range: tuple[float, float] = USUAL_SIZES_IN_STRIDES,
    n_worst: int = 10,
    n_class_rows: int | None = 10,
    output_dict: bool = False,
) -> Any:
    """Report how well anchors serve boxes, and which boxes they serve badly.

    Parameters
    ----------
    X : array-like of shape (n_boxes, n_sides) or AnnotationTable
        Sizes of the boxes, 0 or larger. A table is scaled as the detector of the
        anchors scales images, where these are a published set or a fit for a detector;
        else it stands for fractions of its images. It tells labels, images, files and
        areas.
    anchors : array-like of shape (n_anchors, n_sides), estimator, AnchorSet or str
        Sizes of the anchors in the same unit; or what has them: a fitted estimator, an
        `AnchorSet`, or the name of a published set (see
        `skanchors.export.default_anchor_names`). The last two are in pixels of the
        network's input; where `X` holds fractions they are divided by its size.
    labels : array-like of shape (n_boxes,), default=None
        Class of each box; adds the scores of each class.
    image_ids : array-like of shape (n_boxes,), default=None
        Image of each box; adds their number, and names the images of the worst boxes.
    paths : array-like of shape (n_boxes,), default=None
        Annotation file of each box; names the files of the worst boxes.
    pixel_areas : array-like of shape (n_boxes,), default=None
        Area of each box in pixels of its image, by which COCO calls it small (below
        32 x 32), medium (below 96 x 96) or large. None takes the areas of `X` if any
        side is above 1, so that `X` must be in pixels, and leaves the sizes out of the
        report if none is.
    sample_weight : array-like of shape (n_boxes,), default=None
        Weights of the boxes, which count as repetitions do: numbers of boxes are then
        sums of weights. None gives each the weight 1.
    thresholds : sequence of float, default=(1.5, 2.0, 3.0, 4.0)
        Largest ratios of two sides of a box and an anchor that match. The recall of
        each class and size is for the last.
    strides : sequence of int, default=None
        Strides of the detector's levels; adds which anchors are too small or too large
        for their level. Then `anchors` must be in pixels of the network's input.
    levels : sequence of sequences of int, default=None
        Rows of `anchors` on each level, in the order of `strides`, as
        `skanchors.export.assign_levels` returns them. None shares the anchors out
        evenly, small ones to fine levels.
    stride_range : (float, float), default=(0.5, 16.0)
        Usual size of an anchor, the square root of its area, in strides of its level.
        All published sets lie within the default, but for the largest anchors of a
        detector that has one level.
    n_worst : int, default=10
        How many of the worst-served boxes to list.
    n_class_rows : int or None, default=10
        How many classes the text shows, those served worst first; None shows all. The
        dictionary holds all.
    output_dict : bool, default=False
        Return the content as a dictionary, with numbers to all their digits.

    Returns
    -------
    AnchorReport or dict
        Has ``str()``, ``to_dict()`` and ``to_pandas(part)``. The dictionary's keys:

        - ``n_boxes``, ``n_images`` (with `image_ids`), ``n_anchors``, ``mean_iou``;
        - ``scaling`` (with a table): how its boxes were scaled, in words;
        - ``iou_at_least_0.5`` and ``iou_at_least_0.7``: share of the boxes whose best
          IoU is so large;
        - ``thresholds``: best possible recall and anchors above threshold at each;
        - ``anchors``: size, boxes served and their share, mean IoU with them, w/h;
        - ``aspect_ratios``: w/h of the anchors, ``fitted`` order and ``sorted``;
        - ``classes`` (with `labels`) and ``sizes`` (with areas in pixels): boxes,
          share, mean IoU, recall and the shares by IoU of each; classes begin with the
          one of the lowest mean IoU; ``sizes_in_image`` is there, and true,
          with `pixel_areas`;
        - ``worst``: row in `X`, size, IoU, nearest anchor, class, image and file;
        - ``unused``: anchors nearest to no box;
        - ``off_stride`` (with `strides`): anchors outside `stride_range`, of which
          ``too_small`` and ``too_large``.

    Raises
    ------
    ValueError
        If sizes are negative or not finite, lengths differ, a threshold is not above
        1, or the anchors cannot be shared out among the levels.
    TypeError
        If `X` is a table and the anchors are pixels, since a table does not say how
        the detector scales images: pass ``table.sizes(scaling, input_size)``.

    See Also
    --------
    compare_anchors : Whether one set is better than another.

    Examples
    --------
    >>> from skanchors.inspection import anchor_report
    >>> X = [[10, 20], [12, 22], [90, 60], [4, 60]]
    >>> report = anchor_report(
    ...     X, [[10, 20], [90, 60], [400, 400]], paths=["a", "a", "b", "c"], n_worst=1
    ... )
    >>> report.to_dict()["unused"]
    [2]
    >>> report.to_dict()["worst"][0]["path"]
    'c'
    >>> print(report)  # doctest: +ELLIPSIS
    4 boxes, 3 anchors: mean IoU 0.7...
    """
    if is_table(X):
        labels = X.label if labels is None else labels
        image_ids = X.image_id if image_ids is None else image_ids
        paths = X.path if paths is None else paths
        if pixel_areas is None and not X.relative.any():
            pixel_areas = X.width * X.height
    anchors = looked_up(anchors)
    best = best_anchors(X, anchors, sample_weight=sample_weight)
    thresholds = check_thresholds(thresholds)
    labels = check_column(labels, best.boxes, "labels")
    image_ids = check_column(image_ids, best.boxes, "image_ids")
    paths = check_column(paths, best.boxes, "paths")
    if n_class_rows is not None:
        check_count(n_class_rows, name="n_class_rows", minimum=0)
    matched = best_ratios(best.boxes, best.anchors) > 1 / thresholds[-1]
    names = {"class": labels, "image": image_ids, "path": paths}
    used = slice(None) if best.weight is None else best.weight > 0

    content: dict[str, Any] = {"n_boxes": total_weight(best.weight, len(best.boxes))}
    if image_ids is not None:
        content["n_images"] = len(np.unique(image_ids[used]))
    if is_table(X):
        content["scaling"] = f"boxes {in_words(scaling_of(anchors))}"
    content |= {
        "n_anchors": len(best.anchors),
        "mean_iou": best.mean_iou(),
        **iou_shares(best.iou, best.weight),
        "thresholds": threshold_rows(best, thresholds),
        "anchors": anchor_rows(best.anchors, best.labels, best.iou, best.weight),
    }
    if best.anchors.shape[1] == 2:
        ratios = [row["aspect_ratio"] for row in content["anchors"]]
        known = sorted(ratio for ratio in ratios if ratio is not None)
        content["aspect_ratios"] = {"fitted": ratios, "sorted": known}
    if labels is not None:
        content["classes"] = worst_first(
            group_rows("class", labels, np.unique(labels[used]), best, matched)
        )
    size_names = coco_sizes(best.boxes, pixel_areas)
    if size_names is not None:
        content["sizes"] = group_rows("size", size_names, COCO_NAMES, best, matched)
        if pixel_areas is not None:
            content["sizes_in_image"] = True
    content["worst"] = worst_rows(best, n_worst, names)
    content["unused"] = [
        row["anchor"] for row in content["anchors"] if not row["n_boxes"]
    ]
    if strides is not None:
        add_strides(content, best.anchors, strides, levels, stride_range)
    return content if output_dict else AnchorReport(content, n_class_rows)
