"""What is logged of a search over parameters, such as the number of anchors."""

import math
from typing import Any

from skanchors._cv_results import n_clusters_key, score_curve
from skanchors.callbacks._graph import plain

# These lie between 0 and 1 or not far below, so that they can share a chart. A search
# by one metric calls it "score".
_ONE_CHART = "over_k/(mean_iou|silhouette|best_possible_recall|score)$"


def log_search(files: Any, cv_results: dict[str, Any], *, session: str) -> None:
    """Write scores over the number of anchors, and of each candidate.

    Parameters
    ----------
    files : callable
        ``files(run) -> EventFile``, where "" is the run of the whole fit.
    cv_results : dict
        ``cv_results_`` of the search.
    session : str
        What the hyperparameters' page calls this fit.
    """
    metrics = [
        key.removeprefix("mean_test_") for key in cv_results if "mean_test_" in key
    ]
    if _is_over_n_clusters(cv_results):
        files("").chart("Number of anchors", "Scores over k", _ONE_CHART)
        for metric in metrics:
            _log_curve(files, cv_results, metric)
    for i, params in enumerate(cv_results["params"]):
        run = f"candidate_{i:03}"
        file = files(run)
        file.hyperparameters(
            {name: plain(value) for name, value in params.items()}, f"{session} #{i}"
        )
        for part in ("test", "train"):
            for metric in metrics:
                score = cv_results.get(f"mean_{part}_{metric}", {i: math.nan})[i]
                if math.isfinite(score):
                    file.scalar(f"final/{part}_{metric}", score, i)
        file.end_session()


def _is_over_n_clusters(cv_results: dict[str, Any]) -> bool:
    try:
        return bool(n_clusters_key(cv_results))
    except ValueError:
        return False


def _log_curve(files: Any, cv_results: dict[str, Any], metric: Any) -> None:
    try:
        curve = score_curve(cv_results, metric)
    except ValueError:  # there is no number, such as when all fits failed
        return
    for part in ("test", "train"):
        scores = cv_results.get(f"mean_{part}_{metric}")
        if scores is None:
            continue
        for k, candidate in zip(curve.n_clusters, curve.candidates, strict=True):
            if math.isfinite(scores[candidate]):
                files(part).scalar(f"over_k/{metric}", scores[candidate], int(k))
