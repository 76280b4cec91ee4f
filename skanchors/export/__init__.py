"""Anchors as text for detector configurations, both ways, and anchors in use."""

from skanchors.export._anchor_set import AnchorSet
from skanchors.export._defaults import default_anchor_names, default_anchors
from skanchors.export._format import format_anchors, parse_anchors
from skanchors.export._levels import assign_levels
from skanchors.export._table import style_names

__all__ = [
    "AnchorSet",
    "assign_levels",
    "default_anchor_names",
    "default_anchors",
    "format_anchors",
    "parse_anchors",
    "style_names",
]
