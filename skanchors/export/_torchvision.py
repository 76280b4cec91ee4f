"""torchvision's AnchorGenerator: the nearest sizes x ratios, and exact cell anchors."""

import numpy as np

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


def as_generated(boxes):
    """The boxes as torchvision makes them: each corner is rounded to a whole pixel."""
    return 2 * np.round(boxes / 2)


def write(anchor_set, precision):
    found = [nearest_sizes_and_ratios(group) for group in anchor_set.groups]
    sizes = [rounded_positive(sizes, precision) for sizes, _ in found]
    ratios = [rounded_positive(ratios, precision + 2) for _, ratios in found]
    levels = zip(sizes, ratios, strict=True)
    boxes = [as_generated(cross_product(*level)) for level in levels]
    iou = mean_best_iou(anchor_set.groups, boxes)
    half = [group / 2 for group in anchor_set.groups]
    cells = "".join(
        "    ["
        + ", ".join(f"[{numbers((-w, -h, w, h), precision + 1)}]" for w, h in group)
        + "],\n"
        for group in half
    )
    return (
        "import torch\n"
        "from torchvision.models.detection.anchor_utils import AnchorGenerator\n\n"
        "# torchvision crosses all sizes of a level with all its ratios (h/w).\n"
        f"{loss_comment(iou)}"
        "anchor_generator = AnchorGenerator(\n"
        f"    sizes={_nested(sizes, precision)},\n"
        f"    aspect_ratios={_nested(ratios, precision + 2)},\n"
        ")\n"
        "# With the next lines it has the wanted anchors exactly.\n"
        f"cell_anchors = [\n{cells}]\n"
        "anchor_generator.cell_anchors = [torch.tensor(c) for c in cell_anchors]\n"
    )


def read(text, given):
    corners = bracketed(text, "cell_anchors")
    if corners is not None:
        return AnchorSet.from_groups([_sides(level) for level in corners])
    sizes, ratios = bracketed(text, "sizes"), bracketed(text, "aspect_ratios")
    if sizes is None or ratios is None:
        raise ValueError(
            "Found neither cell_anchors nor sizes=((32,), ...) and "
            "aspect_ratios=((0.5, 1.0, 2.0), ...)."
        )
    if len(sizes) != len(ratios):
        raise ValueError(
            f"sizes holds {len(sizes)} levels but aspect_ratios {len(ratios)}."
        )
    levels = zip(sizes, ratios, strict=True)
    boxes = [read_cross_product(*level) for level in levels]
    return AnchorSet.from_groups([as_generated(level) for level in boxes])


def _sides(corners):
    corners = np.array(corners, dtype=float)
    if corners.ndim != 2 or corners.shape[1] != 4:
        raise ValueError("Each of cell_anchors must be [x1, y1, x2, y2].")
    return corners[:, 2:] - corners[:, :2]


def _nested(rows, precision):
    rows = [numbers(row, precision) + "," * (len(row) == 1) for row in rows]
    return "(" + ", ".join(f"({row})" for row in rows) + ",)"


def recognise(text):
    return "aspect_ratios=" in text.replace(" ", "") and "sizes" in text


STYLE = Style(
    "torchvision AnchorGenerator: nearest sizes x ratios (h/w), and exact cell anchors",
    write,
    read,
    recognise,
    precision=2,
    levels="equal",
    exact=False,
)
