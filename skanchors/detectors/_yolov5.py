"""YOLOv5 and YOLOv7.

Facts from YOLOv5 at 5081342f, ``utils/dataloaders.py``, ``utils/augmentations.py`` and
``utils/loss.py``, and from YOLOv7 at a207844b, ``utils/datasets.py`` and
``utils/loss.py``. The loaders without augmentation and with square inputs are
simulated; of YOLOv7's two stages the first, which finds the candidates.
"""

from typing import Any

import numpy as np

from skanchors.detectors._detector import Detector, Spec
from skanchors.detectors._framework import Framework, Placement, to_centre
from skanchors.export import default_anchors

# Labels are cut this far inside the border.
_EPSILON = 1e-3


class YOLOv5(Framework):
    """Images are resized once with sides rounded up, then made to fit, then centred."""

    clips = True

    def round_side(self, sides: np.ndarray) -> np.ndarray:
        """Whole sides of the first resizing."""
        return np.ceil(sides)

    def place(
        self, images: np.ndarray, scaling: str, input_size: tuple | None
    ) -> Placement:
        if scaling != "letterbox":
            return super().place(images, scaling, input_size)
        target = np.array(input_size, dtype=float)
        ratio = (target / images).min(axis=1, keepdims=True)
        # 640 / side * side can be 640.000...1, which is rounded up to 641.
        first = np.where(ratio == 1, images, self.round_side(images * ratio))
        again = np.minimum((target / first).min(axis=1, keepdims=True), 1)
        size = np.round(first * again)
        # Labels are scaled by what came before rounding, and padded by half pixels.
        return Placement(
            size,
            first * again,
            (target - size) / 2,
            np.broadcast_to(target, images.shape),
        )

    def box_factors(self, size: np.ndarray, images: np.ndarray) -> np.ndarray:
        # Labels are fractions, so what they are multiplied by is the whole side.
        return size

    def boxes(
        self,
        boxes: np.ndarray,
        image: np.ndarray,
        images: np.ndarray,
        place: Placement,
    ) -> np.ndarray:
        whole = np.tile(images[image], 2)
        labels = (to_centre(boxes) / whole).astype(np.float32)
        centre, half = labels[:, :2], labels[:, 2:] / 2
        scale = place.factor[image].astype(np.float32)
        shift = place.shift[image].astype(np.float32)
        found = np.concatenate(
            [scale * (centre - half) + shift, scale * (centre + half) + shift], axis=1
        )
        if self.clips:
            limit = (np.tile(place.canvas[image], 2) - _EPSILON).astype(np.float32)
            found = np.clip(found, 0, limit)
        return found


class YOLOv7(YOLOv5):
    """As YOLOv5, but sides are cut to whole pixels, and labels are not cut at all."""

    clips = False

    def round_side(self, sides: np.ndarray) -> np.ndarray:
        return np.floor(sides)


def _row(name: str, **fields: Any) -> Detector:
    return Detector(
        name=name,
        scaling="letterbox",
        offset=0.5,
        form=Spec("free", {"n_anchors": 3}),
        rule=Spec("SideRatio", {"threshold": 4.0}),
        default_anchors=default_anchors(name),
        **fields,
    )


_V5: dict[str, Any] = {
    "framework": YOLOv5(),
    "style": "yolov5",
    "source": "https://github.com/ultralytics/yolov5/blob/5081342f/utils/loss.py",
    "version": "YOLOv5 5081342f",
}
_V7: dict[str, Any] = {
    "framework": YOLOv7(),
    "style": "yolov7",
    "source": "https://github.com/WongKinYiu/yolov7/blob/a207844b/utils/loss.py",
    "version": "YOLOv7 a207844b",
}
_P5: dict[str, Any] = {"input_size": (640, 640), "strides": (8, 16, 32)}

DETECTORS = (
    _row("yolov5", **_V5, **_P5),
    _row("yolov5-p6", **_V5, input_size=(640, 640), strides=(8, 16, 32, 64)),
    _row("yolov7", **_V7, **_P5),
    _row("yolov7-tiny", **_V7, **_P5),
)
