"""Upright boxes around the segmentations of COCO."""

from typing import Any

from skanchors.annotations.formats._extent import Box, extent

# A mask has no more runs than this; that of a photograph has some hundred.
_MAX_RUNS = 1_000_000


def around_segmentation(segmentation: Any) -> Box | None:
    """The box around polygons or a run-length encoded mask; None if it is neither.

    Parameters
    ----------
    segmentation : list or dict
        Polygons, each a list ``[x1, y1, x2, y2, ...]``, or one such list; or
        ``{"size": [height, width], "counts": ...}``, column by column, the first run
        outside, with counts as a list or as text, as pycocotools does it (2.0,
        common/maskApi.c).
    """
    try:
        if isinstance(segmentation, dict):
            return _around_runs(segmentation)
        return _around_polygons(segmentation)
    except (TypeError, ValueError, OverflowError, KeyError, IndexError):
        return None


def _around_polygons(polygons: Any) -> Box | None:
    if not isinstance(polygons, list):
        return None
    if polygons and isinstance(polygons[0], int | float):  # one, not a list of them
        polygons = [polygons]
    xs: list[float] = []
    ys: list[float] = []
    for polygon in polygons:
        if not isinstance(polygon, list) or len(polygon) < 6 or len(polygon) % 2:
            return None
        xs += map(float, polygon[::2])
        ys += map(float, polygon[1::2])
    return extent(xs, ys) if xs else None


def _around_runs(mask: dict) -> Box | None:
    height, width = mask["size"]
    if type(height) is not int or type(width) is not int or min(height, width) < 1:
        return None
    counts = mask["counts"]
    runs = _decompress(counts) if isinstance(counts, str) else counts
    if len(runs) > _MAX_RUNS or not all(type(n) is int and n >= 0 for n in runs):
        return None
    xs: list[int] = []
    ys: list[int] = []
    at = 0
    for i, run in enumerate(runs):
        if i % 2 and run:
            last = at + run - 1
            first_x, last_x = at // height, last // height
            xs += (first_x, last_x + 1)
            # A run that goes on in the next column touches the lower and upper border.
            whole = last_x > first_x
            ys += (0 if whole else at % height,)
            ys += (height if whole else last % height + 1,)
        at += run
    if at != height * width or not xs:
        return None
    x, y, w, h = extent(xs, ys)
    return float(x), float(y), float(w), float(h)


def _decompress(text: str) -> list[int]:
    """Runs from text: groups of five bits, and differences to the run before last."""
    runs: list[int] = []
    value = shift = 0
    for character in text:
        bits = ord(character) - 48
        if not 0 <= bits < 64 or shift > 60:
            raise ValueError("not a mask")
        value |= (bits & 31) << shift
        shift += 5
        if not bits & 32:
            if bits & 16:
                value -= 1 << shift
            runs.append(value + runs[-2] if len(runs) > 2 else value)
            value = shift = 0
            if len(runs) > _MAX_RUNS:
                raise ValueError("too many runs")
    return runs
