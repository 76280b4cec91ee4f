"""Scorers of anchors, for an estimator, a Pipeline or a search."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.exceptions import UndefinedMetricWarning

from skanchors._boxes import check_weight
from skanchors._fitted import (
    boxes_and_anchors,
    boxes_and_labels,
    unwrap,
)
from skanchors._warnings import warn
from skanchors.metrics import (
    anchors_above_threshold_score,
    best_possible_recall_score,
    grid_iou_score,
    iou_silhouette_score,
    matched_score,
    mean_iou_score,
)
from skanchors.metrics._silhouette import subsample

# Enough for two digits of the mean silhouette, and quick for any number of boxes.
_SILHOUETTE_SAMPLE = 2000


def mean_iou_scorer(
    estimator: Any, X: Any, y: Any = None, *, sample_weight: ArrayLike | None = None
) -> float:
    """Mean over boxes of the best IoU with any anchor.

    Pass it as ``scoring=`` to `GridSearchCV` or `cross_validate`. It equals
    `IoUKMeans.score`, and gives the same number for any clusterer that has
    ``cluster_centers_``, such as scikit-learn's `KMeans`.

    Parameters
    ----------
    estimator : estimator, Pipeline or search
        Fitted; its last step has ``cluster_centers_``.
    X : sequence
        What the estimator takes: boxes, or paths for a Pipeline that reads them.
    y : None
        Ignored.
    sample_weight : array-like of shape (n_boxes,), default=None
        Weights of the boxes; None gives each the weight 1. A search that is fitted with
        ``sample_weight`` hands each fold's weights on.

    Returns
    -------
    float
        From 0 to 1; larger is better.

    Raises
    ------
    TypeError
        If the estimator has no anchors.

    See Also
    --------
    skanchors.metrics.mean_iou_score : The same from boxes and anchors.

    Examples
    --------
    >>> from sklearn.model_selection import cross_val_score
    >>> from skanchors import IoUKMeans
    >>> from skanchors.datasets import make_boxes
    >>> from skanchors.model_selection import mean_iou_scorer
    >>> X = make_boxes(200, random_state=0)
    >>> scores = cross_val_score(
    ...     IoUKMeans(3, random_state=0), X, scoring=mean_iou_scorer
    ... )
    >>> scores.shape
    (5,)
    """
    boxes, anchors = boxes_and_anchors(estimator, X)
    return mean_iou_score(boxes, anchors, sample_weight=sample_weight)


def best_possible_recall_scorer(
    estimator: Any,
    X: Any,
    y: Any = None,
    *,
    threshold: float = 4.0,
    sample_weight: ArrayLike | None = None,
) -> float:
    """Share of boxes that some anchor matches within `threshold` on every side.

    Parameters
    ----------
    estimator : estimator, Pipeline or search
        Fitted; its last step has ``cluster_centers_``.
    X : sequence
        What the estimator takes: boxes, or paths for a Pipeline that reads them.
    y : None
        Ignored.
    threshold : float, default=4.0
        The largest ratio of two sides. For another one pass
        ``functools.partial(best_possible_recall_scorer, threshold=2.0)``.
    sample_weight : array-like of shape (n_boxes,), default=None
        Weights of the boxes; None gives each the weight 1. A search that is fitted with
        ``sample_weight`` hands each fold's weights on.

    Returns
    -------
    float
        From 0 to 1; larger is better.

    Raises
    ------
    TypeError
        If the estimator has no anchors.

    See Also
    --------
    skanchors.metrics.best_possible_recall_score : The same from boxes and anchors.

    Examples
    --------
    >>> from skanchors import IoUKMeans
    >>> from skanchors.model_selection import best_possible_recall_scorer
    >>> X = [[1, 1], [1, 2], [8, 4], [8, 8]]
    >>> best_possible_recall_scorer(IoUKMeans(2, random_state=0).fit(X), X)
    1.0
    """
    boxes, anchors = boxes_and_anchors(estimator, X)
    return best_possible_recall_score(
        boxes, anchors, threshold=threshold, sample_weight=sample_weight
    )


def matched_scorer(
    estimator: Any,
    X: Any,
    y: Any = None,
    *,
    threshold: float = 0.5,
    sample_weight: ArrayLike | None = None,
) -> float:
    """Share of boxes whose best anchor reaches an IoU where the grid puts it.

    Parameters
    ----------
    estimator : estimator, Pipeline or search
        Fitted; its last step has ``anchor_set_``, as `PyramidAnchors` and `SSDAnchors`
        have.
    X : sequence
        What the estimator takes: boxes in pixels of the input, or paths for a Pipeline
        that reads them.
    y : None
        Ignored.
    threshold : float, default=0.5
        The least IoU of a match.
    sample_weight : array-like of shape (n_boxes,), default=None
        Weights of the boxes; None gives each the weight 1. A search that is fitted with
        ``sample_weight`` hands each fold's weights on.

    Returns
    -------
    float
        From 0 to 1; larger is better.

    Raises
    ------
    TypeError
        If the estimator knows nothing of levels and strides.

    See Also
    --------
    skanchors.metrics.matched_score : The same from boxes and a set of anchors.

    Examples
    --------
    >>> from skanchors import PyramidAnchors
    >>> from skanchors.datasets import make_boxes
    >>> from skanchors.model_selection import matched_scorer
    >>> X = 640 * make_boxes(200, random_state=0)
    >>> model = PyramidAnchors((8, 16, 32, 64), random_state=0).fit(X)
    >>> 0 < matched_scorer(model, X) <= 1
    True
    """
    boxes, anchor_set = _boxes_and_anchor_set(estimator, X)
    return matched_score(
        boxes, anchor_set, threshold=threshold, sample_weight=sample_weight
    )


def grid_iou_scorer(
    estimator: Any, X: Any, y: Any = None, *, sample_weight: ArrayLike | None = None
) -> float:
    """Mean over boxes of the best IoU with any anchor where the grid puts it.

    Parameters
    ----------
    estimator : estimator, Pipeline or search
        Fitted; its last step has ``anchor_set_``, as `PyramidAnchors` and `SSDAnchors`
        have.
    X : sequence
        What the estimator takes: boxes in pixels of the input, or paths for a Pipeline
        that reads them.
    y : None
        Ignored.
    sample_weight : array-like of shape (n_boxes,), default=None
        Weights of the boxes; None gives each the weight 1. A search that is fitted with
        ``sample_weight`` hands each fold's weights on.

    Returns
    -------
    float
        From 0 to 1; larger is better.

    Raises
    ------
    TypeError
        If the estimator knows nothing of levels and strides.

    See Also
    --------
    skanchors.metrics.grid_iou_score : The same from boxes and a set of anchors.

    Examples
    --------
    >>> from skanchors import PyramidAnchors
    >>> from skanchors.datasets import make_boxes
    >>> from skanchors.model_selection import grid_iou_scorer
    >>> X = 640 * make_boxes(200, random_state=0)
    >>> model = PyramidAnchors((8, 16, 32, 64), random_state=0).fit(X)
    >>> 0 < grid_iou_scorer(model, X) <= model.score(X)
    True
    """
    boxes, anchor_set = _boxes_and_anchor_set(estimator, X)
    return grid_iou_score(boxes, anchor_set, sample_weight=sample_weight)


def _boxes_and_anchor_set(estimator: Any, X: Any) -> tuple[Any, Any]:
    """Boxes that `X` stands for, and anchors with their levels and strides."""
    model, boxes = unwrap(estimator, X)
    anchor_set = getattr(model, "anchor_set_", None)
    if anchor_set is None:
        raise TypeError(
            f"{type(model).__name__} knows nothing of levels and strides "
            "(anchor_set_): pass a fitted PyramidAnchors or SSDAnchors, a Pipeline "
            "that ends in one, or a search over one."
        )
    return boxes, anchor_set


def silhouette_scorer(
    estimator: Any,
    X: Any,
    y: Any = None,
    *,
    sample_size: int | None = None,
    random_state: Any = None,
    sample_weight: ArrayLike | None = None,
) -> float:
    """Mean silhouette of the predicted clusters under the IoU distance.

    Parameters
    ----------
    estimator : estimator, Pipeline or search
        Fitted; its last step has ``predict``.
    X : sequence
        What the estimator takes: boxes, or paths for a Pipeline that reads them.
    y : None
        Ignored.
    sample_size : int, default=None
        Score this many boxes drawn at random; all, if there are no more. Time grows
        with the square of it. To set it, pass
        ``functools.partial(silhouette_scorer, sample_size=5000, random_state=0)``.
    random_state : int, RandomState instance or None, default=None
        Draws the sample.
    sample_weight : array-like of shape (n_boxes,), default=None
        Weights of the boxes; None gives each the weight 1. A search that is fitted with
        ``sample_weight`` hands each fold's weights on.

    Returns
    -------
    float
        From -1 to 1; larger is better. NaN where the silhouette is not defined.

    Warns
    -----
    UndefinedMetricWarning
        If the boxes fall into one cluster only, or each into its own. The score is
        then NaN: `GridSearchCV` ranks such a candidate last and the search goes on.

    See Also
    --------
    skanchors.metrics.iou_silhouette_score : The same from boxes and labels.

    Examples
    --------
    >>> from skanchors import IoUKMeans
    >>> from skanchors.model_selection import silhouette_scorer
    >>> X = [[1, 1], [1, 2], [8, 4], [8, 8]]
    >>> round(silhouette_scorer(IoUKMeans(2, random_state=0).fit(X), X), 3)
    0.482
    """
    boxes, labels = boxes_and_labels(estimator, X)
    weight = check_weight(sample_weight, labels)
    boxes, labels, weight = subsample(sample_size, random_state, boxes, labels, weight)
    used = slice(None) if weight is None else weight > 0
    n_boxes = len(labels) if weight is None else weight.sum()
    n_clusters = len(np.unique(labels[used]))
    if not 2 <= n_clusters < n_boxes:
        warn(
            f"The silhouette is not defined for {n_boxes:g} boxes in {n_clusters} "
            "clusters; the score is NaN. Search from 2 clusters on, or use fewer, "
            "larger folds.",
            UndefinedMetricWarning,
        )
        return float("nan")
    return iou_silhouette_score(boxes, labels, sample_weight=weight)


def anchor_scorer(
    estimator: Any,
    X: Any,
    y: Any = None,
    *,
    threshold: float = 4.0,
    sample_weight: ArrayLike | None = None,
) -> dict[str, float]:
    """All scores of anchors that are quick to compute, as one dictionary.

    Reads and predicts once for all of them. With `GridSearchCV` pass ``refit=`` one of
    the names or one of the `refit_...` rules.

    Parameters
    ----------
    estimator : estimator, Pipeline or search
        Fitted; its last step has ``cluster_centers_``.
    X : sequence
        What the estimator takes: boxes, or paths for a Pipeline that reads them.
    y : None
        Ignored.
    threshold : float, default=4.0
        The largest ratio of two sides of a box and an anchor that match.
    sample_weight : array-like of shape (n_boxes,), default=None
        Weights of the boxes; None gives each the weight 1. A search that is fitted with
        ``sample_weight`` hands each fold's weights on.

    Returns
    -------
    dict of str to float
        ``"mean_iou"``, ``"best_possible_recall"``, ``"anchors_above_threshold"`` and
        ``"silhouette"``, the last from at most 2000 boxes drawn with a fixed seed.

    Raises
    ------
    TypeError
        If the estimator has no anchors.

    Warns
    -----
    UndefinedMetricWarning
        If the silhouette is not defined, see `silhouette_scorer`.

    Examples
    --------
    >>> from skanchors import IoUKMeans
    >>> from skanchors.model_selection import anchor_scorer
    >>> X = [[1, 1], [1, 2], [8, 4], [8, 8]]
    >>> sorted(anchor_scorer(IoUKMeans(2, random_state=0).fit(X), X))
    ['anchors_above_threshold', 'best_possible_recall', 'mean_iou', 'silhouette']
    """
    model, boxes = unwrap(estimator, X)
    boxes, anchors = boxes_and_anchors(model, boxes)
    weighted: dict[str, Any] = {"sample_weight": sample_weight}
    return {
        "mean_iou": mean_iou_score(boxes, anchors, **weighted),
        "best_possible_recall": best_possible_recall_score(
            boxes, anchors, threshold=threshold, **weighted
        ),
        "anchors_above_threshold": anchors_above_threshold_score(
            boxes, anchors, threshold=threshold, **weighted
        ),
        "silhouette": silhouette_scorer(
            model, boxes, sample_size=_SILHOUETTE_SAMPLE, random_state=0, **weighted
        ),
    }
