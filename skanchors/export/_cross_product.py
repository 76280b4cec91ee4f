"""The nearest sizes x ratios, where a detector cannot hold free pairs.

Such a detector crosses every size with every aspect ratio of a level, so m free
(width, height) pairs are out of its reach; it gets the cross product of as many boxes
whose mean IoU with the wanted anchors is the largest found.
"""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import combinations, product
from math import comb, prod
from typing import Any

import numpy as np
from scipy.optimize import minimize

from skanchors.export._form import cross_product

# Starts that are looked at, and how many of the best are climbed from.
N_STARTS, N_CLIMBS = 300, 4


def best_ious(wanted: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """For each wanted anchor, its IoU with the nearest box, sharing one centre."""
    overlap = np.minimum(wanted[:, None], boxes).prod(axis=2)
    union = wanted.prod(axis=1)[:, None] + boxes.prod(axis=1) - overlap
    return (overlap / union).max(axis=1)


def mean_best_iou(groups: list[np.ndarray], boxes: list[np.ndarray]) -> float:
    """The mean over the wanted anchors of all levels, boxes level by level."""
    found = [best_ious(*level) for level in zip(groups, boxes, strict=True)]
    return float(np.concatenate(found).mean())


def rounded_positive(values: np.ndarray, precision: int) -> np.ndarray:
    """Round sizes, scales or ratios, but not to 0."""
    values = np.round(values, precision)
    if not values.all():
        raise ValueError(
            f"With {precision} digits after the point a size or ratio would be written "
            "as 0; raise precision."
        )
    return values


def nearest_sizes_and_ratios(
    wanted: np.ndarray, n_boxes: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """The nearest cross product of some boxes.

    Parameters
    ----------
    wanted : ndarray of shape (n_wanted, 2)
        Widths and heights.
    n_boxes : int, default=None
        How many boxes to cross; None stands for as many as wanted.

    Returns
    -------
    sizes, ratios : ndarray
        In ascending order; their numbers multiply to `n_boxes`.
    """
    n_boxes = n_boxes or len(wanted)
    size, ratio = np.sqrt(wanted.prod(axis=1)), wanted[:, 1] / wanted[:, 0]
    best: tuple = (-np.inf, None, 0)
    for n_sizes in range(1, n_boxes + 1):
        if n_boxes % n_sizes:
            continue
        n_ratios = n_boxes // n_sizes
        starts = _starts([size, ratio], [n_sizes, n_ratios])
        score = partial(_score_of_level, wanted=wanted, n_sizes=n_sizes)
        best = max(best, (*_climb(score, starts), n_sizes), key=lambda found: found[0])
    _, x, n_sizes = best
    x = np.exp(x)
    return np.sort(x[:n_sizes]), np.sort(x[n_sizes:])


def nearest_levels(
    groups: list[np.ndarray], precision: int
) -> tuple[list[np.ndarray], list[np.ndarray], list[np.ndarray]]:
    """The nearest sizes and ratios of each level, rounded, and the boxes they make.

    Parameters
    ----------
    groups : list of ndarray of shape (n_on_level, 2)
        Wanted widths and heights.
    precision : int
        Digits of sizes; ratios get two more.
    """
    found = [nearest_sizes_and_ratios(group) for group in groups]
    sizes = [rounded_positive(sizes, precision) for sizes, _ in found]
    ratios = [rounded_positive(ratios, precision + 2) for _, ratios in found]
    boxes = [cross_product(*level) for level in zip(sizes, ratios, strict=True)]
    return sizes, ratios, boxes


def nearest_shared_ratios(
    groups: list[np.ndarray],
) -> tuple[np.ndarray, np.ndarray]:
    """The nearest boxes with one size a level and the same ratios on all levels.

    Parameters
    ----------
    groups : list of ndarray of shape (n_on_level, 2)
        Wanted widths and heights, as many on each level.

    Returns
    -------
    sizes : ndarray of shape (n_levels,)
        One a level.
    ratios : ndarray of shape (n_on_level,)
        Heights divided by widths, ascending.
    """
    n_levels, n_ratios = len(groups), len(groups[0])
    every = np.concatenate(groups)
    ratio = every[:, 1] / every[:, 0]
    typical = [np.log(group).mean() for group in groups]
    starts = [
        np.concatenate([typical, chosen]) for chosen in _starts([ratio], [n_ratios])
    ]
    score = partial(_score_of_shared, groups=groups)
    _, x = _climb(score, starts)
    x = np.exp(x)
    return x[:n_levels], np.sort(x[n_levels:])


def nearest_shared_scales(
    groups: list[np.ndarray], strides: Sequence[float]
) -> tuple[np.ndarray, np.ndarray]:
    """The nearest boxes with the same scales, times the stride, and ratios everywhere.

    Parameters
    ----------
    groups : list of ndarray of shape (n_on_level, 2)
        Wanted widths and heights, as many on each level.
    strides : sequence of float
        One a level.

    Returns
    -------
    scales, ratios : ndarray
        In ascending order; their numbers multiply to `n_on_level`.
    """
    scaled = [group / stride for group, stride in zip(groups, strides, strict=True)]
    return nearest_sizes_and_ratios(np.concatenate(scaled), len(groups[0]))


def _score_of_level(x: np.ndarray, *, wanted: np.ndarray, n_sizes: int) -> float:
    x = np.exp(x)
    boxes = cross_product(x[:n_sizes], x[n_sizes:])
    return best_ious(wanted, boxes).mean()


def _score_of_shared(x: np.ndarray, *, groups: list[np.ndarray]) -> float:
    x = np.exp(x)
    sizes, ratios = x[: len(groups)], x[len(groups) :]
    boxes = [cross_product([size], ratios) for size in sizes]
    return mean_best_iou(groups, boxes)


def _starts(columns: Sequence[np.ndarray], counts: Sequence[int]) -> list[np.ndarray]:
    """Logarithms of some values of each column: evenly spread, and choices of them.

    All choices where they are few, else as many drawn at random but always the same.
    """
    columns = [np.sort(np.log(column)) for column in columns]
    pairs = list(zip(columns, counts, strict=True))
    spread = [np.quantile(c, (np.arange(n) + 0.5) / n) for c, n in pairs]
    if prod(comb(len(c), n) for c, n in pairs) <= N_STARTS:
        choices: Any = product(*(combinations(c, n) for c, n in pairs))
    else:
        rng = np.random.RandomState(0)
        choices = (
            [rng.choice(c, n, replace=False) for c, n in pairs] for _ in range(N_STARTS)
        )
    return [np.concatenate(chosen) for chosen in (spread, *choices)]


# Ways to climb without gradients, which mislead: the mean IoU has kinks where a side
# equals a wanted one, and its peaks lie there. Neither way is better throughout.
_ROUGHLY = {
    "Nelder-Mead": {"xatol": 1e-2, "fatol": 1e-4},
    "Powell": {"xtol": 1e-3, "ftol": 1e-5},
}
_FINELY = {"xatol": 1e-5, "fatol": 1e-7}


def _climb(
    score: Callable[[np.ndarray], float], starts: list[np.ndarray]
) -> tuple[float, np.ndarray]:
    """The best score and place found from the best of the starts."""
    # A size or ratio that no wanted anchor needs must not drift out of sight.
    low, high = np.min(starts, axis=0) - 1, np.max(starts, axis=0) + 1

    def loss(x: np.ndarray) -> float:
        return -score(np.clip(x, low, high))

    def climb(x: np.ndarray, method: str, **options: float) -> tuple:
        options["maxfev"] = 300 * len(x)
        found = minimize(loss, x, method=method, options=options)
        return -found.fun, np.clip(found.x, low, high)

    starts = sorted(starts, key=score, reverse=True)[:N_CLIMBS]
    climbed = [
        climb(x, method, **options)
        for method, options in _ROUGHLY.items()
        for x in starts
    ]
    value, x = max(climbed, key=lambda found: found[0])
    for _ in range(10):
        before = value
        value, x = climb(x, "Nelder-Mead", **_FINELY)
        if value - before < 1e-6:
            break
    return value, x
