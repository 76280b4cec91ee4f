"""Best IoU of each box, and the checks that report, comparison and pictures share."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_consistent_length, column_or_1d

from skanchors._anchors_like import meet
from skanchors._boxes import check_boxes, check_pair, check_weight
from skanchors.metrics._nearest import nearest_anchor


class Best(NamedTuple):
    """Boxes, anchors, the nearest anchor of each box and the IoU with it."""

    boxes: np.ndarray
    anchors: np.ndarray
    labels: np.ndarray
    iou: np.ndarray
    weight: np.ndarray | None = None

    def mean_iou(self) -> float:
        """The weighted mean over boxes."""
        return float(np.average(self.iou, weights=self.weight))


def best_anchors(
    X: Any,
    anchors: Any,
    *,
    name: str = "anchors",
    sample_weight: ArrayLike | None = None,
) -> Best:
    """Validate boxes and anchors and find the best anchor of each box.

    Parameters
    ----------
    X : array-like of shape (n_boxes, n_sides) or AnnotationTable
    anchors : anchors in any form, see `as_anchors`
    name : str, default="anchors"
        What messages call the anchors.
    sample_weight : array-like of shape (n_boxes,), default=None
    """
    X, anchors = meet(X, anchors, name=name)
    X = check_boxes(X, dtype=np.float64)
    weight = check_weight(sample_weight, X)
    X, anchors = check_pair(X, anchors, names=("X", name))
    labels, distance = nearest_anchor(X, anchors.astype(np.float64))
    return Best(X, anchors, labels, 1 - distance, weight)


def check_column(values: Any, X: np.ndarray, name: str) -> np.ndarray | None:
    """One value a box as an ndarray, or None."""
    if values is None:
        return None
    try:
        check_consistent_length(X, values)
    except ValueError as error:
        raise ValueError(
            f"{name} needs one value for each box: X has {len(X)} boxes, {name} has "
            f"{len(values)}."
        ) from error
    return column_or_1d(np.asarray(values))


def total_weight(weight: np.ndarray | None, n_boxes: int) -> float:
    """Number of boxes, or the sum of their weights; whole numbers as int."""
    total = n_boxes if weight is None else float(weight.sum())
    return int(total) if float(total).is_integer() else float(total)
