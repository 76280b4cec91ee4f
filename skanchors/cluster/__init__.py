"""Clustering of box sizes."""

from skanchors.cluster._histogram import BoxHistogram
from skanchors.cluster._iou_kmeans import IoUKMeans

__all__ = ["BoxHistogram", "IoUKMeans"]
