"""MMDetection: the generators of its anchors, levels from coarse to fine for YOLO.

YOLOAnchorGenerator holds free pairs, AnchorGenerator crosses sizes with ratios (h/w),
SSDAnchorGenerator has SSD's form. A whole configuration is read by its generator.
"""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from skanchors.export._anchor_set import AnchorSet
from skanchors.export._crossed import (
    common_ratios,
    common_scales,
    crossed,
    crossed_scales,
    nested,
    octaves,
    octaves_of,
    refuse,
)
from skanchors.export._form import Form
from skanchors.export._generator import Block, generator_block
from skanchors.export._style import Given, Style
from skanchors.export._text import numbers, pairs, without_comments

_NAMED = re.compile(
    r"(?<!\w)type[\"']?\s*[=:]\s*[\"']?(?:\w{1,30}\.){0,5}\w{0,30}AnchorGenerator\b"
)
_FIELDS = re.compile(r"(?<!\w)(?:base_sizes\s*=\s*\[|octave_base_scale\s*=)")
_SCALES = re.compile(r"(?<!\w)scales\s*=\s*\[")
_MMYOLO = re.compile(r"(?<!\w)anchors\s*=\s*\[")


def write(anchor_set: AnchorSet, precision: int) -> str:
    groups = [f"[{pairs(group, precision)}]" for group in anchor_set.groups[::-1]]
    rows = (",\n" + " " * 16).join(groups)
    strides = numbers(anchor_set.strides[::-1], None)
    return (
        "anchor_generator=dict(\n"
        "    type='YOLOAnchorGenerator',\n"
        f"    base_sizes=[{rows}],\n"
        f"    strides=[{strides}]),\n"
    )


def write_form(anchor_set: AnchorSet, form: Form, precision: int | None) -> str:
    strides = anchor_set.strides
    if form.name == "ssd":
        kind, fields = "SSDAnchorGenerator", _ssd_fields(form, precision)
    else:
        kind, fields = "AnchorGenerator", _cross_fields(form, strides, precision)
    return (
        "anchor_generator=dict(\n"
        f"    type='{kind}',\n"
        f"{''.join(f'    {line},' + chr(10) for line in fields)}"
        f"    strides=[{numbers(strides, None)}]),\n"
    )


def _cross_fields(form: Form, strides: tuple, precision: int | None) -> list[str]:
    ratios = f"ratios=[{numbers(common_ratios(form, 'mmdetection'), precision)}]"
    scales = common_scales(form, strides)
    if scales is not None:
        octave = octaves_of(scales)
        if octave is not None and len(scales) > 1:
            return [
                f"octave_base_scale={numbers([octave], precision)}",
                f"scales_per_octave={len(scales)}",
                ratios,
            ]
        return [f"scales=[{numbers(scales, precision)}]", ratios]
    base = [row[0] for row in form.sizes]
    scales = common_scales(form, base)
    if scales is None:
        refuse(
            "mmdetection",
            "its levels have one base size each and share the scales. Fit "
            "PyramidAnchors(n_sizes=1) or PyramidAnchors(sizes='stride').",
        )
    return [
        f"scales=[{numbers(scales, precision)}]",
        ratios,
        f"base_sizes=[{numbers(base, precision)}]",
    ]


def _ssd_fields(form: Form, precision: int | None) -> list[str]:
    least, most = zip(*form.sizes, strict=True)
    if any(b <= a for a, b in form.sizes):
        refuse("mmdetection", "each level's next size must be larger than its size.")
    return [
        "scale_major=False",  # else the generator picks other boxes
        f"min_sizes=[{numbers(_short(least), precision)}]",
        f"max_sizes=[{numbers(_short(most), precision)}]",
        f"ratios={nested(form.ratios, precision)}",
    ]


def _short(sizes: Sequence[float]) -> list[float]:
    # 0.0682 times the input is 20.459999999999997 in binary.
    return [float(f"{size:.14g}") for size in sizes]


def read(text: str, given: Given) -> AnchorSet:
    block = generator_block(text, given.name)
    strides = block.row("strides")
    base_sizes = block.get("base_sizes")
    if base_sizes is not None and _is_pairs(base_sizes):
        return AnchorSet.from_groups(base_sizes, strides=strides)
    if strides is not None and ("SSD" in block.kind or "min_sizes" in block.fields):
        return _read_ssd(block, strides)
    ratios, scales = block.row("ratios"), block.row("scales")
    octave = block.get("octave_base_scale")
    if scales is None and octave is not None:
        scales = octaves(octave, block.count("scales_per_octave", 1))
    if ratios is None or scales is None or strides is None:
        raise ValueError(
            "Found neither base_sizes=[[(w, h), ...], ...] nor ratios, strides and "
            "scales (or octave_base_scale) as lists of numbers. A configuration that "
            "takes them from a _base_ file is read from that file."
        )
    base = block.row("base_sizes") or strides
    if len(base) != len(strides):
        raise ValueError(
            f"The generator has {len(base)} base_sizes but {len(strides)} strides."
        )
    return crossed_scales(base, scales, ratios, strides=strides)


def _is_pairs(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(
        isinstance(level, list | tuple)
        and level
        and all(isinstance(pair, list | tuple) for pair in level)
        for level in value
    )


def _read_ssd(block: Block, strides: list) -> AnchorSet:
    ratios = block.get("ratios")
    if not isinstance(ratios, list | tuple) or len(ratios) != len(strides):
        raise ValueError("SSDAnchorGenerator needs one row of ratios a level.")
    # A ratio of 1 is there already, and so is the reciprocal of one before.
    rows = [_distinct(row) for row in ratios]
    least, most = block.row("min_sizes"), block.row("max_sizes")
    fields = {}
    if least is None:
        size = int(block.get("input_size") or 300)
        least, most = _usual_sizes(block, size, len(strides))
        fields["input_size"] = size
    if any(len(each) != len(strides) for each in (least, most or least)):
        raise ValueError("min_sizes and max_sizes must have one number a level.")
    if most is None:
        groups = []
        for side, row in zip(least, rows, strict=True):
            both = np.sqrt([1.0, *(r for each in row for r in (each, 1 / each))])
            groups.append(np.stack([side / both, side * both], axis=1))
        return AnchorSet.from_groups(groups, strides=strides)
    sizes = list(zip(least, most, strict=True))
    return crossed(sizes, rows, strides=strides, form="ssd", **fields)


def _distinct(row: Any) -> list[float]:
    found: list[float] = []
    there = [1.0]
    for ratio in row if isinstance(row, list | tuple) else [row]:
        if ratio <= 0:
            raise ValueError("The ratios must be finite and larger than 0.")
        if all(abs(ratio - each) >= 1e-6 for each in there):
            found.append(ratio)
            there += [ratio, 1 / ratio]
    return found


# The first level's shares of the input in percent, by size and first ratio.
_FIRST = {
    (300, 15): (7, 15),
    (300, 20): (10, 20),
    (512, 10): (4, 10),
    (512, 15): (7, 15),
}


def _usual_sizes(block: Block, size: int, n_levels: int) -> tuple[list, list]:
    """The sizes that SSDAnchorGenerator takes from a range, in whole percent."""
    found = block.get("basesize_ratio_range") or (0.15, 0.9)
    low, high = (int(share * 100) for share in found)
    first = _FIRST.get((size, low))
    if first is None or n_levels < 3:
        raise ValueError(
            f"SSDAnchorGenerator knows no sizes for input_size={size} and a range that "
            f"begins at {low} %; give min_sizes and max_sizes."
        )
    step = (high - low) // (n_levels - 2)
    shares = [first]
    shares += [(a, a + step) for a in range(low, high + 1, max(step, 1))]
    least, most = (
        [int(size * share / 100) for share in column]
        for column in zip(*shares, strict=True)
    )
    return least[:n_levels], most[:n_levels]


def recognise(text: str) -> bool:
    code = without_comments(text)
    # MMYOLO names its generator too, but with a variable for the base sizes.
    if _MMYOLO.search(code) or "aspect_ratios" in code:
        return False
    if "SSDAnchorGeneratorClustered" in code:
        return False
    return (
        _NAMED.search(code) is not None
        or _FIELDS.search(code) is not None
        or ("strides" in code and _SCALES.search(code) is not None)
    )


STYLE = Style(
    "MMDetection: YOLOAnchorGenerator, pixels, coarse level first; AnchorGenerator and "
    "SSDAnchorGenerator for sizes x ratios (h/w)",
    write,
    read,
    recognise,
    precision=0,
    levels="equal",
    write_form=write_form,
    folds=True,
)
