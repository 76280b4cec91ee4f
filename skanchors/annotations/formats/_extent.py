"""Upright boxes around other shapes."""

import math
from collections.abc import Sequence

Box = tuple[float, float, float, float]


def extent(xs: Sequence[float], ys: Sequence[float]) -> Box:
    """The box around some points, as low x, low y, width, height."""
    x, y = min(xs), min(ys)
    return x, y, max(xs) - x, max(ys) - y


def around_turned(
    x: float, y: float, width: float, height: float, degrees: float
) -> Box:
    """The box around one that is turned about its centre.

    Parameters
    ----------
    x, y : float
        The centre.
    width, height : float
        The sides before it was turned.
    degrees : float
        The angle.
    """
    if not math.isfinite(degrees):
        return math.nan, math.nan, math.nan, math.nan
    angle = math.radians(degrees)
    cos, sin = abs(math.cos(angle)), abs(math.sin(angle))
    w, h = width * cos + height * sin, width * sin + height * cos
    return x - w / 2, y - h / 2, w, h
