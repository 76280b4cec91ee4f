"""Pictures that the commands write."""

from pathlib import Path
from typing import Any

from skanchors._optional import require
from skanchors._whole_file import whole_file


def check_picture(file: str | None) -> None:
    """Say before the work, not after it, that a picture cannot be drawn."""
    if file is None:
        return
    canvas = require("matplotlib.backend_bases", extra="plot").FigureCanvasBase
    path = Path(file)
    if path.suffix.lower()[1:] not in canvas.get_supported_filetypes():
        raise ValueError(
            f"The ending of {file} names no kind of picture; use .png, .pdf or .svg."
        )
    if not path.parent.is_dir():
        raise FileNotFoundError(
            f"The folder {path.parent}, which should hold the picture, does not exist."
        )


def save_picture(display: Any, file: str) -> None:
    """Write the figure of a Display, whole or not at all."""
    with whole_file(file, "wb") as target:
        kind = Path(file).suffix.lower()[1:]
        display.figure_.savefig(target, format=kind, dpi=150)
