"""PaddleDetection yaml: pixels, pairs small to large, masks for the levels."""

from skanchors.export._anchor_set import AnchorSet
from skanchors.export._style import Style
from skanchors.export._text import bracketed, pairs


def write(anchor_set, precision):
    # One line a few pairs, as the tool's own files have it.
    anchors = anchor_set.anchors
    rows = [
        pairs(anchors[i : i + 3], precision, "[{}, {}]")
        for i in range(0, len(anchors), 3)
    ]
    masks = [f"[{', '.join(map(str, level))}]" for level in anchor_set.levels[::-1]]
    strides = ", ".join(map(str, anchor_set.strides[::-1]))
    return (
        "YOLOv3Head:\n"
        f"  anchors: [{(',' + chr(10) + ' ' * 12).join(rows)}]\n"
        f"  anchor_masks: [{', '.join(masks)}]\n"
        "YOLOv3Loss:\n"
        f"  downsample: [{strides}]\n"
    )


def read(text, given):
    anchors = bracketed(text, "anchors")
    if anchors is None:
        raise ValueError("Found no 'anchors: [[w, h], ...]'.")
    masks = bracketed(text, "anchor_masks")
    return AnchorSet(
        anchors,
        levels=masks,
        strides=None if masks is None else bracketed(text, "downsample"),
    )


STYLE = Style(
    "PaddleDetection yaml: pixels, with anchor_masks",
    write,
    read,
    lambda text: "anchor_masks" in text,
    precision=0,
    levels="masks",
)
