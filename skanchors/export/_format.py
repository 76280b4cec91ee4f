"""Write anchors in a style, and read them back."""

from dataclasses import replace

from skanchors._checks import check_input_size, check_strides
from skanchors.export._anchor_set import AnchorSet
from skanchors.export._prepare import (
    check_precision,
    in_pixels,
    rounded,
    warn_of_excess,
    warn_of_masks,
    warn_of_order,
    with_levels,
    with_strides,
)
from skanchors.export._style import Given
from skanchors.export._table import get_style, recognised_style


def format_anchors(
    anchors,
    style,
    *,
    strides=None,
    input_size=None,
    precision=None,
    n_classes=None,
    rule="even",
):
    """Write anchors as text for the configuration of a detector.

    Order, units and masks are those of the style, whatever the order of `anchors`.

    Parameters
    ----------
    anchors : array-like of shape (n_anchors, 2) or AnchorSet
        Widths and heights in pixels of the network's input, or as fractions of its
        width and height together with `input_size`, in any order. Of an `AnchorSet`
        the levels, strides, input size and number of classes hold as well, unless
        given here.
    style : str
        One of `style_names`.
    strides : sequence of int or None, default=None
        Pixels from one cell to the next for each level of the detector. None means
        (8, 16, 32), or 32 for "darknet-v2", whose unit is a cell of that stride.
    input_size : int, (width, height) or None, default=None
        The network's input in pixels. Anchors whose sides are all at most 1 are taken
        for fractions of it.
    precision : int or None, default=None
        Digits after the point; None means the style's own habit: whole pixels for
        the YOLO family, 5 digits of a cell, 2 of a pixel for NVIDIA TAO, all digits
        for JSON and CSV. Ratios of sizes get two more.
    n_classes : int or None, default=None
        Number of classes. Darknet's text then has the ``filters=`` that the layer
        before each head needs, YOLOv5's its ``nc``; the other styles ignore it.
    rule : {"even", "size"}, default="even"
        How anchors are shared out among levels, see `assign_levels`.

    Returns
    -------
    str
        Text to paste into a configuration. torchvision, Detectron2 and TensorFlow hold
        no free pairs but the cross product of sizes and ratios: their text has the
        nearest one found and says in a comment which mean IoU it has with `anchors`
        and how much is lost; torchvision's has the exact cell anchors as well.

    Raises
    ------
    ValueError
        If the anchors are not finite, positive (width, height) rows, look like
        fractions without an `input_size`, vanish at `precision`, or do not fit the
        levels of the style.

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
    style_name, style = style, get_style(style)
    precision = check_precision(style.precision if precision is None else precision)
    if not isinstance(anchors, AnchorSet):
        anchors = AnchorSet(anchors)
    strides = None if strides is None else tuple(sorted(check_strides(strides)))
    if strides is not None and strides != anchors.strides:
        levels = anchors.levels
        if levels is not None and (anchors.strides or len(levels) != len(strides)):
            levels = None  # other levels were asked for
        anchors = replace(anchors, strides=strides, levels=levels)
    if input_size is not None:
        anchors = replace(anchors, input_size=input_size)
    if n_classes is not None:
        anchors = replace(anchors, n_classes=n_classes)
    anchors = in_pixels(anchors, style)
    warn_of_excess(anchors)
    anchors = with_strides(anchors, style, style_name)
    anchors = rounded(anchors, style, precision)
    if style.levels != "flat":
        anchors = with_levels(anchors, style, style_name, rule)
    return style.write(anchors, precision)


def parse_anchors(text, style="auto", *, strides=None, input_size=None):
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

    Returns
    -------
    AnchorSet
        `anchors` of shape (n_anchors, 2), widths and heights in pixels, small to
        large, whatever unit and order the text has; `levels`, `strides`, `input_size`
        and `n_classes` where the text holds them. Of torchvision, Detectron2 and
        TensorFlow these are the anchors that the detector makes of its sizes and
        ratios.

    Raises
    ------
    ValueError
        If the style is not recognised or the text does not hold what it needs.

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
    if not isinstance(text, str):
        raise TypeError(f"text must be a str, got {type(text).__name__}.")
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    if not text.strip():
        raise ValueError("The text is empty; it holds no anchors.")
    style = recognised_style(text) if style == "auto" else get_style(style)
    if strides is not None:
        strides = tuple(sorted(check_strides(strides)))  # as levels are, fine to coarse
    given = Given(strides, check_input_size(input_size))
    if style.cells and given.strides is not None and len(given.strides) != 1:
        raise ValueError(f"Grid cells have one stride, got strides={given.strides}.")
    anchors = style.read(text, given)
    if given.input_size is not None:
        anchors = replace(anchors, input_size=given.input_size)
    if given.strides is not None and not style.cells:
        anchors = replace(anchors, strides=given.strides)
    if given.input_size is not None or not style.any_unit:
        anchors = in_pixels(anchors, style)
    if anchors.levels is not None:
        warn_of_masks(anchors)
        warn_of_order(anchors)
    return anchors
