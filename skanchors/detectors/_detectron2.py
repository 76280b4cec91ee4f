"""Detectron2's detectors.

Facts from Detectron2 0.6: ``modeling/anchor_generator.py``, ``modeling/matcher.py``,
``config/defaults.py``, ``data/transforms/augmentation_impl.py`` and the base files of
``configs/``. The shorter side of the image is drawn from 640 to 800 in training; 800 is
what is simulated here, as in testing.
"""

from typing import Any

import numpy as np

from skanchors.detectors._detector import Detector, Spec
from skanchors.detectors._framework import EDGES, Framework, half_up
from skanchors.export import default_anchors

_SOURCE = "https://github.com/facebookresearch/detectron2/blob/v0.6/"


class Detectron2(Framework):
    """Sides are rounded, anchors are not, and centres lie on the corners of cells."""

    divisor = 32
    clips = True

    def resize(self, images: np.ndarray, factors: np.ndarray) -> np.ndarray:
        return half_up(images, factors)


class Detectron2C4(Detectron2):
    """Without a pyramid nothing is padded."""

    divisor = 1


def _row(name: str, file: str, **fields: Any) -> Detector:
    return Detector(
        name=name,
        **EDGES,
        default_anchors=default_anchors(name),
        style="detectron2",
        source=_SOURCE + file,
        version="Detectron2 0.6",
        **fields,
    )


_RPN = Spec("MaxIoU", {"positive": 0.7, "negative": 0.3})

DETECTORS = (
    _row(
        "detectron2-faster-rcnn-fpn",
        "configs/Base-RCNN-FPN.yaml",
        strides=(4, 8, 16, 32, 64),
        form=Spec("pyramid", {"n_sizes": 1, "n_ratios": 3}),
        rule=_RPN,
        framework=Detectron2(),
    ),
    _row(
        "detectron2-faster-rcnn-c4",
        "configs/Base-RCNN-C4.yaml",
        strides=(16,),
        form=Spec("pyramid", {"n_sizes": 5, "n_ratios": 3}),
        rule=_RPN,
        framework=Detectron2C4(),
    ),
    _row(
        "detectron2-retinanet",
        "configs/Base-RetinaNet.yaml",
        strides=(8, 16, 32, 64, 128),
        form=Spec("pyramid", {"n_sizes": 3, "n_ratios": 3}),
        rule=Spec("MaxIoU", {"positive": 0.5, "negative": 0.4}),
        framework=Detectron2(),
    ),
)
