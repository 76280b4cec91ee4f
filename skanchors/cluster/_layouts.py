"""The forms that detectors have, as layouts of sizes and shapes."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from skanchors.cluster._layout import Layout


def cross_layout(
    strides: np.ndarray,
    n_sides: int,
    *,
    n_sizes: int,
    n_ratios: int,
    scaled: bool,
    shared: bool,
    levels_matter: bool,
    octaves: bool = False,
) -> Layout:
    """Every size with every ratio, level by level.

    Parameters
    ----------
    strides : ndarray of shape (n_levels,)
    n_sides : int
    n_sizes, n_ratios : int
        On each level.
    scaled : bool
        Whether the sizes are scales that all levels share, times the stride.
    shared : bool
        Whether all levels share the ratios.
    levels_matter : bool
        Whether the cost depends on which level an anchor is on.
    octaves : bool, default=False
        Whether the scales divide an octave evenly, so that there is one to find.
    """
    levels = range(len(strides))
    steps = octave_steps(n_sizes) if octaves else np.ones(1)
    n_sizes = 1 if octaves else n_sizes
    size_rows = [
        [size + (0 if scaled else level * n_sizes) for size in range(n_sizes)]
        for level in levels
    ]
    shape_rows = [
        [ratio + (0 if shared else level * n_ratios) for ratio in range(n_ratios)]
        for level in levels
    ]
    anchors = [
        (level, [size], shape, 1)
        for level in levels
        for size in size_rows[level]
        for _ in steps
        for shape in shape_rows[level]
    ]
    factor = np.tile(np.repeat(steps, n_ratios), len(strides) * n_sizes)
    all_alike = shared and not scaled and not levels_matter
    if all_alike:
        size_rows = [list(range(len(strides) * n_sizes))]
    elif scaled:
        size_rows = size_rows[:1]
    return Layout(
        strides,
        n_sides,
        anchors,
        size_groups=size_rows,
        shape_groups=shape_rows[: 1 if shared else None],
        scaled=scaled,
        factor=factor,
        any_level=not (shared or scaled or levels_matter),
    )


def octave_steps(n_sizes: int) -> np.ndarray:
    """Factors that divide an octave evenly, from 1 to below 2."""
    return 2 ** (np.arange(n_sizes) / n_sizes)


def ssd_layout(
    strides: np.ndarray, n_sides: int, n_ratios: Sequence[int], *, shared: bool
) -> Layout:
    """SSD: a size a level and the next one, and ratios with their reciprocals.

    Parameters
    ----------
    strides : ndarray of shape (n_levels,)
    n_sides : int
    n_ratios : sequence of int
        On each level, reciprocals not counted.
    shared : bool
        Whether the levels use the first of one list of ratios.
    """
    ends = np.cumsum([0, *n_ratios])
    anchors: list = []
    for level, n in enumerate(n_ratios):
        anchors += [(level, [level], None, 1), (level, [level, level + 1], None, 1)]
        start = 0 if shared else int(ends[level])
        for shape in range(start, start + n):
            anchors += [(level, [level], shape, 1), (level, [level], shape, -1)]
    if shared:
        # Those that the same levels use can be exchanged.
        cuts = sorted({0, *n_ratios})
        groups = [list(range(start, end)) for start, end in pairwise(cuts)]
    else:
        groups = [list(range(start, end)) for start, end in pairwise(ends)]
    return Layout(
        strides,
        n_sides,
        anchors,
        size_groups=[list(range(len(strides) + 1))],
        shape_groups=groups,
        reciprocal=True,
    )
