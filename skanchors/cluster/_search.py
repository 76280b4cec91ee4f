"""A start near the best possible, found on compressed boxes."""

import numpy as np

from skanchors.cluster._compress import grid_representatives, variance_cuts
from skanchors.cluster._descent import descend_sets
from skanchors.cluster._population import draw_pairs, drop_useless, evolve
from skanchors.cluster._problem import Problem
from skanchors.cluster._seeding import draw_distinct
from skanchors.cluster._swap import SwapSearch

# Boxes at each stage. Swaps cost the square of their number, descents are linear.
_SWAP_BOXES = 300
_POPULATION_BOXES = 800
_FINE_BOXES = 4000
# A metric given as a Python function of two boxes is too slow for more.
_SLOW_SWAP_BOXES = 100
# At least so many boxes an anchor in the population's stage.
_PER_ANCHOR = 80

_MIN_STARTS, _MAX_STARTS = 8, 24
# Sets that the population keeps, at least, and steps of each child's descent.
_MIN_POPULATION = 12
_CHILD_STEPS = 8
# Children of a generation: of two sets each, and of one and up to so many boxes.
_CROSSED = 6
_JOINED = 6
_MAX_JOIN = 3
# Over fewer boxes the cost is rougher, and a generation cheaper: more may pass without
# a better best set.
_FEW_BOXES = 800
# Sets that descend on the boxes of the last stage, and on all: where that costs much
# and there are few anchors, and otherwise.
_FINALISTS = (4, 1), (12, 3)
_MANY_CLUSTERS = 10
_FINE_STEPS = 8
_FULL_STEPS = 20
_TOL = 1e-6
# With few boxes the cost is rough, for it has a kink wherever an anchor is as wide or
# high as a box. Perturbations of these sizes lead out of a dent in a good valley.
_PERTURBATIONS = 0.02, 0.1
_MAX_PERTURBED_AT_ONCE = 12
_MAX_ROUNDS = 8
_PERTURBATION_PATIENCE = 3
_MIN_STEPS, _MAX_STEPS = 20, 60
# Boxes times anchors that are cheap to work on at once; times rounds of perturbations;
# and times steps.
_CHEAP = 100_000
_ROUNDS_WORK = 170_000
_STEPS_WORK = 2_000_000
# The cost over more boxes than these is smooth enough to do without.
_ROUGH_BOXES = 20_000


def search(problem, n_clusters, rng):
    """Look for the best anchors, among the boxes of a compressed problem.

    Parameters
    ----------
    problem : Problem
    n_clusters : int
        Fewer than there are boxes.
    rng : RandomState

    Returns
    -------
    ndarray of shape (n_clusters, n_sides)
        Good anchors, all of them boxes or representatives of boxes.
    """
    coarse, _ = _compressed(problem, n_clusters)
    swaps = SwapSearch(coarse)
    return coarse.boxes[swaps.evolve(n_clusters, rng)[0][0]]


def search_by_descent(problem, n_clusters, rng):
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
    fine = problem.on(*grid_representatives(problem.boxes, problem.weight, _FINE_BOXES))
    coarse, medium = _compressed(fine, n_clusters)
    n_starts = min(max(n_clusters, _MIN_STARTS), _MAX_STARTS)
    if len(medium) < _POPULATION_BOXES:
        n_starts = _MAX_STARTS
    is_rough = len(problem) <= _ROUGH_BOXES
    starts = _starts(coarse, n_clusters, rng, n_starts, with_draws=is_rough)
    with_volume = (starts > 0).all(axis=(1, 2))
    if not with_volume.any():
        return starts[0]
    finalists = recombine(
        medium, starts[with_volume], rng, generations=4 + n_clusters // 2
    )
    is_cheap = len(problem) * n_clusters <= _CHEAP
    n_finalists, n_full = _FINALISTS[is_cheap or n_clusters >= _MANY_CLUSTERS]
    finalists, _ = descend_sets(fine, finalists[:n_finalists], max_iter=_FINE_STEPS)
    costs, _ = problem.gradients_function(finalists, np.float32)(finalists)
    best = finalists[np.argsort(costs)[:n_full]]
    best, costs = descend_sets(problem, best, max_iter=_FULL_STEPS, tol=_TOL)
    best, cost = best[costs.argmin()], costs.min()
    return _perturb(problem, best, cost, rng) if is_rough else best


def recombine(
    problem: Problem, sets: np.ndarray, rng: np.random.RandomState, *, generations: int
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

    Returns
    -------
    ndarray of shape (n_kept, n_clusters, n_sides)
        Distinct sets, best first.
    """
    n_clusters = sets.shape[1]
    patience = max(1, n_clusters // 6)
    if len(problem) < _FEW_BOXES:
        patience = 2 * patience + 2

    def breed(sets, rng):
        unions = [_crossed(sets, rng), _joined(problem, sets, rng)]
        children = [_reduced(problem, each, n_clusters) for each in unions if len(each)]
        return np.concatenate(children)

    return evolve(
        sets,
        rng,
        improve=lambda sets: descend_sets(problem, sets, max_iter=_CHILD_STEPS),
        breed=breed,
        describe=np.log,
        size=max(_MIN_POPULATION, len(sets)),
        generations=generations,
        patience=patience,
    )[0]


def _crossed(sets, rng):
    """Unions of two sets."""
    return np.array([np.concatenate(sets[p]) for p in draw_pairs(sets, _CROSSED, rng)])


def _joined(problem, sets, rng):
    """Unions of a set and a few boxes that it serves badly."""
    parents = sets[rng.randint(len(sets), size=_JOINED)]
    # An anchor without a volume has no logarithm to descend in.
    solid = np.flatnonzero((problem.boxes > 0).all(axis=1))
    n_drawn = min(len(solid), rng.randint(1, 1 + _MAX_JOIN))
    nearest = problem.rough_distances(parents).min(axis=1)
    drawn = [
        problem.boxes[solid[draw_distinct(mass[solid], n_drawn, rng)]]
        for mass in problem.weight * nearest
    ]
    return np.concatenate([parents, np.array(drawn)], axis=1)


def _reduced(problem, unions, n_clusters):
    """Sets of the most useful anchors out of too many."""
    kept = drop_useless(problem.rough_distances(unions), problem.weight, n_clusters)
    return np.take_along_axis(unions, kept[..., None], axis=1)


def _starts(coarse, n_clusters, rng, n_starts, *, with_draws):
    """Sets of boxes to start from: draws improved by swaps."""
    swaps = SwapSearch(coarse)
    drawn = [np.sort(swaps.start(n_clusters, rng)) for _ in range(n_starts)]
    starts = {tuple(swaps.improve(chosen)[0].tolist()) for chosen in drawn}
    if with_draws:
        # With few boxes all swaps end in the same few places; the draws do not.
        starts |= {tuple(chosen.tolist()) for chosen in drawn}
    return coarse.boxes[np.array(sorted(starts))]


def _perturb(problem, anchors, cost, rng):
    """Move the anchors out of shallow dents of the cost, and let them descend again."""
    work = len(problem) * len(anchors)
    n_at_once = max(1, min(_MAX_PERTURBED_AT_ONCE, _CHEAP // work))
    work *= n_at_once
    max_iter = min(max(_STEPS_WORK // work, _MIN_STEPS), _MAX_STEPS)
    stale = 0
    for _ in range(min(_MAX_ROUNDS, int((_ROUNDS_WORK / work) ** 2))):
        if stale == _PERTURBATION_PATIENCE:
            break
        strength = np.exp(rng.uniform(*np.log(_PERTURBATIONS), size=(n_at_once, 1, 1)))
        perturbations = strength * rng.normal(size=(n_at_once, *anchors.shape))
        perturbed = np.exp(np.clip(np.log(anchors) + perturbations, *problem.log_range))
        perturbed, costs = descend_sets(problem, perturbed, max_iter=max_iter, tol=_TOL)
        stale += 1
        if costs.min() < cost - _TOL * cost:
            stale = 0
            anchors, cost = perturbed[costs.argmin()], costs.min()
    return anchors


def _compressed(problem, n_clusters):
    """The problem on few boxes, for swaps, and on some more, for descents."""
    n_coarse = _SLOW_SWAP_BOXES if problem.metric.is_slow else _SWAP_BOXES
    n_coarse = max(n_coarse, 2 * n_clusters)
    n_medium = max(_POPULATION_BOXES, _PER_ANCHOR * n_clusters)
    cuts = variance_cuts(problem.boxes, problem.weight, (n_coarse, n_medium))
    return [problem.on(*cut) for cut in cuts]
