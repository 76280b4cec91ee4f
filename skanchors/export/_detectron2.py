"""Detectron2 yaml: SIZES x ASPECT_RATIOS, ratio height / width."""

from skanchors.export._anchor_set import AnchorSet
from skanchors.export._cross_product import nearest_levels
from skanchors.export._crossed import (
    about_levels,
    about_loss,
    crossed,
    level_rows,
    need_cross,
    need_equal_counts,
    nested,
    shared_if_equal,
    strides_said,
)
from skanchors.export._form import Form
from skanchors.export._style import FPN_STRIDES, Given, Style
from skanchors.export._text import bracketed
from skanchors.export._yaml import without_yaml_comments, yaml_keys, yaml_list


def write(anchor_set: AnchorSet, precision: int) -> str:
    sizes, ratios, boxes = nearest_levels(anchor_set.groups, precision)
    return about_loss(anchor_set, boxes) + _yaml(
        anchor_set, nested(sizes, precision), nested(ratios, precision + 2)
    )


def write_form(anchor_set: AnchorSet, form: Form, precision: int | None) -> str:
    need_cross(form, "detectron2")
    need_equal_counts(form, "detectron2")
    ratios = form.ratios[:1] if form.shared else form.ratios
    return _yaml(anchor_set, nested(form.sizes, precision), nested(ratios, precision))


def _yaml(anchor_set: AnchorSet, sizes: str, ratios: str) -> str:
    return (
        "# Detectron2 crosses all sizes of a level with all its ratios (h/w).\n"
        f"{about_levels(anchor_set)}"
        "MODEL:\n"
        "  ANCHOR_GENERATOR:\n"
        f"    SIZES: {sizes}\n"
        f"    ASPECT_RATIOS: {ratios}\n"
    )


def read(text: str, given: Given) -> AnchorSet:
    bare = without_yaml_comments(text)
    if "DefaultAnchorGenerator" in text:  # a configuration in Python
        sizes, ratios = (bracketed(text, key) for key in ("sizes", "aspect_ratios"))
    else:
        sizes, ratios = (yaml_list(bare, key) for key in ("SIZES", "ASPECT_RATIOS"))
    if ratios is None and yaml_keys(bare, "ANCHOR_GENERATOR"):
        ratios = [[0.5, 1.0, 2.0]]  # the default of its configuration
    if not sizes or not ratios:
        raise ValueError("Found no SIZES and ASPECT_RATIOS as lists of numbers.")
    rows = [level_rows(each, 1) for each in (sizes, ratios)]
    # One list alone holds for every level.
    n_levels = max(map(len, rows))
    sizes, ratios = (level_rows(each, n_levels) for each in rows)
    if len(sizes) != len(ratios):
        raise ValueError(
            f"SIZES holds {len(sizes)} levels but ASPECT_RATIOS {len(ratios)}."
        )
    strides = strides_said(text)
    if "DefaultAnchorGenerator" in text:
        strides = bracketed(text, "strides") or strides
    return crossed(sizes, shared_if_equal(ratios), strides=strides)


STYLE = Style(
    "Detectron2 yaml: SIZES x ASPECT_RATIOS (h/w), nearest ones for free pairs",
    write,
    read,
    lambda text: any(
        key in text
        for key in ("ASPECT_RATIOS", "ANCHOR_GENERATOR", "DefaultAnchorGenerator")
    ),
    precision=2,
    levels="equal",
    exact=False,
    write_form=write_form,
    usual_strides=FPN_STRIDES,
    folds=True,
)
