"""Where a run starts: k-means++ under the metric, or random boxes."""

from collections.abc import Callable
from typing import Any

import numpy as np

from skanchors._threads import product


def kmeans_plusplus(
    weight: np.ndarray,
    n_clusters: int,
    rng: np.random.RandomState,
    distances_to: Callable[..., np.ndarray],
) -> np.ndarray:
    """Boxes drawn by their distance to those drawn before, the best of several each.

    The distance itself takes the place of k-means' squared distance, as it is what
    the objective sums (Arthur and Vassilvitskii, "k-means++: the advantages of careful
    seeding", SODA 2007, section 5).

    Parameters
    ----------
    weight : ndarray of shape (n_boxes,)
    n_clusters : int
        At most `n_boxes`.
    rng : RandomState
    distances_to : callable
        ``distances_to(indices) -> ndarray of shape (n_indices, n_boxes)``.

    Returns
    -------
    ndarray of shape (n_clusters,)
        Indices of distinct boxes.
    """
    n_candidates = 2 + int(np.log(n_clusters))
    chosen = draw(weight, 1, rng)
    nearest = distances_to(chosen)[0]
    while len(chosen) < n_clusters:
        mass = weight * nearest
        mass[chosen] = 0
        if not mass.any():
            # Every box coincides with a chosen one: any others will do.
            rest = np.setdiff1d(np.arange(len(weight)), chosen)
            return np.append(chosen, rest[: n_clusters - len(chosen)])
        candidates = draw(mass, n_candidates, rng)
        closer = np.minimum(distances_to(candidates), nearest)
        best = np.argmin(product(closer, weight))
        chosen = np.append(chosen, candidates[best])
        nearest = closer[best]
    return chosen


def draw_set(problem: Any, n_clusters: int, rng: np.random.RandomState) -> np.ndarray:
    """Boxes of a problem drawn by `kmeans_plusplus`, shape (n_clusters, n_sides)."""
    boxes = problem.boxes
    return boxes[
        kmeans_plusplus(
            problem.weight,
            n_clusters,
            rng,
            lambda rows: problem.distances_to(boxes[rows]),
        )
    ]


def draw_sets(
    problem: Any, n_clusters: int, n_sets: int, rng: np.random.RandomState
) -> np.ndarray:
    """Many draws of `kmeans_plusplus` at once, for few boxes.

    Parameters
    ----------
    problem : Problem
    n_clusters : int
        At most as many as boxes.
    n_sets : int
    rng : RandomState

    Returns
    -------
    ndarray of shape (n_sets, n_clusters)
        Indices of boxes.
    """
    n_candidates = 2 + int(np.log(n_clusters))
    weight = problem.weight
    every = np.arange(n_sets)
    distances = Distances(problem, n_sets * n_candidates * (n_clusters - 1))
    chosen = draw(weight, n_sets, rng)[:, None]
    nearest = distances[chosen][:, 0]
    for _ in range(1, n_clusters):
        mass = nearest * weight
        np.put_along_axis(mass, chosen, 0, axis=1)
        # Where every box coincides with a chosen one, any others will do.
        spent = ~mass.any(axis=1)
        if spent.any():
            mass[spent] = 1
            np.put_along_axis(mass, chosen, 0, axis=1)
        cumulated = np.cumsum(mass, axis=1)
        place = rng.uniform(size=(n_sets, n_candidates)) * cumulated[:, -1:]
        candidates = (cumulated[:, None] <= place[..., None]).sum(axis=2)
        # Rounding can push a draw past the last box.
        candidates = np.minimum(candidates, len(weight) - 1)
        closer = distances[candidates]
        np.minimum(closer, nearest[:, None], out=closer)
        best = product(closer, weight).argmin(axis=1)
        chosen = np.column_stack([chosen, candidates[every, best]])
        nearest = closer[every, best]
    return chosen


class Distances:
    """Distances of boxes, given by their indices, to all boxes of a problem.

    From shape (n_sets, n_candidates) to (n_sets, n_candidates, n_boxes). If the boxes
    are fewer than those that will be asked for, all of them are computed at once.
    """

    def __init__(self, problem: Any, n_asked: int) -> None:
        self.problem = problem
        self.table = None
        if len(problem) < n_asked:
            self.table = problem.rough_distances(problem.boxes[None])[0]

    def __getitem__(self, rows: np.ndarray) -> np.ndarray:
        if self.table is not None:
            return self.table[rows]
        return self.problem.rough_distances(self.problem.boxes[rows])


def draw_distinct(
    weight: np.ndarray, n_clusters: int, rng: np.random.RandomState
) -> np.ndarray:
    """Indices of distinct boxes, drawn by their weight."""
    # Exponential races: the k first arrivals are a draw without replacement, and
    # unlike numpy's it accepts that fewer than k weights are far from zero.
    with np.errstate(divide="ignore"):
        arrival = np.log(rng.exponential(size=len(weight))) - np.log(weight)
    return np.argsort(arrival, kind="stable")[:n_clusters]


def draw(mass: np.ndarray, size: int, rng: np.random.RandomState) -> np.ndarray:
    """Indices drawn, with repeats, with a probability proportional to their mass."""
    cumulated = np.cumsum(mass, dtype=np.float64)
    drawn = np.searchsorted(
        cumulated, rng.uniform(size=size) * cumulated[-1], side="right"
    )
    # Rounding can push a draw past the last box that has any mass.
    return np.minimum(drawn, np.flatnonzero(mass)[-1])
