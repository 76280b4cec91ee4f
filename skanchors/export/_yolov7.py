"""YOLOv7 yaml: that of YOLOv5 with other spaces."""

from functools import partial

from skanchors.export import _yolov5
from skanchors.export._style import Style
from skanchors.export._text import pairs

STYLE = Style(
    "YOLOv7 yaml: as YOLOv5 with other spaces",
    partial(
        _yolov5.write,
        row=lambda group, precision: pairs(group, precision, "{},{}"),
        gap="  ",
    ),
    _yolov5.read,
    lambda text: False,  # "auto" reads it as YOLOv5's: the meaning is the same
    precision=0,
    levels="equal",
)
