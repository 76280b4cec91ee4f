"""What the pictures share: axes, colours, scales, and labels that do not overlap."""

from typing import NamedTuple

import numpy as np

from skanchors._boxes import check_boxes
from skanchors._optional import require
from skanchors.inspection._best import in_pixels

# The colours of Okabe and Ito, told apart by colour-blind readers, without the yellow
# and the black; then each of them darker, then lighter.
_HUES = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#555555")
_TONES = ((0.0, 0.0), (0.0, 0.45), (1.0, 0.5))
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p", "h")

# Behind names, so that they can be read on any colour.
NAME_BOX = {"boxstyle": "round,pad=0.1", "fc": "white", "ec": "none", "alpha": 0.75}
# From this many boxes on, a cloud of points hides how dense it is.
MAX_POINTS = 5_000
# Sizes that span this factor, but for the outermost percents, need a log axis.
_LOG_SPAN = 12.0


class Style(NamedTuple):
    """How one cluster, or one set of anchors, is drawn."""

    color: tuple
    marker: str
    line: str


def style(index):
    """Colour, marker and line of item `index`; colours repeat after 21 items."""
    rgb = np.array(require("matplotlib.colors", extra="plot").to_rgb(_HUES[index % 7]))
    target, share = _TONES[index // 7 % len(_TONES)]
    color = tuple((rgb * (1 - share) + target * share).tolist())
    lines = ("-", "--", "-.", ":")
    return Style(color, MARKERS[index % len(MARKERS)], lines[index % len(lines)])


def get_axes(ax, *, figsize=(6.4, 4.8)):
    """The axes given, or those of a new figure that makes room for legends."""
    if ax is not None:
        return ax
    pyplot = require("matplotlib.pyplot", extra="plot")
    return pyplot.subplots(figsize=figsize, layout="constrained")[1]


def check_plane(X, *, name="X"):
    """Boxes of two sides, which is what a picture can show."""
    X = check_boxes(X, name=name, dtype=np.float64)
    if X.shape[1] != 2:
        raise ValueError(
            f"Pictures show boxes of 2 sides (width, height); {name} has {X.shape[1]}. "
            f"Choose two columns, such as {name}[:, :2]."
        )
    return X


def axis_scale(*arrays):
    """Either "log" or "linear", whichever shows the sizes better."""
    sides = np.concatenate(arrays).T
    for side in sides:
        positive = side[side > 0]
        if len(positive):
            low, high = np.percentile(positive, [1, 99])
            if high > _LOG_SPAN * low:
                return "log"
    return "linear"


def set_size_axes(ax, scale, *arrays):
    """Scale, limits with a margin, and labels of axes of width and height."""
    sizes = np.concatenate(arrays)
    unit = "pixels" if in_pixels(sizes) else "fraction of the image"
    limits = size_limits(sizes, scale)
    ax.set(
        xscale=scale,
        yscale=scale,
        xlim=limits[0],
        ylim=limits[1],
        xlabel=f"width ({unit})",
        ylabel=f"height ({unit})",
    )
    if scale == "log":
        # Plain numbers; 4 x 10^2 is nobody's size of a box.
        ticker = require("matplotlib.ticker", extra="plot")
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
            axis.set_major_formatter(ticker.StrMethodFormatter("{x:g}"))
            axis.set_minor_formatter(ticker.NullFormatter())


def size_limits(sizes, scale):
    """A lower and an upper limit for each side."""
    if scale == "linear":
        return [(0, 1.05 * (side.max() or 1)) for side in sizes.T]
    return [(side[side > 0].min() / 1.2, side.max() * 1.2) for side in sizes.T]


def lift_zeros(sizes, scale, limits):
    """Put sides of 0, which a log axis cannot show, at its lower limit."""
    return sizes if scale == "linear" else np.maximum(sizes, [low for low, _ in limits])


def set_legend(ax, **kwargs):
    """A legend at the right of the axes, with room made for it."""
    legend = ax.legend(
        loc="upper left",
        bbox_to_anchor=(1.02, 1.0),
        borderaxespad=0,
        fontsize="small",
        **kwargs,
    )
    if ax.figure.get_layout_engine() is None:
        # No layout makes room: the legend takes its room from the axes.
        box = ax.get_position(original=True)
        width = legend.get_window_extent().width / ax.figure.bbox.width
        room = box.width - width
        if room > 0.25 * box.width:
            ax.set_position([box.x0, box.y0, room / 1.03, box.height])
    return legend


def size_names(anchors):
    """Sizes such as ``12 x 16``, in whole pixels or with two digits of a fraction."""
    form = "{:.0f} x {:.0f}" if in_pixels(anchors) else "{:.2g} x {:.2g}"
    return [form.format(*anchor) for anchor in anchors]
