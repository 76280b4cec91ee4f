"""MMDetection's detectors.

Facts from MMDetection 3.3.0: ``models/task_modules/prior_generators/``,
``models/task_modules/assigners/``, ``models/dense_heads/yolo_head.py``,
``datasets/transforms/transforms.py`` and the files of ``configs/_base_/``.
"""

from typing import Any

import numpy as np

from skanchors.detectors._detector import Detector, Spec
from skanchors.detectors._framework import (
    EDGES,
    Framework,
    crossed,
    form_order,
    half_up,
)
from skanchors.detectors._torchvision import ssd_sides
from skanchors.export import AnchorSet, default_anchors

_SOURCE = "https://github.com/open-mmlab/mmdetection/blob/v3.3.0/configs/"


class MMDetection(Framework):
    """Sides are rounded, boxes cut at the image, anchors left as they are."""

    divisor = 32
    clips = True

    def resize(self, images: np.ndarray, factors: np.ndarray) -> np.ndarray:
        return half_up(images, factors)

    def box_factors(self, size: np.ndarray, images: np.ndarray) -> np.ndarray:
        return (size / images).astype(np.float32)

    def sides(
        self, anchors: AnchorSet, level: int, input_size: tuple | None
    ) -> tuple[np.ndarray, np.ndarray]:
        numbers = crossed(anchors, level)
        if numbers is None:
            return super().sides(anchors, level, input_size)
        base, scales = _octaves(numbers[0])
        tall = np.sqrt(numbers[1].astype(np.float32))
        wide = 1 / tall
        sides = np.stack(
            [np.outer(base * side, scales).ravel() for side in (wide, tall)], axis=1
        )
        return form_order(anchors, level, sides), sides


class MMDetectionSSD(MMDetection):
    """SSD's anchors, squares first."""

    def sides(
        self, anchors: AnchorSet, level: int, input_size: tuple | None
    ) -> tuple[np.ndarray, np.ndarray]:
        rows, sides = ssd_sides(anchors, level)
        return rows, sides.astype(np.float32)


def _octaves(sizes: np.ndarray) -> tuple[np.float32, np.ndarray]:
    """A base and the scales that multiply it, which round on their own."""
    steps = 2.0 ** (np.arange(len(sizes)) / len(sizes))
    if np.allclose(sizes, sizes[0] * steps, rtol=1e-12, atol=0):
        return np.float32(sizes[0]), steps.astype(np.float32)
    return np.float32(1), sizes.astype(np.float32)


def _row(name: str, file: str, **fields: Any) -> Detector:
    return Detector(
        name=name,
        default_anchors=default_anchors(name),
        style="mmdetection",
        source=_SOURCE + file,
        version="MMDetection 3.3.0",
        **fields,
    )


_RETINA_STRIDES = (8, 16, 32, 64, 128)

DETECTORS = (
    _row(
        "mmdet-retinanet",
        "_base_/models/retinanet_r50_fpn.py",
        **EDGES,
        strides=_RETINA_STRIDES,
        form=Spec("pyramid", {"n_sizes": 3, "n_ratios": 3, "sizes": "stride"}),
        rule=Spec(
            "MaxIoU", {"positive": 0.5, "negative": 0.4, "low_quality": "object"}
        ),
        framework=MMDetection(),
    ),
    _row(
        "mmdet-faster-rcnn",
        "_base_/models/faster-rcnn_r50_fpn.py",
        **EDGES,
        strides=(4, 8, 16, 32, 64),
        form=Spec("pyramid", {"n_sizes": 1, "n_ratios": 3}),
        rule=Spec(
            "MaxIoU",
            {
                "positive": 0.7,
                "negative": 0.3,
                "low_quality": "object",
                "min_low_quality": 0.3,
            },
        ),
        framework=MMDetection(),
    ),
    _row(
        "mmdet-atss",
        "atss/atss_r50_fpn_1x_coco.py",
        **EDGES,
        strides=_RETINA_STRIDES,
        form=Spec("pyramid", {"n_sizes": 1, "n_ratios": 1}),
        rule=Spec("ATSS", {"topk": 9}),
        framework=MMDetection(),
    ),
    _row(
        "mmdet-yolov3",
        "yolo/yolov3_d53_8xb8-ms-416-273e_coco.py",
        scaling="letterbox",
        input_size=(416, 416),
        strides=(8, 16, 32),
        offset=0.5,
        form=Spec("free", {"n_anchors": 3}),
        rule=Spec("GridCells", {"threshold": 0.5}),
        framework=MMDetection(),
    ),
    _row(
        "mmdet-ssd300",
        "_base_/models/ssd300.py",
        scaling="stretch",
        input_size=(300, 300),
        strides=(8, 16, 32, 64, 100, 300),
        offset=0.5,
        form=Spec("ssd", {"n_ratios": (1, 2, 2, 2, 1, 1)}),
        rule=Spec("SSDMatch", {"threshold": 0.5}),
        framework=MMDetectionSSD(),
    ),
)
