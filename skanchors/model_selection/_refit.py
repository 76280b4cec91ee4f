"""Rules by which GridSearchCV picks the number of anchors.

The mean IoU rises with every further anchor, so the highest score is no rule.
"""

import math
import numbers
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from skanchors._checks import check_count
from skanchors._cv_results import ScoreCurve, score_curve, split_scores
from skanchors._warnings import warn


@dataclass(frozen=True)
class _Rule:
    """A refit rule: an object and not a closure, so that a search can be pickled."""

    metric: str

    @property
    def name(self) -> str:
        """What pictures and tables call the rule."""
        return _NAMES[type(self).__name__]

    def __call__(self, cv_results: dict) -> int:
        curve = score_curve(cv_results, self.metric)
        return int(curve.candidates[self._choose(curve, cv_results)])

    def _choose(self, curve: ScoreCurve, cv_results: dict) -> int:
        """Place on the curve."""
        raise NotImplementedError


@dataclass(frozen=True)
class _Elbow(_Rule):
    def _choose(self, curve: ScoreCurve, cv_results: dict) -> int:
        if len(curve.scores) < 3:
            raise ValueError(
                "An elbow needs scores at 3 numbers of clusters or more, got "
                f"{len(curve.scores)}."
            )
        k, score = curve.n_clusters, curve.scores
        chord = np.interp(k, k[[0, -1]], score[[0, -1]])
        above = score - chord
        if above.max() <= 1e-9 * max(1.0, np.ptp(score)):
            warn(
                f"The curve of {self.metric!r} over the number of clusters has no "
                "elbow: it bends upwards or is straight. The highest score was taken.",
            )
            return curve.best()
        return int(above.argmax())


@dataclass(frozen=True)
class _OneStandardError(_Rule):
    def _choose(self, curve: ScoreCurve, cv_results: dict) -> int:
        best = curve.best()
        splits = split_scores(cv_results, self.metric)[curve.candidates[best]]
        if len(splits) < 2:
            raise ValueError(
                "The standard error needs the scores of 2 splits or more, got "
                f"{len(splits)}."
            )
        error = splits.std(ddof=1) / np.sqrt(len(splits))
        return int(np.argmax(curve.scores >= curve.scores[best] - error))


@dataclass(frozen=True)
class _SmallestAbove(_Rule):
    target: float

    def _choose(self, curve: ScoreCurve, cv_results: dict) -> int:
        enough = curve.scores >= self.target
        if not enough.any():
            best = curve.best()
            warn(
                f"No number of clusters reaches {self.metric} {self.target:g}; the "
                f"highest, {curve.scores[best]:.4g} with {curve.n_clusters[best]:g} "
                "clusters, was taken. Search more clusters or lower the target.",
            )
            return best
        return int(np.argmax(enough))


@dataclass(frozen=True)
class GainRule(_Rule):
    """The smallest number after which one step more gains too little."""

    step: int = 1
    min_gain: float = 0.01
    warn: bool = True

    def _choose(self, curve: ScoreCurve, cv_results: dict) -> int:
        places, stop = self._stop(curve)
        if stop is not None:
            return stop
        last = int(places[-1])
        if self.warn:
            k = curve.n_clusters[last]
            warn(
                f"Up to {k:g} clusters, the end of the range, {self.step} more always "
                f"raise {self.metric} by {self.min_gain:g} or more; {k:g} were taken. "
                "Search more clusters, or ask for a larger min_gain.",
            )
        return last

    def is_at_end(self, cv_results: dict) -> bool:
        """Whether no number of clusters but the end of the range is left."""
        return self._stop(score_curve(cv_results, self.metric))[1] is None

    def _stop(self, curve: ScoreCurve) -> tuple[np.ndarray, int | None]:
        """Places of the multiples of a step, and the first that need not grow."""
        k = curve.n_clusters
        places = np.flatnonzero(k % self.step == 0)
        if not len(places):
            raise ValueError(
                f"None of the numbers of clusters, {k.astype(int).tolist()}, is a "
                f"multiple of step={self.step}."
            )
        for place, following in pairwise(places.tolist()):
            steps = (k[following] - k[place]) / self.step
            gain = curve.scores[following] - curve.scores[place]
            if gain < self.min_gain * steps:
                return places, place
        return places, None


_NAMES = {
    "_Elbow": "elbow",
    "_OneStandardError": "one standard error",
    "_SmallestAbove": "smallest above",
    "GainRule": "gain",
}


def _check_metric(metric: Any) -> None:
    if not isinstance(metric, str):
        raise TypeError(
            "metric must be the name of a score in cv_results_, such as 'score' or "
            f"'mean_iou', got {metric!r}."
        )


def refit_gain(
    metric: str = "score",
    *,
    step: int = 1,
    min_gain: float = 0.01,
    warn: bool = True,
) -> GainRule:
    """Pick the fewest clusters after which one step more gains too little.

    The answer does not move with the range that is searched, as that of `refit_elbow`
    does, nor does it run to its end where boxes are many, as that of
    `refit_one_standard_error` does.

    Parameters
    ----------
    metric : str, default="score"
        Name of the score, as in ``cv_results_["mean_test_<metric>"]``. A search by a
        single metric calls it "score".
    step : int, default=1
        The number of anchors that come together, such as the number of levels of a
        detector, each of which wants as many. Only multiples of it are picked.
    min_gain : float, default=0.01
        The gain that is worth one step. Where the search left numbers out, the gain is
        shared out among the steps.
    warn : bool, default=True
        Whether to warn where the end of the range was taken.

    Returns
    -------
    callable
        For ``GridSearchCV(refit=...)``: takes ``cv_results_`` and returns the index of
        a candidate. It can be pickled. Where every step up to the end of the range
        gains enough it warns and takes the largest number.

    See Also
    --------
    choose_n_clusters : The same in one call, by a path, with intervals.
    refit_smallest_above : The smallest number that is good enough.

    Examples
    --------
    >>> from skanchors.model_selection import refit_gain
    >>> rule = refit_gain(min_gain=0.02)
    >>> rule(
    ...     {
    ...         "param_n_clusters": [2, 3, 4, 5],
    ...         "mean_test_score": [0.50, 0.60, 0.61, 0.615],
    ...     }
    ... )
    1
    """
    _check_metric(metric)
    step = check_count(step, name="step")
    if not isinstance(min_gain, numbers.Real) or not math.isfinite(min_gain):
        raise ValueError(f"min_gain must be a number, got {min_gain!r}.")
    return GainRule(metric, step, float(min_gain), warn)


def refit_elbow(metric: str = "score") -> Callable:
    """Pick the number of clusters after which a curve of scores flattens.

    Draw a straight line from the first to the last point of the mean score over the
    number of clusters; the elbow is the point highest above the line. For a curve
    that rises ever more slowly this is the knee of [1]_.

    Parameters
    ----------
    metric : str, default="score"
        Name of the score, as in ``cv_results_["mean_test_<metric>"]``. A search by a
        single metric calls it "score".

    Returns
    -------
    callable
        For ``GridSearchCV(refit=...)``: takes ``cv_results_`` and returns the index of
        a candidate. It can be pickled. It raises ValueError if fewer than 3 numbers
        of clusters were searched, and warns and takes the highest score if the curve
        has no elbow.

    See Also
    --------
    refit_one_standard_error : The smallest number as good as the best.
    refit_smallest_above : The smallest number that is good enough.

    Notes
    -----
    The elbow depends on the range that was searched: a wider one moves it up. Where
    other parameters were searched too, the best candidate at each number of clusters
    counts.

    References
    ----------
    .. [1] V. Satopää, J. Albrecht, D. Irwin, B. Raghavan, "Finding a 'Kneedle' in a
       haystack: detecting knee points in system behavior", ICDCS Workshops 2011,
       https://doi.org/10.1109/ICDCSW.2011.20

    Examples
    --------
    >>> from skanchors.model_selection import refit_elbow
    >>> rule = refit_elbow()
    >>> rule(
    ...     {
    ...         "param_n_clusters": [2, 3, 4, 5, 6],
    ...         "mean_test_score": [0.5, 0.6, 0.64, 0.66, 0.67],
    ...     }
    ... )
    1
    """
    _check_metric(metric)
    return _Elbow(metric)


def refit_one_standard_error(metric: str = "score") -> Callable:
    """Pick the fewest clusters whose score is within one standard error of the best.

    The standard error is that of the best candidate's mean over the splits [1]_.

    Parameters
    ----------
    metric : str, default="score"
        Name of the score, as in ``cv_results_["mean_test_<metric>"]``. A search by a
        single metric calls it "score".

    Returns
    -------
    callable
        For ``GridSearchCV(refit=...)``: takes ``cv_results_`` and returns the index of
        a candidate. It can be pickled. It raises ValueError if there is one split
        only.

    See Also
    --------
    refit_elbow : Where the curve of scores flattens.
    refit_smallest_above : The smallest number that is good enough.

    Notes
    -----
    Apt for scores that level off or fall, such as the silhouette, the recall, or the
    mean IoU of few boxes. The mean IoU of many boxes keeps rising by more than its
    standard error, and this rule then takes about the largest number searched.

    References
    ----------
    .. [1] L. Breiman, J. Friedman, R. Olshen, C. Stone, "Classification and regression
       trees", Wadsworth, 1984, section 3.4.3.

    Examples
    --------
    >>> from skanchors.model_selection import refit_one_standard_error
    >>> rule = refit_one_standard_error()
    >>> rule(
    ...     {
    ...         "param_n_clusters": [2, 3, 4],
    ...         "mean_test_score": [0.50, 0.60, 0.61],
    ...         "split0_test_score": [0.49, 0.58, 0.59],
    ...         "split1_test_score": [0.51, 0.62, 0.63],
    ...     }
    ... )
    1
    """
    _check_metric(metric)
    return _OneStandardError(metric)


def refit_smallest_above(metric: str, target: float) -> Callable:
    """Pick the fewest clusters whose mean score reaches a target.

    Parameters
    ----------
    metric : str
        Name of the score, as in ``cv_results_["mean_test_<metric>"]``. A search by a
        single metric calls it "score".
    target : float
        The score that is good enough.

    Returns
    -------
    callable
        For ``GridSearchCV(refit=...)``: takes ``cv_results_`` and returns the index of
        a candidate. It can be pickled. Where no candidate reaches the target it warns
        and takes the highest score, so that the search is not lost.

    See Also
    --------
    refit_elbow : Where the curve of scores flattens.
    refit_one_standard_error : The smallest number as good as the best.

    Examples
    --------
    >>> from skanchors.model_selection import refit_smallest_above
    >>> rule = refit_smallest_above("mean_iou", 0.6)
    >>> rule(
    ...     {
    ...         "param_km__n_clusters": [2, 3, 4],
    ...         "mean_test_mean_iou": [0.50, 0.62, 0.68],
    ...     }
    ... )
    1
    """
    _check_metric(metric)
    if not isinstance(target, numbers.Real) or not math.isfinite(target):
        raise ValueError(
            f"target must be the score that is good enough, a number, got {target!r}."
        )
    return _SmallestAbove(metric, float(target))
