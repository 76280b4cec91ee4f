"""Write anchors in a style, and read them back."""

from dataclasses import replace
from typing import Any

from skanchors._checks import check_input_size, check_strides
from skanchors.export._anchor_set import AnchorSet
from skanchors.export._crossed import has_form
from skanchors.export._folded import folded
from skanchors.export._form import MOST_ANCHORS, check_form
from skanchors.export._prepare import (
    as_anchor_set,
    check_few,
    check_precision,
    in_pixels,
    rounded,
    warn_of_excess,
    warn_of_masks,
    warn_of_order,
    with_levels,
    with_other_strides,
    with_strides,
)
from skanchors.export._style import Given, Style
from skanchors.export._table import get_style, recognised_style
from skanchors.export._text import with_short_numbers

# No configuration of a detector has as many, and time must stay bounded.
MOST_CHARACTERS = 2**20


def format_anchors(
    anchors: Any,
    style: str,
    *,
    strides: Any = None,
    input_size: Any = None,
    precision: int | None = None,
    n_classes: int | None = None,
    rule: str = "even",
) -> str:
    """Write anchors as text for the configuration of a detector.

    Order, units and masks are those of the style, whatever the order of `anchors`.

    Parameters
    ----------
    anchors : array-like of shape (n_anchors, 2), AnchorSet or fitted estimator
        Widths and heights in pixels of the network's input, or as fractions of its
        width and height together with `input_size`, in any order. Of an `AnchorSet`
        the levels, strides, input size, number of classes, and sizes and ratios hold
        as well, unless given here. Of an estimator, a Pipeline or a search its
        ``anchor_set_``, else its ``cluster_centers_``.
    style : str
        One of `style_names`.
    strides : sequence of float or None, default=None
        Pixels from one cell to the next for each level of the detector. None means
        (8, 16, 32), or 32 for "darknet-v2", whose unit is a cell of that stride. For
        the detectors that cross sizes with ratios it means their five levels, where
        the anchors can be shared out among five.
    input_size : int, (width, height) or None, default=None
        The network's input in pixels. Anchors whose sides are all at most 1 are taken
        for fractions of it.
    precision : int or None, default=None
        Digits after the point; None means the style's own habit: whole pixels for
        the YOLO family, 5 digits of a cell, 2 of a pixel for NVIDIA TAO, all digits
        for JSON, CSV and C. Ratios of sizes get two more. The sizes and ratios of a
        form are written with all digits unless told otherwise.
    n_classes : int or None, default=None
        Number of classes. Darknet's text then has the ``filters=`` that the layer
        before each head needs, YOLOv5's its ``nc``; the other styles ignore it.
    rule : {"even", "size"}, default="even"
        How anchors are shared out among levels, see `assign_levels`.

    Returns
    -------
    str
        Text to paste into a configuration. torchvision, Detectron2, TensorFlow,
        keras-retinanet, EfficientDet and matterport's Mask R-CNN hold no free pairs
        but the cross product of sizes and ratios; MMDetection and PaddleDetection
        have generators for both. An `AnchorSet` with `sizes` and `ratios` is written
        as it is. Free pairs get the nearest set found, and a comment says first how
        to fit a better one to the boxes, then which mean IoU it has with `anchors`
        and how much is lost; torchvision's text has the free cell anchors as well.

    Raises
    ------
    ValueError
        If the anchors are not finite, positive (width, height) rows, look like
        fractions without an `input_size`, vanish at `precision`, or do not fit the
        levels of the style; or if a detector cannot hold the sizes and ratios, with
        the reason.

    Warns
    -----
    UserWarning
        If `precision` makes different anchors equal, an anchor exceeds the input size,
        or an anchor is too small or too large for its level.

    See Also
    --------
    parse_anchors : The way back.

    Examples
    --------
    >>> from skanchors.export import format_anchors
    >>> anchors = [[33, 23], [10, 13], [16, 30], [30, 61], [62, 45], [59, 119],
    ...            [116, 90], [156, 198], [373, 326]]
    >>> print(format_anchors(anchors, "yolov5"))
    anchors:
      - [10, 13, 16, 30, 33, 23] # P3/8
      - [30, 61, 62, 45, 59, 119] # P4/16
      - [116, 90, 156, 198, 373, 326] # P5/32
    """
    return _written(anchors, style, strides, input_size, precision, n_classes, rule)


def format_to_paste(
    anchors: Any,
    style: str,
    *,
    strides: Any = None,
    input_size: Any = None,
    n_classes: int | None = None,
    rule: str = "even",
) -> str:
    """The text of `format_anchors` with numbers of at most seven significant digits.

    Parameters
    ----------
    anchors, style, strides, input_size, n_classes, rule
        See `format_anchors`.
    """
    return _written(
        anchors, style, strides, input_size, None, n_classes, rule, short=True
    )


def _written(
    anchors: Any,
    style: str,
    strides: Any,
    input_size: Any,
    precision: int | None,
    n_classes: int | None,
    rule: str,
    *,
    short: bool = False,
) -> str:
    """The text of both functions.

    Parameters
    ----------
    anchors, style, strides, input_size, precision, n_classes, rule
        See `format_anchors`.
    short : bool, default=False
        Whether numbers have at most seven significant digits.
    """
    row = get_style(style)
    given = check_precision(precision)
    precision = row.precision if given is None else given
    anchors = as_anchor_set(anchors)
    strides = check_strides(strides)
    if strides is not None and tuple(sorted(strides)) != anchors.strides:
        anchors = with_other_strides(anchors, tuple(sorted(strides)))
    if input_size is not None:
        anchors = replace(anchors, input_size=input_size)
    if n_classes is not None:
        anchors = replace(anchors, n_classes=n_classes)
    anchors = in_pixels(anchors, row)
    warn_of_excess(anchors)
    anchors = with_strides(anchors, row, style)
    text = None
    if anchors.form is not None:
        text = _written_form(anchors, row, given)
    if text is None:
        text = _written_pairs(anchors, row, style, precision, rule)
    if short:  # before lists are broken, which is by their length
        text = with_short_numbers(text)
    return folded(text) if row.folds else text


def _written_pairs(
    anchors: AnchorSet, row: Style, style: str, precision: int | None, rule: str
) -> str:
    """The text of free pairs.

    Parameters
    ----------
    anchors : AnchorSet
        With strides.
    row : Style
    style : str
        Its name.
    precision : int or None
    rule : str
        How anchors are shared out among levels.
    """
    anchors = rounded(anchors, row, precision)
    if row.levels != "flat":
        anchors = with_levels(anchors, row, style, rule)
    if not row.exact:
        check_few(anchors)
    return str(row.write(anchors, precision))


def _written_form(anchors: AnchorSet, row: Style, precision: int | None) -> str | None:
    """The text of a form as it is; None where the style writes pairs of it."""
    if row.write_form is None:
        return None
    form = check_form(anchors.sizes, anchors.ratios, anchors.form)
    if has_form(anchors, form):
        return row.write_form(anchors, form, precision)
    return None if row.write_near is None else row.write_near(anchors, form, precision)


def parse_anchors(
    text: str,
    style: str = "auto",
    *,
    strides: Any = None,
    input_size: Any = None,
    name: str | None = None,
) -> AnchorSet:
    """Read anchors from the configuration of a detector.

    The text may be a whole file or the part of it that holds the anchors.

    Parameters
    ----------
    text : str
        The configuration.
    style : str, default="auto"
        One of `style_names`; "auto" recognises it, and refuses what could be two.
    strides : sequence of int or None, default=None
        The stride of each level where the text does not hold them; for "darknet-v2"
        the one stride that turns cells into pixels, 32 if None.
    input_size : int, (width, height) or None, default=None
        The network's input in pixels, which relative scales and fractions refer to.
    name : str or None, default=None
        Which set of a text that has several: of YOLOv5's ``hub/anchors.yaml`` one of
        its keys, such as "anchors_p6_640" or "p6_640"; of an MMDetection configuration
        with anchor generators that differ the key before one.

    Returns
    -------
    AnchorSet
        `anchors` of shape (n_anchors, 2), widths and heights in pixels, small to
        large, whatever unit and order the text has; `levels`, `strides`, `input_size`
        and `n_classes` where the text holds them. Of a detector that crosses sizes
        with ratios also `sizes`, `ratios` and `form`, and the anchors that these make;
        torchvision then rounds the corners of its own to whole pixels.

    Raises
    ------
    ValueError
        If the style is not recognised, the text does not hold what it needs, has more
        than a million characters or more than 10 000 anchors, or has several sets and
        `name` chooses none.

    Warns
    -----
    UserWarning
        If masks leave an anchor out or use one twice, or if coarser levels have the
        smaller anchors.

    See Also
    --------
    format_anchors : The way back.

    Examples
    --------
    >>> from skanchors.export import parse_anchors
    >>> text = '''
    ... [region]
    ... anchors = 1.08,1.19,  3.42,4.41,  6.63,11.38,  9.42,5.11,  16.62,10.52
    ... num=5
    ... '''
    >>> parse_anchors(text).anchors
    array([[ 34.56,  38.08],
           [109.44, 141.12],
           [301.44, 163.52],
           [212.16, 364.16],
           [531.84, 336.64]])
    """
    anchors, given, row = read_text(
        text, style, strides=strides, input_size=input_size, name=name
    )
    if given.input_size is not None:
        anchors = replace(anchors, input_size=given.input_size)
    if given.strides is not None and not row.cells:
        anchors = replace(anchors, strides=given.strides)
    if given.input_size is not None or not row.any_unit:
        anchors = in_pixels(anchors, row)
    if anchors.levels is not None:
        warn_of_masks(anchors)
        warn_of_order(anchors)
    return anchors


def read_text(
    text: str, style: str, *, strides: Any, input_size: Any, name: str | None
) -> tuple[AnchorSet, Given, Style]:
    """What the reader of a style makes of a text, with its rows' order.

    Parameters
    ----------
    text, style, strides, input_size, name
        As of `parse_anchors`.
    """
    if not isinstance(text, str):
        raise TypeError(f"text must be a str, got {type(text).__name__}.")
    if len(text) > MOST_CHARACTERS:
        raise ValueError(
            f"The text has {len(text)} characters; the configuration of a detector has "
            f"at most {MOST_CHARACTERS}."
        )
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    if not text.strip():
        raise ValueError("The text is empty; it holds no anchors.")
    strides = check_strides(strides)
    if strides is not None:
        strides = tuple(sorted(strides))  # as levels are, fine to coarse
    given = Given(strides, check_input_size(input_size), name)
    row = recognised_style(text) if style == "auto" else get_style(style)
    if row.cells and strides is not None and len(strides) != 1:
        raise ValueError(f"Grid cells have one stride, got strides={strides}.")
    try:
        anchors = row.read(text, given)
    except (ArithmeticError, LookupError, MemoryError, RecursionError, TypeError) as e:
        # A text can be wrong in more ways than its reader thought of.
        raise ValueError(f"The text is not understood: {e!r}.") from e
    if len(anchors) > MOST_ANCHORS:
        raise ValueError(
            f"The text holds {len(anchors)} anchors; {MOST_ANCHORS} is the most."
        )
    return anchors, given, row
