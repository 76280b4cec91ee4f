"""Mask R-CNN of matterport: a scale a level, ratios width / height."""

import re

from skanchors.export._anchor_set import AnchorSet
from skanchors.export._cross_product import (
    cross_product,
    nearest_shared_ratios,
    rounded_positive,
)
from skanchors.export._crossed import (
    about_loss,
    common_ratios,
    crossed,
    need_cross,
    reciprocals,
    refuse,
)
from skanchors.export._form import Form
from skanchors.export._style import FPN_STRIDES, Given, Style
from skanchors.export._text import bracketed, numbers

_KEY = re.compile(r"(?<!\w)RPN_ANCHOR_SCALES\b")


def write(anchor_set: AnchorSet, precision: int) -> str:
    sizes, ratios = nearest_shared_ratios(anchor_set.groups)
    sizes = rounded_positive(sizes, precision)
    wide = rounded_positive(1 / ratios, precision + 2)
    boxes = [cross_product([size], 1 / wide) for size in sizes]
    return about_loss(anchor_set, boxes) + _lines(
        anchor_set, numbers(sizes, precision), numbers(wide[::-1], precision + 2)
    )


def write_form(anchor_set: AnchorSet, form: Form, precision: int | None) -> str:
    need_cross(form, "matterport")
    wide = reciprocals(common_ratios(form, "matterport"))
    if any(len(row) > 1 for row in form.sizes):
        refuse(
            "matterport",
            "its levels have one size each. Fit PyramidAnchors(n_sizes=1).",
        )
    sizes = [row[0] for row in form.sizes]
    return _lines(anchor_set, numbers(sizes, precision), numbers(wide, precision))


def _lines(anchor_set: AnchorSet, sizes: str, wide: str) -> str:
    comma = "," * (len(anchor_set.strides) == 1)
    return (
        f"BACKBONE_STRIDES = [{numbers(anchor_set.strides, None)}]\n"
        f"RPN_ANCHOR_SCALES = ({sizes}{comma})\n"
        f"RPN_ANCHOR_RATIOS = [{wide}]  # width / height\n"
    )


def read(text: str, given: Given) -> AnchorSet:
    scales = bracketed(text, "RPN_ANCHOR_SCALES")
    if scales is None:
        raise ValueError("Found no RPN_ANCHOR_SCALES = (32, ...).")
    wide = bracketed(text, "RPN_ANCHOR_RATIOS") or [0.5, 1, 2]
    if min(wide) <= 0:
        raise ValueError("The RPN_ANCHOR_RATIOS must be larger than 0.")
    strides = bracketed(text, "BACKBONE_STRIDES")
    if strides is None and len(scales) == len(FPN_STRIDES):
        strides = FPN_STRIDES  # the tool's default
    rows = [scale if isinstance(scale, list | tuple) else [scale] for scale in scales]
    return crossed(rows, reciprocals(wide), strides=strides)


STYLE = Style(
    "Mask R-CNN of matterport: RPN_ANCHOR_SCALES x RPN_ANCHOR_RATIOS (w/h), nearest "
    "ones for free pairs",
    write,
    read,
    lambda text: _KEY.search(text) is not None,
    precision=2,
    levels="equal",
    exact=False,
    write_form=write_form,
    usual_strides=FPN_STRIDES,
    folds=True,
)
