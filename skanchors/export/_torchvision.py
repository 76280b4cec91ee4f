"""torchvision: AnchorGenerator, and DefaultBoxGenerator for SSD.

A form is written as it is. Free anchors get the nearest sizes x ratios, and the cell
anchors that replace them. torchvision itself rounds corners to whole pixels.
"""

import re
from itertools import pairwise
from typing import Any

import numpy as np

from skanchors.export._anchor_set import AnchorSet
from skanchors.export._cross_product import nearest_levels
from skanchors.export._crossed import (
    about_input,
    about_levels,
    about_loss,
    crossed,
    input_said,
    need_equal_counts,
    nested,
    refuse,
    shared_if_equal,
    strides_said,
)
from skanchors.export._form import Form
from skanchors.export._literal import closing, evaluate
from skanchors.export._style import FPN_STRIDES, RETINANET_STRIDES, Given, Style
from skanchors.export._text import bracketed, numbers, scalar, without_comments

# The generator's first argument, by name or not.
_SSD_RATIOS = re.compile(r"(?:DefaultBoxGenerator\(|aspect_ratios\s*=)\s*(?=\[)")
_IMPORT = "from torchvision.models.detection.anchor_utils import "


def as_generated(boxes: np.ndarray) -> np.ndarray:
    """The boxes as torchvision makes them: each corner is rounded to a whole pixel."""
    return 2 * np.round(boxes / 2)


def write(anchor_set: AnchorSet, precision: int) -> str:
    sizes, ratios, boxes = nearest_levels(anchor_set.groups, precision)
    boxes = [as_generated(level) for level in boxes]
    half = [group / 2 for group in anchor_set.groups]
    corners = [[(-w, -h, w, h) for w, h in group] for group in half]
    cells = "".join(f"    {nested(level, None)},\n" for level in corners)
    return (
        f"{about_loss(anchor_set, boxes)}{_about(anchor_set)}"
        f"import torch\n{_IMPORT}AnchorGenerator\n\n"
        "# torchvision crosses all sizes of a level with all its ratios (h/w).\n"
        "anchor_generator = AnchorGenerator(\n"
        f"    sizes={nested(sizes, precision, '()')},\n"
        f"    aspect_ratios={nested(ratios, precision + 2, '()')},\n"
        ")\n"
        "# With the next lines it has the wanted anchors, to single precision.\n"
        f"cell_anchors = [\n{cells}]\n"
        "anchor_generator.cell_anchors = [torch.tensor(c) for c in cell_anchors]\n"
    )


def write_form(anchor_set: AnchorSet, form: Form, precision: int | None) -> str:
    if form.name == "ssd":
        return _write_ssd(anchor_set, form, precision)
    need_equal_counts(form, "torchvision")
    return (
        f"{_about(anchor_set)}"
        "# Its corners are rounded to whole pixels by torchvision.\n"
        f"{_IMPORT}AnchorGenerator\n\n"
        "anchor_generator = AnchorGenerator(\n"
        f"    sizes={nested(form.sizes, precision, '()')},\n"
        f"    aspect_ratios={_ratios(form, precision)},  # h/w\n"
        ")\n"
    )


def _ratios(form: Form, precision: int | None) -> str:
    n_levels = len(form.ratios)
    if form.shared and n_levels > 1:
        return f"{nested(form.ratios[:1], precision, '()')} * {n_levels}"
    return nested(form.ratios, precision, "()")


def _about(anchor_set: AnchorSet) -> str:
    n_levels = len(anchor_set.groups)
    usual = {
        FPN_STRIDES: "fasterrcnn_resnet50_fpn",
        RETINANET_STRIDES: "retinanet_resnet50_fpn",
    }.get(anchor_set.strides)
    model = "fasterrcnn_resnet50_fpn has 5, strides 4 to 64"
    if usual is not None:
        model = f"{usual} has these"
    return about_levels(anchor_set) + (
        f"# The generator has {n_levels} level{'s' * (n_levels > 1)}; {model}.\n"
    )


def _write_ssd(anchor_set: AnchorSet, form: Form, precision: int | None) -> str:
    size = anchor_set.input_size
    if size is None or size[0] != size[1]:
        refuse("torchvision", f"SSD's scales need a square input_size, not {size}.")
    firsts = [row[0] for row in form.sizes]
    follow = [row[1] for row in form.sizes]
    if not np.allclose(follow[:-1], firsts[1:], rtol=1e-9, atol=0):
        refuse(
            "torchvision", "the next size of each level must be the size of the next."
        )
    # Digits beyond these are of the division, not of anybody's scale.
    scales = [float(f"{value / size[0]:.15g}") for value in (*firsts, follow[-1])]
    steps = (
        ""
        if anchor_set.strides is None
        else f"    steps=[{numbers(anchor_set.strides, None)}],\n"
    )
    return (
        f"{about_levels(anchor_set)}{about_input(anchor_set)}"
        f"{_IMPORT}DefaultBoxGenerator\n\n"
        "# Each ratio stands for its reciprocal too; what exceeds the input is cut.\n"
        "anchor_generator = DefaultBoxGenerator(\n"
        f"    aspect_ratios={nested(form.ratios, precision)},\n"
        f"    scales=[{numbers(scales, precision)}],\n"
        f"{steps}"
        ")\n"
    )


def read(text: str, given: Given) -> AnchorSet:
    if "DefaultBoxGenerator" in text:
        return _read_ssd(text, given)
    corners = bracketed(text, "cell_anchors")
    strides = strides_said(text)
    if corners is not None:
        groups = [_sides(level) for level in corners]
        return AnchorSet.from_groups(groups, strides=_fitting(strides, groups))
    sizes = _first(text, "sizes", "anchor_sizes")
    ratios = _first(text, "aspect_ratios", "anchor_ratios")
    if sizes is None or ratios is None:
        raise ValueError(
            "Found neither cell_anchors nor sizes=((32,), ...) and "
            "aspect_ratios=((0.5, 1.0, 2.0), ...)."
        )
    if not isinstance(sizes[0], list | tuple):
        sizes = [(size,) for size in sizes]
    if not isinstance(ratios[0], list | tuple):
        ratios = [ratios] * len(sizes)
    if len(sizes) != len(ratios):
        raise ValueError(
            f"sizes holds {len(sizes)} levels but aspect_ratios {len(ratios)}."
        )
    return crossed(sizes, shared_if_equal(ratios), strides=strides)


def _first(text: str, *keys: str) -> Any:
    found = (bracketed(text, key) for key in keys)
    return next((value for value in found if value is not None), None)


def _fitting(strides: tuple | None, groups: list) -> tuple | None:
    return strides if strides is not None and len(strides) == len(groups) else None


def _sides(corners: Any) -> np.ndarray:
    try:
        corners = np.array(corners, dtype=float)
    except ValueError:
        corners = np.empty(0)
    if corners.ndim != 2 or corners.shape[1] != 4:
        raise ValueError("Each of cell_anchors must be [x1, y1, x2, y2].")
    return corners[:, 2:] - corners[:, :2]


def _read_ssd(text: str, given: Given) -> AnchorSet:
    bare = without_comments(text)
    place = _SSD_RATIOS.search(bare)
    end = None if place is None else closing(bare, place.end())
    ratios = None if place is None else evaluate(bare[place.end() : end])
    size = given.input_size or input_said(text)
    if size is None or size[0] != size[1]:
        raise ValueError(
            "The scales of torchvision's DefaultBoxGenerator are relative to the "
            "input; give one input_size for width and height."
        )
    if ratios is None or not all(isinstance(row, list | tuple) for row in ratios):
        raise ValueError("Found no aspect_ratios=[[2], [2, 3], ...] of the generator.")
    scales = bracketed(text, "scales")
    if scales is None:
        low, high = scalar(text, "min_ratio"), scalar(text, "max_ratio")
        low, high = 0.15 if low is None else low, 0.9 if high is None else high
        n_levels = len(ratios)
        scales = [
            low + (high - low) * i / max(n_levels - 1, 1) for i in range(n_levels)
        ]
        scales.append(1.0 if n_levels > 1 else high)
    if len(scales) != len(ratios) + 1:
        raise ValueError(
            f"The generator has {len(scales)} scales; {len(ratios)} levels need "
            f"{len(ratios) + 1}."
        )
    sizes = [(a * size[0], b * size[0]) for a, b in pairwise(scales)]
    strides = bracketed(text, "steps") or strides_said(text)
    return crossed(sizes, ratios, strides=strides, form="ssd", input_size=size)


def recognise(text: str) -> bool:
    if "DefaultBoxGenerator" in text:
        return True
    if "DefaultAnchorGenerator" in text:  # Detectron2's
        return False
    bare = text.replace(" ", "")
    return "aspect_ratios=" in bare and "sizes" in text


STYLE = Style(
    "torchvision AnchorGenerator: sizes x ratios (h/w), nearest ones and exact cell "
    "anchors for free pairs; DefaultBoxGenerator for SSD",
    write,
    read,
    recognise,
    precision=2,
    levels="equal",
    exact=False,
    write_form=write_form,
    usual_strides=FPN_STRIDES,
    folds=True,
)
