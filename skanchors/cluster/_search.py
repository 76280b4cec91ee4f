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
# A metric given as a Python function of two boxes is too slow for more.
_SLOW_SWAP_BOXES = 100
# Sets that the population keeps at least.
_MIN_POPULATION = 12
# At least so many boxes an anchor in the population's stage.
_PER_ANCHOR = 80
# Steps of sets on all boxes; they end sooner if they stall.
_FULL_STEPS = 60
_TOL = 1e-6
# The cost over more boxes than these is smooth enough to do without draws as starts.
_ROUGH_BOXES = 20_000


class _Phase(NamedTuple):
    """Some generations of the population.

    Attributes
    ----------
    n_steps : int
        Of each child's descent. More rank the children better and take longer.
    size : int or None
        Sets that are kept; None keeps as many as there were.
    generations, patience : int
        See `evolve`; with more anchors both are more.
    """

    n_steps: int
    size: int | None
    generations: int
    patience: int


class _Effort(NamedTuple):
    """How many sets the search looks at.

    Attributes
    ----------
    n_starts : int
        At least; one an anchor, up to `_MAX_STARTS`.
    phases : tuple of _Phase
    n_children : int
        Of a generation.
    n_finalists, fine_steps, fine_boxes : int
        Sets that descend on the fine boxes, by how many steps, and how many boxes.
    n_full : int
        Sets that descend on all boxes, where more than one does.
    ahead : float
        Sets behind the best one descend on all boxes if they are behind by no more than
        this times what that gained by its descent, less the gain.
    """

    n_starts: int
    phases: tuple[_Phase, ...]
    n_children: int
    n_finalists: int
    fine_steps: int
    fine_boxes: int
    n_full: int
    ahead: float


_MAX_STARTS = 24
_SHORT = (_Phase(8, None, 4, 0),)
# Boxes times anchors that are cheap to work on. Where they are more and the anchors are
# few, valleys are few as well, and a small effort finds the best one.
_CHEAP = 100_000
_MANY_CLUSTERS = 10
_SMALL_EFFORT = _Effort(8, _SHORT, 8, 6, 6, 4000, 3, 1.2)
_LARGE_EFFORT = _Effort(8, _SHORT, 12, 12, 6, 4000, 4, 3.0)
# Very many boxes have room for many valleys that differ by little, above all in whole
# pixels. More starts, children that descend further, and finer boxes for the finalists
# tell them apart to 0.0003; what is first on those boxes is first on all.
_MANY_BOXES = 20_000
_MANY_BOXES_EFFORT = _Effort(
    24, (_Phase(8, 12, 4, 0), _Phase(16, 12, 4, 0)), 8, 6, 20, 12_000, 1, 0.0
)
_MANY_OF_BOTH_EFFORT = _Effort(
    24, (_Phase(8, 16, 5, 1), _Phase(16, 16, 6, 2)), 12, 8, 20, 12_000, 1, 0.0
)


def _effort(problem: Problem, n_clusters: int) -> _Effort:
    # Merged boxes count as often as they are heavier than most.
    if np.median(problem.weight) * _MANY_BOXES < 1:
        is_large = n_clusters >= _MANY_CLUSTERS
        return _MANY_OF_BOTH_EFFORT if is_large else _MANY_BOXES_EFFORT
    is_cheap = len(problem) * n_clusters <= _CHEAP
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
    effort = _effort(problem, n_clusters)
    fine = problem.on(
        *grid_representatives(problem.boxes, problem.weight, effort.fine_boxes)
    )
    coarse, medium = compressed(fine, n_clusters)
    # Fewer boxes tell which anchors are useful, where all would take longer than the
    # descents.
    judges = medium if len(problem) * n_clusters <= _CHEAP else coarse
    n_starts = max(min(n_clusters, _MAX_STARTS), effort.n_starts)
    is_rough = len(problem) <= _ROUGH_BOXES
    starts = _starts(coarse, n_clusters, rng, n_starts, with_draws=is_rough)
    with_volume = (starts > 0).all(axis=(1, 2))
    if not with_volume.any():
        return starts[0]
    sets = starts[with_volume]
    for phase in effort.phases:
        sets = recombine(
            medium,
            sets,
            rng,
            judges=judges,
            n_children=effort.n_children,
            n_steps=phase.n_steps,
            size=phase.size,
            generations=phase.generations + n_clusters // 2,
            patience=max(1, phase.patience + n_clusters // 6),
        )
    finalists = sets[: effort.n_finalists]
    finalists, _ = descend_sets(fine, finalists, max_iter=effort.fine_steps, tol=_TOL)
    costs, _ = problem.gradients_function(finalists, np.float32)(finalists)
    order = np.argsort(costs, kind="stable")
    if effort.n_full == 1:
        return finalists[order[0]]
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
    n_steps: int = 8,
    size: int | None = None,
    patience: int | None = None,
    judges: Problem | None = None,
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
    n_steps : int, default=8
        Of the descent of each child.
    size : int, default=None
        Sets that are kept at most; None stands for as many as there are, or 12.
    patience : int, default=None
        Generations without a better set that end the search; None stands for a sixth
        of the anchors.
    judges : Problem, default=None
        Boxes that tell which anchors of two sets are useful; None stands for all.

    Returns
    -------
    ndarray of shape (n_kept, n_clusters, n_sides)
        Distinct sets, best first.
    """
    return evolve(
        sets,
        rng,
        improve=partial(descend_sets, problem, max_iter=n_steps),
        breed=partial(
            cross, problem if judges is None else judges, n_children=n_children
        ),
        describe=np.log,
        size=size or max(_MIN_POPULATION, len(sets)),
        generations=generations,
        patience=patience or max(1, sets.shape[1] // 6),
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
