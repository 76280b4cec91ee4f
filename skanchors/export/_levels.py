"""Which anchor belongs on which level of a detector."""

import warnings

import numpy as np

from skanchors._boxes import volume_order
from skanchors._checks import check_strides, even_split
from skanchors.export._anchor_set import check_anchors

# RetinaNet's first anchor is this many strides large on every level (32 pixels on
# the level of stride 8), and feature pyramids share out regions likewise.
USUAL_SIZE_IN_STRIDES = 4.0

# Every published set of `default_anchors` lies within: their anchors are 0.6 to 13.5
# strides large, square root of the area.
SMALLEST_IN_STRIDES, LARGEST_IN_STRIDES = 0.5, 16.0


def assign_levels(anchors, strides=(8, 16, 32), *, rule="even"):
    """Share anchors out among the levels of a detector, small ones to fine levels.

    Parameters
    ----------
    anchors : array-like of shape (n_anchors, 2)
        Widths and heights in pixels of the network's input, in any order.
    strides : sequence of int, default=(8, 16, 32)
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
    strides = check_strides(strides)
    if rule not in RULES:
        raise ValueError(f"rule must be one of {sorted(RULES)}, got {rule!r}.")
    fine_to_coarse = np.argsort(strides)
    groups = RULES[rule](anchors, np.sort(strides))
    levels = [None] * len(strides)
    for place, group in zip(fine_to_coarse, groups, strict=True):
        levels[place] = tuple(int(i) for i in group)
    for stride, level in zip(strides, levels, strict=True):
        _warn_of_level(anchors, level, stride)
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


def _warn_of_level(anchors, level, stride):
    if not level:
        warnings.warn(
            f"No anchor lies on the level of stride {stride}: leave the level out, or "
            "use rule='even'.",
            stacklevel=3,
        )
    for index in level:
        size = np.sqrt(anchors[index].prod()) / stride
        if not SMALLEST_IN_STRIDES <= size <= LARGEST_IN_STRIDES:
            word, step = (
                ("large", "coarser")
                if size > LARGEST_IN_STRIDES
                else ("small", "finer")
            )
            width, height = anchors[index]
            warnings.warn(
                f"Anchor {index} ({width:g} x {height:g}) is {size:.2g} strides large, "
                f"too {word} for the level of stride {stride} (usual: "
                f"{SMALLEST_IN_STRIDES:g} to {LARGEST_IN_STRIDES:g}). Add a {step} "
                "level, or check the input size that the anchors are for.",
                stacklevel=3,
            )
