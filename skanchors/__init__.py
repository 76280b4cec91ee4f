"""Anchor boxes from object-detection annotations, the scikit-learn way."""

from skanchors._version import __version__

__all__ = ["__version__"]
