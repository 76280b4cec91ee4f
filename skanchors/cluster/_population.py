"""Search among many sets of anchors at once.

Local optima of the clustering share most of their anchors. The union of two good
ones, reduced to k again by dropping the least useful, is a better start than any
random one (Gribel and Vidal, "HG-means: a scalable hybrid genetic algorithm for
minimum sum-of-squares clustering", Pattern Recognition 88, 2019; for choices among
given points, Resende and Werneck, "A hybrid heuristic for the p-median problem",
Journal of Heuristics 10, 2004).

`evolve` is the search, and `compete` what may come before it. What individuals are
(anchors, parameters of a form, indices of boxes), how one is improved and how two are
crossed is the caller's.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from skanchors.cluster import _tuning as tuning


def evolve(
    population: np.ndarray,
    rng: np.random.RandomState,
    *,
    improve: Callable,
    breed: Callable,
    describe: Callable,
    size: int,
    generations: int,
    patience: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Improve individuals by recombination.

    Parameters
    ----------
    population : ndarray of shape (n_individuals, ...)
        Where to start.
    rng : RandomState
    improve : callable
        ``improve(individuals) -> (individuals, costs)``, such as some steps of descent
        or swaps.
    breed : callable
        ``breed(population, rng) -> individuals``, the children of one generation;
        none end the search.
    describe : callable
        ``describe(individuals) -> ndarray of shape (n_individuals, n_anchors, n)``:
        numbers that differ by more than `tuning.SAME` where anchors differ.
    size : int
        How many distinct individuals are kept.
    generations : int
        The most generations to try.
    patience : int
        Generations in a row without a better best individual that end the search.

    Returns
    -------
    population : ndarray of shape (n_kept, ...)
        Distinct individuals, best first.
    costs : ndarray of shape (n_kept,)
    """
    population, costs = improve(population)
    population, costs = keep_best(size, population, costs, describe)
    stale = 0
    for _ in range(generations):
        if stale == patience:
            break
        children = breed(population, rng)
        if not len(children):
            break
        children, child_costs = improve(children)
        best = costs[0]
        population, costs = keep_best(
            size,
            np.concatenate([population, children]),
            np.concatenate([costs, child_costs]),
            describe,
        )
        stale = 0 if costs[0] < best else stale + 1
    return population, costs


def compete(
    population: np.ndarray,
    rng: np.random.RandomState,
    *,
    improve: Callable,
    breed: Callable,
    rounds: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Improve individuals by children that compete with their own parents only.

    Nobody is crowded out by the relatives of the best one, so that many valleys are
    explored at a time (Mahfoud, "Crowding and preselection revisited", Parallel Problem
    Solving from Nature 2, 1992).

    Parameters
    ----------
    population : ndarray of shape (n_individuals, ...)
        Where to start.
    rng : RandomState
    improve : callable
        See `evolve`.
    breed : callable
        ``breed(population, pairs, rng) -> children`` of pairs of parents, shape
        (n_pairs, 2): two each, shape (n_pairs, 2, ...), the first one more like the
        first parent.
    rounds : int
        In each, every individual is a parent, but for the odd one out.

    Returns
    -------
    population : ndarray of shape (n_individuals, ...)
        Best first.
    costs : ndarray of shape (n_individuals,)
    """
    population, costs = improve(population)
    n_pairs = len(population) // 2
    for _ in range(rounds if n_pairs else 0):
        parents = rng.permutation(len(population))[: 2 * n_pairs]
        children = breed(population, parents.reshape(n_pairs, 2), rng)
        children, child_costs = improve(children.reshape(-1, *population.shape[1:]))
        better = child_costs < costs[parents]
        population[parents[better]] = children[better]
        costs[parents[better]] = child_costs[better]
    order = np.argsort(costs, kind="stable")
    return population[order], costs[order]


def draw_pairs(
    population: np.ndarray, n_pairs: int, rng: np.random.RandomState
) -> np.ndarray:
    """Indices of two different parents a row; no rows if there is only one."""
    if len(population) < 2:
        return np.empty((0, 2), dtype=np.intp)
    return np.array(
        [rng.choice(len(population), 2, replace=False) for _ in range(n_pairs)]
    )


def two_nearest(distances: np.ndarray) -> tuple[np.ndarray, ...]:
    """For each row, the columns of the two smallest entries, and these entries.

    Returns
    -------
    nearest, second : ndarray of shape (n_rows,)
        Entries; `second` is infinite where there is one column.
    label, runner_up : ndarray of shape (n_rows,)
        Columns.
    """
    rows = np.arange(len(distances))
    label = distances.argmin(axis=1)
    nearest = distances[rows, label]
    distances[rows, label] = np.inf
    runner_up = distances.argmin(axis=1)
    second = distances[rows, runner_up]
    distances[rows, label] = nearest
    return nearest, second, label, runner_up


def drop_useless(distances: np.ndarray, weight: np.ndarray, n_left: int) -> np.ndarray:
    """Drop the least useful anchors of each set, one after the other.

    Parameters
    ----------
    distances : ndarray of shape (n_sets, n_anchors, n_boxes)
    weight : ndarray of shape (n_boxes,)
    n_left : int
        How many anchors to leave.

    Returns
    -------
    ndarray of shape (n_sets, n_left)
        Indices of the anchors that stay, ascending.
    """
    n_sets, n_anchors, n_boxes = distances.shape
    # One row a box and set.
    distances = np.ascontiguousarray(distances.transpose(2, 0, 1))
    distances = distances.reshape(-1, n_anchors)
    weight = np.repeat(weight, n_sets)
    every_set = np.arange(n_sets)
    own_set = np.tile(every_set, n_boxes)
    nearest, second, label, runner_up = two_nearest(distances)
    kept = np.ones((n_sets, n_anchors), dtype=bool)
    for _ in range(n_anchors - n_left):
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
        found = two_nearest(distances[losers])
        nearest[losers], second[losers], label[losers], runner_up[losers] = found
    return np.nonzero(kept)[1].reshape(n_sets, n_left)


def keep_best(
    size: int, individuals: np.ndarray, costs: np.ndarray, describe: Any
) -> tuple[np.ndarray, np.ndarray]:
    """The best individuals that differ: of those that are the same, the best one.

    Individuals have shape (n_individuals, ...), and costs (n_individuals,).
    """
    numbers = describe(individuals).astype(np.float32)
    kept: list[int] = []
    rest = np.argsort(costs, kind="stable")
    while len(rest) and len(kept) < size:
        one, others = numbers[rest[0]], numbers[rest]
        apart = np.abs(others[:, :, None, 0] - one[:, 0])
        for column in range(1, one.shape[1]):
            gap = np.abs(others[:, :, None, column] - one[:, column])
            np.maximum(apart, gap, out=apart)
        differs = apart.min(axis=2).max(axis=1) > tuning.SAME
        differs[0] = False
        kept.append(rest[0])
        rest = rest[differs]
    return individuals[kept], costs[kept]
