"""Scores of a set of anchors: boxes and anchors in, one number out."""

import numbers

import numpy as np

from skanchors._boxes import check_pair, check_weight
from skanchors.metrics._metric import BLOCK_ENTRIES
from skanchors.metrics._nearest import nearest_anchor
from skanchors.metrics._ratio import ratio_block


def mean_iou_score(X, anchors, *, sample_weight=None):
    """Mean over boxes of the best IoU with any anchor.

    Parameters
    ----------
    X : array-like of shape (n_boxes, n_sides)
        Sizes of the boxes, 0 or larger.
    anchors : array-like of shape (n_anchors, n_sides)
        Sizes of the anchors in the same unit.
    sample_weight : array-like of shape (n_boxes,), default=None
        Weights of the boxes; None gives each the weight 1.

    Returns
    -------
    float
        From 0 to 1; larger is better.

    Raises
    ------
    ValueError
        If a size is negative or not finite, or the numbers of sides differ.

    Examples
    --------
    >>> from skanchors.metrics import mean_iou_score
    >>> mean_iou_score([[2, 2], [4, 1]], [[2, 2], [4, 2]])
    0.75
    """
    X, anchors = check_pair(X, anchors, names=("X", "anchors"))
    weight = check_weight(sample_weight, X)
    distance = nearest_anchor(X, anchors)[1]
    return 1 - float(np.average(distance, weights=weight))


def best_possible_recall_score(X, anchors, *, threshold=4.0, sample_weight=None):
    """Share of boxes that some anchor matches on every side.

    An anchor matches a box if no side differs by more than the factor `threshold`.
    A detector that assigns targets by this rule can never find the other boxes.

    Parameters
    ----------
    X : array-like of shape (n_boxes, n_sides)
        Sizes of the boxes, 0 or larger.
    anchors : array-like of shape (n_anchors, n_sides)
        Sizes of the anchors in the same unit.
    threshold : float, default=4.0
        The largest ratio of two sides, above 1; YOLOv5's ``anchor_t``.
    sample_weight : array-like of shape (n_boxes,), default=None
        Weights of the boxes; None gives each the weight 1.

    Returns
    -------
    float
        From 0 to 1; larger is better.

    Raises
    ------
    ValueError
        If a size is negative or not finite, the numbers of sides differ, or
        `threshold` is not above 1.

    See Also
    --------
    anchors_above_threshold_score : How many anchors match, on average.

    Examples
    --------
    >>> from skanchors.metrics import best_possible_recall_score
    >>> best_possible_recall_score([[2, 2], [20, 1]], [[2, 2], [4, 2]])
    0.5
    """
    return _mean_over_matches(
        X, anchors, threshold, sample_weight, lambda matches: matches.any(axis=1)
    )


def anchors_above_threshold_score(X, anchors, *, threshold=4.0, sample_weight=None):
    """Mean over boxes of the number of anchors that match.

    An anchor matches a box if no side differs by more than the factor `threshold`.

    Parameters
    ----------
    X : array-like of shape (n_boxes, n_sides)
        Sizes of the boxes, 0 or larger.
    anchors : array-like of shape (n_anchors, n_sides)
        Sizes of the anchors in the same unit.
    threshold : float, default=4.0
        The largest ratio of two sides, above 1; YOLOv5's ``anchor_t``.
    sample_weight : array-like of shape (n_boxes,), default=None
        Weights of the boxes; None gives each the weight 1.

    Returns
    -------
    float
        From 0 to the number of anchors.

    Raises
    ------
    ValueError
        If a size is negative or not finite, the numbers of sides differ, or
        `threshold` is not above 1.

    See Also
    --------
    best_possible_recall_score : Share of boxes that at least one anchor matches.

    Examples
    --------
    >>> from skanchors.metrics import anchors_above_threshold_score
    >>> anchors_above_threshold_score([[2, 2], [20, 1]], [[2, 2], [4, 2]])
    1.0
    """
    return _mean_over_matches(
        X, anchors, threshold, sample_weight, lambda matches: matches.sum(axis=1)
    )


def _mean_over_matches(X, anchors, threshold, sample_weight, reduce):
    X, anchors = check_pair(X, anchors, names=("X", "anchors"))
    weight = check_weight(sample_weight, X)
    if not isinstance(threshold, numbers.Real) or not threshold > 1:
        raise ValueError(
            f"threshold is the largest ratio of two sides and must be above 1, got "
            f"{threshold!r}."
        )
    step = max(1, BLOCK_ENTRIES // len(anchors))
    values = [
        reduce(ratio_block(X[start : start + step], anchors) > 1 / threshold)
        for start in range(0, len(X), step)
    ]
    return float(np.average(np.concatenate(values), weights=weight))
