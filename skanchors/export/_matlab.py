"""MATLAB matrix: pixels, rows [height width]."""

import re

import numpy as np

from skanchors.export._anchor_set import AnchorSet
from skanchors.export._style import Given, Style
from skanchors.export._text import pairs, without_comments

MATRIX = re.compile(r"\[([-+.\deE,;\s]*)\]")


def write(anchor_set: AnchorSet, precision: int) -> str:
    rows = pairs(anchor_set.anchors[:, ::-1], precision, "{} {}", ";")
    return f"anchorBoxes = [{rows}]; % [height width]\n"


def read(text: str, given: Given) -> AnchorSet:
    matrix = MATRIX.search(without_comments(text, "%"))
    if matrix is None:
        raise ValueError("Found no matrix such as [21 27;87 116].")
    rows = [row.replace(",", " ").split() for row in re.split("[;\n]", matrix[1])]
    rows = [row for row in rows if row]
    if not rows or any(len(row) != 2 for row in rows):
        raise ValueError("Each row of the matrix must be [height width].")
    return AnchorSet(np.array(rows, dtype=float)[:, ::-1])


def recognise(text: str) -> bool:
    matrix = MATRIX.search(without_comments(text, "%"))
    return matrix is not None and bool(re.search(r";|\d\s+[\d.]", matrix[1]))


STYLE = Style(
    "MATLAB matrix: pixels, [height width]",
    write,
    read,
    recognise,
    precision=0,
    levels="flat",
)
