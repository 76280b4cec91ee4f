"""Anchors whose sides are sides of boxes.

With few boxes, or many of the same few sizes, most sides of the best anchors are sides
of boxes, for there the cost has a kink. Descents come near these, and only near.
"""

import itertools
from typing import Any

import numpy as np

from skanchors.cluster._population import two_nearest

# Distances between boxes and trials.
_MAX_WORK = 500_000
_MAX_ROUNDS = 100
# Above this many sides, one moves at a time.
_MAX_SIDES_AT_ONCE = 3


def snap(problem: Any, anchors: np.ndarray) -> np.ndarray:
    """Set sides to those of the boxes next to them, while that lowers the cost.

    Parameters
    ----------
    problem : Problem
    anchors : ndarray of shape (n_clusters, n_sides)

    Returns
    -------
    ndarray of shape (n_clusters, n_sides)
        Not worse than the start.
    """
    n_clusters, n_sides = anchors.shape
    n_moves = 3**n_sides - 1 if n_sides <= _MAX_SIDES_AT_ONCE else 2 * n_sides
    if len(problem) * n_clusters * n_moves > _MAX_WORK:
        return anchors
    values = [np.unique(column[column > 0]) for column in problem.boxes.T]
    cost, _ = problem.cost_and_counts(anchors)
    for _ in range(_MAX_ROUNDS):
        trials = [_trials(anchor, values) for anchor in anchors]
        changes = _changes(problem, anchors, trials)
        best = [change.argmin() if len(change) else None for change in changes]
        order = sorted(
            (changes[cluster][trial], cluster)
            for cluster, trial in enumerate(best)
            if trial is not None and changes[cluster][trial] < 0
        )
        # All moves that help alone at once; else the best of them.
        for some in (order, order[:1]):
            moved = anchors.copy()
            for _, cluster in some:
                moved[cluster] = trials[cluster][best[cluster]]
            moved_cost, _ = problem.cost_and_counts(moved)
            if moved_cost < cost:
                break
        else:
            return anchors
        anchors, cost = moved, moved_cost
    return anchors


def _trials(anchor: np.ndarray, values: Any) -> np.ndarray:
    """The anchor with sides moved to the next smaller or larger values."""
    if not anchor.all():
        return np.empty((0, len(anchor)))
    options = [
        [size, *_neighbours(of_side, size)]
        for size, of_side in zip(anchor, values, strict=True)
    ]
    if len(anchor) <= _MAX_SIDES_AT_ONCE:
        return np.array(list(itertools.product(*options))[1:]).reshape(-1, len(anchor))
    trials = []
    for side, sizes in enumerate(options):
        for size in sizes[1:]:
            trials.append(anchor.copy())
            trials[-1][side] = size
    return np.array(trials).reshape(-1, len(anchor))


def _neighbours(values: Any, size: float) -> list[float]:
    below = np.searchsorted(values, size) - 1
    above = np.searchsorted(values, size, side="right")
    return [values[place] for place in (below, above) if 0 <= place < len(values)]


def _changes(
    problem: Any, anchors: np.ndarray, trials: list[np.ndarray]
) -> list[np.ndarray]:
    """For each cluster and trial, what it would add to the cost."""
    nearest, second, label, _ = two_nearest(problem.distances_to(anchors).T)
    changes = []
    for cluster, sizes in enumerate(trials):
        others = np.where(label == cluster, second, nearest)
        new = np.minimum(problem.distances_to(sizes), others)
        changes.append(np.sum((new - nearest) * problem.weight, axis=1))
    return changes
