"""What the holder of anchors says about how they came about."""

from typing import Any

from skanchors._anchors_like import holder_of
from skanchors._fitted import last_step


def restriction_of(anchors: Any) -> str:
    """What these anchors had to keep to; "" if they were free, as far as one can tell.

    An anchor set says so by the sizes and ratios that it holds, an estimator by those
    that it fitted, or by anchors that it was told to leave where they are.
    """
    holder = holder_of(anchors)
    if hasattr(holder, "fit"):
        holder = last_step(holder)
    if getattr(holder, "form", None) == "ssd":
        return "sizes and ratios as SSD has them"
    if any(getattr(holder, name, None) is not None for name in ("sizes", "sizes_")):
        return "sizes crossed with ratios"
    if getattr(holder, "fixed", None) is not None:
        return "some of them fixed"
    return ""
