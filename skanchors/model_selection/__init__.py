"""Scorers of anchors, and rules that choose their number."""

from skanchors.model_selection._choose import (
    ClusterCountChoice,
    choose_n_clusters,
)
from skanchors.model_selection._path import AnchorPath, anchor_path
from skanchors.model_selection._refit import (
    refit_elbow,
    refit_gain,
    refit_one_standard_error,
    refit_smallest_above,
)
from skanchors.model_selection._scorers import (
    anchor_scorer,
    best_possible_recall_scorer,
    grid_iou_scorer,
    matched_scorer,
    mean_iou_scorer,
    silhouette_scorer,
)
from skanchors.model_selection._stability import stability_scorer

__all__ = [
    "AnchorPath",
    "ClusterCountChoice",
    "anchor_path",
    "anchor_scorer",
    "best_possible_recall_scorer",
    "choose_n_clusters",
    "grid_iou_scorer",
    "matched_scorer",
    "mean_iou_scorer",
    "refit_elbow",
    "refit_gain",
    "refit_one_standard_error",
    "refit_smallest_above",
    "silhouette_scorer",
    "stability_scorer",
]
