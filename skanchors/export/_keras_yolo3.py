"""keras-yolo3 txt: pixels, one line, no newline at its end."""

import re

from skanchors.export._anchor_set import AnchorSet
from skanchors.export._style import Given, Style
from skanchors.export._text import as_pairs, pairs, split_numbers


def write(anchor_set: AnchorSet, precision: int) -> str:
    return pairs(anchor_set.anchors, precision, "{},{}")


def read(text: str, given: Given) -> AnchorSet:
    # Its reader takes the first line only, and so does this one.
    line = text.strip().splitlines()[0]
    # Also pairs with nothing but a space between them, as they are often noted down.
    line = re.sub(r"(?<=[\d.])[ \t]+(?=[-+.\d])", ",", line)
    return AnchorSet(as_pairs(split_numbers(line, where="Line 1"), where="Line 1"))


STYLE = Style(
    "keras-yolo3 txt: pixels, one line",
    write,
    read,
    lambda text: (
        "," in text
        and re.fullmatch(r"[-+.\deE,\s]+", text) is not None
        and len(text.strip().splitlines()) == 1
    ),
    precision=0,
    levels="flat",
)
