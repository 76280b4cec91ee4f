"""Silhouette of clusters of boxes under the IoU distance."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_consistent_length, check_random_state, column_or_1d

from skanchors._boxes import check_boxes, check_weight
from skanchors._checks import check_count
from skanchors._threads import map_row_ranges
from skanchors.metrics._iou import IOU
from skanchors.metrics._metric import BLOCK_ENTRIES


def iou_silhouette_samples(X: Any, labels: Any) -> np.ndarray:
    """Silhouette of each box under the distance 1 - IoU.

    For a box, let ``a`` be its mean distance to the other boxes of its cluster and
    ``b`` that to the boxes of the nearest other cluster; its silhouette is
    ``(b - a) / max(a, b)`` [1]_, and 0 for a box that is alone in its cluster.

    Parameters
    ----------
    X : array-like of shape (n_boxes, n_sides)
        Sizes of the boxes, 0 or larger.
    labels : array-like of shape (n_boxes,)
        Cluster of each box; from 2 to ``n_boxes - 1`` different ones.

    Returns
    -------
    ndarray of shape (n_boxes,)
        From -1 to 1; larger is better.

    Raises
    ------
    ValueError
        If a size is negative or not finite, the lengths differ, or the silhouette is
        not defined for this number of clusters.

    See Also
    --------
    iou_silhouette_score : The mean of these.

    Notes
    -----
    The same as `sklearn.metrics.silhouette_samples` of all pairwise distances with
    ``metric="precomputed"``, but the matrix of distances is never stored: memory grows
    with ``n_boxes``. Time grows with the square of the number of different boxes.

    References
    ----------
    .. [1] P. J. Rousseeuw, "Silhouettes: a graphical aid to the interpretation and
       validation of cluster analysis", Journal of Computational and Applied
       Mathematics 20, 1987.

    Examples
    --------
    >>> from skanchors.metrics import iou_silhouette_samples
    >>> iou_silhouette_samples([[1, 1], [1, 2], [8, 4], [8, 8]], [0, 0, 1, 1]).round(3)
    array([0.488, 0.475, 0.475, 0.488])
    """
    X, labels = _check(X, labels)
    return weighted_silhouettes(X, labels, None)


def iou_silhouette_score(
    X: Any,
    labels: Any,
    *,
    sample_weight: ArrayLike | None = None,
    sample_size: int | None = None,
    random_state: Any = None,
) -> float:
    """Mean silhouette of all boxes under the distance 1 - IoU.

    Parameters
    ----------
    X : array-like of shape (n_boxes, n_sides)
        Sizes of the boxes, 0 or larger.
    labels : array-like of shape (n_boxes,)
        Cluster of each box; from 2 to ``n_boxes - 1`` different ones.
    sample_weight : array-like of shape (n_boxes,), default=None
        Weights of the boxes, which count as repetitions do; None gives each the
        weight 1.
    sample_size : int, default=None
        Score this many boxes, drawn at random without replacement, in place of all;
        the same ones that `sklearn.metrics.silhouette_score` would draw.
    random_state : int, RandomState instance or None, default=None
        Draws the sample.

    Returns
    -------
    float
        From -1 to 1; larger is better.

    Raises
    ------
    ValueError
        If a size is negative or not finite, the lengths differ, `sample_size` is not
        between 1 and the number of boxes, or the silhouette is not defined for the
        number of clusters (in the sample).

    See Also
    --------
    iou_silhouette_samples : The silhouette of each box.

    Examples
    --------
    >>> from skanchors.metrics import iou_silhouette_score
    >>> X, labels = [[1, 1], [1, 2], [8, 4], [8, 8]], [0, 0, 1, 1]
    >>> round(iou_silhouette_score(X, labels), 3)
    0.482
    """
    X, labels = _check(X, labels)
    weight = check_weight(sample_weight, X)
    if sample_size is not None:
        check_count(sample_size, name="sample_size")
        if sample_size > len(X):
            raise ValueError(
                f"sample_size must be at most the number of boxes, {len(X)}, got "
                f"{sample_size!r}."
            )
    X, labels, weight = subsample(sample_size, random_state, X, labels, weight)
    return float(np.average(weighted_silhouettes(X, labels, weight), weights=weight))


def subsample(
    sample_size: int | None, random_state: Any, *arrays: np.ndarray | None
) -> list:
    """The same rows of all arrays, so many at random if there are more than that.

    Parameters
    ----------
    sample_size : int or None
        None keeps all.
    random_state : int, RandomState instance or None
        Draws as `sklearn.metrics.silhouette_score` does.
    *arrays : ndarray of shape (n_boxes, ...) or None
        The first is an array.

    Returns
    -------
    list of ndarray or None
    """
    n_boxes = len(arrays[0])  # type: ignore[arg-type]
    if sample_size is None or check_count(sample_size, name="sample_size") >= n_boxes:
        return list(arrays)
    chosen = check_random_state(random_state).permutation(n_boxes)[:sample_size]
    return [None if array is None else np.asarray(array)[chosen] for array in arrays]


def weighted_silhouettes(
    X: np.ndarray, labels: np.ndarray, weight: np.ndarray | None
) -> np.ndarray:
    """Silhouette of each box, where weights count as repetitions do.

    Parameters
    ----------
    X : ndarray of shape (n_boxes, n_sides)
    labels : ndarray of shape (n_boxes,)
    weight : ndarray of shape (n_boxes,) or None

    Returns
    -------
    ndarray of shape (n_boxes,)
        0 for boxes of weight 0.
    """
    weight = np.ones(len(X)) if weight is None else weight
    used = weight > 0
    n_boxes = weight.sum()
    names, number = np.unique(labels[used], return_inverse=True)
    if not 2 <= len(names) < n_boxes:
        raise ValueError(
            f"The silhouette compares 2 to n_boxes - 1 clusters; got {len(names)} "
            f"of {n_boxes:g} boxes."
        )
    # Equal boxes of one cluster have one silhouette, and are summed over as one term.
    # Sorted by label, the terms of each cluster lie side by side.
    rows, inverse = np.unique(
        np.column_stack([number, X[used]]), axis=0, return_inverse=True
    )
    inverse = inverse.ravel()
    summed = np.bincount(inverse, weight[used])
    found = _of_terms(rows[:, 1:].copy(), rows[:, 0].astype(np.intp), summed)
    values = np.zeros(len(X))
    values[used] = found[inverse]
    return values


def _check(X: Any, labels: Any) -> tuple[np.ndarray, np.ndarray]:
    X = check_boxes(X, dtype=np.float64)
    labels = column_or_1d(labels)
    check_consistent_length(X, labels)
    return X, labels


def _of_terms(boxes: np.ndarray, labels: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Silhouettes of distinct boxes, one cluster after the other."""
    starts = np.flatnonzero(np.diff(labels, prepend=-1))
    sizes = np.add.reduceat(weight, starts)
    is_weighted = (weight != 1).any()
    step = max(1, 2 * BLOCK_ENTRIES // len(boxes))
    values = np.zeros(len(boxes))

    def fill(start: int, stop: int) -> None:
        for low in range(start, stop, step):
            block = slice(low, min(low + step, stop))
            own = labels[block]
            distance = IOU.block(boxes[block], boxes)
            if is_weighted:
                distance *= weight
            sums = np.add.reduceat(distance, starts, axis=1)
            rows = np.arange(len(own))
            within = sums[rows, own] / np.maximum(sizes[own] - 1, 1)
            sums /= sizes
            sums[rows, own] = np.inf
            nearest = sums.min(axis=1)
            larger = np.maximum(within, nearest)
            defined = (sizes[own] > 1) & (larger > 0)
            np.divide(nearest - within, larger, out=values[block], where=defined)

    map_row_ranges(fill, len(boxes), min_rows=500)
    return values
