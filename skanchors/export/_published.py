"""Anchors that others have published and ship with their detectors: the rows."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np


class Published(NamedTuple):
    """One published set: pairs as text, or the sizes and ratios of a form."""

    source: str
    input_size: int | None
    strides: tuple
    text: str = ""
    levels: tuple | None = None
    unit: int = 1
    sizes: Sequence[Sequence[float]] | None = None
    ratios: Sequence | None = None
    form: str | None = None
    shapes: tuple | None = None


_P5, _P6, _P7 = ((8, 16, 32, 64, 128)[:n] for n in (3, 4, 5))
_FPN = (4, 8, 16, 32, 64)
_V2 = "0.57273,0.677385 1.87446,2.06253 3.33843,5.47434 7.88282,3.52778 9.77052,9.16828"
_V3 = "10,13 16,30 33,23 30,61 62,45 59,119 116,90 156,198 373,326"
_V4 = "12,16 19,36 40,28 36,75 76,55 72,146 142,110 192,243 459,401"
_TINY = "10,14 23,27 37,58 81,82 135,169 344,319"

_TALL = (0.5, 1.0, 2.0)
_DOUBLING = tuple((32.0 * 2**i,) for i in range(5))

_TORCHVISION = "torchvision 0.29.1, models/detection/"
_DETECTRON2 = "Detectron2 0.6, "
_MMDET = "MMDetection 3.3.0, configs/"


def _octaves(strides: tuple, base: float, n_scales: int) -> tuple:
    """Sizes of RetinaNet and its kin: a base in strides, some steps to the double."""
    scales = base * 2.0 ** (np.arange(n_scales) / n_scales)
    return tuple(tuple((stride * scales).tolist()) for stride in strides)


def _following(sizes: Sequence[float]) -> tuple:
    """SSD's rows: a size and the next one."""
    return tuple(pairwise(sizes))


# In SSD a ratio stands for its reciprocal as well.
_SSD_STRIDES = (8, 16, 32, 64, 100, 300)
_SSD_RATIOS = ((2.0,), (2.0, 3.0), (2.0, 3.0), (2.0, 3.0), (2.0,), (2.0,))

# One row a set. YOLOv2's are in cells of 32 pixels.
PUBLISHED = {
    "yolov2": Published("Darknet, yolov2.cfg (COCO)", 608, (32,), _V2, unit=32),
    "yolov2-tiny": Published(
        "Darknet, yolov2-tiny.cfg (COCO)", 416, (32,), _V2, unit=32
    ),
    "yolov2-voc": Published(
        "Darknet, yolov2-voc.cfg (PASCAL VOC)",
        416,
        (32,),
        "1.3221,1.73145 3.19275,4.00944 5.05587,8.09892 9.47112,4.84053 "
        "11.2364,10.0071",
        unit=32,
    ),
    "yolov2-tiny-voc": Published(
        "Darknet, yolov2-tiny-voc.cfg (PASCAL VOC)",
        416,
        (32,),
        "1.08,1.19 3.42,4.41 6.63,11.38 9.42,5.11 16.62,10.52",
        unit=32,
    ),
    "yolo9000": Published(
        "Darknet, yolo9000.cfg",
        544,
        (32,),
        "0.77871,1.14074 3.00525,4.31277 9.22725,9.61974",
        unit=32,
    ),
    "yolov3": Published("Darknet, yolov3.cfg (COCO)", 416, _P5, _V3),
    "yolov3-tiny": Published("Darknet, yolov3-tiny.cfg (COCO)", 416, (16, 32), _TINY),
    "yolov4": Published("Darknet, yolov4.cfg (COCO)", 608, _P5, _V4),
    # Anchor 3 twice and anchor 0 never: so it was published.
    "yolov4-tiny": Published(
        "Darknet, yolov4-tiny.cfg (COCO)",
        416,
        (16, 32),
        _TINY,
        levels=((1, 2, 3), (3, 4, 5)),
    ),
    "yolov5": Published("YOLOv5, models/yolov5s.yaml (COCO)", 640, _P5, _V3),
    "yolov5-p6": Published(
        "YOLOv5, models/hub/anchors.yaml, P6-640 (COCO)",
        640,
        _P6,
        "9,11 21,19 17,41 43,32 39,70 86,64 65,131 134,130 120,265 282,180 247,354 "
        "512,387",
    ),
    "yolov5-p6-1280": Published(
        "YOLOv5, models/hub/anchors.yaml, P6-1280 (COCO)",
        1280,
        _P6,
        "19,27 44,40 38,94 96,68 86,152 180,137 140,301 303,264 238,542 436,615 "
        "739,380 925,792",
    ),
    "yolov5-p7": Published(
        "YOLOv5, models/hub/anchors.yaml, P7-640 (COCO)",
        640,
        _P7,
        "11,11 13,30 29,20 30,46 61,38 39,92 78,80 146,66 79,163 149,150 321,143 "
        "157,303 257,402 359,290 524,372",
    ),
    "yolov7": Published("YOLOv7 0.1, cfg/training/yolov7.yaml (COCO)", 640, _P5, _V4),
    "yolov7-tiny": Published(
        "YOLOv7 0.1, cfg/training/yolov7-tiny.yaml (COCO)", 640, _P5, _V3
    ),
    # The shorter edge becomes 800 pixels: no input size of its own.
    "fasterrcnn_resnet50_fpn": Published(
        f"{_TORCHVISION}faster_rcnn.py",
        None,
        _FPN,
        sizes=_DOUBLING,
        ratios=_TALL,
    ),
    "retinanet_resnet50_fpn": Published(
        f"{_TORCHVISION}retinanet.py",
        None,
        _P7,
        # Cut to whole pixels.
        sizes=tuple(
            (x, int(x * 2 ** (1 / 3)), int(x * 2 ** (2 / 3)))
            for x in (32, 64, 128, 256, 512)
        ),
        ratios=_TALL,
    ),
    "ssd300_vgg16": Published(
        f"{_TORCHVISION}ssd.py",
        300,
        _SSD_STRIDES,
        sizes=_following([300 * s for s in (0.07, 0.15, 0.33, 0.51, 0.69, 0.87, 1.05)]),
        ratios=_SSD_RATIOS,
        form="ssd",
    ),
    "ssdlite320_mobilenet_v3_large": Published(
        f"{_TORCHVISION}ssdlite.py",
        320,
        tuple(320 / cells for cells in (20, 10, 5, 3, 2, 1)),
        sizes=_following([320 * s for s in (0.2, 0.35, 0.5, 0.65, 0.8, 0.95, 1.0)]),
        ratios=((2.0, 3.0),) * 6,
        form="ssd",
    ),
    "detectron2-faster-rcnn-fpn": Published(
        f"{_DETECTRON2}configs/Base-RCNN-FPN.yaml",
        None,
        _FPN,
        sizes=_DOUBLING,
        ratios=_TALL,
    ),
    "detectron2-faster-rcnn-c4": Published(
        f"{_DETECTRON2}config/defaults.py",
        None,
        (16,),
        sizes=((32, 64, 128, 256, 512),),
        ratios=_TALL,
    ),
    "detectron2-retinanet": Published(
        f"{_DETECTRON2}configs/Base-RetinaNet.yaml",
        None,
        _P7,
        sizes=_octaves(_P7, 4, 3),
        ratios=_TALL,
    ),
    "mmdet-retinanet": Published(
        f"{_MMDET}_base_/models/retinanet_r50_fpn.py",
        None,
        _P7,
        sizes=_octaves(_P7, 4, 3),
        ratios=_TALL,
    ),
    "mmdet-faster-rcnn": Published(
        f"{_MMDET}_base_/models/faster-rcnn_r50_fpn.py",
        None,
        _FPN,
        sizes=_DOUBLING,
        ratios=_TALL,
    ),
    "mmdet-atss": Published(
        f"{_MMDET}atss/atss_r50_fpn_1x_coco.py",
        None,
        _P7,
        sizes=_octaves(_P7, 8, 1),
        ratios=(1.0,),
    ),
    "mmdet-yolov3": Published(
        f"{_MMDET}yolo/yolov3_d53_8xb8-ms-416-273e_coco.py", 416, _P5, _V3
    ),
    "mmdet-ssd300": Published(
        f"{_MMDET}_base_/models/ssd300.py",
        300,
        _SSD_STRIDES,
        sizes=_following([21, 45, 99, 153, 207, 261, 315]),
        ratios=_SSD_RATIOS,
        form="ssd",
    ),
    # The pairs that it multiplies the sizes by are rounded: 1.4 x 0.7.
    "efficientdet-d0": Published(
        "EfficientDet, hparams_config.py (google/automl 012f92d)",
        512,
        _P7,
        sizes=_octaves(_P7, 4, 3),
        ratios=(1.0, 0.5, 2.0),
        shapes=((1.0, 1.0), (1.4, 0.7), (0.7, 1.4)),
    ),
    "tf-ssd-mobilenet-v2-fpn": Published(
        "TensorFlow Object Detection API, configs/tf2/"
        "ssd_mobilenet_v2_fpnlite_640x640_coco17_tpu-8.config",
        640,
        _P7,
        sizes=_octaves(_P7, 4, 2),
        ratios=(1.0, 0.5, 2.0),
    ),
    "paddle-yolov3": Published(
        "PaddleDetection 2.8, configs/yolov3/_base_/yolov3_darknet53.yml (COCO)",
        608,
        _P5,
        _V3,
    ),
    # The tool's own ratios are width / height; the three are the same set.
    "mask-rcnn-matterport": Published(
        "Mask R-CNN 2.1 (matterport), mrcnn/config.py",
        1024,
        _FPN,
        sizes=_DOUBLING,
        ratios=_TALL,
    ),
}
