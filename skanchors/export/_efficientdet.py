"""EfficientDet's yaml lists: scales and pairs (w, h), times 4 strides on each level."""

import re
from typing import Any

import numpy as np

from skanchors.export._anchor_set import AnchorSet
from skanchors.export._cross_product import (
    cross_product,
    nearest_shared_scales,
    rounded_positive,
)
from skanchors.export._crossed import (
    about_levels,
    about_loss,
    common_ratios,
    common_scales,
    need_cross,
    refuse,
    strides_said,
)
from skanchors.export._form import Form, check_most
from skanchors.export._style import RETINANET_STRIDES, Given, Style
from skanchors.export._text import holds_numbers, numbers, pairs
from skanchors.export._yaml import without_yaml_comments, yaml_list

# The tool's own anchor_scale: a scale of 1 is this many strides large.
_BASE = 4.0
_KEYS = re.compile(r"anchors?_scales[\"']?\s{0,20}[:=]")


def write(anchor_set: AnchorSet, precision: int) -> str:
    strides = anchor_set.strides
    scales, ratios = nearest_shared_scales(anchor_set.groups, strides)
    scales = rounded_positive(scales / _BASE, precision)
    shapes = rounded_positive(cross_product([1.0], ratios), precision)
    boxes = [_boxes(scales * _BASE * stride, shapes) for stride in strides]
    return about_loss(anchor_set, boxes) + _yaml(anchor_set, scales, shapes, precision)


def write_form(anchor_set: AnchorSet, form: Form, precision: int | None) -> str:
    need_cross(form, "efficientdet")
    scales, ratios = _scales(anchor_set, form)
    return _yaml(anchor_set, scales, cross_product([1.0], ratios), precision)


def write_near(anchor_set: AnchorSet, form: Form, precision: int | None) -> str | None:
    """The text of anchors whose shapes are those of the form but for their rounding.

    None if they are not the same on each level.
    """
    if form.name != "cross" or len(set(form.ratios)) > 1:
        return None
    scales, ratios = _scales(anchor_set, form)
    made = cross_product(scales * _BASE * anchor_set.strides[0], ratios)
    first = anchor_set.groups[0]
    nearest = [np.abs(np.log(first / row)).max(axis=1).argmin() for row in made]
    shapes = first[nearest][:: len(scales)] / (
        scales[0] * _BASE * anchor_set.strides[0]
    )
    boxes = [
        _boxes(scales * _BASE * stride, shapes.round(12))
        for stride in anchor_set.strides
    ]
    wanted = AnchorSet.from_groups(boxes, strides=anchor_set.strides)
    if len(wanted) != len(anchor_set) or not np.allclose(
        wanted.anchors, anchor_set.anchors, rtol=1e-9, atol=0
    ):
        return None
    return _yaml(anchor_set, scales, shapes.round(12), precision)


def _scales(anchor_set: AnchorSet, form: Form) -> tuple[np.ndarray, tuple]:
    ratios = common_ratios(form, "efficientdet")
    scales = common_scales(form, anchor_set.strides)
    if scales is None:
        refuse(
            "efficientdet",
            "the sizes of each level are the same scales times its stride. Fit "
            "PyramidAnchors(sizes='stride').",
        )
    return np.array(scales) / _BASE, ratios


def _boxes(sizes: np.ndarray, shapes: Any) -> np.ndarray:
    return np.multiply.outer(sizes, np.asarray(shapes)).reshape(-1, 2)


def _yaml(
    anchor_set: AnchorSet, scales: Any, shapes: Any, precision: int | None
) -> str:
    return (
        f"{about_levels(anchor_set)}# Scales times 4 strides; width, height of each.\n"
        f"anchors_scales: '[{numbers(scales, precision)}]'\n"
        f"anchors_ratios: '[{pairs(shapes, precision)}]'\n"
    )


def read(text: str, given: Given) -> AnchorSet:
    bare = without_yaml_comments(text)
    scales = yaml_list(bare, "anchors?_scales")
    shapes = yaml_list(bare, "anchors?_ratios")
    if not scales or not shapes:
        raise ValueError(
            "Found no anchors_scales: '[...]' and anchors_ratios: '[(w, h), ...]'."
        )
    if not holds_numbers(scales) or not all(
        isinstance(pair, list | tuple) and len(pair) == 2 and holds_numbers(pair)
        for pair in shapes
    ):
        raise ValueError(
            "anchors_ratios must hold pairs (w, h), anchors_scales numbers."
        )
    strides = given.strides or strides_said(text) or RETINANET_STRIDES
    check_most(len(scales) * len(shapes) * len(strides))
    shapes, sizes = np.array(shapes, dtype=float), np.array(scales, dtype=float)
    if min(shapes.min(), sizes.min()) <= 0:
        raise ValueError("The scales and ratios must be larger than 0.")
    rows = [(sizes * _BASE * stride).tolist() for stride in strides]
    groups = [_boxes(np.array(row), shapes) for row in rows]
    form: dict[str, Any] = {}
    if (np.abs(np.log(shapes.prod(axis=1))) < 0.03).all():
        form = {"sizes": rows, "ratios": (shapes[:, 1] / shapes[:, 0]).tolist()}
    return AnchorSet.from_groups(groups, strides=strides, **form)


STYLE = Style(
    "EfficientDet yaml: anchors_scales and anchors_ratios (w, h), nearest ones for "
    "free pairs",
    write,
    read,
    lambda text: _KEYS.search(text) is not None,
    precision=4,
    levels="equal",
    exact=False,
    write_form=write_form,
    write_near=write_near,
    usual_strides=RETINANET_STRIDES,
)
