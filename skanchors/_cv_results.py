"""Reading the table ``cv_results_`` that a search over n_clusters leaves."""

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class ScoreCurve:
    """Best candidate at each number of clusters, in rising order of that number."""

    n_clusters: np.ndarray
    scores: np.ndarray
    candidates: np.ndarray

    def best(self) -> int:
        """Place of the highest score; the smallest number of clusters of several."""
        return int(self.scores.argmax())


def n_clusters_key(cv_results: dict[str, Any]) -> str:
    """Name of the column of ``cv_results_`` that holds the number of clusters."""
    keys = [
        key
        for key in cv_results
        if key == "param_n_clusters"
        or (key.startswith("param_") and key.endswith("__n_clusters"))
    ]
    if len(keys) != 1:
        searched = sorted(key for key in cv_results if key.startswith("param_"))
        raise ValueError(
            "cv_results_ must hold exactly one parameter whose name ends in "
            f"n_clusters, got {keys or 'none'} out of {searched}."
        )
    return keys[0]


def n_clusters_values(cv_results: dict[str, Any]) -> np.ndarray:
    """Number of clusters of each candidate; NaN where a grid leaves it out."""
    column = np.ma.asarray(cv_results[n_clusters_key(cv_results)])
    values = np.full(len(column), np.nan)
    known = ~np.ma.getmaskarray(column)
    values[known] = column.data[known].astype(float)
    return values


def mean_scores(cv_results: dict[str, Any], metric: Any) -> np.ndarray:
    """Mean test score of each candidate; one metric or one out of several."""
    key = f"mean_test_{metric}"
    if key not in cv_results:
        found = [k.removeprefix("mean_test_") for k in cv_results if "mean_test_" in k]
        raise ValueError(
            f"cv_results_ has no scores of {metric!r}; it has {found}. A search by one "
            "metric calls it 'score'."
        )
    return np.asarray(cv_results[key], dtype=float)


def split_scores(cv_results: dict[str, Any], metric: Any) -> np.ndarray:
    """Test scores of shape (n_candidates, n_splits)."""
    mean_scores(cv_results, metric)
    columns: list[np.ndarray] = []
    while (key := f"split{len(columns)}_test_{metric}") in cv_results:
        columns.append(cv_results[key])
    return np.array(columns, dtype=float).T


def score_curve(cv_results: dict[str, Any], metric: Any) -> ScoreCurve:
    """Scores over the number of clusters; candidates with NaN are left out."""
    values = n_clusters_values(cv_results)
    scores = mean_scores(cv_results, metric)
    usable = np.flatnonzero(np.isfinite(scores) & np.isfinite(values))
    if not len(usable):
        raise ValueError(f"No candidate has a score of {metric!r} that is a number.")
    # By number of clusters, then from the best; the first of each number is kept.
    order = usable[np.lexsort((-scores[usable], values[usable]))]
    n_clusters, first = np.unique(values[order], return_index=True)
    candidates = order[first]
    return ScoreCurve(n_clusters, scores[candidates], candidates)
