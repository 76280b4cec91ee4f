"""What the table of styles holds, and what a reader may be told beside the text."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Style:
    """One way of writing anchors down.

    Parameters
    ----------
    summary : str
        One line for the list of styles: which tool, what unit, what order.
    write : callable
        ``write(anchor_set, precision)`` returns text.
    read : callable
        ``read(text, given)`` returns an `AnchorSet`; `given` is a `Given`.
    recognise : callable
        ``recognise(text)`` says whether ``style="auto"`` may take the text for this.
    precision : int or None
        Digits after the point unless the caller says otherwise; None writes all.
    levels : {"flat", "masks", "uneven", "equal"}
        What can be written of levels: nothing; any rows, even twice; each anchor
        once; each anchor once and as many on each level.
    cells : bool, default=False
        Whether the unit is a grid cell, one stride, and not the pixel.
    exact : bool, default=True
        Whether free (width, height) pairs can be expressed; if not, the writer is
        given them unrounded.
    any_unit : bool, default=False
        Whether fractions of the input may be written as they are.
    write_form : callable or None, default=None
        ``write_form(anchor_set, form, precision)`` returns text of anchors that are
        crossed from the numbers of a `Form`, as they are, or refuses what the detector
        cannot hold; precision None writes all digits. None: there is `write` only.
    write_near : callable or None, default=None
        As `write_form`, for anchors that are the form's but for the rounding of
        published numbers; returns None where that cannot be written.
    usual_strides : tuple of int or None, default=None
        The strides where neither the anchors nor the caller say any; None goes by the
        number of levels.
    """

    summary: str
    write: Callable
    read: Callable
    recognise: Callable
    precision: int | None
    levels: str
    cells: bool = False
    exact: bool = True
    any_unit: bool = False
    write_form: Callable | None = None
    write_near: Callable | None = None
    folds: bool = False
    usual_strides: tuple | None = None


class Given(NamedTuple):
    """What the caller of `parse_anchors` knows beside the text."""

    strides: tuple | None = None
    input_size: tuple | None = None
    name: str | None = None


# Those of a feature pyramid as Faster R-CNN and as RetinaNet use it.
FPN_STRIDES = (4, 8, 16, 32, 64)
RETINANET_STRIDES = (8, 16, 32, 64, 128)

# The strides of the usual detectors by number of levels, for texts that hold none.
USUAL_STRIDES = {
    1: (32,),
    2: (16, 32),
    3: (8, 16, 32),
    4: (8, 16, 32, 64),
    5: (8, 16, 32, 64, 128),
}
