"""Anchors for a whole range of k, each fit started from its neighbours."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_random_state

from skanchors._boxes import check_boxes, check_weight, merge_equal, sort_by_volume
from skanchors.cluster._path import solve_path


@dataclass(frozen=True)
class AnchorPath:
    """Anchors for several numbers of clusters.

    Attributes
    ----------
    n_clusters : ndarray of shape (n_fits,)
        Numbers of clusters, ascending.
    anchors : list of ndarray of shape (k, n_sides)
        The anchors of each, sorted by volume.
    mean_iou : ndarray of shape (n_fits,)
        Their mean IoU on the boxes; it never falls with k.

    Examples
    --------
    >>> from skanchors.datasets import make_boxes
    >>> from skanchors.model_selection import anchor_path
    >>> path = anchor_path(make_boxes(100, random_state=0), [2, 4], random_state=0)
    >>> [len(anchors) for anchors in path.anchors]
    [2, 4]
    """

    n_clusters: np.ndarray
    anchors: list
    mean_iou: np.ndarray


def anchor_path(
    X: ArrayLike,
    n_clusters: Any = range(1, 21),
    *,
    sample_weight: ArrayLike | None = None,
    random_state: int | np.random.RandomState | None = None,
) -> AnchorPath:
    """Find the anchors of largest mean IoU for a range of k at once.

    Anchors for k are a good start for k + 1 with one more, and for k - 1 with one
    less, so the whole range costs a fraction of separate fits.

    Parameters
    ----------
    X : array-like of shape (n_boxes, n_sides)
        Sizes of the boxes, 0 or larger.
    n_clusters : iterable of int, default=range(1, 21)
        Numbers of clusters.
    sample_weight : array-like of shape (n_boxes,), default=None
        Weights of the boxes; None gives each the weight 1.
    random_state : int, RandomState instance or None, default=None
        An int gives the same anchors always.

    Returns
    -------
    AnchorPath
        With `n_clusters`, `anchors` and `mean_iou`.

    Raises
    ------
    ValueError
        If a size is negative or not finite, or a number of clusters is below 1 or
        above the number of distinct boxes.

    See Also
    --------
    skanchors.IoUKMeans : One fit, which can be a little better than that of a path.

    Examples
    --------
    >>> from skanchors.datasets import make_boxes
    >>> from skanchors.model_selection import anchor_path
    >>> path = anchor_path(make_boxes(500, random_state=0), range(1, 6), random_state=0)
    >>> path.n_clusters
    array([1, 2, 3, 4, 5])
    >>> bool((path.mean_iou[1:] >= path.mean_iou[:-1]).all())
    True
    """
    X = check_boxes(X, dtype=np.float64)
    boxes, weight = merge_equal(X, check_weight(sample_weight, X))
    wanted = sorted({int(k) for k in n_clusters})
    if not wanted or wanted[0] < 1 or wanted[-1] > len(boxes):
        raise ValueError(
            f"n_clusters must be numbers from 1 to the {len(boxes)} distinct boxes, "
            f"got {list(n_clusters)}."
        )
    solutions = solve_path(boxes, weight, wanted, check_random_state(random_state))
    return AnchorPath(
        n_clusters=np.array(wanted),
        anchors=[sort_by_volume(anchors) for anchors, _ in solutions],
        mean_iou=np.array([mean_iou for _, mean_iou in solutions]),
    )
