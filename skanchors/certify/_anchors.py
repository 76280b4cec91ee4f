"""Anchors as they are given: sizes, or what holds them and may restrict them."""

from typing import Any

from numpy.typing import ArrayLike

from skanchors._fitted import anchors_of, last_step


def sizes_of(anchors: Any) -> ArrayLike:
    """The sizes of anchors, whatever holds them."""
    if hasattr(anchors, "fit"):
        return anchors_of(anchors)
    return getattr(anchors, "anchors", anchors)


def restriction_of(anchors: Any) -> str:
    """What these anchors had to keep to; "" if they were free, as far as one can tell.

    An anchor set says so by the sizes and ratios that it holds, an estimator by those
    that it fitted, or by anchors that it was told to leave where they are.
    """
    holder = last_step(anchors) if hasattr(anchors, "fit") else anchors
    holder = getattr(holder, "anchor_set_", holder)
    if any(getattr(holder, name, None) is not None for name in ("sizes", "sizes_")):
        return "sizes crossed with ratios"
    if getattr(holder, "fixed", None) is not None:
        return "some of them fixed"
    return ""
