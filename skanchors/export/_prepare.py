"""From anchors as they come to anchors as a style will write them."""

import warnings
from dataclasses import replace
from numbers import Integral

import numpy as np

from skanchors.export._levels import assign_levels
from skanchors.export._style import USUAL_STRIDES


def check_precision(precision):
    """Validate a number of digits; None stays None."""
    if precision is None:
        return None
    if (
        not isinstance(precision, Integral)
        or isinstance(precision, bool)
        or precision < 0
    ):
        raise ValueError(
            f"precision must be a number of digits, 0 or more; got {precision!r}."
        )
    return int(precision)


def in_pixels(anchors, style):
    """Turn fractions of the input into pixels, or refuse them."""
    if anchors.anchors.max() <= 1:
        if anchors.input_size is not None:
            return replace(anchors, anchors=anchors.anchors * anchors.input_size)
        if not style.any_unit:
            raise ValueError(
                "All sides of the anchors are at most 1, so they look like fractions "
                "of the input, but pixels are wanted; give input_size."
            )
    return anchors


def warn_of_excess(anchors):
    """Warn of an anchor that exceeds the input."""
    if anchors.input_size is None:
        return
    excess = (anchors.anchors > anchors.input_size).any(axis=1)
    if excess.any():
        width, height = anchors.anchors[excess.argmax()]
        warnings.warn(
            f"Anchor {excess.argmax()} ({width:g} x {height:g}) is larger than the "
            f"input, {anchors.input_size[0]} x {anchors.input_size[1]}; are the "
            "anchors in pixels of the original images?",
            stacklevel=3,
        )


def with_strides(anchors, style, style_name):
    """Fill in the usual strides, and drop levels that do not go with the strides."""
    strides = anchors.strides
    if strides is None:
        n_levels = 3 if anchors.levels is None else len(anchors.levels)
        strides = USUAL_STRIDES.get(1 if style.cells else n_levels)
    if strides is None:
        raise ValueError(f"Give the strides of the {len(anchors.levels)} levels.")
    if style.cells and len(strides) != 1:
        raise ValueError(
            f"Style {style_name!r} has one level; give one stride, got {strides}."
        )
    fits = anchors.levels is not None and len(anchors.levels) == len(strides)
    levels = anchors.levels if fits else None
    return replace(anchors, strides=strides, levels=levels)


def rounded(anchors, style, precision):
    """Round as the text will, before sorting and levels, so that they agree with it."""
    if precision is None or not style.exact:
        return anchors
    unit = anchors.strides[0] if style.cells else 1
    values = np.round(anchors.anchors / unit, precision) * unit
    if not values.all():
        width, height = anchors.anchors[(values == 0).any(axis=1).argmax()]
        raise ValueError(
            f"At precision={precision} the anchor {width:g} x {height:g} would be "
            "written with a side of 0; raise precision."
        )
    if len(np.unique(values, axis=0)) < len(np.unique(anchors.anchors, axis=0)):
        warnings.warn(
            f"At precision={precision} different anchors become equal; raise it.",
            stacklevel=3,
        )
    return replace(anchors, anchors=values)


def with_levels(anchors, style, style_name, rule):
    """Assign levels if there are none, and refuse those that cannot be written."""
    if anchors.levels is None:
        levels = assign_levels(anchors.anchors, anchors.strides, rule=rule)
        if not all(levels):
            raise ValueError(
                f"Style {style_name!r} needs an anchor on every level, but {rule=} "
                "leaves one empty; use rule='even' or other strides."
            )
        anchors = replace(anchors, levels=levels)
    used = sorted(index for level in anchors.levels for index in level)
    if style.levels != "masks" and used != list(range(len(anchors))):
        raise ValueError(
            f"Style {style_name!r} writes each anchor once, but the levels of these "
            "leave one out or use one twice; pass anchors.anchors to assign them anew."
        )
    counts = sorted({len(level) for level in anchors.levels})
    if style.levels == "equal" and len(counts) > 1:
        raise ValueError(
            f"Style {style_name!r} needs as many anchors on each level, but there are "
            f"{' and '.join(map(str, counts))}; use rule='even'."
        )
    return anchors


def warn_of_masks(anchors):
    """Warn of anchors that the masks leave out or use twice."""
    used = [index for level in anchors.levels for index in level]
    unused = sorted(set(range(len(anchors))) - set(used))
    twice = sorted({index for index in used if used.count(index) > 1})
    faults = [f"no level uses anchor {index}" for index in unused]
    faults += [f"more than one level uses anchor {index}" for index in twice]
    if faults:
        warnings.warn(f"In the masks {', and '.join(faults)}.", stacklevel=3)


def warn_of_order(anchors):
    """Warn of levels that seem to be in the wrong order."""
    areas = [group.prod(axis=1).mean() for group in anchors.groups]
    if (np.diff(areas) < 0).any():
        warnings.warn(
            "A coarser level has smaller anchors than a finer one: the order of the "
            f"levels (strides {anchors.strides}) may be reversed.",
            stacklevel=3,
        )
