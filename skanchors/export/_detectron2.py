"""Detectron2 yaml: the nearest SIZES x ASPECT_RATIOS, ratio height / width."""

from skanchors.export._anchor_set import AnchorSet
from skanchors.export._cross_product import (
    cross_product,
    loss_comment,
    mean_best_iou,
    nearest_sizes_and_ratios,
    read_cross_product,
    rounded_positive,
)
from skanchors.export._style import Style
from skanchors.export._text import bracketed, numbers


def write(anchor_set, precision):
    found = [nearest_sizes_and_ratios(group) for group in anchor_set.groups]
    sizes = [rounded_positive(sizes, precision) for sizes, _ in found]
    ratios = [rounded_positive(ratios, precision + 2) for _, ratios in found]
    boxes = [cross_product(*level) for level in zip(sizes, ratios, strict=True)]
    iou = mean_best_iou(anchor_set.groups, boxes)
    return (
        "# Detectron2 crosses all sizes of a level with all its ratios (h/w).\n"
        f"{loss_comment(iou)}"
        "MODEL:\n"
        "  ANCHOR_GENERATOR:\n"
        f"    SIZES: {_nested(sizes, precision)}\n"
        f"    ASPECT_RATIOS: {_nested(ratios, precision + 2)}\n"
    )


def read(text, given):
    sizes, ratios = bracketed(text, "SIZES"), bracketed(text, "ASPECT_RATIOS")
    if sizes is None or ratios is None:
        raise ValueError("Found no SIZES and ASPECT_RATIOS as lists of numbers.")
    sizes, ratios = _levels(sizes), _levels(ratios)
    # One list alone holds for every level.
    n_levels = max(len(sizes), len(ratios))
    sizes, ratios = (
        each * n_levels if len(each) == 1 else each for each in (sizes, ratios)
    )
    if len(sizes) != len(ratios):
        raise ValueError(
            f"SIZES holds {len(sizes)} levels but ASPECT_RATIOS {len(ratios)}."
        )
    groups = [read_cross_product(*level) for level in zip(sizes, ratios, strict=True)]
    return AnchorSet.from_groups(groups)


def _levels(value):
    return list(value) if isinstance(value[0], list | tuple) else [value]


def _nested(rows, precision):
    return "[" + ", ".join(f"[{numbers(row, precision)}]" for row in rows) + "]"


STYLE = Style(
    "Detectron2 yaml: nearest SIZES x ASPECT_RATIOS (h/w)",
    write,
    read,
    lambda text: "ASPECT_RATIOS" in text,
    precision=2,
    levels="equal",
    exact=False,
)
