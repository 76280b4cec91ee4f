"""MMDetection: YOLOAnchorGenerator, pixels, levels from coarse to fine.

Its AnchorGenerator, the cross product of RetinaNet and its kin, is read too.
"""

import re

import numpy as np

from skanchors.export._anchor_set import AnchorSet
from skanchors.export._cross_product import read_cross_product
from skanchors.export._style import Style
from skanchors.export._text import bracketed, count, pairs, scalar, without_comments


def write(anchor_set, precision):
    groups = [f"[{pairs(group, precision)}]" for group in anchor_set.groups[::-1]]
    rows = (",\n" + " " * 16).join(groups)
    strides = ", ".join(map(str, anchor_set.strides[::-1]))
    return (
        "anchor_generator=dict(\n"
        "    type='YOLOAnchorGenerator',\n"
        f"    base_sizes=[{rows}],\n"
        f"    strides=[{strides}]),\n"
    )


def read(text, given):
    strides = bracketed(text, "strides")
    base_sizes = bracketed(text, "base_sizes")
    if base_sizes is not None and isinstance(base_sizes[0], list | tuple):
        return AnchorSet.from_groups(base_sizes, strides=strides)
    ratios, scales = bracketed(text, "ratios"), bracketed(text, "scales")
    octave = scalar(text, "octave_base_scale")
    if scales is None and octave is not None:
        n_scales = count(text, "scales_per_octave", 1)
        scales = octave * 2.0 ** (np.arange(n_scales) / n_scales)
    if ratios is None or scales is None or strides is None:
        raise ValueError(
            "Found neither base_sizes=[[(w, h), ...], ...] nor ratios, strides and "
            "scales (or octave_base_scale) as lists of numbers."
        )
    sizes = np.asarray(base_sizes if base_sizes is not None else strides, dtype=float)
    return AnchorSet.from_groups(
        [read_cross_product(size * np.asarray(scales), ratios) for size in sizes],
        strides=strides,
    )


def recognise(text):
    code = without_comments(text)
    # MMYOLO names its generator too, but with a variable for the base sizes.
    return bool(re.search(r"base_sizes\s*=\s*\[|octave_base_scale\s*=", code)) or (
        bool(re.search(r"(?<!\w)scales\s*=\s*\[", code)) and "strides" in code
    )


STYLE = Style(
    "MMDetection YOLOAnchorGenerator: pixels, coarse level first",
    write,
    read,
    recognise,
    precision=0,
    levels="equal",
)
