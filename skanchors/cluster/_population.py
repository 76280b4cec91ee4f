"""Search among many sets of anchors at once, for metrics that have a gradient.

Local optima of the clustering share most of their anchors. The union of two good
ones, reduced to k again by dropping the least useful, is a better start than any
random one (Gribel and Vidal, "HG-means: a scalable hybrid genetic algorithm for
minimum sum-of-squares clustering", Pattern Recognition 88, 2019). All the children of
a generation descend together, in one set of arrays.
"""

import numpy as np

from skanchors.cluster._seeding import draw_distinct

_SIZE = 12
_CHILDREN = 6
_STEPS = 12
# Generations without a better best set before the search gives up.
_PATIENCE = 4
_LONGEST_STEP = 0.25
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
    population, costs = _keep_best(*_descend_all(problem, population))
    stale = 0
    for _ in range(generations):
        if stale == _PATIENCE:
            break
        children = [
            drop_useless(problem, np.concatenate(parents), n_clusters)
            for parents in _couples(problem, population, rng)
        ]
        children, child_costs = _descend_all(problem, np.array(children))
        best = costs[0]
        population, costs = _keep_best(
            np.concatenate([population, children]),
            np.concatenate([costs, child_costs]),
        )
        stale = 0 if costs[0] < best else stale + 1
    return population


def _couples(problem, population, rng):
    """Pairs of sets; in the last, a set meets boxes drawn at random."""
    n_pairs = _CHILDREN - 1 if len(population) > 1 else 0
    for _ in range(n_pairs):
        yield population[rng.choice(len(population), 2, replace=False)]
    # An anchor without a volume has no logarithm to descend in.
    solid = np.flatnonzero((problem.boxes > 0).all(axis=1))
    drawn = draw_distinct(problem.weight[solid], population.shape[1], rng)
    yield population[rng.randint(len(population))], problem.boxes[solid[drawn]]


def drop_useless(problem, anchors, n_clusters):
    """Drop the least useful of too many anchors, one after the other."""
    distances = problem.distances(anchors, problem.boxes)
    order = np.argpartition(distances, 1, axis=0)[:2]
    nearest, second = np.take_along_axis(distances, order, axis=0)
    label, runner_up = order
    for _ in range(len(anchors) - n_clusters):
        loss = np.bincount(label, problem.weight * (second - nearest), len(anchors))
        loss[np.isinf(distances[:, 0])] = np.inf
        useless = loss.argmin()
        distances[useless] = np.inf
        # Only the boxes that had this anchor first or second look around again.
        losers = np.flatnonzero((label == useless) | (runner_up == useless))
        left = distances[:, losers]
        order = np.argpartition(left, 1, axis=0)[:2]
        nearest[losers], second[losers] = np.take_along_axis(left, order, axis=0)
        label[losers], runner_up[losers] = order
    return anchors[np.isfinite(distances[:, 0])]


def _keep_best(population, costs):
    """The best sets that differ: one only of those that descend to the same place."""
    kept = []
    logs = np.log(population)
    for candidate in np.argsort(costs, kind="stable"):
        apart = (
            np.abs(logs[candidate][:, None] - logs[other]).max(axis=2).min(axis=1).max()
            for other in kept
        )
        if all(distance > _SAME for distance in apart):
            kept.append(candidate)
            if len(kept) == _SIZE:
                break
    return population[kept], costs[kept]


def _descend_all(problem, population):
    """Descend with all sets of anchors at once.

    Each side of each anchor takes secant steps of its own: the slopes of the cost jump
    wherever a box has the anchor's size, and a secant sees the average of the jumps
    where a second derivative would see none.
    """
    boxes = problem.boxes
    limits = np.log(
        [np.min(boxes, axis=0, where=boxes > 0, initial=np.inf), boxes.max(axis=0)]
    )
    logs = np.log(population)
    costs, slopes, masses = _costs_and_slopes(problem, population)
    best, best_costs = logs.copy(), costs.copy()
    curvatures = 2 * masses
    for _ in range(_STEPS):
        step = np.clip(-slopes / curvatures, -_LONGEST_STEP, _LONGEST_STEP)
        moved = np.clip(logs + step, *limits)
        costs, moved_slopes, masses = _costs_and_slopes(problem, np.exp(moved))
        with np.errstate(divide="ignore", invalid="ignore"):
            secant = (moved_slopes - slopes) / (moved - logs)
        known = np.abs(moved - logs) > 1e-7
        secant = np.where(known, np.clip(secant, 0.7 * masses, 20 * masses), curvatures)
        curvatures = (curvatures + secant) / 2
        logs, slopes = moved, moved_slopes
        better = costs < best_costs
        best[better], best_costs[better] = logs[better], costs[better]
    return np.exp(best), best_costs


def _costs_and_slopes(problem, population):
    """Cost of each set, its slope by each log side, and the weight of each cluster."""
    n_sets, n_clusters, n_sides = population.shape
    weight = problem.weight
    distances = problem.distances(population.reshape(-1, n_sides), problem.boxes)
    label = distances.reshape(n_sets, n_clusters, -1).argmin(axis=1)
    label += n_clusters * np.arange(n_sets)[:, None]
    sides = population.reshape(-1, n_sides).T[:, label]
    distance, slope = problem.metric.gradient(problem.columns[:, None, :], sides)
    slope *= weight
    label = label.ravel()
    total = n_sets * n_clusters
    slopes = [np.bincount(label, side.ravel(), total) for side in slope]
    masses = np.bincount(label, np.tile(weight, n_sets), total)
    # An anchor without boxes has no slope and stays; the floor avoids 0 / 0.
    masses = np.maximum(masses, 1e-12).reshape(n_sets, n_clusters, 1)
    return (
        distance @ weight,
        np.stack(slopes, axis=1).reshape(population.shape),
        masses,
    )
