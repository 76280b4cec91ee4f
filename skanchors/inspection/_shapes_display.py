"""A picture of anchors as boxes over the network's input."""

import numpy as np

from skanchors._fitted import anchors_of
from skanchors._optional import require
from skanchors.inspection._best import in_pixels
from skanchors.inspection._labels import name_points
from skanchors.inspection._plot import (
    check_plane,
    get_axes,
    set_legend,
    size_names,
    style,
)


class AnchorShapesDisplay:
    """Anchors drawn as boxes around the centre of the network's input.

    Use `from_estimator` or `from_boxes` to check the anchors and draw them in one go.

    Parameters
    ----------
    anchors : ndarray of shape (n_anchors, 2)
        Widths and heights.
    input_size : (float, float)
        Width and height of the network's input in the same unit.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes with the picture.
    figure_ : matplotlib Figure
        The figure of the axes.
    shapes_ : list of Rectangle
        The anchors.
    names_ : list of Annotation
        Their numbers, each at a corner of its box.
    legend_ : Legend
        Their sizes and aspect ratios w/h.

    See Also
    --------
    AnchorClustersDisplay : The anchors among the boxes that they serve.

    Examples
    --------
    >>> from skanchors.inspection import AnchorShapesDisplay
    >>> anchors = [[10, 13], [62, 45], [116, 90]]
    >>> display = AnchorShapesDisplay.from_boxes(anchors, input_size=416)
    >>> [text.get_text() for text in display.legend_.get_texts()]
    ['0: 10 x 13, w/h 0.77', '1: 62 x 45, w/h 1.38', '2: 116 x 90, w/h 1.29']
    """

    def __init__(self, *, anchors, input_size):
        self.anchors = anchors
        self.input_size = input_size

    @classmethod
    def from_estimator(cls, estimator, *, input_size=None, ax=None):
        """Draw the anchors of a fitted estimator.

        Parameters
        ----------
        estimator : estimator, Pipeline or search
            Fitted; its last step has ``cluster_centers_``.
        input_size : float or (float, float), default=None
            See `from_boxes`.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        AnchorShapesDisplay

        Raises
        ------
        ValueError
            If the anchors do not have two sides, or need an `input_size`.
        """
        anchors = anchors_of(estimator)
        return cls.from_boxes(anchors, input_size=input_size, ax=ax)

    @classmethod
    def from_boxes(cls, anchors, *, input_size=None, ax=None):
        """Check anchors and draw them.

        Parameters
        ----------
        anchors : array-like of shape (n_anchors, 2)
            Widths and heights, in pixels of the input or as fractions of it.
        input_size : float or (float, float), default=None
            Width and height of the network's input in pixels. Anchors with no side
            above 1 are fractions and are multiplied by it. None stands for an input of
            1 x 1, which fits fractions.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        AnchorShapesDisplay

        Raises
        ------
        ValueError
            If a size is negative or not finite, there are not two sides, or anchors in
            pixels come without an `input_size`.
        """
        anchors = check_plane(anchors, name="anchors")
        size = np.broadcast_to(1.0 if input_size is None else input_size, 2)
        size = size.astype(float)
        if not (np.isfinite(size).all() and (size > 0).all()):
            raise ValueError(
                "input_size must be a number or (width, height), above 0, got "
                f"{input_size!r}."
            )
        if input_size is None and in_pixels(anchors):
            raise ValueError(
                "These anchors are in pixels: say with input_size= how large the "
                "network's input is."
            )
        if not in_pixels(anchors):
            anchors = anchors * size
        return cls(anchors=anchors, input_size=tuple(size.tolist())).plot(ax=ax)

    def plot(self, ax=None):
        """Draw the anchors.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        AnchorShapesDisplay
            Itself, with the attributes set.
        """
        patches = require("matplotlib.patches", extra="plot")
        self.ax_ = ax = get_axes(ax, figsize=(7.4, 5.2))
        self.figure_ = ax.figure
        width, height = self.input_size
        corner = -width / 2, -height / 2
        ax.add_patch(patches.Rectangle(corner, width, height, fc="0.96", ec="0.5"))
        names = size_names(self.anchors)
        # Large ones first, so that small ones are seen on top.
        order = np.argsort(-self.anchors.prod(axis=1), kind="stable")
        shapes = {}
        for i in order.tolist():
            w, h = self.anchors[i]
            ratio = f"{w / h:.2f}" if h else "-"
            shapes[i] = ax.add_patch(
                patches.Rectangle(
                    (-w / 2, -h / 2),
                    w,
                    h,
                    fill=False,
                    ec=style(i).color,
                    ls=style(i // 7).line,
                    lw=1.8,
                    label=f"{i}: {names[i]}, w/h {ratio}",
                )
            )
        self.shapes_ = [shapes[i] for i in range(len(self.anchors))]
        self._frame(ax, width, height)
        self.legend_ = set_legend(ax, handles=self.shapes_)
        self.names_ = self._draw_names(ax)
        return self

    def _frame(self, ax, width, height):
        """Limits around input and anchors, and a title in place of ticks."""
        largest = np.maximum(self.anchors.max(axis=0), (width, height)) * 0.53
        ax.set(xlim=(-largest[0], largest[0]), ylim=(-largest[1], largest[1]))
        ax.set_aspect("equal")
        ax.set(xticks=[], yticks=[])
        count = "anchor" if len(self.anchors) == 1 else "anchors"
        ax.set_title(
            f"{len(self.anchors)} {count} on an input of {width:g} x {height:g}"
        )

    def _draw_names(self, ax):
        corners = self.anchors / 2
        return name_points(
            ax,
            corners,
            [str(i) for i in range(len(corners))],
            marker_size=4,
            fontsize=8,
            fontweight="bold",
            bbox={
                "boxstyle": "round,pad=0.1",
                "fc": "white",
                "ec": "none",
                "alpha": 0.8,
            },
        )
