"""A picture of anchors as boxes over the network's input."""

from typing import Any, Self

import numpy as np

from skanchors._anchors_like import as_anchors, holder_of
from skanchors._boxes import volume_order
from skanchors._fitted import anchors_of
from skanchors._optional import require
from skanchors._plot import (
    check_plane,
    get_axes,
    in_pixels,
    ink,
    set_legend,
    set_title,
    size_names,
    style,
)
from skanchors._plot_names import name_points

# More boxes around one centre are a knot.
_MOST_AROUND_CENTER = 9


class AnchorShapesDisplay:
    """Anchors drawn as boxes over the network's input.

    Up to nine lie around the centre of the input; more would be a knot there, and share
    its lower left corner, so that each ends at a corner of its own.

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
    legend_ : Legend or None
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

    def __init__(self, *, anchors: np.ndarray, input_size: tuple) -> None:
        self.anchors = anchors
        self.input_size = input_size

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        *,
        input_size: Any = None,
        ax: Any = None,
        legend: bool = True,
    ) -> Self:
        """Draw the anchors of a fitted estimator.

        Parameters
        ----------
        estimator : estimator, Pipeline or search
            Fitted; its last step has ``cluster_centers_``.
        input_size : float or (float, float), default=None
            See `from_boxes`.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.
        legend : bool, default=True
            Whether to draw a legend: beside the axes; in axes that were given, inside
            where it fits, and none where it would hide them.

        Returns
        -------
        AnchorShapesDisplay

        Raises
        ------
        ValueError
            If the anchors do not have two sides, or need an `input_size`.
        """
        anchors = anchors_of(estimator)
        return cls.from_boxes(anchors, input_size=input_size, ax=ax, legend=legend)

    @classmethod
    def from_boxes(
        cls,
        anchors: Any,
        *,
        input_size: Any = None,
        ax: Any = None,
        legend: bool = True,
    ) -> Self:
        """Check anchors and draw them.

        Parameters
        ----------
        anchors : array-like of shape (n_anchors, 2), estimator, AnchorSet or str
            Widths and heights, in pixels of the input or as fractions of it; or what
            has them, see `anchor_report`.
        input_size : float or (float, float), default=None
            Width and height of the network's input in pixels. Anchors with no side
            above 1 are fractions and are multiplied by it. None stands for an input of
            1 x 1, which fits fractions, or for the input of an AnchorSet.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.
        legend : bool, default=True
            Whether to draw a legend: beside the axes; in axes that were given, inside
            where it fits, and none where it would hide them.

        Returns
        -------
        AnchorShapesDisplay

        Raises
        ------
        ValueError
            If a size is negative or not finite, there are not two sides, or anchors in
            pixels come without an `input_size`.
        """
        anchors = holder_of(anchors)
        if input_size is None:
            input_size = getattr(anchors, "input_size", None)
        anchors = check_plane(as_anchors(anchors), name="anchors")
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
        return cls(anchors=anchors, input_size=tuple(size.tolist())).plot(
            ax=ax, legend=legend
        )

    def plot(self, ax: Any = None, *, legend: bool = True) -> Self:
        """Draw the anchors.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.
        legend : bool, default=True
            Whether to draw a legend: beside the axes; in axes that were given, inside
            where it fits, and none where it would hide them.

        Returns
        -------
        AnchorShapesDisplay
            Itself, with the attributes set.
        """
        patches = require("matplotlib.patches", extra="plot")
        given = ax is not None
        self.ax_ = ax = get_axes(ax, figsize=(7.4, 5.2))
        self.figure_ = ax.figure
        width, height = self.input_size
        # From the lower left corner of a box, how far back its place is.
        back = 0.5 if len(self.anchors) <= _MOST_AROUND_CENTER else 0.0
        ax.add_patch(
            patches.Rectangle(
                (-back * width, -back * height),
                width,
                height,
                fc=ink(ax, 0.05),
                ec=ink(ax, 0.5),
            )
        )
        names = size_names(self.anchors)
        # Large ones first, so that small ones are seen on top.
        order = volume_order(self.anchors)[::-1]
        shapes = {}
        for i in order.tolist():
            w, h = self.anchors[i]
            ratio = f"{w / h:.2f}" if h else "-"
            shapes[i] = ax.add_patch(
                patches.Rectangle(
                    (-back * w, -back * h),
                    w,
                    h,
                    fill=False,
                    ec=style(i, ax).color,
                    ls=style(i // 7).line,
                    lw=1.8,
                    label=f"{i}: {names[i]}, w/h {ratio}",
                )
            )
        self.shapes_ = [shapes[i] for i in range(len(self.anchors))]
        self._frame(ax, back)
        self.legend_ = set_legend(
            ax, legend, given=given, below=True, handles=self.shapes_
        )
        self.names_ = name_points(
            ax,
            (1 - back) * self.anchors,
            [str(i) for i in range(len(self.anchors))],
            marker_size=4,
            avoid=self.legend_,
        )
        return self

    def _frame(self, ax: Any, back: float) -> None:
        """Limits around input and anchors, and a title in place of ticks."""
        largest = np.maximum(self.anchors.max(axis=0), self.input_size)
        margin = 0.03 * largest
        low, high = -back * largest - margin, (1 - back) * largest + margin
        ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
        ax.set_aspect("equal")
        ax.set(xticks=[], yticks=[])
        count = "anchor" if len(self.anchors) == 1 else "anchors"
        width, height = self.input_size
        set_title(
            ax, f"{len(self.anchors)} {count} on an input of {width:g} x {height:g}"
        )
