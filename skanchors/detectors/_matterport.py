"""Mask R-CNN by matterport.

Facts from matterport/Mask_RCNN 2.1: ``mrcnn/config.py``, ``mrcnn/utils.py``
(``resize_image``, ``generate_anchors``) and ``build_rpn_targets`` in
``mrcnn/model.py``.
"""

import numpy as np

from skanchors.detectors._detector import Detector, Spec
from skanchors.detectors._framework import Framework, Placement
from skanchors.export import default_anchors

_SHORTEST = 800


class Matterport(Framework):
    """Mode "square": the shorter side grows to 800 if the longer one fits; centred."""

    def place(
        self, images: np.ndarray, scaling: str, input_size: tuple | None
    ) -> Placement:
        if scaling != "letterbox":
            return super().place(images, scaling, input_size)
        target = np.array(input_size, dtype=float)
        # Images are enlarged, but not beyond what the shorter side needs.
        grown = np.maximum(1, _SHORTEST / images.min(axis=1))
        fit = (target / images).min(axis=1)
        factor = np.where(
            np.round(images.max(axis=1) * grown) > target.max(), fit, grown
        )
        factor = np.minimum(factor, fit)[:, None]
        size = np.round(images * factor)
        return Placement(
            size,
            size / images,
            np.floor((target - size) / 2),
            np.broadcast_to(target, images.shape),
        )


DETECTORS = (
    Detector(
        name="mask-rcnn-matterport",
        scaling="letterbox",
        input_size=(1024, 1024),
        strides=(4, 8, 16, 32, 64),
        form=Spec("pyramid", {"n_sizes": 1, "n_ratios": 3}),
        rule=Spec("MaxIoU", {"positive": 0.7, "negative": 0.3}),
        offset=0.0,
        default_anchors=default_anchors("mask-rcnn-matterport"),
        style="matterport",
        source="https://github.com/matterport/Mask_RCNN/blob/v2.1/mrcnn/config.py",
        version="Mask R-CNN 2.1",
        framework=Matterport(),
    ),
)
