"""Darknet cfg of YOLOv2: grid cells, one line, one level."""

from skanchors.export._anchor_set import AnchorSet
from skanchors.export._darknet import (
    BARE_LINE,
    network_size,
    read_pairs,
    sections,
    whole_number,
)
from skanchors.export._style import Given, Style
from skanchors.export._text import numbers

# YOLOv2 has one level, of this stride: a 416-pixel input has 13 x 13 cells.
STRIDE = 32


def write(anchor_set: AnchorSet, precision: int) -> str:
    (stride,) = anchor_set.strides
    n_anchors, n_classes = len(anchor_set), anchor_set.n_classes
    if n_classes is None:
        filters, classes = f"# filters=(classes+5)*{n_anchors}", "# classes="
    else:
        filters = f"filters={(n_classes + 5) * n_anchors}"
        classes = f"classes={n_classes}"
    return (
        f"[convolutional]\nsize=1\nstride=1\npad=1\n{filters}\nactivation=linear\n\n"
        f"[region]\n# grid cells of {stride} pixels\n"
        f"anchors = {numbers(anchor_set.anchors / stride, precision)}\n"
        f"{classes}\nnum={n_anchors}\n"
    )


def read(text: str, given: Given) -> AnchorSet:
    found = sections(text)
    heads = [options for name, options in found if name in ("region", "")]
    heads = [options for options in heads if "anchors" in options]
    if not heads:
        raise ValueError("The cfg has no [region] section with an anchors line.")
    (stride,) = given.strides or (STRIDE,)
    anchors = read_pairs(heads[-1]) * stride
    return AnchorSet(
        anchors,
        levels=[range(len(anchors))],
        strides=(stride,),
        input_size=network_size(found),
        n_classes=whole_number(heads[-1], "classes"),
    )


def recognise(text: str) -> bool:
    names = {name for name, _ in sections(text)}
    if "region" in names or not BARE_LINE.search(text):
        return "region" in names
    # A bare line of small numbers may be cells as well as pixels: let the caller say.
    options = dict(sections(text))[""]
    return "anchors" in options and bool(read_pairs(options).max() < STRIDE)


STYLE = Style(
    "Darknet cfg, YOLOv2: grid cells",
    write,
    read,
    recognise,
    precision=5,
    levels="flat",
    cells=True,
)
