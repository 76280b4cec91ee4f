"""CSV: columns width and height."""

import csv
import re

from skanchors.export._anchor_set import AnchorSet
from skanchors.export._style import Given, Style
from skanchors.export._text import pairs

COLUMNS = ("width", "height")


def write(anchor_set: AnchorSet, precision: int) -> str:
    return f"width,height\n{pairs(anchor_set.anchors, precision, '{},{}', chr(10))}\n"


def read(text: str, given: Given) -> AnchorSet:
    try:
        rows = [row for row in csv.reader(text.strip().splitlines()) if row]
    except csv.Error as error:
        raise ValueError(f"This is no CSV: {error}.") from None
    header = [cell.strip().lower() for cell in rows[0]] if rows else []
    if not set(COLUMNS) <= set(header):
        raise ValueError(
            f"The CSV must begin with a line that names the columns width and height; "
            f"it begins with {','.join(header)!r}."
        )
    places = [header.index(column) for column in COLUMNS]
    anchors = []
    for line, row in enumerate(rows[1:], start=2):
        try:
            anchors.append([float(row[place]) for place in places])
        except (ValueError, IndexError):
            raise ValueError(
                f"Row {line} of the CSV, {','.join(row)!r}, lacks a number for width "
                "or height."
            ) from None
    return AnchorSet(anchors)


def recognise(text: str) -> bool:
    first = text.lstrip().splitlines()[:1]
    return bool(first) and {"width", "height"} <= set(
        re.split(r"[\s,\"]+", first[0].lower())
    )


STYLE = Style(
    "CSV with columns width and height: pixels, or any unit as given",
    write,
    read,
    recognise,
    precision=None,
    levels="flat",
    any_unit=True,
)
