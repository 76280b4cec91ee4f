"""Best IoU of each box, and the checks that report, comparison and pictures share."""

import difflib
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_consistent_length, column_or_1d

from skanchors._anchors_like import as_anchors
from skanchors._boxes import check_boxes, check_pair, check_weight
from skanchors._plot import in_pixels
from skanchors.export import default_anchor_names, default_anchors
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
    """Validate boxes and anchors and find the best anchor of each box."""
    X = check_boxes(X, dtype=np.float64)
    weight = check_weight(sample_weight, X)
    X, anchors = check_pair(X, find_anchors(anchors, X, name=name), names=("X", name))
    labels, distance = nearest_anchor(X, anchors.astype(np.float64))
    return Best(X, anchors, labels, 1 - distance, weight)


def published(name: str) -> Any:
    """A published set by name; the message for another name names the nearest."""
    names = default_anchor_names()
    if name not in names:
        near = difflib.get_close_matches(name, names, n=3)
        hint = f"did you mean {', '.join(near)}?" if near else "see below."
        raise ValueError(
            f"No published anchors are called {name!r}; {hint} "
            f"There are {', '.join(names)}."
        )
    return default_anchors(name)


def find_anchors(anchors: Any, X: np.ndarray, *, name: str = "anchors") -> np.ndarray:
    """Sizes of anchors in the unit of the boxes, however the anchors come.

    A published set, or an AnchorSet, is in pixels of the network's input; where the
    boxes are fractions of the image it is divided by the size of that input.
    """
    if isinstance(anchors, str):
        anchors = published(anchors)
    sizes = as_anchors(anchors, name=name, published=published)
    in_input = getattr(anchors, "strides", None) is not None
    if not in_input or in_pixels(X) or not in_pixels(np.asarray(sizes)):
        return sizes
    if anchors.input_size is None:
        raise ValueError(
            f"X holds fractions of the image, but {anchors.name or name} is in pixels "
            "of an input of no fixed size. Pass boxes in pixels of the input, such as "
            "table.sizes('shortest_edge', (800, 1333))."
        )
    return np.asarray(sizes) / anchors.input_size


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
