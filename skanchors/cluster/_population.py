"""Search among many sets of anchors at once, for metrics that have a gradient.

Local optima of the clustering share most of their anchors. The union of two good
ones, reduced to k again by dropping the least useful, is a better start than any
random one (Gribel and Vidal, "HG-means: a scalable hybrid genetic algorithm for
minimum sum-of-squares clustering", Pattern Recognition 88, 2019). All the children of
a generation descend together, in one set of arrays.
"""

import numpy as np

from skanchors.cluster._descent import descend_all
from skanchors.cluster._seeding import draw_distinct

# Sets that are kept, at least.
_MIN_SIZE = 12
# Children of a generation: of two sets each, and of one and up to so many boxes.
_CROSSED = 6
_JOINED = 6
_MAX_JOIN = 3
_STEPS = 8
# Over fewer boxes the cost is rougher, and a generation cheaper: more may pass without
# a better best set.
_FEW_BOXES = 800
# Sets with every anchor within this of one of the other's, in log size, are the same.
_SAME = 0.1


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
    patience = max(1, n_clusters // 6)
    if len(problem) < _FEW_BOXES:
        patience = 2 * patience + 2
    size = max(_MIN_SIZE, len(population))
    population, costs = _keep_best(
        size, *descend_all(problem, population, max_iter=_STEPS)
    )
    stale = 0
    for _ in range(generations):
        if stale == patience:
            break
        children = [
            drop_useless(problem, unions, n_clusters)
            for unions in (_crossed(population, rng), _joined(problem, population, rng))
            if len(unions)
        ]
        children = np.concatenate(children)
        children, child_costs = descend_all(problem, children, max_iter=_STEPS)
        best = costs[0]
        population, costs = _keep_best(
            size,
            np.concatenate([population, children]),
            np.concatenate([costs, child_costs]),
        )
        stale = 0 if costs[0] < best else stale + 1
    return population


def _crossed(population, rng):
    """Unions of two sets."""
    n_pairs = _CROSSED if len(population) > 1 else 0
    pairs = [rng.choice(len(population), 2, replace=False) for _ in range(n_pairs)]
    return np.array([np.concatenate(population[pair]) for pair in pairs])


def _joined(problem, population, rng):
    """Unions of a set and a few boxes that it serves badly."""
    parents = population[rng.randint(len(population), size=_JOINED)]
    # An anchor without a volume has no logarithm to descend in.
    solid = np.flatnonzero((problem.boxes > 0).all(axis=1))
    n_drawn = min(len(solid), rng.randint(1, 1 + _MAX_JOIN))
    distances = problem.rough_distances(parents.reshape(-1, parents.shape[2]))
    nearest = distances.reshape(*parents.shape[:2], -1).min(axis=1)
    drawn = [
        problem.boxes[solid[draw_distinct(mass[solid], n_drawn, rng)]]
        for mass in problem.weight * nearest
    ]
    return np.concatenate([parents, np.array(drawn)], axis=1)


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
    # One row a box and set.
    distances = problem.rough_distances(sets.reshape(-1, n_sides))
    distances = np.ascontiguousarray(distances.T).reshape(-1, n_anchors)
    weight = np.repeat(problem.weight, n_sets)
    every_set = np.arange(n_sets)
    own_set = np.tile(every_set, len(problem))
    nearest, second, label, runner_up = _two_nearest(distances)
    kept = np.ones((n_sets, n_anchors), dtype=bool)
    for _ in range(n_anchors - n_clusters):
        loss = np.bincount(
            label + n_anchors * own_set, weight * (second - nearest), kept.size
        ).reshape(kept.shape)
        loss[~kept] = np.inf
        useless = loss.argmin(axis=1)
        kept[every_set, useless] = False
        distances.reshape(-1, n_sets, n_anchors)[:, every_set, useless] = np.inf
        # Only the boxes that had this anchor first or second look around again.
        dropped = useless[own_set]
        losers = np.flatnonzero((label == dropped) | (runner_up == dropped))
        found = _two_nearest(distances[losers])
        nearest[losers], second[losers], label[losers], runner_up[losers] = found
    return sets[kept].reshape(n_sets, n_clusters, n_sides)


def _two_nearest(distances):
    """For each row, the two smallest entries and their columns."""
    rows = np.arange(len(distances))
    label = distances.argmin(axis=1)
    nearest = distances[rows, label]
    distances[rows, label] = np.inf
    runner_up = distances.argmin(axis=1)
    second = distances[rows, runner_up]
    distances[rows, label] = nearest
    return nearest, second, label, runner_up


def _keep_best(size, population, costs):
    """The best sets that differ: one only of those that descend to the same place."""
    logs = np.log(population).astype(np.float32)
    n_clusters, n_sides = logs.shape[1:]
    kept = []
    for candidate in np.argsort(costs, kind="stable"):
        others = logs[kept].reshape(-1, n_sides)
        apart = np.zeros((n_clusters, len(others)), dtype=np.float32)
        for side in range(n_sides):
            gap = np.abs(logs[candidate, :, side, None] - others[:, side])
            np.maximum(apart, gap, out=apart)
        apart = apart.reshape(n_clusters, -1, n_clusters).min(axis=2)
        if (apart.max(axis=0) > _SAME).all():
            kept.append(candidate)
            if len(kept) == size:
                break
    return population[kept], costs[kept]
