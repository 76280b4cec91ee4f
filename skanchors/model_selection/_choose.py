"""The number of anchors that a data set needs, by a path and held-out images."""

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.model_selection import GroupKFold
from sklearn.utils import check_consistent_length, check_random_state

from skanchors._boxes import (
    check_boxes,
    check_weight,
    is_table,
    merge_equal,
    sort_by_volume,
)
from skanchors._checks import check_count, check_verbose
from skanchors._progress import track
from skanchors.cluster._path import solve_path
from skanchors.cluster._tuning import QUICK_PATH
from skanchors.metrics._nearest import nearest_anchor
from skanchors.model_selection._choice import ClusterCountChoice
from skanchors.model_selection._refit import GainRule, refit_gain

# An IoU from which most detectors call an anchor positive.
_MATCHED = 0.5


def choose_n_clusters(
    X: ArrayLike,
    n_clusters: Iterable[int] = range(2, 17),
    *,
    step: int = 1,
    min_gain: float = 0.01,
    rule: Callable | None = None,
    image_ids: ArrayLike | None = None,
    sample_weight: ArrayLike | None = None,
    cv: int = 5,
    random_state: Any = None,
    verbose: int = 0,
) -> ClusterCountChoice:
    """Choose the number of anchors by what one level more of them gains.

    The mean IoU rises with every further anchor, on unseen images too. So the rule asks
    for the smallest number after which `step` more anchors gain less than `min_gain`
    on images that were held out. It does not move with the range that is searched.

    Parameters
    ----------
    X : array-like of shape (n_boxes, n_sides) or AnnotationTable
        Sizes of the boxes, 0 or larger. A table stands for fractions of its images,
        which stay together.
    n_clusters : iterable of int, default=range(2, 17)
        Numbers of anchors. Only multiples of `step` count.
    step : int, default=1
        The number of anchors that come together: the number of levels of the detector,
        since each wants as many.
    min_gain : float, default=0.01
        The gain in mean IoU that is worth `step` more anchors.
    rule : callable, default=None
        Another rule, such as ``refit_smallest_above("matched", 0.9)``: takes
        ``cv_results`` with the scores "mean_iou" and "matched", the share of boxes with
        an IoU of at least 0.5.
    image_ids : array-like of shape (n_boxes,), default=None
        The image of each box: the boxes of one image stay together. None takes each
        box for an image of its own.
    sample_weight : array-like of shape (n_boxes,), default=None
        Weights of the boxes; None gives each the weight 1.
    cv : int, default=5
        Number of shuffled folds of images.
    random_state : int, RandomState instance or None, default=None
        Shuffles the images and draws the starts.
    verbose : int, default=0
        Whether to show a progress bar.

    Returns
    -------
    ClusterCountChoice
        The number, its anchors, and the scores of all numbers.

    Raises
    ------
    ValueError
        If a size is negative or not finite, no number is a multiple of `step`, or there
        are fewer images than folds or fewer distinct boxes than anchors.

    See Also
    --------
    refit_gain : The same rule for `GridSearchCV`.
    anchor_path : The anchors alone.

    Notes
    -----
    Anchors of all numbers come from one path a fold (see `anchor_path`), not from
    separate fits. The interval of a gain is that of a mean over images of paired
    differences, each image judged by anchors that have not seen it.

    Examples
    --------
    >>> from skanchors.datasets import make_boxes
    >>> from skanchors.model_selection import choose_n_clusters
    >>> X = make_boxes(300, random_state=0)
    >>> choice = choose_n_clusters(X, range(3, 16), step=3, random_state=0)
    >>> choice.n_clusters % 3
    0
    """
    if is_table(X) and image_ids is None:
        image_ids = X.image_index
    X = check_boxes(X, dtype=np.float64)
    weight = check_weight(sample_weight, X)
    step = check_count(step, name="step")
    chooser = refit_gain("mean_iou", step=step, min_gain=min_gain, warn=False)
    check_count(cv, name="cv", minimum=2)
    check_verbose(verbose)
    wanted = _check_numbers(n_clusters, step)
    used = np.ones(len(X), dtype=bool) if weight is None else weight > 0
    images = np.arange(len(X)) if image_ids is None else np.asarray(image_ids)
    check_consistent_length(X, images)
    index = np.unique(images, return_inverse=True)[1]
    X, index = X[used], index[used]
    weight = np.ones(len(X)) if weight is None else weight[used]
    n_images = len(np.unique(index))
    if n_images < cv:
        raise ValueError(
            f"{cv} folds need as many images with boxes, got {n_images}; see image_ids."
        )
    seeds = _seeds(cv, random_state)
    folds = _folds(index, cv, seeds[0])
    iou = np.empty((len(wanted), len(X)))
    tasks = track(
        list(zip(folds, seeds[2:], strict=True)),
        description="Choosing k",
        verbose=verbose,
    )
    for (train, test), seed in tasks:
        sets = _path(X[train], weight[train], wanted, seed, QUICK_PATH)
        for place, (anchors, _) in enumerate(sets):
            iou[place, test] = 1 - nearest_anchor(X[test], anchors)[1]
    whole = _path(X, weight, wanted, seeds[1])
    fitted = np.array([mean for _, mean in whole])
    results = _cv_results(iou, weight, wanted, fitted, [test for _, test in folds])
    rows = _rows(iou, weight, index, wanted, fitted)
    place = chooser(results) if rule is None else rule(results)
    if rule is None:
        at_end = len(wanted) > 1 and chooser.is_at_end(results)
    else:
        at_end = place == len(wanted) - 1 > 0
    return ClusterCountChoice(
        n_clusters=wanted[place],
        anchors=sort_by_volume(whole[place][0]),
        rows=rows,
        rule=_in_words(rule, chooser, bool(at_end), rows[place], wanted),
        at_end=bool(at_end),
        paths={
            k: sort_by_volume(anchors)
            for k, (anchors, _) in zip(wanted, whole, strict=True)
        },
        cv_results=results,
    )


def most_clusters(
    X: np.ndarray, image_ids: np.ndarray, cv: int, random_state: Any
) -> int:
    """The largest number of anchors that `choose_n_clusters` can find in every fold.

    Parameters
    ----------
    X : ndarray of shape (n_boxes, n_sides)
    image_ids : ndarray of shape (n_boxes,)
    cv : int
    random_state : int, RandomState instance or None
        As given to `choose_n_clusters`.
    """
    index = np.unique(image_ids, return_inverse=True)[1]
    folds = _folds(index, cv, _seeds(cv, random_state)[0])
    return min(len(np.unique(X[train], axis=0)) for train, _ in folds)


def _seeds(cv: int, random_state: Any) -> list[int]:
    """Seeds of the folds, of the path of all boxes, and of that of each fold."""
    rng = check_random_state(random_state)
    return rng.randint(np.iinfo(np.int32).max, size=cv + 2).tolist()


def _folds(index: np.ndarray, cv: int, seed: int) -> list:
    """Boxes to fit and to judge by; `index` is the image of each, (n_boxes,)."""
    splitter = GroupKFold(cv, shuffle=True, random_state=seed)
    return list(splitter.split(index, groups=index))


def _check_numbers(n_clusters: Any, step: int) -> list[int]:
    if not isinstance(n_clusters, Iterable) or isinstance(n_clusters, str):
        raise TypeError(
            f"n_clusters must be numbers, such as range(2, 17), got {n_clusters!r}."
        )
    given = [check_count(k, name="each of n_clusters") for k in n_clusters]
    wanted = sorted({k for k in given if k % step == 0})
    if not given:
        raise ValueError("n_clusters is empty; pass numbers, such as range(2, 17).")
    if not wanted:
        raise ValueError(f"None of n_clusters, {given}, is a multiple of step={step}.")
    return wanted


def _path(
    X: np.ndarray, weight: np.ndarray, wanted: list[int], seed: int, *effort: Any
) -> list[tuple[np.ndarray, float]]:
    """Anchors and mean IoU of each number; X (n_boxes, n_sides), weight (n_boxes,)."""
    merged = merge_equal(X, weight)
    if wanted[-1] > len(merged.boxes):
        raise ValueError(
            f"{wanted[-1]} anchors need as many distinct boxes among those fitted to, "
            f"and there are {len(merged.boxes)}."
        )
    rng = np.random.RandomState(seed)
    return solve_path(merged.boxes, merged.weight, wanted, rng, *effort)


def _cv_results(
    iou: np.ndarray,
    weight: np.ndarray,
    wanted: list[int],
    fitted: np.ndarray,
    tests: list[np.ndarray],
) -> dict:
    """Scores in the form of `GridSearchCV`; means are over boxes, not over folds.

    Parameters
    ----------
    iou : ndarray of shape (n_counts, n_boxes)
        Held out.
    weight : ndarray of shape (n_boxes,)
    wanted : list of int
    fitted : ndarray of shape (n_counts,)
    tests : list of ndarray of int
        The held-out boxes of each fold.
    """
    values = {"mean_iou": iou, "matched": (iou >= _MATCHED - 1e-12).astype(float)}
    results: dict = {
        "param_n_clusters": np.ma.array(wanted, dtype=object),
        "params": [{"n_clusters": k} for k in wanted],
        "mean_train_mean_iou": fitted,
    }
    for name, table in values.items():
        results[f"mean_test_{name}"] = np.average(table, axis=1, weights=weight)
        for i, rows in enumerate(tests):
            results[f"split{i}_test_{name}"] = np.average(
                table[:, rows], axis=1, weights=weight[rows]
            )
    return results


def _rows(
    iou: np.ndarray,
    weight: np.ndarray,
    index: np.ndarray,
    wanted: list[int],
    fitted: np.ndarray,
) -> list[dict]:
    """Scores of each number, and gains with their intervals.

    Parameters
    ----------
    iou : ndarray of shape (n_counts, n_boxes)
    weight : ndarray of shape (n_boxes,)
    index : ndarray of shape (n_boxes,)
        Image of each box.
    wanted : list of int
        Ascending.
    fitted : ndarray of shape (n_counts,)
    """
    rows = []
    image = np.unique(index, return_inverse=True)[1]
    totals = np.bincount(image, weight)
    for i, k in enumerate(wanted):
        row: dict[str, Any] = {
            "n_clusters": k,
            "held_out": float(np.average(iou[i], weights=weight)),
            "fitted": float(fitted[i]),
            "matched": float(np.average(iou[i] >= _MATCHED - 1e-12, weights=weight)),
        }
        if i + 1 < len(wanted):
            change = iou[i + 1] - iou[i]
            gain = float(np.average(change, weights=weight))
            deviations = np.bincount(image, weight * (change - gain))
            n = len(totals)
            error = np.sqrt((deviations**2).sum() * n / (n - 1)) / totals.sum()
            row |= {
                "next": wanted[i + 1],
                "gain": gain,
                "gain_low": float(gain - 1.96 * error),
                "gain_high": float(gain + 1.96 * error),
            }
        rows.append(row)
    return rows


def _in_words(
    rule: Any, chooser: GainRule, at_end: bool, row: dict, wanted: list[int]
) -> str:
    """Why this number; with the gain that was not worth it, and how sure that is.

    Parameters
    ----------
    rule : callable or None
    chooser : GainRule
    at_end : bool
    row : dict
        Scores of the number that was chosen.
    wanted : list of int
        All numbers.
    """
    if len(wanted) == 1:
        return "the only number that was scored"
    if rule is not None:
        name = getattr(rule, "name", None) or repr(rule)
        return f"chosen by {name}"
    more = "one more gains" if chooser.step == 1 else f"{chooser.step} more gain"
    if at_end:
        has_gaps = any(b - a > chooser.step for a, b in pairwise(wanted))
        end = "each time, on average" if has_gaps else "each time"
        return f"up to there {more} {chooser.min_gain:g} or more {end}"
    text = f"the fewest after which {more} less than {chooser.min_gain:g}"
    if row.get("next") != row["n_clusters"] + chooser.step:
        return text
    low, high = row["gain_low"], row["gain_high"]
    text += f", {row['gain']:+.4f} (95 % interval {low:+.4f} to {high:+.4f})"
    return text + ("; it may be as much" if high >= chooser.min_gain else "")
