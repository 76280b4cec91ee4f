"""A picture of how the best IoU of boxes is distributed."""

import numpy as np

from skanchors.inspection._best import best_anchors
from skanchors.inspection._plot import get_axes, set_legend, style

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

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes with the picture.
    figure_ : matplotlib Figure
        The figure of the axes.
    lines_ : dict of str to Line2D
        The curve of each set.
    legend_ : Legend
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

    def __init__(self, *, iou):
        self.iou = iou

    @classmethod
    def from_boxes(cls, X, anchor_sets, *, ax=None):
        """Compute the best IoU of boxes and draw its distribution.

        Parameters
        ----------
        X : array-like of shape (n_boxes, n_sides)
            Sizes of the boxes, 0 or larger.
        anchor_sets : dict of str to array-like of shape (n_anchors, n_sides)
            Sets of anchors in the unit of `X`.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

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
        iou = {
            name: best_anchors(X, anchors, name=repr(name)).iou
            for name, anchors in anchor_sets.items()
        }
        return cls(iou=iou).plot(ax=ax)

    def plot(self, ax=None):
        """Draw the curves.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        IoUDistributionDisplay
            Itself, with the attributes set.
        """
        self.ax_ = ax = get_axes(ax)
        self.figure_ = ax.figure
        self.lines_ = {}
        for i, (name, iou) in enumerate(self.iou.items()):
            x, share = _cumulative(iou)
            color, _, line = style(i)
            (self.lines_[name],) = ax.plot(
                x,
                share,
                drawstyle="steps-post",
                color=color,
                ls=line,
                lw=1.8,
                label=f"{name}: mean IoU {np.mean(iou):.4f}",
            )
        ax.set(
            xlim=(0, 1),
            ylim=(0, 1),
            xlabel="best IoU of a box",
            ylabel="share of boxes with at most this IoU",
        )
        ax.grid(color="0.9")
        ax.set_axisbelow(True)
        self.legend_ = set_legend(ax)
        return self


def _cumulative(iou):
    """Points of the cumulative distribution, from (0, 0) to (1, 1)."""
    iou = np.sort(iou)
    n_steps = min(len(iou), _MAX_STEPS)
    rank = np.ceil(np.linspace(0, len(iou), n_steps + 1)[1:]).astype(int)
    x = np.concatenate([[0], iou[rank - 1], [1]])
    return x, np.concatenate([[0], rank / len(iou), [1]])
