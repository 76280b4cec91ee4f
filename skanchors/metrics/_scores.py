"""Scores of a set of anchors: boxes and anchors in, one number out."""

import numbers
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from skanchors._anchors_like import meet
from skanchors._boxes import check_pair, check_weight
from skanchors.metrics._nearest import nearest_anchor
from skanchors.metrics._ratio import map_ratios


def mean_iou_score(
    X: Any,
    anchors: Any,
    *,
    sample_weight: ArrayLike | None = None,
) -> float:
    r"""Mean over boxes of the best IoU with any anchor.

    For boxes x with weights w and anchors a,

    .. math:: \frac{1}{\sum_x w_x} \sum_x w_x \max_a \mathrm{IoU}(x, a) .

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
    X, anchors = check_pair(*meet(X, anchors), names=("X", "anchors"))
    weight = check_weight(sample_weight, X)
    distance = nearest_anchor(X, anchors)[1]
    return 1 - float(np.average(distance, weights=weight))


def best_possible_recall_score(
    X: Any,
    anchors: Any,
    *,
    threshold: float = 4.0,
    sample_weight: ArrayLike | None = None,
) -> float:
    """Share of boxes that some anchor matches on every side.

    An anchor matches a box if every side differs by less than the factor `threshold`.
    A detector that assigns targets by this rule can never find the other boxes.

    Parameters
    ----------
    X : array-like of shape (n_boxes, n_sides)
        Sizes of the boxes, 0 or larger.
    anchors : array-like of shape (n_anchors, n_sides)
        Sizes of the anchors in the same unit.
    threshold : float, default=4.0
        Sides must differ by less than this, which is above 1; YOLOv5's ``anchor_t``.
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


def anchors_above_threshold_score(
    X: Any,
    anchors: Any,
    *,
    threshold: float = 4.0,
    sample_weight: ArrayLike | None = None,
) -> float:
    """Mean over boxes of the number of anchors that match.

    An anchor matches a box if every side differs by less than the factor `threshold`.

    Parameters
    ----------
    X : array-like of shape (n_boxes, n_sides)
        Sizes of the boxes, 0 or larger.
    anchors : array-like of shape (n_anchors, n_sides)
        Sizes of the anchors in the same unit.
    threshold : float, default=4.0
        Sides must differ by less than this, which is above 1; YOLOv5's ``anchor_t``.
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


def _mean_over_matches(
    X: Any,
    anchors: Any,
    threshold: float,
    sample_weight: ArrayLike | None,
    reduce: Callable[[np.ndarray], Any],
) -> float:
    """Weighted mean of ``reduce(matches (n, n_anchors)) -> (n,)`` over boxes.

    X has shape (n_boxes, n_sides), `anchors` (n_anchors, n_sides), and `sample_weight`
    (n_boxes,) unless it is None.
    """
    X, anchors = check_pair(*meet(X, anchors), names=("X", "anchors"))
    weight = check_weight(sample_weight, X)
    if not isinstance(threshold, numbers.Real) or not threshold > 1:
        raise ValueError(
            f"threshold is the largest ratio of two sides and must be above 1, got "
            f"{threshold!r}."
        )
    values = map_ratios(X, anchors, lambda ratios: reduce(ratios > 1 / threshold))
    return float(np.average(values, weights=weight))
