"""A picture of the sizes of boxes."""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from skanchors._boxes import check_weight
from skanchors._plot import (
    MAX_POINTS,
    axis_scale,
    check_plane,
    fit_labels,
    get_axes,
    is_dark,
    lift_zeros,
    set_size_axes,
    set_title,
    size_limits,
    style,
)
from skanchors._tables import counted


class BoxSizeDisplay:
    """Widths and heights of boxes: points if they are few, their density if many.

    Use `from_boxes` to check the boxes and draw them in one go.

    Parameters
    ----------
    boxes : ndarray of shape (n_boxes, 2)
        Widths and heights.
    weight : ndarray of shape (n_boxes,), default=None
        Weights of the boxes, which title and density add up; None gives each the
        weight 1.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes with the picture.
    figure_ : matplotlib Figure
        The figure of the axes.
    boxes_artist_ : PathCollection or PolyCollection
        The points, or the hexagons of the density with the number of boxes in each.

    See Also
    --------
    AnchorClustersDisplay : The same with the clusters told apart.

    Examples
    --------
    >>> from skanchors.datasets import make_boxes
    >>> from skanchors.inspection import BoxSizeDisplay
    >>> display = BoxSizeDisplay.from_boxes(make_boxes(200, random_state=0))
    >>> display.ax_.get_title()
    '200 boxes'
    """

    def __init__(self, boxes: np.ndarray, weight: np.ndarray | None = None) -> None:
        self.boxes = boxes
        self.weight = weight

    @classmethod
    def from_boxes(
        cls, X: ArrayLike, *, sample_weight: ArrayLike | None = None, ax: Any = None
    ) -> Self:
        """Check boxes and draw them.

        Parameters
        ----------
        X : array-like of shape (n_boxes, 2)
            Widths and heights, in pixels or as fractions of the image.
        sample_weight : array-like of shape (n_boxes,), default=None
            Weights of the boxes; None gives each the weight 1.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        BoxSizeDisplay

        Raises
        ------
        ValueError
            If a size is negative or not finite, or there are not two sides.
        """
        X = check_plane(X)
        return cls(X, check_weight(sample_weight, X)).plot(ax=ax)

    def plot(self, ax: Any = None) -> Self:
        """Draw the boxes.

        Axes are logarithmic if the sizes span more than a decade. From 5 000 boxes on
        the density is drawn in place of points.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        BoxSizeDisplay
            Itself, with the attributes set.
        """
        self.ax_ = ax = get_axes(ax)
        self.figure_ = ax.figure
        scale = axis_scale(self.boxes)
        limits = size_limits(self.boxes, scale)
        boxes = lift_zeros(self.boxes, scale, limits)
        draw = _draw_points if len(boxes) < MAX_POINTS else _draw_density
        self.boxes_artist_ = draw(ax, boxes, self.weight, scale, limits)
        set_size_axes(ax, scale, self.boxes)
        fit_labels(ax)
        total = len(boxes) if self.weight is None else float(self.weight.sum())
        set_title(ax, counted(total, "box"))
        return self


def _draw_points(
    ax: Any, boxes: np.ndarray, weight: np.ndarray | None, scale: str, limits: list
) -> Any:
    """A point a box; arguments as `_draw_density` has them."""
    opacity = float(np.clip(200 / len(boxes), 0.25, 0.8))
    shown = boxes if weight is None else boxes[weight > 0]
    return ax.scatter(*shown.T, s=14, alpha=opacity, color=style(0, ax).color, lw=0)


def _draw_density(
    ax: Any, boxes: np.ndarray, weight: np.ndarray | None, scale: str, limits: list
) -> Any:
    """Hexagons; boxes (n_boxes, 2), weight (n_boxes,), limits of both sides."""
    extent = np.ravel(limits)
    density = ax.hexbin(
        *boxes.T,
        gridsize=60,
        xscale=scale,
        yscale=scale,
        extent=np.log10(extent) if scale == "log" else extent,
        bins="log",
        mincnt=1,
        # The many stand out from the paper.
        cmap="viridis" if is_dark(ax) else "viridis_r",
        C=weight,
        reduce_C_function=np.sum,
        lw=0.1,
    )
    ax.figure.colorbar(density, ax=ax, label="boxes")
    return density
