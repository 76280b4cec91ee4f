"""Anchors judged, compared and drawn."""

from skanchors.inspection._assignment_display import AssignmentDisplay
from skanchors.inspection._assignment_report import (
    AssignmentReport,
    assignment_report,
)
from skanchors.inspection._box_size_display import BoxSizeDisplay
from skanchors.inspection._clusters_display import AnchorClustersDisplay
from skanchors.inspection._compare import compare_anchors
from skanchors.inspection._comparison import AnchorComparison
from skanchors.inspection._count_display import ClusterCountDisplay
from skanchors.inspection._dataset_report import DatasetReport, dataset_report
from skanchors.inspection._distribution_display import IoUDistributionDisplay
from skanchors.inspection._report import AnchorReport, anchor_report
from skanchors.inspection._shapes_display import AnchorShapesDisplay
from skanchors.inspection._silhouette_display import SilhouetteDisplay

__all__ = [
    "AnchorClustersDisplay",
    "AnchorComparison",
    "AnchorReport",
    "AnchorShapesDisplay",
    "AssignmentDisplay",
    "AssignmentReport",
    "BoxSizeDisplay",
    "ClusterCountDisplay",
    "DatasetReport",
    "IoUDistributionDisplay",
    "SilhouetteDisplay",
    "anchor_report",
    "assignment_report",
    "compare_anchors",
    "dataset_report",
]
