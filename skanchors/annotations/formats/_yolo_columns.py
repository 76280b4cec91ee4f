"""What the columns of YOLO label files mean.

The line ``class x y width height`` may go on: with key points, with landmarks, with a
confidence and the number of a track. But a line of as many columns may also be the
corners of a segment. One line often cannot tell, so the lines of a file decide
together.
"""

import numpy as np

BOX, SEGMENT = "box", "segment"
COLUMNS = ("auto", BOX, SEGMENT)

# Fractions of the image beyond this are something else: absent points (-1), whether a
# point is visible (2), the number of a track, pixels.
_FAR_LOW, _FAR_HIGH = -0.5, 1.5
# Key points may lie a little outside of their box, by this share of its sides.
_TOLERANCE = 0.1


def decide(rows: list[list[float]]) -> tuple[str, bool]:
    """Whether lines of more than six columns are boxes or segments.

    Parameters
    ----------
    rows : list of list of float
        The numbers after the class, six or more a line, of all such lines of a file.

    Returns
    -------
    columns : {"box", "segment"}
        What they are.
    ambiguous : bool
        Whether they could be the other as well.
    """
    far = [_is_far(row) for row in rows]
    if not _are_boxes(rows, far):
        return SEGMENT, False
    lengths = set(map(len, rows))
    if any(far) or (len(lengths) == 1 and len(rows[0]) % 2):
        return BOX, False
    if len(lengths) > 1:
        # All objects of a data set have the same number of key points.
        return SEGMENT, True
    values = np.array(rows)
    n_values = values.shape[1]
    if (n_values - 4) % 3 == 0 and np.isin(values[:, 6::3], (0, 1, 2)).all():
        return BOX, False
    if n_values == 8 and _are_parallelograms(values):
        return SEGMENT, True
    # Width and height as a point: a corner of a segment is among the other corners,
    # while it would be chance if the size of a box were.
    among = sum(map(_size_is_among_points, rows))
    return (SEGMENT if 2 * among > len(rows) else BOX), True


def looks_like(columns: list[str], numbers: list[float]) -> str:
    """What a line seems to be whose coordinates are far outside of 0 to 1."""
    if len(columns) in (15, 16) and columns[0][:1].isalpha():
        return "it looks like a KITTI label; name its format, kitti"
    name = _TABLES.get(len(columns))
    if name and columns[0].isdecimal() and numbers[5] in (-1, 0, 1):  # a flag
        return f"it looks like {name}; make a CSV of it with columns image, x, y, w, h"
    if min(numbers) >= 0:
        return (
            "these look like pixels where YOLO has fractions; divide them by the width "
            "and height of the image"
        )
    return "YOLO has fractions from 0 to 1"


# Labels in pixels with a flag in the seventh column, by the number of columns.
_TABLES = {8: "VisDrone", 9: "MOT Challenge", 10: "WIDER FACE or MOT Challenge"}


def other_text(columns: list[str]) -> str:
    """What a line seems to be that has text where YOLO has numbers; perhaps nothing."""
    numbers = [_is_number(column) for column in columns]
    if len(columns) in (9, 10) and all(numbers[:8]) and not numbers[8]:
        return ", it looks like a label of DOTA or ICDAR; convert it to COCO"
    if len(columns) in (17, 18) and not numbers[2] and all(numbers[3:]):
        return (
            ", it looks like a KITTI label of tracks; write a file an image, without "
            "the first two columns"
        )
    return ""


def _is_number(column: str) -> bool:
    try:
        float(column)
    except ValueError:
        return False
    return True


def is_far(box: tuple[float, float, float, float]) -> bool:
    """Whether centre and size are too large for fractions, whatever they are."""
    x, y, w, h = box
    return not (-1 <= x <= 2 and -1 <= y <= 2 and -4 <= w <= 4 and -4 <= h <= 4) and (
        abs(x) + abs(y) + abs(w) + abs(h) < float("inf")
    )


def _is_far(row: list[float]) -> bool:
    return min(row) < _FAR_LOW or max(row) > _FAR_HIGH


def _are_boxes(rows: list[list[float]], far: list[bool]) -> bool:
    """Whether columns two to five of every line are a box that holds its points."""
    if not all(map(_is_box, rows)):
        return False
    near = [row for row, is_far in zip(rows, far, strict=True) if not is_far]
    # Confidence and the number of a track may follow.
    return not near or any(
        all(_holds_points(row, group, tail) for row in near)
        for tail in (0, 1, 2)
        for group in (3, 2)
    )


def _is_box(row: list[float]) -> bool:
    x, y, w, h = row[:4]
    return (
        0 < w <= 1 + _TOLERANCE
        and 0 < h <= 1 + _TOLERANCE
        and w / 2 - _TOLERANCE <= x <= 1 - w / 2 + _TOLERANCE
        and h / 2 - _TOLERANCE <= y <= 1 - h / 2 + _TOLERANCE
    )


def _holds_points(row: list[float], group: int, tail: int) -> bool:
    """Whether the box holds its points.

    Parameters
    ----------
    row : list of float
        Centre, size, and what follows.
    group : int
        Values of a point, two of which are its coordinates.
    tail : int
        Values at the end that belong to no point; if two, the last is whole.
    """
    if (len(row) - 4 - tail) % group or (tail == 2 and not row[-1].is_integer()):
        return False
    x, y, w, h = row[:4]
    reach_x, reach_y = (0.5 + _TOLERANCE) * w, (0.5 + _TOLERANCE) * h
    stop = len(row) - tail
    points = zip(row[4:stop:group], row[5:stop:group], strict=True)
    return all(
        (abs(px - x) <= reach_x and abs(py - y) <= reach_y)
        or _is_absent(px, py)
        or (group == 3 and row[6 + 3 * i] == 0)
        for i, (px, py) in enumerate(points)
    )


def _is_absent(x: float, y: float) -> bool:
    return (x == 0 and y == 0) or (x < 0 and y < 0)


def _are_parallelograms(values: np.ndarray) -> bool:
    """Whether four points of every line are corners of a parallelogram.

    Turned boxes are, also as fractions of an image that is no square.
    """
    points = values.reshape(-1, 4, 2)
    gap = np.abs(points[:, 0] + points[:, 2] - points[:, 1] - points[:, 3])
    return bool((gap <= 0.02 * np.ptp(points, axis=1) + 2e-3).all())


def _size_is_among_points(row: list[float]) -> bool:
    """Whether the size of the box, taken for a point, is near the points."""
    size, points = np.array(row[2:4]), np.array(row[4 : len(row) // 2 * 2])
    points = points.reshape(-1, 2)
    points = points[(points != 0).any(axis=1)]
    if not len(points):
        return False
    low, high = points.min(axis=0), points.max(axis=0)
    margin = 0.25 * (high - low)
    return bool(((size >= low - margin) & (size <= high + margin)).all())
