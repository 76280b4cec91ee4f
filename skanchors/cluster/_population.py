"""Search among many sets of anchors at once.

`evolve` keeps the best of all, `compete` the better one of each child and its parent,
so that more valleys are followed for longer. For `evolve` it is the caller's what
individuals are (anchors, parameters of a form, indices of boxes), for both how one is
improved and how two are crossed.
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
    Solving from Nature 2, 1992). Children that lie where a parent does are left out.

    Parameters
    ----------
    population : ndarray of shape (n_sets, n_clusters, n_sides)
        Sets of anchors to start from, all sides above 0.
    rng : RandomState
    improve : callable
        See `evolve`.
    breed : callable
        ``breed(population, pairs, rng) -> children`` of pairs of parents, shape
        (n_pairs, 2): two each, shape (n_pairs, 2, n_clusters, n_sides), the first one
        more like the first parent.
    rounds : int
        In each, every set is a parent, but for the odd one out.

    Returns
    -------
    population : ndarray of shape (n_sets, n_clusters, n_sides)
        Best first.
    costs : ndarray of shape (n_sets,)
    """
    population, costs = improve(population)
    n_pairs = len(population) // 2
    for _ in range(rounds if n_pairs else 0):
        pairs = rng.permutation(len(population))[: 2 * n_pairs].reshape(n_pairs, 2)
        parents, others = pairs.ravel(), pairs[:, ::-1].ravel()
        children = breed(population, pairs, rng)
        children = children.reshape(-1, *population.shape[1:])
        is_new = differ(children, population[parents], population[others])
        parents = parents[is_new]
        if not len(parents):
            continue
        children, child_costs = improve(children[is_new])
        better = child_costs < costs[parents]
        population[parents[better]] = children[better]
        costs[parents[better]] = child_costs[better]
    order = np.argsort(costs, kind="stable")
    return population[order], costs[order]


def keep_best(
    size: int,
    individuals: np.ndarray,
    costs: np.ndarray,
    describe: Any,
    *,
    same: float = tuning.SAME,
) -> tuple[np.ndarray, np.ndarray]:
    """The best individuals that differ: of those that are the same, the best one.

    Individuals have shape (n_individuals, ...), and costs (n_individuals,). Numbers of
    `describe` that are the same differ by no more than `same`.
    """
    numbers = describe(individuals).astype(np.float32)
    kept: list[int] = []
    rest = np.argsort(costs, kind="stable")
    while len(rest) and len(kept) < size:
        one, others = numbers[rest[0]], numbers[rest]
        differs = _are_apart(others, one[None], same)
        differs[0] = False
        kept.append(rest[0])
        rest = rest[differs]
    return individuals[kept], costs[kept]


def differ(children: np.ndarray, *parents: np.ndarray) -> np.ndarray:
    """Which children lie in other valleys than each of the parents beside them.

    All have shape (n_sets, n_clusters, n_sides), the result (n_sets,).
    """
    logs, *others = (np.log(sets).astype(np.float32) for sets in (children, *parents))
    apart = [_are_apart(logs, other, tuning.SAME_BLURRED) for other in others]
    return np.all(apart, axis=0)


def _are_apart(one: np.ndarray, other: np.ndarray, same: float) -> np.ndarray:
    """Whether some row of `one` is further than that from all of `other`'s, by set."""
    apart = np.abs(one[:, :, None, 0] - other[:, None, :, 0])
    for column in range(1, one.shape[2]):
        gap = np.abs(one[:, :, None, column] - other[:, None, :, column])
        np.maximum(apart, gap, out=apart)
    return apart.min(axis=2).max(axis=1) > same
