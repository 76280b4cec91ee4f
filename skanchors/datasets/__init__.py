"""Annotations and boxes to start with: made up, listed, or fetched."""

from skanchors.datasets._boxes import make_boxes
from skanchors.datasets._fetch import fetch_voc
from skanchors.datasets._listing import list_annotations
from skanchors.datasets._voc_files import load_sample_paths, make_voc_annotations

__all__ = [
    "fetch_voc",
    "list_annotations",
    "load_sample_paths",
    "make_boxes",
    "make_voc_annotations",
]
