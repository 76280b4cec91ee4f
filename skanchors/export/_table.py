"""The table of styles."""

from skanchors._near import did_you_mean, why_no_anchors
from skanchors.export import (
    _c_header,
    _csv,
    _darknet,
    _darknet_v2,
    _detectron2,
    _dlib,
    _efficientdet,
    _json,
    _keras_retinanet,
    _keras_yolo3,
    _matlab,
    _matterport,
    _mmdetection,
    _mmyolo,
    _otx,
    _paddle,
    _tao,
    _tensorflow,
    _torchvision,
    _yolov5,
    _yolov7,
)
from skanchors.export._saved import holds_saved
from skanchors.export._style import Style

STYLES = {
    "darknet": _darknet.STYLE,
    "darknet-v2": _darknet_v2.STYLE,
    "yolov5": _yolov5.STYLE,
    "yolov7": _yolov7.STYLE,
    "mmdetection": _mmdetection.STYLE,
    "mmyolo": _mmyolo.STYLE,
    "paddle": _paddle.STYLE,
    "torchvision": _torchvision.STYLE,
    "detectron2": _detectron2.STYLE,
    "keras-yolo3": _keras_yolo3.STYLE,
    "tensorflow": _tensorflow.STYLE,
    "keras-retinanet": _keras_retinanet.STYLE,
    "efficientdet": _efficientdet.STYLE,
    "matterport": _matterport.STYLE,
    "tao": _tao.STYLE,
    "otx": _otx.STYLE,
    "dlib": _dlib.STYLE,
    "matlab": _matlab.STYLE,
    "c": _c_header.STYLE,
    "json": _json.STYLE,
    "csv": _csv.STYLE,
}


def style_names() -> dict[str, str]:
    """Name the styles that anchors can be written in and read from.

    Returns
    -------
    dict of str to str
        For each name, what the style is, its unit and its order.

    Examples
    --------
    >>> from skanchors.export import style_names
    >>> style_names()["matlab"]
    'MATLAB matrix: pixels, [height width]'
    """
    return {name: style.summary for name, style in STYLES.items()}


def get_style(name: str) -> Style:
    """The row of the table, or an error that lists the names."""
    if not isinstance(name, str) or name not in STYLES:
        raise ValueError(
            f"style must be one of {', '.join(STYLES)}; got {name!r}."
            f"{why_no_anchors(name) or did_you_mean(name, STYLES)}"
        )
    return STYLES[name]


def recognised_style(text: str) -> Style:
    """The one style that the text can be, or an error."""
    if holds_saved(text):
        # Beside the set there may be the text for a detector, of another style.
        return STYLES["json"]
    names = [name for name, style in STYLES.items() if style.recognise(text)]
    if not names:
        raise ValueError(
            "The style of the text is not recognised; name it: "
            + ", ".join(STYLES)
            + "."
        )
    if len(names) > 1:
        raise ValueError(
            f"The text may be {' or '.join(names)}, which mean different anchors; name "
            "the style."
        )
    return STYLES[names[0]]
