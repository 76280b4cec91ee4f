"""PaddleDetection yaml: YOLO's pairs with masks, or sizes x ratios."""

import re
from typing import Any

from skanchors.export._anchor_set import AnchorSet
from skanchors.export._crossed import (
    common_scales,
    crossed,
    level_rows,
    need_cross,
    need_equal_counts,
    nested,
    octaves,
    octaves_of,
    shared_if_equal,
)
from skanchors.export._form import Form
from skanchors.export._style import Given, Style
from skanchors.export._text import bracketed, count, numbers, pairs, scalar
from skanchors.export._yaml import without_yaml_comments, yaml_list

_GENERATOR = re.compile(
    r"(?<!\w)(?:anchor_sizes|octave_base_scale|aspect_ratios)[\"']?\s{0,20}:"
)


def write(anchor_set: AnchorSet, precision: int) -> str:
    # One line a few pairs, as the tool's own files have it.
    anchors = anchor_set.anchors
    rows = [
        pairs(anchors[i : i + 3], precision, "[{}, {}]")
        for i in range(0, len(anchors), 3)
    ]
    masks = [f"[{', '.join(map(str, level))}]" for level in anchor_set.levels[::-1]]
    strides = numbers(anchor_set.strides[::-1], None)
    return (
        "YOLOv3Head:\n"
        f"  anchors: [{(',' + chr(10) + ' ' * 12).join(rows)}]\n"
        f"  anchor_masks: [{', '.join(masks)}]\n"
        "YOLOv3Loss:\n"
        f"  downsample: [{strides}]\n"
    )


def write_form(anchor_set: AnchorSet, form: Form, precision: int | None) -> str:
    need_cross(form, "paddle")
    need_equal_counts(form, "paddle")
    scales = common_scales(form, anchor_set.strides)
    octave = None if scales is None else octaves_of(scales)
    ratios = (
        f"[{numbers(form.ratios[0], precision)}]"
        if form.shared
        else nested(form.ratios, precision)
    )
    strides = f"    strides: [{numbers(anchor_set.strides, None)}]\n"
    if octave is not None and len(form.sizes[0]) > 1 and form.shared:
        return (
            "# Ratios h/w.\n"
            "RetinaHead:\n"
            "  anchor_generator:\n"
            "    name: RetinaAnchorGenerator\n"
            f"    octave_base_scale: {numbers([octave], precision)}\n"
            f"    scales_per_octave: {len(form.sizes[0])}\n"
            f"    aspect_ratios: {ratios}\n{strides}"
        )
    return (
        "# Ratios h/w.\n"
        "RPNHead:\n"
        "  anchor_generator:\n"
        f"    aspect_ratios: {ratios}\n"
        f"    anchor_sizes: {nested(form.sizes, precision)}\n{strides}"
    )


def read(text: str, given: Given) -> AnchorSet:
    if "anchor_masks" not in text and _GENERATOR.search(text):
        return _read_generator(without_yaml_comments(text))
    anchors = bracketed(text, "anchors")
    bare = without_yaml_comments(text)
    if anchors is None:
        anchors = yaml_list(bare, "anchors")
    if anchors is None:
        raise ValueError("Found no 'anchors: [[w, h], ...]'.")
    masks = yaml_list(bare, "anchor_masks")
    return AnchorSet(
        anchors,
        levels=masks,
        strides=None if masks is None else yaml_list(bare, "downsample"),
    )


def _read_generator(bare: str) -> AnchorSet:
    strides = yaml_list(bare, "strides") or [16.0]
    ratios = yaml_list(bare, "aspect_ratios") or [0.5, 1.0, 2.0]
    octave = scalar(bare, "octave_base_scale")
    if octave is not None:
        scales = octaves(octave, count(bare, "scales_per_octave", 3))
        sizes: Any = [[stride * scale for scale in scales] for stride in strides]
    else:
        sizes = yaml_list(bare, "anchor_sizes") or [32, 64, 128, 256, 512]
    sizes, ratios = (level_rows(rows, len(strides)) for rows in (sizes, ratios))
    return crossed(sizes, shared_if_equal(ratios), strides=strides)


STYLE = Style(
    "PaddleDetection yaml: pixels, with anchor_masks; AnchorGenerator for sizes x "
    "ratios (h/w)",
    write,
    read,
    lambda text: (
        "anchor_masks" in text
        or ("anchor_generator:" in text and _GENERATOR.search(text) is not None)
    ),
    precision=0,
    levels="masks",
    write_form=write_form,
    folds=True,
)
