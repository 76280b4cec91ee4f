"""A picture of how many positives objects of each size get."""

from typing import Any, Self

import numpy as np

from skanchors._optional import require
from skanchors._plot import (
    get_axes,
    ink,
    numbers_of_log_axis,
    plain_log_ticks,
    set_grid,
    set_legend,
    set_title,
    style,
)
from skanchors._tables import count_text, counted, percent
from skanchors.assignment import Assignment
from skanchors.inspection._judged import assign_named, sizes_of

# Where objects without a positive lie, below 1 on the log axis.
_NONE = 0.5
# Whole numbers are spread by this share, so that equal ones do not hide each other.
_SPREAD = 0.12


class AssignmentDisplay:
    """Positives of each object over its size, on log axes, in the colours of levels.

    Objects without a positive are marked at the bottom, those with forced positives
    only are hollow. Use `from_table` or `from_assignment` to draw it in one go.

    Parameters
    ----------
    sizes : ndarray of shape (n_objects,)
        Square root of the area of each object in pixels of the input.
    n_positive : ndarray of int, shape (n_objects,)
        Positives of each object.
    level : ndarray of int, shape (n_objects,)
        The level with most of them, -1 without any.
    forced : ndarray of bool, shape (n_objects,)
        Whether all of them are forced.
    strides : sequence of float
        Stride of each level.
    name : str, default=""
        Of the detector, for the title.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes with the picture.
    figure_ : matplotlib Figure
        The figure of the axes.
    levels_ : dict of float to PathCollection
        The objects of each level, by its stride; levels without objects are left out.
    forced_ : dict of float to PathCollection
        Those with forced positives only.
    unmatched_ : PathCollection or None
        The objects without a positive.
    legend_ : Legend or None
        The number of objects of each level.

    See Also
    --------
    assignment_report : The same in numbers, by class and size.

    Examples
    --------
    >>> from skanchors.annotations import read_annotations
    >>> from skanchors.datasets import load_sample_paths
    >>> from skanchors.inspection import AssignmentDisplay
    >>> table = read_annotations(load_sample_paths())
    >>> display = AssignmentDisplay.from_table(table, "ssd300_vgg16")
    >>> display.ax_.get_ylabel()
    'positives an object'
    """

    def __init__(
        self,
        *,
        sizes: np.ndarray,
        n_positive: np.ndarray,
        level: np.ndarray,
        forced: np.ndarray,
        strides: Any,
        name: str = "",
    ) -> None:
        self.sizes = sizes
        self.n_positive = n_positive
        self.level = level
        self.forced = forced
        self.strides = strides
        self.name = name

    @classmethod
    def from_table(
        cls,
        table: Any,
        detector: Any,
        anchors: Any = None,
        *,
        ax: Any = None,
        legend: bool = True,
    ) -> Self:
        """Simulate the training of a detector and draw it.

        Parameters
        ----------
        table : AnnotationTable
            The boxes, with their positions.
        detector : str or Detector
            A name of `skanchors.detectors.detector_names`, or a detector.
        anchors : array-like of shape (n_anchors, 2), estimator, AnchorSet or str, \
optional
            As in `assignment_report`.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.
        legend : bool, default=True
            Whether to draw a legend: beside the axes; in axes that were given, inside
            where it fits, and none where it would hide them.

        Returns
        -------
        AssignmentDisplay
        """
        found = assign_named(table, detector, anchors)
        return cls.from_assignment(found, ax=ax, legend=legend)

    @classmethod
    def from_assignment(
        cls, assignment: Assignment, *, ax: Any = None, legend: bool = True
    ) -> Self:
        """Draw an assignment.

        Parameters
        ----------
        assignment : Assignment
            What `skanchors.assignment.assign` returned.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.
        legend : bool, default=True
            Whether to draw a legend: beside the axes; in axes that were given, inside
            where it fits, and none where it would hide them.

        Returns
        -------
        AssignmentDisplay
        """
        return cls(
            sizes=np.sqrt(sizes_of(assignment).prod(axis=1)),
            n_positive=assignment.n_positive,
            level=assignment.level,
            forced=assignment.forced,
            strides=assignment.detector.strides,
            name=assignment.detector.name,
        ).plot(ax=ax, legend=legend)

    def plot(self, ax: Any = None, *, legend: bool = True) -> Self:
        """Draw the objects.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.
        legend : bool, default=True
            Whether to draw a legend: beside the axes; in axes that were given, inside
            where it fits, and none where it would hide them.

        Returns
        -------
        AssignmentDisplay
            Itself, with the attributes set.
        """
        given = ax is not None
        self.ax_ = ax = get_axes(ax, figsize=(7.4, 5.2))
        self.figure_ = ax.figure
        n_objects = len(self.sizes)
        x = np.maximum(self.sizes, self.sizes[self.sizes > 0].min(initial=1e3) / 2)
        # The same spread always, whatever else draws random numbers.
        spread = np.random.RandomState(0).uniform(-_SPREAD, _SPREAD, size=n_objects)
        y = np.maximum(self.n_positive, _NONE) * (1 + spread)
        opacity = float(np.clip(600 / max(n_objects, 1), 0.12, 0.8))
        looks = {"s": 14, "alpha": opacity, "rasterized": n_objects > 5000}
        self.levels_: dict[float, Any] = {}
        self.forced_: dict[float, Any] = {}
        self.unmatched_ = None
        matched = self.n_positive > 0
        for i, stride in enumerate(self.strides):
            color = style(i, ax).color
            inside = matched & (self.level == i)
            for kept, drawn, fill in (
                (inside & ~self.forced, self.levels_, color),
                (inside & self.forced, self.forced_, "none"),
            ):
                if kept.any():
                    drawn[stride] = ax.scatter(
                        x[kept],
                        y[kept],
                        # A list of one "none" would be filled with black.
                        facecolors=fill if fill == "none" else [fill],
                        edgecolors=[color],
                        lw=0.7,
                        **looks,
                    )
        if not matched.all():
            self.unmatched_ = ax.scatter(
                x[~matched],
                y[~matched],
                marker="x",
                color=ink(ax),
                lw=0.9,
                **(looks | {"s": 18, "alpha": max(opacity, 0.6)}),
            )
        self._frame(ax, x)
        self.legend_ = set_legend(
            ax, legend, given=given, handles=self._legend_handles(ax)
        )
        return self

    def _frame(self, ax: Any, x: np.ndarray) -> None:
        """Scales, limits, labels and title."""
        ticker = require("matplotlib.ticker", extra="plot")
        highest = max(int(self.n_positive.max(initial=1)), 1)
        # No room for objects without positives where there are none.
        has_none = bool((self.n_positive == 0).any())
        lowest = 0.7 * (_NONE if has_none else 1)
        ax.set(
            xscale="log",
            yscale="log",
            ylim=(lowest, 1.6 * highest),
            xlabel="square root of the object's area (pixels of the input)",
            ylabel="positives an object",
        )
        if len(x):
            ax.set_xlim(x.min() / 1.2, x.max() * 1.2)
        plain_log_ticks(ax.xaxis)
        steps = [_NONE] * has_none + numbers_of_log_axis(
            ax.yaxis, at_most=1.3 * highest
        )
        ax.yaxis.set_major_locator(ticker.FixedLocator(steps))
        ax.yaxis.set_major_formatter(
            ticker.FuncFormatter(lambda v, _: "none" if v == _NONE else f"{v:,g}")
        )
        ax.yaxis.set_minor_formatter(ticker.NullFormatter())
        if has_none:
            ax.axhline(0.75, color=ink(ax, 0.4), lw=0.8)
        set_grid(ax)
        n_objects = max(len(self.sizes), 1)
        share = percent(int((self.n_positive == 0).sum()) / n_objects)
        name = f"{self.name}: " if self.name else ""
        set_title(
            ax,
            f"{name}{counted(len(self.sizes), 'object')}, {share} without a positive",
        )

    def _legend_handles(self, ax: Any) -> list:
        lines = require("matplotlib.lines", extra="plot")
        handles = []

        def add(marker: str, label: str, **looks: Any) -> None:
            handles.append(
                lines.Line2D([], [], ls="", marker=marker, label=label, **looks)
            )

        for i, stride in enumerate(self.strides):
            count = int(((self.level == i) & (self.n_positive > 0)).sum())
            if count:
                color = style(i, ax).color
                label = f"stride {stride:g}, N = {count_text(count)}"
                add("o", label, color=color, ms=5)
        if self.forced_:
            count = int(self.forced.sum())
            label = f"forced only, N = {count_text(count)}"
            add("o", label, mfc="none", mec=ink(ax), ms=5)
        if self.unmatched_ is not None:
            count = int((self.n_positive == 0).sum())
            add("x", f"no positive, N = {count_text(count)}", color=ink(ax), ms=5)
        return handles
