"""Anchors whose sides are sides of boxes.

With few boxes many sides of the best anchors are sides of boxes, for there the cost has
a kink. Descents come near these, and only near.
"""

import numpy as np

# Boxes times anchors times sides to try.
_MAX_WORK = 500_000
_MAX_SNAPS = 20


def snap(problem, anchors):
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
    if len(problem) * len(anchors) * anchors.size > _MAX_WORK:
        return anchors
    values = [np.unique(column[column > 0]) for column in problem.boxes.T]
    for _ in range(_MAX_SNAPS):
        snapped = _snap_once(problem, anchors, values)
        if snapped is anchors:
            break
        anchors = snapped
    return anchors


def _snap_once(problem, anchors, values):
    """The best of: one side set to the value below or above, or all that help alone."""
    trials = [
        (cluster, side, neighbour)
        for (cluster, side), size in np.ndenumerate(anchors)
        for neighbour in _neighbours(values[side], size)
        if size > 0
    ]
    if not trials:
        return anchors
    sets = np.repeat(anchors[None], len(trials) + 2, axis=0)
    for one, (cluster, side, size) in zip(sets, trials, strict=False):
        one[cluster, side] = size
    costs_and_slopes = problem.slopes_function(sets, np.float64)
    costs, _ = costs_and_slopes(sets)
    # Those that help least first: the better of two values of a side stays.
    for trial in np.argsort(-costs[:-2]):
        if costs[trial] < costs[-1]:
            cluster, side, size = trials[trial]
            sets[-2, cluster, side] = size
    costs[-2] = costs_and_slopes(sets[-2:])[0][0]
    best = costs.argmin()
    return sets[best] if costs[best] < costs[-1] else anchors


def _neighbours(values, size):
    """The values next to a size, below and above."""
    place = np.searchsorted(values, [size, size], side="left") - [1, 0]
    place[1] += values[min(place[1], len(values) - 1)] == size
    return [values[i] for i in place if 0 <= i < len(values)]
