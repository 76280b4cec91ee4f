"""A start near the best possible, found on compressed boxes."""

from functools import partial
from typing import Any, NamedTuple

import numpy as np

from skanchors.cluster._compress import grid_representatives, variance_cuts
from skanchors.cluster._descent import descend_sets
from skanchors.cluster._population import draw_pairs, drop_useless, evolve
from skanchors.cluster._problem import Problem
from skanchors.cluster._swap import SwapSearch

# Boxes at each stage: swaps cost the square of their number, descents are linear. Fewer
# lose mean IoU, more gain less than 0.0001 (benchmarks/search_parts.py).
_SWAP_BOXES = 300
_POPULATION_BOXES = 800
_FINE_BOXES = 4000
# A metric given as a Python function of two boxes is too slow for more.
_SLOW_SWAP_BOXES = 100
# At least so many boxes an anchor in the population's stage.
_PER_ANCHOR = 80
# Starts, one an anchor; and sets that the population keeps at least.
_MIN_STARTS, _MAX_STARTS = 8, 24
_MIN_POPULATION = 12
# Steps of each child's descent. More make one child better and the search slower.
_CHILD_STEPS = 8
# Steps of the finalists on the fine boxes, and on all; they end sooner if they stall.
_FINE_STEPS, _FULL_STEPS = 6, 60
_TOL = 1e-6
# The cost over more boxes than these is smooth enough to do without draws as starts.
_ROUGH_BOXES = 20_000


class _Effort(NamedTuple):
    """How many sets the search looks at.

    Attributes
    ----------
    n_children : int
        Of a generation.
    n_finalists, n_full : int
        Sets that descend on the fine boxes, and on all.
    ahead : float
        Sets behind the best one descend on all boxes if they are behind by no more than
        this times what that gained by its descent, less the gain.
    """

    n_children: int
    n_finalists: int
    n_full: int
    ahead: float


# Boxes times anchors that are cheap to work on. Where they are more and the anchors are
# few, valleys are few as well, and a small effort finds the best one.
_CHEAP = 100_000
_MANY_CLUSTERS = 10
_SMALL_EFFORT = _Effort(8, 6, 3, 1.2)
_LARGE_EFFORT = _Effort(12, 12, 4, 3.0)


def _effort(n_boxes: int, n_clusters: int) -> Any:
    is_cheap = n_boxes * n_clusters <= _CHEAP
    return _LARGE_EFFORT if is_cheap or n_clusters >= _MANY_CLUSTERS else _SMALL_EFFORT


def search_by_descent(
    problem: Problem, n_clusters: int, rng: np.random.RandomState
) -> np.ndarray:
    """Look for the best anchors, whatever their sizes, by a metric with a gradient.

    Parameters
    ----------
    problem : Problem
        Of up to some ten thousand boxes.
    n_clusters : int
        Fewer than there are boxes.
    rng : RandomState

    Returns
    -------
    ndarray of shape (n_clusters, n_sides)
        Anchors near the best possible, not yet at the bottom of their valley.
    """
    effort = _effort(len(problem), n_clusters)
    fine = problem.on(*grid_representatives(problem.boxes, problem.weight, _FINE_BOXES))
    coarse, medium = compressed(fine, n_clusters)
    n_starts = min(max(n_clusters, _MIN_STARTS), _MAX_STARTS)
    is_rough = len(problem) <= _ROUGH_BOXES
    starts = _starts(coarse, n_clusters, rng, n_starts, with_draws=is_rough)
    with_volume = (starts > 0).all(axis=(1, 2))
    if not with_volume.any():
        return starts[0]
    finalists = recombine(
        medium,
        starts[with_volume],
        rng,
        generations=4 + n_clusters // 2,
        n_children=effort.n_children,
    )
    finalists = finalists[: effort.n_finalists]
    finalists, _ = descend_sets(fine, finalists, max_iter=_FINE_STEPS)
    costs, _ = problem.gradients_function(finalists, np.float32)(finalists)
    order = np.argsort(costs, kind="stable")
    best, cost = _finish(problem, finalists[order[:1]])
    # Others that are behind by less than it gained may come out ahead.
    gained = costs[order[0]] - cost
    others = order[1 : effort.n_full]
    others = others[costs[others] - effort.ahead * gained < cost]
    if len(others):
        other, other_cost = _finish(problem, finalists[others])
        best = other if other_cost < cost else best
    return best


def _finish(problem: Any, sets: np.ndarray) -> tuple[np.ndarray, float]:
    """The best of some sets after their descent on all boxes, and its cost."""
    sets, costs = descend_sets(problem, sets, max_iter=_FULL_STEPS, tol=_TOL)
    return sets[costs.argmin()], costs.min()


def recombine(
    problem: Problem,
    sets: np.ndarray,
    rng: np.random.RandomState,
    *,
    generations: int,
    n_children: int,
) -> np.ndarray:
    """Improve sets of free anchors by descent and recombination.

    Parameters
    ----------
    problem : Problem
        Of a few hundred boxes.
    sets : ndarray of shape (n_sets, n_clusters, n_sides)
        Sets to start from.
    rng : RandomState
    generations : int
        The most generations to try.
    n_children : int
        Of a generation.

    Returns
    -------
    ndarray of shape (n_kept, n_clusters, n_sides)
        Distinct sets, best first.
    """
    n_clusters = sets.shape[1]
    patience = max(1, n_clusters // 6)

    return evolve(
        sets,
        rng,
        improve=lambda sets: descend_sets(problem, sets, max_iter=_CHILD_STEPS),
        breed=partial(cross, problem, n_children=n_children),
        describe=np.log,
        size=max(_MIN_POPULATION, len(sets)),
        generations=generations,
        patience=patience,
    )[0]


def cross(
    problem: Problem, sets: np.ndarray, rng: np.random.RandomState, *, n_children: int
) -> np.ndarray:
    """Unions of two sets, reduced to their most useful anchors.

    From shape (n_sets, n_clusters, n_sides) to (n_children, n_clusters, n_sides).
    """
    _, n_clusters, n_sides = sets.shape
    pairs = draw_pairs(sets, n_children, rng)
    if not len(pairs):
        return sets[:0]
    return reduce_to(
        problem, sets[pairs].reshape(len(pairs), 2 * n_clusters, n_sides), n_clusters
    )


def reduce_to(problem: Problem, unions: np.ndarray, n_clusters: int) -> np.ndarray:
    """The most useful anchors of unions of shape (n_unions, n_anchors, n_sides)."""
    distances = problem.rough_distances(unions)
    kept = drop_useless(distances, problem.weight, n_clusters)
    return np.take_along_axis(unions, kept[..., None], axis=1)


def _starts(
    coarse: Any,
    n_clusters: int,
    rng: np.random.RandomState,
    n_starts: int,
    *,
    with_draws: bool,
) -> np.ndarray:
    """Sets of boxes to start from: draws improved by swaps."""
    swaps = SwapSearch(coarse)
    drawn = [np.sort(swaps.start(n_clusters, rng)) for _ in range(n_starts)]
    starts = {tuple(swaps.improve(chosen)[0].tolist()) for chosen in drawn}
    if with_draws:
        # With few boxes all swaps end in the same few places; the draws do not.
        starts |= {tuple(chosen.tolist()) for chosen in drawn}
    return coarse.boxes[np.array(sorted(starts))]


def compressed(problem: Problem, n_clusters: int) -> list[Problem]:
    """The problem on few boxes, for swaps, and on some more, for descents."""
    n_coarse = _SLOW_SWAP_BOXES if problem.metric.is_slow else _SWAP_BOXES
    n_coarse = max(n_coarse, 2 * n_clusters)
    n_medium = max(_POPULATION_BOXES, _PER_ANCHOR * n_clusters)
    cuts = variance_cuts(problem.boxes, problem.weight, (n_coarse, n_medium))
    return [problem.on(*cut) for cut in cuts]
