"""What the pictures share: axes, colours, scales, legends.

Every colour but those of the items is ink on paper, so that dark figures, such as those
of the style ``dark_background``, can be read too.
"""

import textwrap
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from skanchors._boxes import check_boxes
from skanchors._optional import require

# The colours of Okabe and Ito, told apart by colour-blind readers, without the yellow
# and the black; then each of them darker, then lighter. On dark paper all are lighter.
_HUES = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#555555")
_TONES = ((0.0, 0.0), (0.0, 0.45), (1.0, 0.5))
_TONES_ON_DARK = ((1.0, 0.25), (0.0, 0.1), (1.0, 0.65))
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p", "h")

# From this many boxes on, a cloud of points hides how dense it is.
MAX_POINTS = 5_000
# Sizes that span this factor, but for the outermost percents, need a log axis.
_LOG_SPAN = 12.0
# A legend that would take more of given axes than this lies inside them, if it leaves
# so much of them to be seen; of a figure of our own it takes no more than this.
_WIDEST_LEGEND = 0.4
_LARGEST_INSIDE = 0.3
# Nor may it be higher than this share of the figure: no layout could make room for it.
# A figure of our own grows with it, with so many inches for the title and the labels.
_HIGHEST_LEGEND = 0.85
_TITLE_AND_LABELS = 0.8
_SMALLEST_FONT = 7.0
# Inches that labels, ticks and a title take beside and above axes.
_BESIDE = (0.85, 0.8)
# Inches that a number takes on each axis, with the room after it; a legend may take a
# part of the axis yet.
_NUMBER = (0.6, 0.3)


class Style(NamedTuple):
    """How one cluster, or one set of anchors, is drawn."""

    color: tuple
    marker: str
    line: str


def style(index: int, ax: Any = None) -> Style:
    """Colour, marker and line of item `index`; colours repeat after 21 items.

    `ax` says whether the paper is dark; None takes it for white.
    """
    rgb = np.array(require("matplotlib.colors", extra="plot").to_rgb(_HUES[index % 7]))
    tones = _TONES if ax is None or not is_dark(ax) else _TONES_ON_DARK
    target, share = tones[index // 7 % len(tones)]
    color = tuple((rgb * (1 - share) + target * share).tolist())
    lines = ("-", "--", "-.", ":")
    return Style(color, MARKERS[index % len(MARKERS)], lines[index % len(lines)])


def paper(ax: Any) -> tuple:
    """The colour that the axes lie on."""
    colors = require("matplotlib.colors", extra="plot")
    for patch in (ax.patch, ax.figure.patch):
        *rgb, opacity = colors.to_rgba(patch.get_facecolor())
        if opacity > 0.5 and patch.get_visible():
            return tuple(rgb)
    return (1.0, 1.0, 1.0)


def is_dark(ax: Any) -> bool:
    """Whether white can be read on the axes better than black."""
    return bool(np.dot(paper(ax), (0.299, 0.587, 0.114)) < 0.5)


def ink(ax: Any, strength: float = 1.0) -> tuple:
    """Black on light axes and white on dark ones, or as much of it on the paper."""
    full = 1.0 if is_dark(ax) else 0.0
    return tuple(full * strength + side * (1 - strength) for side in paper(ax))


def name_box(ax: Any) -> dict:
    """What lies behind names, so that they can be read on any colour."""
    return {
        "boxstyle": "round,pad=0.1",
        "fc": paper(ax),
        "ec": "none",
        "alpha": 0.75,
    }


def get_axes(ax: Any, *, figsize: tuple[float, float] = (6.4, 4.8)) -> Any:
    """The axes given, or those of a new figure that makes room for legends."""
    if ax is not None:
        return ax
    pyplot = require("matplotlib.pyplot", extra="plot")
    return pyplot.subplots(figsize=figsize, layout="constrained")[1]


def set_title(ax: Any, text: str) -> None:
    """A title that is written smaller where the axes are narrow."""
    title = ax.set_title(text)
    width, height = _room(ax)
    room = 1.1 * width
    if ax.get_aspect() == 1.0:
        room = min(room, 1.4 * height)
    _fit(title, title.get_window_extent().width, room)


def _room(ax: Any) -> tuple[float, float]:
    """Width and height that axes have, in pixels, beside labels and a title."""
    box, figure = ax.get_position(original=True), ax.figure
    # A layout takes what these need, of small figures much more than a share.
    wide = figure.bbox.width - _BESIDE[0] * figure.dpi
    high = figure.bbox.height - _BESIDE[1] * figure.dpi
    return (
        min(box.width * figure.bbox.width, wide),
        min(box.height * figure.bbox.height, high),
    )


def fit_labels(ax: Any) -> None:
    """Labels of the axes smaller, or on two lines, where there is little room."""
    x, y = ax.xaxis.label, ax.yaxis.label
    width, height = _room(ax)
    _fit(x, x.get_window_extent().width, 1.05 * width)
    _fit(y, y.get_window_extent().height, 1.05 * height)


def _fit(text: Any, length: float, room: float) -> None:
    """Make a text smaller until it fits, and break it where that is not enough."""
    if length <= room:
        return
    size = text.get_fontsize() * room / length
    words = text.get_text()
    if size < _SMALLEST_FONT:
        lines = words.split("\n")
        n_letters = max(8, int(max(map(len, lines)) * size / _SMALLEST_FONT))
        parts = [part for line in lines for part in textwrap.wrap(line, n_letters)]
        text.set_text("\n".join(parts))
    text.set_fontsize(max(_SMALLEST_FONT, size))


def set_grid(ax: Any) -> None:
    """Faint lines below what is drawn."""
    ax.grid(color=ink(ax, 0.12))
    ax.set_axisbelow(True)


def check_plane(X: Any, *, name: str = "X") -> np.ndarray:
    """Boxes of two sides, which is what a picture can show."""
    X = check_boxes(X, name=name, dtype=np.float64)
    if X.shape[1] != 2:
        raise ValueError(
            f"Pictures show boxes of 2 sides (width, height); {name} has {X.shape[1]}. "
            f"Choose two columns, such as {name}[:, :2]."
        )
    return X


def in_pixels(sizes: np.ndarray) -> bool:
    """Whether sizes are pixels: fractions of an image have no side above 1."""
    return bool(np.max(sizes, initial=0) > 1)


def axis_scale(*arrays: np.ndarray) -> str:
    """Either "log" or "linear", whichever shows the sizes better."""
    sides = np.concatenate(arrays).T
    for side in sides:
        positive = side[side > 0]
        if len(positive):
            low, high = np.percentile(positive, [1, 99])
            if high > _LOG_SPAN * low:
                return "log"
    return "linear"


def set_size_axes(ax: Any, scale: str, *arrays: np.ndarray) -> None:
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
        for axis in (ax.xaxis, ax.yaxis):
            plain_log_ticks(axis)
    elif ax.get_window_extent().width < 2.5 * ax.figure.dpi:
        # Numbers of three digits need room.
        ax.locator_params(axis="x", nbins=4)


def plain_log_ticks(axis: Any) -> None:
    """Plain numbers on a log axis; 4 x 10^2 is nobody's size of a box."""
    ticker = require("matplotlib.ticker", extra="plot")
    subs = _subs(axis)
    axis.set_major_locator(ticker.LogLocator(subs=subs))
    axis.set_major_formatter(ticker.FuncFormatter(_plain_number))
    axis.set_minor_formatter(ticker.NullFormatter())


def _subs(axis: Any) -> tuple[int, ...]:
    """Which numbers of a decade there is room for."""
    low, high = np.log10(np.maximum(np.sort(axis.get_view_interval()), 1e-300))
    place = 0 if axis.axis_name == "x" else 1
    inches = _room(axis.axes)[place] / axis.axes.figure.dpi
    # Of few decades each needs a number between.
    most = inches / _NUMBER[place] / max(high - low, 0.1)
    if most >= 3:
        return (1, 2, 5)
    return (1, 3) if most >= 2 or high - low < 2 else (1,)


def numbers_of_log_axis(axis: Any, *, at_most: float) -> list[float]:
    """Numbers from 1 on for a log axis, as many as there is room for.

    The first is 1 only where it does not touch the lower end.
    """
    subs = _subs(axis)
    low, high = np.log10(axis.get_view_interval())
    inches = _room(axis.axes)[1] / axis.axes.figure.dpi
    from_one = -low / (high - low) * inches > _NUMBER[1] or low > -0.2
    found = [sub * 10.0**power for power in range(7) for sub in subs]
    return [
        number for number in found if (number > 1 or from_one) and number <= at_most
    ]


def _plain_number(value: float, _: Any = None) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:g}"


def size_limits(sizes: np.ndarray, scale: str) -> list[tuple[float, float]]:
    """A lower and an upper limit for each side."""
    if scale == "linear":
        return [(0, 1.05 * (side.max() or 1)) for side in sizes.T]
    return [(side[side > 0].min() / 1.2, side.max() * 1.2) for side in sizes.T]


def lift_zeros(sizes: np.ndarray, scale: str, limits: Sequence) -> np.ndarray:
    """Put sides of 0, which a log axis cannot show, at its lower limit."""
    return sizes if scale == "linear" else np.maximum(sizes, [low for low, _ in limits])


def set_legend(
    ax: Any, legend: bool = True, *, given: bool, below: bool = False, **kwargs: Any
) -> Any:
    """A legend at the right of the axes where there is room, else inside them.

    Parameters
    ----------
    ax : Axes
    legend : bool
        False draws none.
    given : bool
        Whether the axes were given, so that their room is not for us to take.
    below : bool
        Where there is no room beside, below them in place of in them.
    **kwargs
        Of ``ax.legend``.

    Returns
    -------
    Legend or None
        None too where it would hide or crush given axes.
    """
    fit_labels(ax)
    if not legend:
        return None
    drawn = _outside(ax, kwargs)
    width, height = drawn.get_window_extent().size
    too_high = height > _HIGHEST_LEGEND * ax.figure.bbox.height
    room = ax.get_position(original=True).width * ax.figure.bbox.width
    if given and (too_high or width > _WIDEST_LEGEND * room):
        # Beside given axes it would crush them, or lie on their neighbours.
        drawn.remove()
        place = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.02)}
        drawn = _small(ax, kwargs, **(place if below else {"loc": "best"}))
        if _share(drawn, ax) > _LARGEST_INSIDE:
            drawn.remove()
            return None
    elif not given and width > _WIDEST_LEGEND * ax.figure.bbox.width:
        # Long names stand below.
        drawn.remove()
        drawn = _small(ax, kwargs, loc="upper center", bbox_to_anchor=(0.5, -0.14))
    elif too_high:
        ax.figure.set_figheight(height / ax.figure.dpi + _TITLE_AND_LABELS)
    elif ax.figure.get_layout_engine() is None:
        # No layout makes room: the legend takes its room from the axes.
        box = ax.get_position(original=True)
        kept = box.width - width / ax.figure.bbox.width
        ax.set_position([box.x0, box.y0, kept / 1.03, box.height])
        width = 0
    if drawn.get_bbox_to_anchor().x0 > ax.get_window_extent().x1:
        # The title stands above what the legend leaves, and may reach over the labels.
        room = _room(ax)[0] - width + 1.2 * _BESIDE[0] * ax.figure.dpi
        _fit(ax.title, ax.title.get_window_extent().width, room)
    return drawn


def _share(legend: Any, ax: Any) -> float:
    """How much of the axes a legend would take; 1 if it is wider than they are."""
    width, height = _room(ax)
    found = legend.get_window_extent()
    wide, high = found.width / width, found.height / height
    return 1.0 if wide > 1 else max(wide * high, high / 2)


def _small(ax: Any, kwargs: dict, **place: Any) -> Any:
    return ax.legend(
        **place,
        fontsize="x-small",
        framealpha=0.7,
        borderpad=0.3,
        labelspacing=0.25,
        handlelength=1.4,
        handletextpad=0.4,
        **kwargs,
    )


def _outside(ax: Any, kwargs: dict) -> Any:
    return ax.legend(
        loc="upper left",
        bbox_to_anchor=(1.02, 1.0),
        borderaxespad=0,
        fontsize="small",
        **kwargs,
    )


def size_names(anchors: np.ndarray) -> list[str]:
    """Sizes such as ``12 x 16``, in whole pixels or with two digits of a fraction."""
    form = "{:.0f} x {:.0f}" if in_pixels(anchors) else "{:.2g} x {:.2g}"
    return [form.format(*anchor) for anchor in anchors]
