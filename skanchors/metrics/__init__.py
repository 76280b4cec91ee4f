"""Distances between co-centred boxes, and scores of anchors.

Importing this package also makes the metrics known to `scipy.spatial.distance`.
"""

from skanchors.metrics._ciou import ciou_distance
from skanchors.metrics._fitness import fitness_distance
from skanchors.metrics._giou import giou_distance
from skanchors.metrics._grid_scores import grid_iou_score, matched_score
from skanchors.metrics._iou import iou_distance, iou_distances, pairwise_iou
from skanchors.metrics._ratio import ratio_distance
from skanchors.metrics._registry import (
    metric_names,
    pairwise_box_distances,
    register_metric,
    unregister_metric,
)
from skanchors.metrics._scores import (
    anchors_above_threshold_score,
    best_possible_recall_score,
    mean_iou_score,
)
from skanchors.metrics._silhouette import (
    iou_silhouette_samples,
    iou_silhouette_score,
)

__all__ = [
    "anchors_above_threshold_score",
    "best_possible_recall_score",
    "ciou_distance",
    "fitness_distance",
    "giou_distance",
    "grid_iou_score",
    "iou_distance",
    "iou_distances",
    "iou_silhouette_samples",
    "iou_silhouette_score",
    "matched_score",
    "mean_iou_score",
    "metric_names",
    "pairwise_box_distances",
    "pairwise_iou",
    "ratio_distance",
    "register_metric",
    "unregister_metric",
]
