"""Children of two sets of anchors.

Local optima of the clustering share most of their anchors. The union of two good
ones, reduced to k again by dropping the least useful, is a better start than any
random one (Gribel and Vidal, "HG-means: a scalable hybrid genetic algorithm for
minimum sum-of-squares clustering", Pattern Recognition 88, 2019; for choices among
given points, Resende and Werneck, "A hybrid heuristic for the p-median problem",
Journal of Heuristics 10, 2004). One set up to a line and the other beyond it takes no
distances, and is as good where its descent is quick.
"""

from typing import NamedTuple

import numpy as np

from skanchors.cluster._problem import Problem


def draw_pairs(
    population: np.ndarray, n_pairs: int, rng: np.random.RandomState
) -> np.ndarray:
    """Indices of two different parents a row; no rows if there is only one."""
    if len(population) < 2:
        return np.empty((0, 2), dtype=np.intp)
    return np.array(
        [rng.choice(len(population), 2, replace=False) for _ in range(n_pairs)]
    )


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
    if n_clusters == 1:
        return sets[pairs]
    directions = rng.normal(size=(len(pairs), 1, n_sides, 1))
    places = rng.randint(1, n_clusters, size=(len(pairs), 1, 1))
    along = (np.log(sets)[pairs] @ directions)[..., 0]
    order = np.argsort(along, axis=2, kind="stable")
    parents = np.take_along_axis(sets[pairs], order[..., None], axis=2)
    of_other = (np.arange(n_clusters) < places) == (2 * places < n_clusters)
    return np.where(of_other[..., None], parents[:, ::-1], parents)


def reduce_to(problem: Problem, unions: np.ndarray, n_clusters: int) -> np.ndarray:
    """The most useful anchors of unions of shape (n_unions, n_anchors, n_sides)."""
    distances = problem.rough_distances(unions)
    kept = drop_useless(distances, problem.weight, n_clusters)
    return np.take_along_axis(unions, kept[..., None], axis=1)


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


class TwoNearest(NamedTuple):
    """The two smallest distances of each box, and the anchor of the smallest one.

    All have shape (n_boxes,); `second` is infinite where there is one anchor.
    """

    nearest: np.ndarray
    second: np.ndarray
    label: np.ndarray


def two_nearest_by_rows(distances: np.ndarray) -> TwoNearest:
    """As `two_nearest`, for one row an anchor: twice as fast where anchors are few."""
    nearest = distances.min(axis=0)
    label = (distances == nearest).argmax(axis=0)
    others = distances.copy()
    others[label, np.arange(len(label))] = np.inf
    return TwoNearest(nearest, others.min(axis=0), label)


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
