"""NVIDIA TAO spec of YOLOv3 and YOLOv4: pixels, one string a level."""

import re

from skanchors.export._anchor_set import AnchorSet
from skanchors.export._literal import evaluate
from skanchors.export._style import Given, Style
from skanchors.export._text import pairs

# The names of the levels, fine to coarse; the tiny networks lack the first.
NAMES = {2: ("mid", "big"), 3: ("small", "mid", "big")}
FIELD = re.compile(r"(small|mid|big)_anchor_shape\s*:\s*[\"'](.*?)[\"']", re.DOTALL)


def write(anchor_set: AnchorSet, precision: int) -> str:
    if len(anchor_set.groups) not in NAMES:
        raise ValueError(
            "NVIDIA TAO has 3 levels (small, mid, big), or 2 for the tiny networks; "
            f"got {len(anchor_set.groups)} strides."
        )
    names = NAMES[len(anchor_set.groups)]
    rows = "".join(
        f'  {name}_anchor_shape: "[{pairs(group, precision)}]"\n'
        for name, group in zip(names[::-1], anchor_set.groups[::-1], strict=True)
    )
    return f"yolov3_config {{\n{rows}}}\n"


def read(text: str, given: Given) -> AnchorSet:
    found = dict(FIELD.findall(text))
    names = NAMES.get(len(found))
    if names is None or found.keys() != set(names):
        raise ValueError(
            "Expected small_anchor_shape, mid_anchor_shape and big_anchor_shape "
            f"(or the last two), found {sorted(found) or 'none'}."
        )
    groups = []
    for name in names:
        try:
            groups.append(evaluate(found[name]))
        except ValueError:
            raise ValueError(
                f'{name}_anchor_shape must be like "[(10.00, 13.00), (16.00, 30.00)]", '
                f"got {found[name][:80]!r}."
            ) from None
    return AnchorSet.from_groups(groups)


STYLE = Style(
    "NVIDIA TAO spec: pixels, strings for big, mid and small",
    write,
    read,
    lambda text: bool(FIELD.search(text)),
    precision=2,
    levels="uneven",
)
