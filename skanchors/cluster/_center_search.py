"""A start near the best possible, for metrics without a gradient.

Swaps among few boxes lead to good valleys, but which of them is the best one only
k-means' own iterations say, on more boxes: sets of anchors improve by these, and by
recombination.
"""

from functools import partial
from typing import Any

import numpy as np

from skanchors.cluster import _tuning as tuning
from skanchors.cluster._breeding import cross, reduce_to
from skanchors.cluster._lloyd import alternate, fill_idle
from skanchors.cluster._population import evolve
from skanchors.cluster._problem import Problem
from skanchors.cluster._seeding import draw_set
from skanchors.cluster._swap import SwapSearch


def search_by_centers(
    problem: Problem, n_clusters: int, rng: np.random.RandomState, *, center: str
) -> np.ndarray:
    """Look for the best anchors by swaps, recombination and k-means' iterations.

    Parameters
    ----------
    problem : Problem
        Of up to some ten thousand boxes.
    n_clusters : int
        Fewer than there are boxes.
    rng : RandomState
    center : str
        Key of `skanchors.cluster._centers.CENTERS`.

    Returns
    -------
    ndarray of shape (n_clusters, n_sides)
        Anchors near the best possible, not yet at the bottom of their valley.
    """
    is_slow = problem.metric.is_slow
    n_coarse = tuning.SLOW_SWAP_BOXES if is_slow else tuning.SWAP_BOXES
    coarse, medium = problem.cuts(
        max(n_coarse, 2 * n_clusters),
        max(tuning.CENTERS_BOXES, tuning.CENTERS_BOXES_PER_ANCHOR * n_clusters),
    )
    choices, _ = SwapSearch(coarse).evolve(n_clusters, rng)
    starts = coarse.boxes[choices]
    if is_slow:
        return starts[0]
    effort = tuning.CENTERS_EFFORT
    if center in tuning.SLOW_CENTERS:
        effort = tuning.SLOW_CENTERS_EFFORT
    if len(problem) <= effort.few_boxes:
        medium = problem

    def draws(n_sets: int) -> list[np.ndarray]:
        return [draw_set(medium, n_clusters, rng) for _ in range(n_sets)]

    def improve(sets: np.ndarray, on: Any = medium) -> tuple[np.ndarray, np.ndarray]:
        limits: dict[str, Any] = {
            "center": center,
            "max_iter": effort.n_steps,
            "tol": tuning.CENTERS_TOL,
        }
        runs = [alternate(on, fill_idle(on, each), **limits) for each in sets]
        improved = np.array([anchors for anchors, _ in runs])
        return improved, np.array([on.assign(each).cost for each in improved])

    def breed(sets: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
        # Sets that come of one another agree too soon where valleys are many, as those
        # of directions are: draws keep them apart.
        drawn = draws(effort.n_children)
        mates = sets[rng.randint(len(sets), size=len(drawn))]
        unions = np.concatenate([drawn, mates], axis=1)
        return np.concatenate(
            [
                cross(medium, sets, rng, n_children=effort.n_children),
                reduce_to(medium, unions, n_clusters),
            ]
        )

    finalists, _ = evolve(
        np.array([*starts, *draws(effort.n_drawn)]),
        rng,
        improve=improve,
        breed=breed,
        describe=partial(_describe, center=center),
        size=tuning.CENTERS_POPULATION,
        generations=effort.generations,
        patience=effort.patience,
    )
    if len(medium) == len(problem):
        return finalists[0]
    finalists, costs = improve(finalists[: effort.n_full], on=problem)
    return finalists[costs.argmin()]


def _describe(sets: np.ndarray, *, center: str) -> np.ndarray:
    """Log sides of sets, shape (n_sets, n_clusters, n_sides), as far as they matter."""
    logs = np.log(np.maximum(sets, np.finfo(float).tiny))
    if center == "normalized_mean":
        # Of directions, the length is no difference. The quotient could vanish.
        logs -= logs.max(axis=2, keepdims=True)
    return logs
