"""Scorers of anchors, for an estimator, a Pipeline or a search."""

import warnings

import numpy as np
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.utils import check_random_state

from skanchors._fitted import (
    boxes_and_anchors,
    boxes_and_labels,
    unwrap,
)
from skanchors.metrics import (
    anchors_above_threshold_score,
    best_possible_recall_score,
    iou_silhouette_score,
    mean_iou_score,
)

# Enough for two digits of the mean silhouette, and quick for any number of boxes.
_SILHOUETTE_SAMPLE = 2000


def mean_iou_scorer(estimator, X, y=None):
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
    return mean_iou_score(boxes, anchors)


def best_possible_recall_scorer(estimator, X, y=None, *, threshold=4.0):
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
    return best_possible_recall_score(boxes, anchors, threshold=threshold)


def silhouette_scorer(estimator, X, y=None, *, sample_size=None, random_state=None):
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
    if sample_size is not None and sample_size < len(labels):
        rng = check_random_state(random_state)
        chosen = rng.permutation(len(labels))[:sample_size]
        boxes, labels = np.asarray(boxes)[chosen], labels[chosen]
    n_clusters = len(np.unique(labels))
    if not 2 <= n_clusters < len(labels):
        warnings.warn(
            f"The silhouette is not defined for {len(labels)} boxes in {n_clusters} "
            "clusters; the score is NaN. Search from 2 clusters on, or use fewer, "
            "larger folds.",
            UndefinedMetricWarning,
            stacklevel=2,
        )
        return float("nan")
    return iou_silhouette_score(boxes, labels)


def anchor_scorer(estimator, X, y=None, *, threshold=4.0):
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
    return {
        "mean_iou": mean_iou_score(boxes, anchors),
        "best_possible_recall": best_possible_recall_score(
            boxes, anchors, threshold=threshold
        ),
        "anchors_above_threshold": anchors_above_threshold_score(
            boxes, anchors, threshold=threshold
        ),
        "silhouette": silhouette_scorer(
            model, boxes, sample_size=_SILHOUETTE_SAMPLE, random_state=0
        ),
    }
