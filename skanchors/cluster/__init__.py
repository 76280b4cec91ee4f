"""Clustering of box sizes."""

from skanchors.cluster._histogram import BoxHistogram
from skanchors.cluster._iou_kmeans import IoUKMeans
from skanchors.cluster._pyramid_anchors import PyramidAnchors
from skanchors.cluster._ssd_anchors import SSDAnchors

__all__ = ["BoxHistogram", "IoUKMeans", "PyramidAnchors", "SSDAnchors"]
