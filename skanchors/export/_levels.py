"""Which anchor belongs on which level of a detector."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from skanchors._boxes import volume_order
from skanchors._checks import (
    USUAL_SIZES_IN_STRIDES,
    check_choice,
    check_strides,
    even_split,
)
from skanchors._warnings import warn
from skanchors.export._anchor_set import check_anchors

# RetinaNet's first anchor is this many strides large on every level (32 pixels on
# the level of stride 8), and feature pyramids share out regions likewise.
USUAL_SIZE_IN_STRIDES = 4.0


def assign_levels(
    anchors: Any, strides: Sequence[float] = (8, 16, 32), *, rule: str = "even"
) -> tuple[tuple[int, ...], ...]:
    """Share anchors out among the levels of a detector, small ones to fine levels.

    Parameters
    ----------
    anchors : array-like of shape (n_anchors, 2), fitted estimator or str
        Widths and heights in pixels of the network's input, in any order; or the name
        of published anchors, see `default_anchor_names`.
    strides : sequence of float, default=(8, 16, 32)
        Pixels from one cell to the next for each level.
    rule : {"even", "size"}, default="even"
        "even" gives each level the same number of anchors, which YOLO, torchvision
        and most heads need. "size" puts each anchor on the level whose stride times
        4 is nearest to the square root of its area, on a logarithmic scale; groups
        may then differ in length, or be empty.

    Returns
    -------
    tuple of tuples of int
        For each stride, in the order given, the rows of `anchors` on that level,
        small to large.

    Raises
    ------
    ValueError
        If the anchors cannot be shared out evenly under rule "even".

    Warns
    -----
    UserWarning
        If an anchor is smaller than half the stride of its level or larger than 16
        strides, or if a level stays empty.

    Examples
    --------
    >>> from skanchors.export import assign_levels
    >>> anchors = [[10, 13], [33, 23], [62, 45], [116, 90], [156, 198], [373, 326]]
    >>> assign_levels(anchors)
    ((0, 1), (2, 3), (4, 5))
    >>> assign_levels(anchors, rule="size")
    ((0, 1), (2,), (3, 4, 5))
    """
    anchors = check_anchors(anchors)
    strides = check_strides(strides) or (8, 16, 32)
    check_choice(rule, sorted(RULES), name="rule")
    fine_to_coarse = np.argsort(strides)
    groups = RULES[rule](anchors, np.sort(strides))
    levels: list[tuple[int, ...]] = [()] * len(strides)
    for place, group in zip(fine_to_coarse, groups, strict=True):
        levels[place] = tuple(int(i) for i in group)
    warn_of_levels(anchors, levels, strides)
    return tuple(levels)


def _even(anchors: np.ndarray, strides: np.ndarray) -> list[np.ndarray]:
    return even_split(
        volume_order(anchors),
        strides,
        advice="rule='size', which allows uneven levels",
    )


def _size(anchors: np.ndarray, strides: np.ndarray) -> list[np.ndarray]:
    order = volume_order(anchors)
    log_size = np.log(anchors[order]).mean(axis=1)
    log_usual = np.log(USUAL_SIZE_IN_STRIDES * strides)
    nearest = np.abs(log_size[:, None] - log_usual).argmin(axis=1)
    return [order[nearest == place] for place in range(len(strides))]


RULES = {"even": _even, "size": _size}


def warn_of_levels(anchors: np.ndarray, levels: Sequence, strides: Sequence) -> None:
    """Warn once of all anchors that are too small or too large for their level.

    Parameters
    ----------
    anchors : ndarray of shape (n_anchors, 2)
        Widths and heights.
    levels : sequence of sequences of int
        For each stride the rows on its level.
    strides : sequence of float
        One a level.
    """
    found = []
    for stride, level in zip(strides, levels, strict=True):
        if not len(level):
            warn(
                f"No anchor lies on the level of stride {stride:g}: leave the level "
                "out, or use rule='even'.",
            )
        sizes = np.sqrt(anchors[list(level)].prod(axis=1)) / stride
        least, most = USUAL_SIZES_IN_STRIDES
        found += [
            (index, size, stride)
            for index, size in zip(level, sizes, strict=True)
            if not least <= size <= most
        ]
    if not found:
        return
    index, size, stride = found[0]
    word, step = ("large", "coarser") if size > most else ("small", "finer")
    width, height = anchors[index]
    others = f" (and {len(found) - 1} others are out of range)" if found[1:] else ""
    warn(
        f"Anchor {index} ({width:g} x {height:g}) is {size:.2g} strides large, too "
        f"{word} for the level of stride {stride:g} (usual: {least:g} to {most:g})"
        f"{others}. Add a {step} level, or check the input size that the anchors are "
        "for.",
    )
