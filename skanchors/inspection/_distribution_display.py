"""A picture of how the best IoU of boxes is distributed."""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from skanchors._boxes import check_boxes, check_weight
from skanchors._plot import get_axes, set_grid, set_legend, style
from skanchors._tables import name_text
from skanchors.inspection._best import best_anchors

# A curve of more points than pixels looks no different.
_MAX_STEPS = 1000


class IoUDistributionDisplay:
    """Share of boxes whose best IoU is at most so much, for several sets of anchors.

    The lower the curve, the better the anchors; the mean IoU is the area above it.
    Use `from_boxes` to compute the curves and draw them in one go.

    Parameters
    ----------
    iou : dict of str to ndarray of shape (n_boxes,)
        Best IoU of each box, for each set of anchors.
    weight : ndarray of shape (n_boxes,), default=None
        Weights of the boxes; None gives each the weight 1.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes with the picture.
    figure_ : matplotlib Figure
        The figure of the axes.
    lines_ : dict of str to Line2D
        The curve of each set.
    legend_ : Legend or None
        The mean IoU of each set.

    See Also
    --------
    compare_anchors : Whether the difference is more than chance.

    Examples
    --------
    >>> from skanchors.datasets import make_boxes
    >>> from skanchors.inspection import IoUDistributionDisplay
    >>> X = make_boxes(200, random_state=0)
    >>> sets = {"one": [[0.3, 0.3]], "two": [[0.2, 0.2], [0.4, 0.4]]}
    >>> display = IoUDistributionDisplay.from_boxes(X, sets)
    >>> sorted(display.lines_)
    ['one', 'two']
    """

    def __init__(
        self, *, iou: dict[str, np.ndarray], weight: np.ndarray | None = None
    ) -> None:
        self.iou = iou
        self.weight = weight

    @classmethod
    def from_boxes(
        cls,
        X: ArrayLike,
        anchor_sets: dict[str, Any],
        *,
        sample_weight: ArrayLike | None = None,
        ax: Any = None,
        legend: bool = True,
    ) -> Self:
        """Compute the best IoU of boxes and draw its distribution.

        Parameters
        ----------
        X : array-like of shape (n_boxes, n_sides)
            Sizes of the boxes, 0 or larger.
        anchor_sets : dict of str to array-like of shape (n_anchors, n_sides)
            Sets of anchors in the unit of `X`, or what has them; see
            `compare_anchors`.
        sample_weight : array-like of shape (n_boxes,), default=None
            Weights of the boxes; None gives each the weight 1.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.
        legend : bool, default=True
            Whether to draw a legend: beside the axes; in axes that were given, inside
            where it fits, and none where it would hide them.

        Returns
        -------
        IoUDistributionDisplay

        Raises
        ------
        ValueError
            If a size is negative or not finite, or the numbers of sides differ.
        """
        if not isinstance(anchor_sets, dict) or not anchor_sets:
            raise ValueError(
                "anchor_sets must be a dictionary of sets by name, such as "
                "{'fitted': anchors}."
            )
        weight = check_weight(sample_weight, check_boxes(X))
        iou = {
            name: best_anchors(X, anchors, name=repr(name)).iou
            for name, anchors in anchor_sets.items()
        }
        return cls(iou=iou, weight=weight).plot(ax=ax, legend=legend)

    def plot(self, ax: Any = None, *, legend: bool = True) -> Self:
        """Draw the curves.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.
        legend : bool, default=True
            Whether to draw a legend: beside the axes; in axes that were given, inside
            where it fits, and none where it would hide them.

        Returns
        -------
        IoUDistributionDisplay
            Itself, with the attributes set.
        """
        given = ax is not None
        self.ax_ = ax = get_axes(ax)
        self.figure_ = ax.figure
        self.lines_ = {}
        for i, (name, iou) in enumerate(self.iou.items()):
            x, share = _cumulative(iou, self.weight)
            color, _, line = style(i, ax)
            mean = np.average(iou, weights=self.weight)
            (self.lines_[name],) = ax.plot(
                x,
                share,
                drawstyle="steps-post",
                color=color,
                ls=line,
                lw=1.8,
                label=f"{name_text(name)}: mean IoU {mean:.4f}",
            )
        ax.set(
            xlim=(0, 1),
            ylim=(0, 1),
            xlabel="best IoU of a box",
            ylabel="share of boxes with at most this IoU\n(lower is better)",
        )
        set_grid(ax)
        self.legend_ = set_legend(ax, legend, given=given)
        return self


def _cumulative(
    iou: np.ndarray, weight: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Points of the cumulative distribution, from (0, 0) to (1, 1)."""
    order = np.argsort(iou, kind="stable")
    iou = iou[order]
    total = np.arange(1.0, len(iou) + 1) if weight is None else weight[order].cumsum()
    n_steps = min(len(iou), _MAX_STEPS)
    rank = np.ceil(np.linspace(0, len(iou), n_steps + 1)[1:]).astype(int) - 1
    x = np.concatenate([[0], iou[rank], [1]])
    return x, np.concatenate([[0], total[rank] / total[-1], [1]])
