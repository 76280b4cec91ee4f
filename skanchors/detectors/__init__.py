"""Detectors: how each scales images, which anchors it holds, how it assigns them.

One file a family, one row a detector. A family's file also says what its framework
rounds and pads, which decides where anchors lie to the last bit.
"""

from skanchors.detectors._detector import Detector
from skanchors.detectors._table import detector_names, get_detector

__all__ = ["Detector", "detector_names", "get_detector"]
