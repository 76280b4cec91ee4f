"""Whether different seeds lead to the same anchors."""

from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import linear_sum_assignment
from sklearn.base import clone
from sklearn.utils import check_random_state

from skanchors._checks import check_count
from skanchors._fitted import boxes_and_anchors
from skanchors.metrics import pairwise_iou


def stability_scorer(
    estimator: Any,
    X: Any,
    y: Any = None,
    *,
    n_runs: int = 5,
    random_state: Any = 0,
    sample_weight: ArrayLike | None = None,
) -> float:
    """Agreement of the anchors that different seeds find on the same boxes.

    Clones of `estimator` are fitted to `X`, each with a seed of its own. The anchors
    of each two runs are paired off one to one so that their IoU is largest, and the
    IoU of the pairs is averaged over all anchors and all pairs of runs.

    Low agreement says that the clusters are not there in the data (k is too large) or
    that `n_init` is too small to find them. High agreement alone does not make a good
    k: one cluster is found by every run.

    Parameters
    ----------
    estimator : estimator or Pipeline
        Need not be fitted. Every parameter called ``random_state``, also in the steps
        of a Pipeline, is set.
    X : sequence
        What the estimator takes: boxes, or paths for a Pipeline that reads them.
    y : None
        Ignored.
    n_runs : int, default=5
        Number of fits, 2 or more.
    random_state : int, RandomState instance or None, default=0
        Draws the seeds.
    sample_weight : array-like of shape (n_boxes,), default=None
        Weights of the boxes in each fit; None gives each the weight 1.

    Returns
    -------
    float
        From 0 to 1, where every run found the same anchors.

    Raises
    ------
    TypeError
        If the estimator finds no anchors.
    ValueError
        If `n_runs` is below 2 or no step has a ``random_state``.

    Notes
    -----
    As ``scoring=`` of a search it fits to each test fold `n_runs` times.

    Examples
    --------
    >>> from skanchors import IoUKMeans
    >>> from skanchors.datasets import make_boxes
    >>> from skanchors.model_selection import stability_scorer
    >>> X = make_boxes(300, random_state=0)
    >>> 0 < stability_scorer(IoUKMeans(5), X) <= 1
    True
    """
    check_count(n_runs, name="n_runs", minimum=2)
    seeded = [
        name
        for name in estimator.get_params()
        if name == "random_state" or name.endswith("__random_state")
    ]
    if not seeded:
        raise ValueError(
            f"{type(estimator).__name__} has no parameter random_state: every run "
            "gives the same anchors."
        )
    rng = check_random_state(random_state)
    weighted = {} if sample_weight is None else _for_fit(estimator, sample_weight)
    runs = []
    for _ in range(n_runs):
        seeds = {name: int(rng.randint(np.iinfo(np.int32).max)) for name in seeded}
        run = clone(estimator).set_params(**seeds).fit(X, **weighted)
        runs.append(boxes_and_anchors(run, X)[1])
    return float(np.mean([_agreement(a, b) for a, b in combinations(runs, 2)]))


def _for_fit(estimator: Any, sample_weight: ArrayLike) -> dict[str, ArrayLike]:
    """Weights as ``fit`` takes them: a Pipeline wants the name of its last step."""
    prefix = ""
    while hasattr(estimator, "steps"):
        name, estimator = estimator.steps[-1]
        prefix += f"{name}__"
    return {f"{prefix}sample_weight": sample_weight}


def _agreement(anchors: np.ndarray, others: np.ndarray) -> float:
    """Mean IoU of the best one-to-one pairing; an anchor left over counts as 0."""
    iou = pairwise_iou(anchors, others)
    return iou[linear_sum_assignment(iou, maximize=True)].sum() / max(iou.shape)
