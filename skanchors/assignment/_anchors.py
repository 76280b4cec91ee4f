"""Anchors of any kind, brought to the levels of a detector."""

from dataclasses import replace
from typing import Any

import numpy as np

from skanchors._anchors_like import holder_of
from skanchors._checks import even_counts
from skanchors.detectors import Detector
from skanchors.export import AnchorSet

# Strides of a set may be rounded.
_NEAR = 0.02


def resolve_anchors(anchors: Any, detector: Detector) -> AnchorSet:
    """Anchors with levels for a detector.

    Raises
    ------
    ValueError
        If they do not fit its levels or strides.
    """
    if anchors is None:
        return detector.default_anchors
    anchors = holder_of(anchors)
    if not isinstance(anchors, AnchorSet):
        anchors = AnchorSet(anchors)
    if anchors.levels is None:
        return replace(anchors, levels=_share(anchors, detector), strides=None)
    n_levels, strides = len(detector.strides), anchors.strides
    if len(anchors.levels) != n_levels:
        raise ValueError(
            f"{detector.name} has {n_levels} levels, but the anchors have "
            f"{len(anchors.levels)}. Give one level a stride of "
            f"{', '.join(f'{s:g}' for s in detector.strides)}, or anchors without "
            "levels."
        )
    if strides is not None and not np.allclose(strides, detector.strides, rtol=_NEAR):
        raise ValueError(
            f"{detector.name} has strides {detector.strides}, but the anchors are for "
            f"{strides}. Replace the strides of the detector, or of the anchors."
        )
    return anchors


def _share(anchors: AnchorSet, detector: Detector) -> Any:
    """Levels of anchors that have none, small ones to fine levels."""
    published = detector.default_anchors
    if len(anchors) == len(published) and published.levels is not None:
        return published.levels
    each = even_counts(
        len(anchors),
        detector.strides,
        advice="pass an AnchorSet with levels",
    )
    return np.arange(len(anchors)).reshape(-1, each).tolist()
