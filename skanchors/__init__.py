"""Anchor boxes from object-detection annotations, the scikit-learn way."""

import importlib
from typing import TYPE_CHECKING

from skanchors._version import __version__

if TYPE_CHECKING:
    from skanchors._detector_fit import DetectorFit, fit_detector
    from skanchors._show_versions import show_versions
    from skanchors.annotations import (
        COCOBoxExtractor,
        VOCBoxExtractor,
        YOLOBoxExtractor,
    )
    from skanchors.cluster import BoxHistogram, IoUKMeans, PyramidAnchors, SSDAnchors

# Loaded on first use: nobody waits for what is not needed.
_HOMES = {
    "BoxHistogram": "skanchors.cluster",
    "COCOBoxExtractor": "skanchors.annotations",
    "DetectorFit": "skanchors._detector_fit",
    "IoUKMeans": "skanchors.cluster",
    "PyramidAnchors": "skanchors.cluster",
    "SSDAnchors": "skanchors.cluster",
    "VOCBoxExtractor": "skanchors.annotations",
    "YOLOBoxExtractor": "skanchors.annotations",
    "fit_detector": "skanchors._detector_fit",
    "show_versions": "skanchors._show_versions",
}

__all__ = [
    "BoxHistogram",
    "COCOBoxExtractor",
    "DetectorFit",
    "IoUKMeans",
    "PyramidAnchors",
    "SSDAnchors",
    "VOCBoxExtractor",
    "YOLOBoxExtractor",
    "__version__",
    "fit_detector",
    "show_versions",
]


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
