"""Anchors that others have published and ship with their detectors."""

from typing import NamedTuple

from skanchors.export._anchor_set import AnchorSet
from skanchors.export._text import as_pairs, split_numbers


class _Published(NamedTuple):
    source: str
    input_size: int
    strides: tuple
    text: str
    levels: tuple | None = None
    unit: int = 1


_P5, _P6, _P7 = ((8, 16, 32, 64, 128)[:n] for n in (3, 4, 5))
_V3 = "10,13 16,30 33,23 30,61 62,45 59,119 116,90 156,198 373,326"
_TINY = "10,14 23,27 37,58 81,82 135,169 344,319"

# One row a set. YOLOv2's are in cells of 32 pixels.
_SETS = {
    "yolov2": _Published(
        "Darknet, yolov2.cfg (COCO)",
        608,
        (32,),
        "0.57273,0.677385 1.87446,2.06253 3.33843,5.47434 7.88282,3.52778 "
        "9.77052,9.16828",
        unit=32,
    ),
    "yolov2-voc": _Published(
        "Darknet, yolov2-voc.cfg (PASCAL VOC)",
        416,
        (32,),
        "1.3221,1.73145 3.19275,4.00944 5.05587,8.09892 9.47112,4.84053 "
        "11.2364,10.0071",
        unit=32,
    ),
    "yolov2-tiny-voc": _Published(
        "Darknet, yolov2-tiny-voc.cfg (PASCAL VOC)",
        416,
        (32,),
        "1.08,1.19 3.42,4.41 6.63,11.38 9.42,5.11 16.62,10.52",
        unit=32,
    ),
    "yolo9000": _Published(
        "Darknet, yolo9000.cfg",
        544,
        (32,),
        "0.77871,1.14074 3.00525,4.31277 9.22725,9.61974",
        unit=32,
    ),
    "yolov3": _Published("Darknet, yolov3.cfg (COCO)", 416, _P5, _V3),
    "yolov3-tiny": _Published("Darknet, yolov3-tiny.cfg (COCO)", 416, (16, 32), _TINY),
    "yolov4": _Published(
        "Darknet, yolov4.cfg (COCO)",
        608,
        _P5,
        "12,16 19,36 40,28 36,75 76,55 72,146 142,110 192,243 459,401",
    ),
    # Anchor 3 twice and anchor 0 never: so it was published.
    "yolov4-tiny": _Published(
        "Darknet, yolov4-tiny.cfg (COCO)",
        416,
        (16, 32),
        _TINY,
        levels=((1, 2, 3), (3, 4, 5)),
    ),
    "yolov5": _Published("YOLOv5, models/yolov5s.yaml (COCO)", 640, _P5, _V3),
    "yolov5-p6": _Published(
        "YOLOv5, models/hub/anchors.yaml, P6-640 (COCO)",
        640,
        _P6,
        "9,11 21,19 17,41 43,32 39,70 86,64 65,131 134,130 120,265 282,180 247,354 "
        "512,387",
    ),
    "yolov5-p6-1280": _Published(
        "YOLOv5, models/hub/anchors.yaml, P6-1280 (COCO)",
        1280,
        _P6,
        "19,27 44,40 38,94 96,68 86,152 180,137 140,301 303,264 238,542 436,615 "
        "739,380 925,792",
    ),
    "yolov5-p7": _Published(
        "YOLOv5, models/hub/anchors.yaml, P7-640 (COCO)",
        640,
        _P7,
        "11,11 13,30 29,20 30,46 61,38 39,92 78,80 146,66 79,163 149,150 321,143 "
        "157,303 257,402 359,290 524,372",
    ),
}


def default_anchor_names():
    """Name the published sets of anchors.

    Returns
    -------
    tuple of str
        What `default_anchors` takes.

    Examples
    --------
    >>> from skanchors.export import default_anchor_names
    >>> "yolov3" in default_anchor_names()
    True
    """
    return tuple(_SETS)


def default_anchors(name):
    """Get anchors that are published with a detector, to compare with or to start from.

    Parameters
    ----------
    name : str
        One of `default_anchor_names`.

    Returns
    -------
    AnchorSet
        Anchors in pixels, with levels, strides, name, source and input size: the size
        of the network in the file that publishes them, which need not be the size
        they were fitted at.

    Examples
    --------
    >>> from skanchors.export import default_anchors
    >>> yolov3 = default_anchors("yolov3")
    >>> yolov3.input_size, yolov3.source
    ((416, 416), 'Darknet, yolov3.cfg (COCO)')
    >>> yolov3.anchors[:3]
    array([[10., 13.],
           [16., 30.],
           [33., 23.]])
    """
    if name not in _SETS:
        raise ValueError(f"name must be one of {', '.join(_SETS)}; got {name!r}.")
    row = _SETS[name]
    values = split_numbers(row.text.replace(" ", ","), where=name)
    anchors = as_pairs(values, where=name) * row.unit
    size = len(anchors) // len(row.strides)
    levels = row.levels or [
        range(i * size, (i + 1) * size) for i in range(len(row.strides))
    ]
    return AnchorSet(
        anchors,
        levels=levels,
        strides=row.strides,
        input_size=row.input_size,
        name=name,
        source=row.source,
    )
