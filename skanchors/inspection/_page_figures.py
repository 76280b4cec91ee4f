"""Pictures as data addresses, once for light and once for dark paper."""

import base64
import io
from collections.abc import Callable
from typing import Any

from skanchors._optional import require

# Letters of ten points are still read where a phone shows half of these pixels.
_DPI = 120
_WIDTH, _HEIGHT = 6.4, 4.2


def drawn(draw: Callable[[Any], Any]) -> dict[str, str]:
    """What a function draws into axes.

    Parameters
    ----------
    draw : callable
        ``draw(ax)``.

    Returns
    -------
    dict of str to str
        Data addresses of PNG by "light" and "dark".
    """
    pyplot_style = require("matplotlib.style", extra="plot")
    figures = require("matplotlib.figure", extra="plot")
    sources = {}
    for name, style in (("light", "default"), ("dark", "dark_background")):
        with pyplot_style.context(style):
            # Made by hand, so that no window and no list of figures is touched.
            figure = figures.Figure(figsize=(_WIDTH, _HEIGHT), layout="constrained")
            if name == "dark":
                figure.set_facecolor("#0d1117")
            ax = figure.add_subplot()
            if name == "dark":
                ax.set_facecolor("#0d1117")
            draw(ax)
            buffer = io.BytesIO()
            figure.savefig(buffer, format="png", dpi=_DPI, metadata={"Software": None})
        sources[name] = data_address(buffer.getvalue(), "png")
    return sources


def data_address(content: bytes, kind: str) -> str:
    """An image that needs no file."""
    return f"data:image/{kind};base64,{base64.b64encode(content).decode('ascii')}"
