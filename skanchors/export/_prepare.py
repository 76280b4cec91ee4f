"""From anchors as they come to anchors as a style will write them."""

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np

from skanchors._anchors_like import holder_of
from skanchors._checks import check_count
from skanchors._warnings import warn
from skanchors.export._anchor_set import AnchorSet
from skanchors.export._levels import assign_levels
from skanchors.export._style import USUAL_STRIDES, Style

# Free anchors on a level whose nearest cross product is looked for.
MOST_WANTED = 60


def check_precision(precision: Any) -> int | None:
    """Validate a number of digits; None stays None."""
    if precision is None:
        return None
    return check_count(precision, name="precision", minimum=0)


def as_anchor_set(anchors: Any) -> AnchorSet:
    """An `AnchorSet` of one, of a fitted estimator, of a name, or of rows."""
    anchors = holder_of(anchors)
    return anchors if isinstance(anchors, AnchorSet) else AnchorSet(anchors)


def with_anchors(anchor_set: AnchorSet, values: np.ndarray) -> AnchorSet:
    """Other anchors in the same rows, which no form made."""
    return replace(anchor_set, anchors=values, sizes=None, ratios=None, form=None)


def with_other_strides(anchor_set: AnchorSet, strides: tuple) -> AnchorSet:
    """The strides asked for; the levels stay where they are as many and had none.

    The sizes of a form belong to its levels, fine to coarse, and stay where there are
    as many.
    """
    levels = anchor_set.levels
    same_count = levels is not None and len(levels) == len(strides)
    if anchor_set.form is not None and same_count:
        return replace(anchor_set, strides=strides)
    if levels is not None and (anchor_set.strides or not same_count):
        levels = None  # other levels were asked for
    free = with_anchors(anchor_set, anchor_set.anchors)
    return replace(free, strides=strides, levels=levels)


def in_pixels(anchors: AnchorSet, style: Style) -> AnchorSet:
    """Turn fractions of the input into pixels, or refuse them."""
    if anchors.anchors.max() <= 1:
        if anchors.input_size is not None:
            return with_anchors(anchors, anchors.anchors * anchors.input_size)
        if not style.any_unit:
            raise ValueError(
                "All sides of the anchors are at most 1, so they look like fractions "
                "of the input, but pixels are wanted; give input_size."
            )
    return anchors


def warn_of_excess(anchors: AnchorSet) -> None:
    """Warn of an anchor that exceeds the input."""
    if anchors.input_size is None or anchors.form is not None:
        return  # a form has the ratios of all its levels on the coarsest one too
    excess = (anchors.anchors > anchors.input_size).any(axis=1)
    if excess.any():
        width, height = anchors.anchors[excess.argmax()]
        warn(
            f"Anchor {excess.argmax()} ({width:g} x {height:g}) is larger than the "
            f"input, {anchors.input_size[0]} x {anchors.input_size[1]}; are the "
            "anchors in pixels of the original images?",
        )


def with_strides(anchors: AnchorSet, style: Style, style_name: str) -> AnchorSet:
    """Fill in the usual strides, and drop levels that do not go with the strides."""
    strides, levels = anchors.strides, anchors.levels
    if strides is None:
        strides = _usual_strides(len(anchors), levels, style)
    if strides is None:
        raise ValueError(f"Give the strides of the {len(levels)} levels.")
    if style.cells and len(strides) != 1:
        raise ValueError(
            f"Style {style_name!r} has one level; give one stride, got {strides}."
        )
    if levels is not None and len(levels) == len(strides):
        return replace(anchors, strides=strides)
    free = with_anchors(anchors, anchors.anchors)
    return replace(free, strides=strides, levels=None)


def _usual_strides(n_anchors: int, levels: Any, style: Style) -> tuple | None:
    """The strides of the style's detector, if the anchors can have as many levels."""
    usual = style.usual_strides
    if levels is not None:
        if usual is not None and len(usual) == len(levels):
            return usual
        return USUAL_STRIDES.get(1 if style.cells else len(levels))
    if usual is not None and n_anchors % len(usual) == 0:
        return usual
    return USUAL_STRIDES.get(1 if style.cells else 3)


def rounded(anchors: AnchorSet, style: Style, precision: int | None) -> AnchorSet:
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
        warn(
            f"At precision={precision} different anchors become equal; raise it.",
        )
    return with_anchors(anchors, values)


def with_levels(
    anchors: AnchorSet, style: Style, style_name: str, rule: str
) -> AnchorSet:
    """Assign levels if there are none, and refuse those that cannot be written.

    Parameters
    ----------
    anchors : AnchorSet
        With strides.
    style : Style
        What is to be written.
    style_name : str
        What messages call it.
    rule : {"even", "size"}
        How `assign_levels` shares out.
    """
    remedy = "choose another style"
    if anchors.levels is None:
        remedy = "use rule='even'"
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
            f"{' and '.join(map(str, counts))}; {remedy}."
        )
    return anchors


def check_few(anchors: AnchorSet) -> None:
    """Refuse levels so full that the search for the nearest set would not end."""
    most = max(map(len, anchors.groups))
    if most > MOST_WANTED:
        raise ValueError(
            f"A level has {most} free anchors; the nearest sizes and ratios are looked "
            f"for up to {MOST_WANTED}. Fit PyramidAnchors to the boxes instead."
        )


def warn_of_masks(anchors: AnchorSet) -> None:
    """Warn of anchors that the masks leave out or use twice."""
    used = [index for level in anchors.levels for index in level]
    unused = sorted(set(range(len(anchors))) - set(used))
    twice = sorted(index for index, times in Counter(used).items() if times > 1)
    faults = [f"no level uses anchor {index}" for index in unused[:5]]
    faults += [f"more than one level uses anchor {index}" for index in twice[:5]]
    if len(unused) > 5 or len(twice) > 5:
        faults.append("there are more such anchors")
    if faults:
        warn(f"In the masks {', and '.join(faults)}.")


def warn_of_order(anchors: AnchorSet) -> None:
    """Warn of levels that seem to be in the wrong order."""
    areas = [group.prod(axis=1).mean() for group in anchors.groups]
    if (np.diff(areas) < 0).any():
        warn(
            "A coarser level has smaller anchors than a finer one: the order of the "
            f"levels (strides {anchors.strides}) may be reversed.",
        )
