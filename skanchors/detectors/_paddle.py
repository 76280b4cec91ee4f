"""PaddleDetection's YOLOv3.

Facts from PaddleDetection 2.8: ``configs/yolov3/_base_/`` and ``Gt2YoloTarget`` in
``ppdet/data/transform/batch_operators.py``: the anchor of the best shape, on its level;
no further ones, since its ``iou_thresh`` is 1. The input is drawn from 320 to 608 in
training; 608, that of testing, is simulated.
"""

from skanchors.detectors._detector import Detector, Spec
from skanchors.export import default_anchors

DETECTORS = (
    Detector(
        name="paddle-yolov3",
        scaling="stretch",
        input_size=(608, 608),
        strides=(8, 16, 32),
        form=Spec("free", {"n_anchors": 3}),
        rule=Spec("BestAnchor", {}),
        offset=0.5,
        default_anchors=default_anchors("paddle-yolov3"),
        style="paddle",
        source="https://github.com/PaddlePaddle/PaddleDetection/blob/release/2.8/"
        "configs/yolov3/_base_/yolov3_darknet53.yml",
        version="PaddleDetection 2.8",
    ),
)
