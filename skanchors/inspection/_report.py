"""A report on how well anchors serve boxes."""

from dataclasses import dataclass

import numpy as np

from skanchors._optional import require
from skanchors.inspection._best import (
    best_anchors,
    best_ratios,
    check_column,
)
from skanchors.inspection._report_parts import (
    COCO_NAMES,
    add_strides,
    anchor_rows,
    check_thresholds,
    coco_sizes,
    group_rows,
    threshold_rows,
    worst_rows,
)
from skanchors.inspection._report_text import report_text


@dataclass(frozen=True)
class AnchorReport:
    """What `anchor_report` returns; ``print`` shows it as text.

    Attributes
    ----------
    content : dict
        Everything in the report, see `anchor_report`.

    Examples
    --------
    >>> from skanchors.inspection import anchor_report
    >>> report = anchor_report([[10, 20], [90, 60]], [[10, 20], [90, 60]])
    >>> report.to_dict()["mean_iou"]
    1.0
    """

    content: dict

    def to_dict(self):
        """The content as plain numbers, strings, lists and dictionaries.

        Returns
        -------
        dict
            Ready for JSON.
        """
        return self.content

    def to_pandas(self, part="anchors"):
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
        pandas = require("pandas", extra="pandas")
        rows = self.content.get(part)
        if part not in _INDEX or rows is None:
            parts = [name for name in _INDEX if name in self.content]
            raise ValueError(f"part must be one of {parts}, got {part!r}.")
        frame = pandas.DataFrame(rows)
        return frame.set_index(_INDEX[part]) if len(frame) else frame

    def __str__(self):
        return report_text(self.content)


_INDEX = {
    "anchors": "anchor",
    "thresholds": "threshold",
    "classes": "class",
    "sizes": "size",
    "worst": "row",
}


def anchor_report(
    X,
    anchors,
    *,
    labels=None,
    image_ids=None,
    paths=None,
    pixel_areas=None,
    thresholds=(1.5, 2.0, 3.0, 4.0),
    strides=None,
    levels=None,
    stride_range=(0.5, 3.0),
    n_worst=10,
    output_dict=False,
):
    """Report how well anchors serve boxes, and which boxes they serve badly.

    Parameters
    ----------
    X : array-like of shape (n_boxes, n_sides)
        Sizes of the boxes, 0 or larger.
    anchors : array-like of shape (n_anchors, n_sides)
        Sizes of the anchors in the same unit.
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
    stride_range : (float, float), default=(0.5, 3.0)
        Usual size of an anchor, the square root of its area, in strides of its level.
        Published sets reach 13 strides on the coarsest level.
    n_worst : int, default=10
        How many of the worst-served boxes to list.
    output_dict : bool, default=False
        Return the content as a dictionary.

    Returns
    -------
    AnchorReport or dict
        Has ``str()``, ``to_dict()`` and ``to_pandas(part)``. The dictionary's keys:

        - ``n_boxes``, ``n_images`` (with `image_ids`), ``n_anchors``, ``mean_iou``;
        - ``thresholds``: best possible recall and anchors above threshold at each;
        - ``anchors``: size, boxes served and their share, mean IoU with them, w/h;
        - ``aspect_ratios``: w/h of the anchors, ``fitted`` order and ``sorted``;
        - ``classes`` (with `labels`) and ``sizes`` (with areas in pixels): boxes,
          share, mean IoU and recall of each;
        - ``worst``: row in `X`, size, IoU, nearest anchor, class, image and file;
        - ``unused``: anchors nearest to no box;
        - ``off_stride`` (with `strides`): anchors outside `stride_range`.

    Raises
    ------
    ValueError
        If sizes are negative or not finite, lengths differ, a threshold is not above
        1, or the anchors cannot be shared out among the levels.

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
    best = best_anchors(X, anchors)
    thresholds = check_thresholds(thresholds)
    labels = check_column(labels, best.boxes, "labels")
    image_ids = check_column(image_ids, best.boxes, "image_ids")
    paths = check_column(paths, best.boxes, "paths")
    matched = best_ratios(best.boxes, best.anchors) > 1 / thresholds[-1]
    names = {"class": labels, "image": image_ids, "path": paths}

    content = {"n_boxes": len(best.boxes)}
    if image_ids is not None:
        content["n_images"] = len(np.unique(image_ids))
    content |= {
        "n_anchors": len(best.anchors),
        "mean_iou": float(best.iou.mean()),
        "thresholds": threshold_rows(best, thresholds),
        "anchors": anchor_rows(best),
    }
    if best.anchors.shape[1] == 2:
        ratios = [row["aspect_ratio"] for row in content["anchors"]]
        known = sorted(ratio for ratio in ratios if ratio is not None)
        content["aspect_ratios"] = {"fitted": ratios, "sorted": known}
    if labels is not None:
        content["classes"] = group_rows(
            "class", labels, np.unique(labels), best, matched
        )
    size_names = coco_sizes(best.boxes, pixel_areas)
    if size_names is not None:
        content["sizes"] = group_rows("size", size_names, COCO_NAMES, best, matched)
    content["worst"] = worst_rows(best, n_worst, names)
    content["unused"] = [
        row["anchor"] for row in content["anchors"] if not row["n_boxes"]
    ]
    if strides is not None:
        add_strides(content, best.anchors, strides, levels, stride_range)
    return content if output_dict else AnchorReport(content)
