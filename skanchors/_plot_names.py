"""Names written next to points, without overlaps."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from skanchors._plot import ink, name_box

# Directions in which a name may lie from its point, the easiest to read first.
_DIRECTIONS = np.array(
    [(1, 1), (1, 0), (1, -1), (-1, 1), (-1, 0), (-1, -1), (0, 1), (0, -1)], dtype=float
)
_STEPS = 24


@dataclass(frozen=True)
class Rectangle:
    """A rectangle in pixels of the screen."""

    x0: float
    y0: float
    x1: float
    y1: float

    @classmethod
    def around(cls, center: Sequence, width: float, height: float) -> "Rectangle":
        """The rectangle of this size around a point."""
        x, y = center
        return cls(x - width / 2, y - height / 2, x + width / 2, y + height / 2)

    def overlap(self, other: "Rectangle") -> float:
        """Area that two rectangles share."""
        width = min(self.x1, other.x1) - max(self.x0, other.x0)
        height = min(self.y1, other.y1) - max(self.y0, other.y0)
        return max(width, 0.0) * max(height, 0.0)

    def outside(self, other: "Rectangle") -> float:
        """Area of this rectangle that lies outside another."""
        area = (self.x1 - self.x0) * (self.y1 - self.y0)
        return area - self.overlap(other)


def name_points(
    ax: Any,
    points: Any,
    names: Sequence[str],
    *,
    marker_size: float = 7,
    avoid: Any = None,
    **kwargs: Any,
) -> list:
    """Write a name next to each point, clear of other names, points and the edge.

    Parameters
    ----------
    ax : Axes
        With final limits and scales.
    points : array-like of shape (n_points, 2)
        In data coordinates.
    names : sequence of str
    marker_size : float
        Width in points of the markers to keep clear of.
    avoid : Artist, default=None
        Such as a legend, to keep clear of as well.
    **kwargs
        Of the text, in place of the usual ones.

    Returns
    -------
    list of Annotation
        A name that had to move away has a line to its point.
    """
    looks = {"fontsize": 8, "fontweight": "bold", "color": ink(ax)}
    kwargs = looks | {"bbox": name_box(ax)} | kwargs
    ax.figure.draw_without_rendering()  # settles the layout, hence where points are
    pixels = ax.figure.dpi / 72
    box = ax.get_window_extent()
    inside = Rectangle(box.x0, box.y0, box.x1, box.y1)
    spots = ax.transData.transform(points)
    marker = (marker_size * pixels,) * 2
    taken = [Rectangle.around(spot, *marker) for spot in spots]
    if avoid is not None:
        x0, y0, x1, y1 = avoid.get_window_extent().extents
        taken.append(Rectangle(x0, y0, x1, y1))
    written = []
    for point, spot, name in zip(points, spots, names, strict=True):
        width, height = _text_size(ax, name, kwargs)
        reach = np.array([width + marker[0], height + marker[1]]) / 2
        place, far = _free_place(spot, reach, (width, height), taken, inside)
        taken.append(Rectangle.around(place, width, height))
        line = {"arrowstyle": "-", "color": ink(ax, 0.8), "lw": 0.6, "shrinkA": 0}
        text = ax.annotate(
            name,
            point,
            xytext=(place - spot) / pixels,
            textcoords="offset points",
            ha="center",
            va="center",
            arrowprops=line | {"shrinkB": marker_size / 2} if far else None,
            **kwargs,
        )
        text.set_in_layout(False)
        written.append(text)
    return written


def _text_size(ax: Any, name: str, kwargs: dict) -> tuple[float, float]:
    text = ax.text(0, 0, name, **kwargs)
    box = text.get_window_extent()
    text.remove()
    return box.width + 2, box.height + 2


def _free_place(
    spot: np.ndarray,
    reach: np.ndarray,
    size: tuple[float, float],
    taken: list[Rectangle],
    inside: Rectangle,
) -> tuple[Any, bool]:
    """The nearest place without overlaps, and whether it is away from the point.

    If there is none, the place with the least overlap. Arrays have the shape (2,).
    """
    best: Any = None
    least = np.inf
    for step in range(_STEPS):
        # Beside the point first, then ever farther away, in ever finer directions.
        distance = reach + step * 0.5 * size[1]
        for direction in _DIRECTIONS:
            place = spot + direction * distance
            rectangle = Rectangle.around(place, *size)
            badness = 2 * rectangle.outside(inside)
            badness += sum(rectangle.overlap(other) for other in taken)
            if badness == 0:
                return place, step > 1
            if badness < least:
                best, least = (place, step > 1), badness
    return best
