"""A picture of the sizes of boxes."""

import numpy as np

from skanchors.inspection._plot import (
    MAX_POINTS,
    axis_scale,
    check_plane,
    get_axes,
    lift_zeros,
    set_size_axes,
    size_limits,
)


class BoxSizeDisplay:
    """Widths and heights of boxes: points if they are few, their density if many.

    Use `from_boxes` to check the boxes and draw them in one go.

    Parameters
    ----------
    boxes : ndarray of shape (n_boxes, 2)
        Widths and heights.

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

    def __init__(self, boxes):
        self.boxes = boxes

    @classmethod
    def from_boxes(cls, X, *, ax=None):
        """Check boxes and draw them.

        Parameters
        ----------
        X : array-like of shape (n_boxes, 2)
            Widths and heights, in pixels or as fractions of the image.
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
        return cls(check_plane(X)).plot(ax=ax)

    def plot(self, ax=None):
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
        self.boxes_artist_ = draw(ax, boxes, scale, limits)
        set_size_axes(ax, scale, self.boxes)
        ax.set_title(f"{len(boxes)} boxes")
        return self


def _draw_points(ax, boxes, scale, limits):
    opacity = float(np.clip(200 / len(boxes), 0.25, 0.8))
    return ax.scatter(*boxes.T, s=14, alpha=opacity, color="#0072B2", lw=0)


def _draw_density(ax, boxes, scale, limits):
    extent = np.ravel(limits)
    density = ax.hexbin(
        *boxes.T,
        gridsize=60,
        xscale=scale,
        yscale=scale,
        extent=np.log10(extent) if scale == "log" else extent,
        bins="log",
        mincnt=1,
        cmap="viridis_r",
        lw=0.1,
    )
    ax.figure.colorbar(density, ax=ax, label="boxes")
    return density
