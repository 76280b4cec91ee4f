"""dlib's boxes: pixels, one WxH a line."""

import re

from skanchors.export._anchor_set import AnchorSet
from skanchors.export._style import Given, Style
from skanchors.export._text import as_float, pairs

LINE = re.compile(r"\s*[-+.\deE]+\s*x\s*[-+.\deE]+\s*")


def write(anchor_set: AnchorSet, precision: int) -> str:
    return pairs(anchor_set.anchors, precision, "{}x{}", "\n") + "\n"


def read(text: str, given: Given) -> AnchorSet:
    rows = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            sides = line.split("x")
            if len(sides) != 2:
                raise ValueError(f"Line {number} is {line.strip()!r}, not like 10x13.")
            rows.append([as_float(side, where=f"Line {number}") for side in sides])
    return AnchorSet(rows)


STYLE = Style(
    "dlib: pixels, one WxH a line",
    write,
    read,
    lambda text: all(LINE.fullmatch(line) for line in text.split("\n") if line.strip()),
    precision=0,
    levels="flat",
)
