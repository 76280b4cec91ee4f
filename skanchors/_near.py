"""What was probably meant by a name that is not known."""

import re
from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """A sentence with the known words that this one is close to; "" if none is.

    Examples
    --------
    >>> did_you_mean("iuo", ["iou", "giou", "ratio"])
    ' Did you mean iou?'
    """
    by_plain = {plain(name): name for name in known}
    near = get_close_matches(plain(str(word)), by_plain, n=2, cutoff=0.6)
    if not near:
        return ""
    return f" Did you mean {' or '.join(by_plain[name] for name in near)}?"


# Detectors that people ask for and that place no anchors.
_ANCHOR_FREE = re.compile(
    r"yolo-?(v?(1|6|8|9|1[0-3]|26)(?!\d)|x|-?nas)|fcos|centernet|cornernet|"
    r"([a-z]+-?)?detr(?![a-z])|pp-?yoloe|rtmdet|nanodet|(pp-?)?picodet|"
    r"foveabox|reppoints"
)


def why_no_anchors(name: object) -> str:
    """A sentence, after a space, about a detector without anchors; "" of other names.

    Examples
    --------
    >>> why_no_anchors("yolov5")
    ''
    >>> why_no_anchors("YOLOv8")[:23]
    " 'YOLOv8' has no anchor"
    """
    if not _ANCHOR_FREE.match(str(name).lower().replace(" ", "")):
        return ""
    return (
        f" {name!r} has no anchors: it predicts boxes without them, so there is "
        "nothing to fit or to assign."
    )


def plain(word: str) -> str:
    """A word without what people leave out or mistype: case, hyphens, underscores."""
    return re.sub(r"[-_ .]", "", word.lower())
