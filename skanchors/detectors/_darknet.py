"""Darknet's YOLO v2 to v4.

Facts from AlexeyAB/darknet at 59596d78: ``src/data.c``, ``src/yolo_layer.c``,
``src/region_layer.c``, ``src/box.c`` and the files of ``cfg/``. Images are stretched to
the network's size (``letter_box=0``), without jitter or flip.
"""

from typing import Any

import numpy as np

from skanchors.detectors._detector import Detector, Spec
from skanchors.detectors._framework import Framework, Placement, to_centre
from skanchors.export import default_anchors

_SOURCE = "https://github.com/AlexeyAB/darknet/blob/59596d78/cfg/"

# ``max`` of a layer where the file does not say otherwise.
_MOST_LABELS = 200


class Darknet(Framework):
    """Labels are fractions of the image; the tiniest are dropped."""

    def relative(
        self,
        boxes: np.ndarray,
        image: np.ndarray,
        images: np.ndarray,
        place: Placement,
    ) -> np.ndarray:
        whole = np.tile(images[image], 2)
        factor, shift = (np.tile(a[image], 2) for a in (place.factor, place.shift))
        scaled = to_centre(boxes) * factor
        scaled[:, :2] += shift[:, :2]
        stretched = (place.size == place.canvas).all()
        exact = to_centre(boxes) / whole
        found = exact if stretched else scaled / np.tile(place.canvas[image], 2)
        found = found.astype(np.float32)
        found[:, 2:] = np.minimum(found[:, 2:], 1)
        return found

    def usable(
        self, relative: np.ndarray, image: np.ndarray, place: Placement
    ) -> np.ndarray:
        centre, size = relative[:, :2], relative[:, 2:]
        least = (1 / place.canvas[image]).astype(np.float32)
        keep = ((size >= least) & (centre > 0) & (centre <= 1)).all(axis=1)
        # Images come one after the other, so this counts the labels of each.
        before = np.cumsum(keep) - keep
        first = np.searchsorted(image, image)
        return keep & (before - before[first] < _MOST_LABELS)


def _row(name: str, style: str, strides: tuple, size: int, **fields: Any) -> Detector:
    parameters = fields.pop("rule", {})
    return Detector(
        name=name,
        scaling="stretch",
        input_size=(size, size),
        strides=strides,
        form=Spec("free", {"n_anchors": 5 if len(strides) == 1 else 3}),
        rule=Spec("BestAnchor", parameters),
        offset=0.5,
        default_anchors=default_anchors(name),
        style=style,
        source=f"{_SOURCE}{name}.cfg",
        version="AlexeyAB/darknet 59596d78",
        framework=Darknet(),
    )


_P5, _TINY = (8, 16, 32), (16, 32)

DETECTORS = (
    _row("yolov2", "darknet-v2", (32,), 608),
    _row("yolov2-tiny", "darknet-v2", (32,), 416),
    _row("yolov3", "darknet", _P5, 416),
    _row("yolov3-tiny", "darknet", _TINY, 416),
    _row("yolov4", "darknet", _P5, 608, rule={"iou_threshold": 0.213}),
    _row("yolov4-tiny", "darknet", _TINY, 416),
)
