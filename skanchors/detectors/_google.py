"""EfficientDet, and SSD of the TensorFlow Object Detection API.

Facts from google/automl at 012f92d, ``efficientdet/``: ``dataloader.py``,
``tf2/anchors.py`` and ``hparams_config.py``; and from tensorflow/models,
``research/object_detection/``: ``matchers/argmax_matcher.py``, ``configs/tf2/`` and
``anchor_generators/multiscale_grid_anchor_generator.py``. Both match by the same
matcher: where two objects want one anchor, the first of the file has it.
"""

from typing import Any

import numpy as np

from skanchors.detectors._detector import Detector, Spec
from skanchors.detectors._framework import Framework, Placement
from skanchors.export import default_anchors


class EfficientDet(Framework):
    """Sides are cut to whole pixels, and boxes one pixel inside the input."""

    def resize(self, images: np.ndarray, factors: np.ndarray) -> np.ndarray:
        # Both in single precision, so that a side may end one pixel short.
        single = images.astype(np.float32) * factors.astype(np.float32)
        return np.floor(single).astype(float)

    def boxes(
        self,
        boxes: np.ndarray,
        image: np.ndarray,
        images: np.ndarray,
        place: Placement,
    ) -> np.ndarray:
        found = super().boxes(boxes, image, images, place)
        limit = np.tile(place.canvas[image], 2).astype(np.float32) - 1
        return np.clip(found, 0, limit)


def _row(name: str, strides: tuple, **fields: Any) -> Detector:
    return Detector(
        name=name,
        strides=strides,
        offset=0.5,
        default_anchors=default_anchors(name),
        rule=Spec("SSDMatch", {"threshold": 0.5, "winner": "first"}),
        **fields,
    )


_P7 = (8, 16, 32, 64, 128)

DETECTORS = (
    _row(
        "efficientdet-d0",
        _P7,
        scaling="letterbox",
        input_size=(512, 512),
        form=Spec("pyramid", {"n_sizes": 3, "n_ratios": 3, "sizes": "stride"}),
        style="efficientdet",
        source="https://github.com/google/automl/blob/012f92d/efficientdet/"
        "hparams_config.py",
        version="google/automl 012f92d",
        framework=EfficientDet(),
    ),
    _row(
        "tf-ssd-mobilenet-v2-fpn",
        _P7,
        scaling="stretch",
        input_size=(640, 640),
        form=Spec("pyramid", {"n_sizes": 2, "n_ratios": 3, "sizes": "octave"}),
        style="tensorflow",
        source="https://github.com/tensorflow/models/blob/master/research/"
        "object_detection/configs/tf2/"
        "ssd_mobilenet_v2_fpnlite_640x640_coco17_tpu-8.config",
        version="TensorFlow Object Detection API, TF2 model zoo",
    ),
)
