"""The table of detectors."""

import re
from difflib import get_close_matches

from skanchors._near import why_no_anchors
from skanchors.detectors import (
    _darknet,
    _detectron2,
    _google,
    _matterport,
    _mmdetection,
    _paddle,
    _torchvision,
    _yolov5,
)
from skanchors.detectors._detector import Detector

_FAMILIES = (
    _darknet,
    _yolov5,
    _torchvision,
    _detectron2,
    _mmdetection,
    _google,
    _paddle,
    _matterport,
)
_DETECTORS = {row.name: row for family in _FAMILIES for row in family.DETECTORS}

# More names are no help.
_NEAREST = 4


def detector_names() -> tuple[str, ...]:
    """Name the detectors that are known.

    Returns
    -------
    tuple of str
        What `get_detector` takes.

    Examples
    --------
    >>> from skanchors.detectors import detector_names
    >>> "fasterrcnn_resnet50_fpn" in detector_names()
    True
    """
    return tuple(_DETECTORS)


def get_detector(name: str | Detector) -> Detector:
    """Find a detector by its name.

    Parameters
    ----------
    name : str or Detector
        One of `detector_names`; a `Detector` is returned as it is.

    Returns
    -------
    Detector
        What is known of it.

    Raises
    ------
    TypeError
        If `name` is neither.
    ValueError
        If there is no such detector, or it is one that has no anchors.

    Examples
    --------
    >>> from skanchors.detectors import get_detector
    >>> detector = get_detector("yolov5")
    >>> detector.scaling, detector.input_size, detector.rule
    ('letterbox', (640, 640), SideRatio(threshold=4.0))
    >>> detector.default_anchors.groups[0]
    array([[10., 13.],
           [16., 30.],
           [33., 23.]])
    """
    if isinstance(name, Detector):
        return name
    if not isinstance(name, str):
        raise TypeError(
            f"detector must be a name or a Detector, got {type(name).__name__}; the "
            f"names are {', '.join(_DETECTORS)}."
        )
    if name in _DETECTORS:
        return _DETECTORS[name]
    if why := why_no_anchors(name):
        raise ValueError(
            f"{why.lstrip()} Detectors with anchors: {', '.join(_DETECTORS)}."
        )
    near = _near(name)
    near = near[:_NEAREST]
    hint = f"Did you mean {' or '.join(map(repr, near))}? " if near else ""
    raise ValueError(
        f"There is no detector {name!r}. {hint}Known are {', '.join(_DETECTORS)}."
    )


def _near(name: str) -> list[str]:
    """Names that may be meant: those that hold it, then those that look like it."""
    keys = {_letters(known): known for known in _DETECTORS}
    plain = _letters(name)
    if plain in keys:
        return [keys[plain]]
    holding = [known for key, known in keys.items() if plain and plain in key]
    return holding or [keys[key] for key in get_close_matches(plain, keys, n=3)]


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
