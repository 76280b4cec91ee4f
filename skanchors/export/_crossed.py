"""What the styles have in common that cross sizes with ratios."""

import re
from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np

from skanchors.export._anchor_set import AnchorSet
from skanchors.export._cross_product import mean_best_iou
from skanchors.export._form import Form, check_most, match_rows
from skanchors.export._text import numbers

# Equal but for the rounding of a product.
_SAME = 1e-9

_STRIDE = r"\d{1,20}(?:\.\d{1,20})?"
_STRIDES = re.compile(rf"levels? of strides? ({_STRIDE}(?:, {_STRIDE}){{0,99}})")
_INPUT = re.compile(r"For an? (\d{1,9}) x (\d{1,9}) input")

ADVICE = (
    "A form fitted to the boxes is better than the nearest set to free anchors:\n"
    "skanchors.PyramidAnchors(strides).fit(boxes), and write that."
)


def has_form(anchor_set: AnchorSet, form: Form) -> bool:
    """Whether the anchors are exactly those of a form, which they are nearly."""
    return all(
        np.allclose(group[match_rows(group, made)], made, rtol=_SAME, atol=0)
        for group, made in zip(anchor_set.groups, form.groups, strict=True)
    )


def refuse(style: str, reason: str) -> NoReturn:
    """Say that a form cannot be written in a style, and why."""
    raise ValueError(f"Style {style!r} cannot hold this form: {reason}")


def need_cross(form: Form, style: str) -> None:
    """Refuse SSD's form."""
    if form.name != "cross":
        refuse(style, "it crosses sizes with ratios, and SSD's form is another.")


def need_equal_counts(form: Form, style: str) -> None:
    """Refuse levels with more anchors than others."""
    counts = {len(group) for group in form.groups}
    if len(counts) > 1:
        refuse(
            style,
            "it needs as many anchors on each level, but there are "
            f"{' and '.join(map(str, sorted(counts)))}.",
        )


def common_ratios(form: Form, style: str) -> tuple[float, ...]:
    """The ratios that all levels share, or refuse."""
    if len(set(form.ratios)) > 1:
        refuse(
            style,
            "all its levels share the ratios. Fit PyramidAnchors(ratios='shared').",
        )
    return form.ratios[0]


def common_scales(form: Form, base: Sequence[float]) -> tuple[float, ...] | None:
    """The factors that make each level's sizes of its base, or None if they differ."""
    if len({len(row) for row in form.sizes}) > 1:
        return None
    scales = np.array(form.sizes) / np.asarray(base, dtype=float)[:, None]
    if not np.allclose(scales, scales[0], rtol=_SAME, atol=0):
        return None
    return tuple(scales[0].tolist())


def octaves(first: float, n_scales: int) -> list[float]:
    """Scales from the first up to below its double, even on a logarithmic scale."""
    return (first * 2.0 ** (np.arange(n_scales) / n_scales)).tolist()


def octaves_of(scales: Sequence[float]) -> float | None:
    """The first scale if the scales are its `octaves`."""
    steps = octaves(scales[0], len(scales))
    return scales[0] if np.allclose(scales, steps, rtol=_SAME, atol=0) else None


def nested(rows: Sequence[Any], precision: int | None, brackets: str = "[]") -> str:
    """Rows of numbers, as lists or, with brackets "()", as tuples."""
    start, end = brackets[0], brackets[1]
    comma = "," if start == "(" else ""
    written = [
        f"{start}{numbers(row, precision)}{comma * (len(row) == 1)}{end}"
        for row in rows
    ]
    return f"{start}{', '.join(written)}{comma * (len(rows) == 1)}{end}"


def about_levels(anchor_set: AnchorSet) -> str:
    """A comment with the number of levels and their strides, which readers know."""
    n_levels = len(anchor_set.strides)
    return (
        f"# {n_levels} level{'s' * (n_levels > 1)} of "
        f"stride{'s' * (n_levels > 1)} {numbers(anchor_set.strides, None)}\n"
    )


def about_input(anchor_set: AnchorSet, mark: str = "# ") -> str:
    """A comment with the size of the input, which readers know."""
    if anchor_set.input_size is None:
        return ""
    width, height = anchor_set.input_size
    return f"{mark}For a {width} x {height} input\n"


def strides_said(text: str) -> tuple[float, ...] | None:
    """The strides of `about_levels`."""
    match = _STRIDES.search(text)
    return None if match is None else tuple(map(float, match[1].split(", ")))


def input_said(text: str) -> tuple[int, int] | None:
    """The size of `about_input`."""
    match = _INPUT.search(text)
    return None if match is None else (int(match[1]), int(match[2]))


def about_loss(anchor_set: AnchorSet, boxes: list[np.ndarray]) -> str:
    """What to do instead of the nearest set, `boxes` by level, and what that loses."""
    iou = mean_best_iou(anchor_set.groups, boxes)
    lines = [
        *ADVICE.split("\n"),
        f"This nearest set has mean IoU {iou:.4f} with the wanted anchors: "
        f"{1 - iou:.4f} is lost.",
    ]
    return "".join(f"# {line}\n" for line in lines)


def crossed(
    sizes: Any, ratios: Any, *, strides: Any = None, **fields: Any
) -> AnchorSet:
    """An `AnchorSet` of what a text says, which may be anything.

    Parameters
    ----------
    sizes : list of lists of float
        One row a level.
    ratios : list of float or of lists of float
        Height / width.
    strides : list of float or None, default=None
        Left out where the number of levels is another.
    **fields
        Further fields of `AnchorSet`.
    """
    if strides is not None and len(strides) != len(sizes):
        strides = None
    return AnchorSet(sizes=sizes, ratios=ratios, strides=strides, **fields)


def crossed_scales(
    bases: Sequence[float], scales: Sequence[float], ratios: Any, **fields: Any
) -> AnchorSet:
    """`crossed` of one base a level times scales and ratios that all levels share."""
    check_most(len(bases) * len(scales) * len(ratios))
    rows = [[base * scale for scale in scales] for base in bases]
    return crossed(rows, ratios, **fields)


def level_rows(rows: Any, n_levels: int) -> list:
    """One row a level; what is one row, or one row in a list, holds for all."""
    if not isinstance(rows[0], list | tuple):
        rows = [rows]
    return list(rows) * n_levels if len(rows) == 1 else list(rows)


def shared_if_equal(rows: Sequence[Sequence[float]]) -> Any:
    """One row where all levels have the same, else all rows."""
    if not all(
        isinstance(row, list | tuple)
        and all(isinstance(ratio, int | float) for ratio in row)
        for row in rows
    ):
        raise ValueError("The ratios mix numbers and lists.")
    rows = [tuple(row) for row in rows]
    return rows[0] if len(set(rows)) == 1 else rows


def reciprocals(values: Sequence[float]) -> list[float]:
    """height / width of width / height, and back."""
    return [_reciprocal(value) for value in values]


def _reciprocal(value: float) -> float:
    # Of the numbers nearby, one whose own reciprocal is the value, if there is one.
    found = 1 / value
    for near in (found, np.nextafter(found, 0), np.nextafter(found, np.inf)):
        if 1 / near == value and len(repr(float(near))) < len(repr(found)):
            return float(near)
    return found
