"""Where a run starts: k-means++ under the metric, or random boxes."""

from collections.abc import Callable

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
