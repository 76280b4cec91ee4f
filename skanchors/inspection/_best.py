"""Best IoU of each box, and the checks that report, comparison and pictures share."""

from typing import NamedTuple

import numpy as np
from sklearn.utils import check_consistent_length, column_or_1d

from skanchors._boxes import check_boxes, check_pair
from skanchors.metrics._metric import BLOCK_ENTRIES
from skanchors.metrics._nearest import nearest_anchor
from skanchors.metrics._ratio import ratio_block


class Best(NamedTuple):
    """Boxes, anchors, the nearest anchor of each box and the IoU with it."""

    boxes: np.ndarray
    anchors: np.ndarray
    labels: np.ndarray
    iou: np.ndarray


def best_anchors(X, anchors, *, name="anchors"):
    """Validate boxes and anchors and find the best anchor of each box."""
    X = check_boxes(X, dtype=np.float64)
    X, anchors = check_pair(X, anchors, names=("X", name))
    labels, distance = nearest_anchor(X, anchors.astype(np.float64))
    return Best(X, anchors, labels, 1 - distance)


def check_column(values, X, name):
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


def in_pixels(sizes):
    """Whether sizes are pixels: fractions of an image have no side above 1."""
    return bool(np.max(sizes, initial=0) > 1)


def best_ratios(X, anchors):
    """Smallest side ratio of each box with the anchor that makes it largest."""
    step = max(1, BLOCK_ENTRIES // len(anchors))
    blocks = [
        ratio_block(X[start : start + step], anchors).max(axis=1)
        for start in range(0, len(X), step)
    ]
    return np.concatenate(blocks)
