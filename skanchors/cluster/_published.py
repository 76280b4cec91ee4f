"""Sizes and ratios that detectors of the same form are published with."""

import numpy as np

from skanchors.cluster._layouts import octave_steps
from skanchors.export import default_anchor_names, default_anchors


def published_crosses(
    strides: np.ndarray, n_sizes: int, n_ratios: int
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Sizes and ratios that a detector with these levels comes with.

    Sizes of 4 or 8 strides and their octaves (RetinaNet, EfficientDet, and Faster R-CNN
    with a feature pyramid), sizes twice as large each on a single level (Faster R-CNN
    without one), ratios from 1/2 to 2, and whatever is published for these strides.

    Parameters
    ----------
    strides : ndarray of shape (n_levels,)
        In pixels.
    n_sizes, n_ratios : int
        On each level.

    Returns
    -------
    list of (sizes, ratios)
        Shapes (n_levels, n_sizes) and (n_levels, n_ratios); sizes in pixels.
    """
    n_levels = len(strides)
    octaves = octave_steps(n_sizes)
    scales: list[np.ndarray] = [base * octaves for base in (4, 8)]
    if n_levels == 1:
        scales += [base * 2.0 ** np.arange(n_sizes) for base in (1, 2, 4)]
    ratios = 2 ** np.linspace(-1, 1, n_ratios) if n_ratios > 1 else np.ones(1)
    ratios = np.tile(ratios, (n_levels, 1))
    found = [(np.multiply.outer(strides, scale), ratios) for scale in scales]
    for rows, ratios in _published("cross", strides):
        if {len(row) for row in rows} | {-len(row) for row in ratios} == {
            n_sizes,
            -n_ratios,
        }:
            found.append((np.sort(rows, axis=1), np.sort(ratios, axis=1)))
    return found


def published_ssds(
    strides: np.ndarray, n_ratios: tuple[int, ...]
) -> list[tuple[np.ndarray, list]]:
    """Sizes and ratios that an SSD with these levels comes with.

    Parameters
    ----------
    strides : ndarray of shape (n_levels,)
        In pixels.
    n_ratios : tuple of int
        On each level, reciprocals not counted.

    Returns
    -------
    list of (sizes, ratios)
        n_levels + 1 sizes in pixels, and one row of ratios a level, of which each is
        the beginning of the longest.
    """
    n_levels = len(strides)
    # The paper's rule, for an input that is about as large as the coarsest stride.
    shares = np.append(np.linspace(0.2, 0.9, n_levels), 1.05)
    rows = [tuple(2.0 + np.arange(n)) for n in n_ratios]
    found = [(shares * strides[-1], rows)]
    for sizes, ratios in _published("ssd", strides):
        chained = [size for size, _ in sizes] + [sizes[-1][1]]
        if tuple(map(len, ratios)) == n_ratios:
            found.append((np.array(chained), list(ratios)))
    return found


def _published(form: str, strides: np.ndarray) -> list[tuple]:
    found = []
    for name in default_anchor_names():
        anchor_set = default_anchors(name)
        if anchor_set.form != form or anchor_set.strides is None:
            continue
        if len(anchor_set.strides) == len(strides) and np.allclose(
            anchor_set.strides, strides
        ):
            ratios = anchor_set.ratios
            if not isinstance(ratios[0], tuple):
                ratios = (ratios,) * len(strides)
            found.append((anchor_set.sizes, ratios))
    return found
