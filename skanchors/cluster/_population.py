"""Search among many sets of anchors at once, for metrics that have a gradient.

Local optima of the clustering share most of their anchors. The union of two good
ones, reduced to k again by dropping the least useful, is a better start than any
random one (Gribel and Vidal, "HG-means: a scalable hybrid genetic algorithm for
minimum sum-of-squares clustering", Pattern Recognition 88, 2019). All the children of
a generation descend together, in one set of arrays.
"""

import numpy as np

from skanchors.cluster._quasi_newton import descend_all
from skanchors.cluster._seeding import draw_distinct
from skanchors.cluster._slopes import last_equal

_SIZE = 12
_CHILDREN = 6
_STEPS = 12
# Generations without a better best set before the search gives up.
_PATIENCE = 4
# Sets with every anchor within this of one of the other's, in log size, are the same.
_SAME = 0.05


def recombine(problem, population, rng, *, generations):
    """Improve sets of anchors by descent and recombination.

    Parameters
    ----------
    problem : Problem
        Of a few hundred boxes.
    population : ndarray of shape (n_sets, n_clusters, n_sides)
        Sets to start from.
    rng : RandomState
    generations : int
        The most generations to try.

    Returns
    -------
    ndarray of shape (n_kept, n_clusters, n_sides)
        Distinct sets, best first.
    """
    n_clusters = population.shape[1]
    population, costs = _keep_best(*descend_all(problem, population, steps=_STEPS))
    stale = 0
    for _ in range(generations):
        if stale == _PATIENCE:
            break
        unions = np.array(list(_unions(problem, population, rng)))
        children = drop_useless(problem, unions, n_clusters)
        children, child_costs = descend_all(problem, children, steps=_STEPS)
        best = costs[0]
        population, costs = _keep_best(
            np.concatenate([population, children]),
            np.concatenate([costs, child_costs]),
        )
        stale = 0 if costs[0] < best else stale + 1
    return population


def _unions(problem, population, rng):
    """Pairs of sets; in the last, a set meets boxes drawn at random."""
    n_pairs = _CHILDREN - 1 if len(population) > 1 else 0
    for _ in range(n_pairs):
        one, other = population[rng.choice(len(population), 2, replace=False)]
        yield np.concatenate([one, other])
    # An anchor without a volume has no logarithm to descend in.
    solid = np.flatnonzero((problem.boxes > 0).all(axis=1))
    drawn = draw_distinct(problem.weight[solid], population.shape[1], rng)
    one = population[rng.randint(len(population))]
    yield np.concatenate([one, problem.boxes[solid[drawn]]])


def drop_useless(problem, sets, n_clusters):
    """Drop the least useful anchors of each set, one after the other.

    Parameters
    ----------
    problem : Problem
    sets : ndarray of shape (n_sets, n_anchors, n_sides)
        Too many anchors each.
    n_clusters : int
        How many to leave.

    Returns
    -------
    ndarray of shape (n_sets, n_clusters, n_sides)
    """
    n_sets, n_anchors, n_sides = sets.shape
    distances = problem.rough_distances(sets.reshape(-1, n_sides))
    distances = distances.reshape(n_sets, n_anchors, -1)
    every_set = np.arange(n_sets)
    offsets = n_anchors * every_set[:, None]
    kept = np.ones((n_sets, n_anchors), dtype=bool)
    for _ in range(n_anchors - n_clusters):
        nearest = distances.min(axis=1)
        label = last_equal(distances, nearest)
        is_label = np.arange(n_anchors)[:, None] == label[:, None]
        second = np.where(is_label, np.inf, distances).min(axis=1)
        loss = np.bincount(
            (label + offsets).ravel(),
            (problem.weight * (second - nearest)).ravel(),
            n_sets * n_anchors,
        ).reshape(n_sets, n_anchors)
        loss[~kept] = np.inf
        useless = loss.argmin(axis=1)
        kept[every_set, useless] = False
        distances[every_set, useless] = np.inf
    return sets[kept].reshape(n_sets, n_clusters, n_sides)


def _keep_best(population, costs):
    """The best sets that differ: one only of those that descend to the same place."""
    kept = []
    logs = np.log(population)
    for candidate in np.argsort(costs, kind="stable"):
        apart = np.abs(logs[candidate][:, None] - logs[kept][:, None]).max(axis=3)
        if (apart.min(axis=2).max(axis=1) > _SAME).all():
            kept.append(candidate)
            if len(kept) == _SIZE:
                break
    return population[kept], costs[kept]
