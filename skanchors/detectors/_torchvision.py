"""torchvision's detectors.

Facts from torchvision 0.29.1, ``models/detection/``: ``transform.py``,
``anchor_utils.py``, ``_utils.py``, ``rpn.py``, ``retinanet.py``, ``ssd.py`` and
``ssdlite.py``.
"""

from typing import Any

import numpy as np

from skanchors.detectors._detector import Detector, Spec
from skanchors.detectors._framework import EDGES, Framework, Shapes, crossed, form_order
from skanchors.export import AnchorSet, default_anchors

_SOURCE = "https://github.com/pytorch/vision/blob/v0.29.1/torchvision/models/detection/"


class Torchvision(Framework):
    """Sides are floored, strides are whole quotients, corners of anchors are whole."""

    divisor = 32

    def resize(self, images: np.ndarray, factors: np.ndarray) -> np.ndarray:
        # 800 / side * side can be 799.999..., and then it is 799.
        return np.floor(images * factors)

    def box_factors(self, size: np.ndarray, images: np.ndarray) -> np.ndarray:
        return size.astype(np.float32) / images.astype(np.float32)

    def pitch(
        self, canvas: np.ndarray, cells: np.ndarray, strides: np.ndarray
    ) -> np.ndarray:
        # 800 pixels and 13 rows are a stride of 61, though it is called 64.
        return np.floor(canvas[:, None, :] / cells)

    def sides(
        self, anchors: AnchorSet, level: int, input_size: tuple | None
    ) -> tuple[np.ndarray, np.ndarray]:
        numbers = crossed(anchors, level)
        if numbers is None:
            return super().sides(anchors, level, input_size)
        sizes, ratios = (column.astype(np.float32) for column in numbers)
        tall = np.sqrt(ratios)
        wide = 1 / tall
        sides = np.stack(
            [np.outer(wide, sizes).ravel(), np.outer(tall, sizes).ravel()], axis=1
        )
        return form_order(anchors, level, sides), sides

    def corners(self, sides: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        # Half to even, in torch as in NumPy.
        return np.round(-sides / 2), np.round(sides / 2)


class TorchvisionSSD(Framework):
    """Default boxes are fractions of the input, no larger than it."""

    def box_factors(self, size: np.ndarray, images: np.ndarray) -> np.ndarray:
        return size.astype(np.float32) / images.astype(np.float32)

    def shapes(self, anchors: AnchorSet, input_size: tuple | None) -> Shapes:
        if input_size is None:
            raise ValueError(
                "The anchors of torchvision's SSD are fractions of the input: use "
                "scaling='stretch' or 'letterbox', which give it a size."
            )
        found = super().shapes(anchors, input_size)
        # Half of a fraction until here.
        return found._replace(half=found.half * np.array(input_size, dtype=float))

    def sides(
        self, anchors: AnchorSet, level: int, input_size: tuple | None
    ) -> tuple[np.ndarray, np.ndarray]:
        extent = np.array(input_size, dtype=float)
        rows, sides = ssd_sides(anchors, level)
        return rows, np.clip((sides / extent).astype(np.float32), 0, 1)

    def edges(
        self,
        cell: np.ndarray,
        corner: np.ndarray,
        pitch: np.ndarray,
        extent: np.ndarray,
        offset: float,
    ) -> np.ndarray:
        count = (extent / pitch).astype(np.float32)
        centre = (cell.astype(np.float32) + np.float32(offset)) / count
        return (centre + corner) * extent.astype(np.float32)


def ssd_sides(anchors: AnchorSet, level: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows and sides of SSD's anchors on a level: squares first, then wide and tall."""
    rows = np.array(anchors.levels[level])
    if anchors.form != "ssd":
        return rows, anchors.anchors[rows]
    size, following = anchors.sizes[level]
    sides = [(size, size), (np.sqrt(size * following),) * 2]
    ratios = anchors.ratios
    for ratio in ratios[level] if isinstance(ratios[0], tuple) else ratios:
        root = np.sqrt(max(ratio, 1 / ratio))
        sides += [(size * root, size / root), (size / root, size * root)]
    return form_order(anchors, level, np.array(sides)), np.array(sides)


def _row(name: str, file: str, **fields: Any) -> Detector:
    return Detector(
        name=name,
        default_anchors=default_anchors(name),
        style="torchvision",
        source=_SOURCE + file,
        version="torchvision 0.29.1",
        **fields,
    )


DETECTORS = (
    _row(
        "fasterrcnn_resnet50_fpn",
        "faster_rcnn.py",
        **EDGES,
        strides=(4, 8, 16, 32, 64),
        form=Spec("pyramid", {"n_sizes": 1, "n_ratios": 3}),
        rule=Spec("MaxIoU", {"positive": 0.7, "negative": 0.3}),
        framework=Torchvision(),
    ),
    _row(
        "retinanet_resnet50_fpn",
        "retinanet.py",
        **EDGES,
        strides=(8, 16, 32, 64, 128),
        form=Spec("pyramid", {"n_sizes": 3, "n_ratios": 3}),
        rule=Spec("MaxIoU", {"positive": 0.5, "negative": 0.4}),
        framework=Torchvision(),
    ),
    _row(
        "ssd300_vgg16",
        "ssd.py",
        scaling="stretch",
        input_size=(300, 300),
        strides=(8, 16, 32, 64, 100, 300),
        offset=0.5,
        form=Spec("ssd", {"n_ratios": (1, 2, 2, 2, 1, 1)}),
        rule=Spec("SSDMatch", {"threshold": 0.5}),
        framework=TorchvisionSSD(),
    ),
    _row(
        "ssdlite320_mobilenet_v3_large",
        "ssdlite.py",
        scaling="stretch",
        input_size=(320, 320),
        strides=tuple(320 / cells for cells in (20, 10, 5, 3, 2, 1)),
        offset=0.5,
        form=Spec("ssd", {"n_ratios": 2}),
        rule=Spec("SSDMatch", {"threshold": 0.5}),
        framework=TorchvisionSSD(),
    ),
)
