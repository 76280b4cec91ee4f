"""A start near the best possible, found on compressed boxes."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from skanchors.cluster import _tuning as tuning
from skanchors.cluster._descent import descend_sets
from skanchors.cluster._population import (
    compete,
    draw_pairs,
    drop_useless,
    evolve,
)
from skanchors.cluster._problem import Problem
from skanchors.cluster._snap import is_worth_snapping, snap
from skanchors.cluster._swap import SwapSearch
from skanchors.cluster._tuning import SearchEffort


def _effort(problem: Problem, n_clusters: int) -> SearchEffort:
    if problem.n_unmerged > tuning.MANY_BOXES:
        if len(problem) <= tuning.FEW_SIZES:
            return tuning.FEW_SIZES_EFFORT
        if n_clusters >= tuning.MANY_CLUSTERS:
            return tuning.MANY_OF_BOTH_EFFORT
        return tuning.MANY_BOXES_EFFORT
    if len(problem) * n_clusters <= tuning.CHEAP:
        return tuning.CHEAP_EFFORT
    if n_clusters >= tuning.MANY_CLUSTERS:
        return tuning.LARGE_EFFORT
    return tuning.SMALL_EFFORT


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
    fine = problem.representatives(effort.fine_boxes)
    coarse, medium = compressed(fine, n_clusters)
    # Fewer boxes tell which anchors are useful, where all would take longer than the
    # descents.
    judges = medium if len(problem) * n_clusters <= tuning.CHEAP else coarse
    n_starts = effort.n_starts or int(np.clip(n_clusters, *tuning.STARTS))
    with_draws = len(problem) <= tuning.ROUGH_BOXES
    sets = _starts(coarse, n_clusters, rng, n_starts, with_draws=with_draws)
    with_volume = (sets > 0).all(axis=(1, 2))
    if not with_volume.any():
        return sets[0]
    sets = sets[with_volume]
    breed: Any = partial(cross, judges)
    if effort.n_rounds:
        breed = spliced
        improve = partial(descend_sets, medium, max_iter=tuning.ROUND_STEPS)
        sets, _ = compete(
            sets, rng, improve=improve, breed=splice, rounds=effort.n_rounds
        )
    for phase in effort.phases:
        is_finer = phase.n_boxes > len(medium)
        sets = recombine(
            fine.cuts(phase.n_boxes)[0] if is_finer else medium,
            sets,
            rng,
            breed=partial(breed, n_children=effort.n_children),
            n_steps=phase.n_steps,
            size=phase.size,
            generations=phase.generations + n_clusters // 2,
            patience=max(1, phase.patience + n_clusters // 6),
        )
    finalists = sets[: effort.n_finalists]
    finalists, _ = descend_sets(
        fine, finalists, max_iter=effort.fine_steps, tol=tuning.FULL_TOL
    )
    costs, _ = problem.gradients_function(finalists, np.float32)(finalists)
    order = np.argsort(costs, kind="stable")
    if effort.n_full == 1:
        if not is_worth_snapping(problem, finalists[0]):
            return finalists[order[0]]
        return min((snap(problem, each) for each in finalists), key=problem.cost)
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
    sets, costs = descend_sets(
        problem, sets, max_iter=tuning.FULL_STEPS, tol=tuning.FULL_TOL
    )
    return sets[costs.argmin()], costs.min()


def recombine(
    problem: Problem,
    sets: np.ndarray,
    rng: np.random.RandomState,
    *,
    breed: Callable,
    generations: int,
    n_steps: int = 8,
    size: int | None = None,
    patience: int | None = None,
) -> np.ndarray:
    """Improve sets of free anchors by descent and recombination.

    Parameters
    ----------
    problem : Problem
        Of a few hundred boxes.
    sets : ndarray of shape (n_sets, n_clusters, n_sides)
        Sets to start from.
    rng : RandomState
    breed : callable
        ``breed(sets, rng)``: the children of one generation, by `cross` or
        `spliced`.
    generations : int
        The most generations to try.
    n_steps : int, default=8
        Of the descent of each child.
    size : int, default=None
        Sets that are kept at most; None stands for as many as there are, or 12.
    patience : int, default=None
        Generations without a better set that end the search; None stands for a sixth
        of the anchors.

    Returns
    -------
    ndarray of shape (n_kept, n_clusters, n_sides)
        Distinct sets, best first.
    """
    return evolve(
        sets,
        rng,
        improve=partial(descend_sets, problem, max_iter=n_steps),
        breed=breed,
        describe=np.log,
        size=size or max(tuning.LEAST_POPULATION, len(sets)),
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


def spliced(
    sets: np.ndarray, rng: np.random.RandomState, *, n_children: int
) -> np.ndarray:
    """One child each of pairs of sets, see `splice`.

    From shape (n_sets, n_clusters, n_sides) to (n_children, n_clusters, n_sides).
    """
    return splice(sets, draw_pairs(sets, n_children, rng), rng)[:, 0]


def splice(
    sets: np.ndarray, pairs: np.ndarray, rng: np.random.RandomState
) -> np.ndarray:
    """Anchors of one set up to a place in a random direction, beyond it another's.

    Neighbours suit each other, and mostly stay together (Deaven and Ho, "Molecular
    geometry optimization with a genetic algorithm", Physical Review Letters 75, 1995).

    Parameters
    ----------
    sets : ndarray of shape (n_sets, n_clusters, n_sides)
    pairs : ndarray of shape (n_pairs, 2)
        Indices of sets.
    rng : RandomState

    Returns
    -------
    ndarray of shape (n_pairs, 2, n_clusters, n_sides)
        The first child has at least as many anchors of the first set.
    """
    n_clusters, n_sides = sets.shape[1:]
    children = np.empty((len(pairs), 2, n_clusters, n_sides))
    if n_clusters == 1:
        return sets[pairs]
    for child, pair in zip(children, pairs, strict=True):
        direction = rng.normal(size=n_sides)
        place = rng.randint(1, n_clusters)
        one, other = (
            each[np.argsort(np.log(each) @ direction, kind="stable")]
            for each in sets[pair]
        )
        child[0] = np.concatenate([one[:place], other[place:]])
        child[1] = np.concatenate([other[:place], one[place:]])
        if 2 * place < n_clusters:
            child[:] = child[::-1].copy()
    return children


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
    n_coarse = tuning.SLOW_SWAP_BOXES if problem.metric.is_slow else tuning.SWAP_BOXES
    n_coarse = max(n_coarse, 2 * n_clusters)
    n_medium = max(tuning.MEDIUM_BOXES, tuning.MEDIUM_PER_ANCHOR * n_clusters)
    return problem.cuts(n_coarse, n_medium)
