"""OpenVINO Training Extensions: pixels, widths and heights apart, fine level first."""

import re

from skanchors.export._anchor_set import AnchorSet
from skanchors.export._style import Given, Style
from skanchors.export._text import bracketed, numbers


def write(anchor_set: AnchorSet, precision: int) -> str:
    strides = numbers(anchor_set.strides, None)
    comma = "," * (len(anchor_set.strides) == 1)  # one alone is a tuple too
    widths, heights = (
        ", ".join(
            f"[{numbers(group[:, side], precision)}]" for group in anchor_set.groups
        )
        for side in (0, 1)
    )
    return (
        "anchor_generator=dict(\n"
        "    type='SSDAnchorGeneratorClustered',\n"
        f"    strides=({strides}{comma}),\n"
        f"    widths=[{widths}],\n"
        f"    heights=[{heights}]),\n"
    )


def read(text: str, given: Given) -> AnchorSet:
    widths, heights = bracketed(text, "widths"), bracketed(text, "heights")
    if widths is None or heights is None:
        raise ValueError("Found no widths=[[...], ...] and heights=[[...], ...].")
    nested = all(isinstance(level, list | tuple) for level in (*widths, *heights))
    if not nested or [*map(len, widths)] != [*map(len, heights)]:
        raise ValueError(
            "widths and heights must have one list of numbers a level, and as many in "
            "one as in the other."
        )
    groups = [
        list(zip(w, h, strict=True)) for w, h in zip(widths, heights, strict=True)
    ]
    return AnchorSet.from_groups(groups, strides=bracketed(text, "strides"))


STYLE = Style(
    "OTX SSDAnchorGeneratorClustered: pixels, widths and heights apart",
    write,
    read,
    lambda text: bool(re.search(r"(?<!\w)widths\s*=\s*[\[(]", text)),
    precision=2,
    levels="uneven",
    folds=True,
)
