"""Descent of many sets of anchors at once, each with its own quasi-Newton steps.

BFGS over the logarithms of the sides, without a line search: a step that does not lower
the cost is taken back, halved, and tried again from what it taught about the
curvature. The slopes of the cost jump wherever a box has the anchor's size; differences
of slopes average over these jumps, which carries the steps across the small dents that
they make, where a line search would end (compare Lewis and Overton, "Nonsmooth
optimization via quasi-Newton methods", Mathematical Programming 141, 2013).
"""

import numpy as np

_LONGEST_STEP = 0.25
# A step whose cost falls by less than this share of it says that the end is near; so
# many of them in a row say that it is there.
_PATIENCE = 4
# Above this many sides in all, the curvature between anchors is left out.
_MAX_COUPLED = 256


def descend_all(problem, sets, *, steps, tol=0.0, tilt=None):
    """Descend with several sets of anchors at once.

    Parameters
    ----------
    problem : Problem
        With a metric that has a gradient.
    sets : ndarray of shape (n_sets, n_clusters, n_sides)
        All sides larger than 0.
    steps : int
        The most steps.
    tol : float, default=0
        Stop when `_PATIENCE` steps lower no cost by more than this share of it.
    tilt : ndarray of shape (n_clusters, n_sides), default=None
        Slope added to the cost.

    Returns
    -------
    sets : ndarray of shape (n_sets, n_clusters, n_sides)
    costs : ndarray of shape (n_sets,)
        Including what the tilt adds.
    """
    shape = sets.shape
    start = np.log(sets).reshape(len(sets), -1)
    lower, upper = _limits(problem, sets)

    def evaluate(logs):
        costs, slopes = problem.costs_and_slopes(np.exp(logs).reshape(shape))
        slopes = slopes.reshape(logs.shape)
        if tilt is not None:
            costs = costs + (logs - start) @ tilt.ravel()
            slopes = slopes + tilt.ravel()
        return costs, slopes

    logs = start
    costs, slopes = evaluate(logs)
    curvature = _Curvature(sets)
    length = np.ones((len(sets), 1))
    history = [costs]
    for _ in range(steps):
        step = -curvature.solve(slopes)
        longest = np.abs(step).max(axis=1, keepdims=True)
        step *= length * np.minimum(1, _LONGEST_STEP / np.maximum(longest, 1e-300))
        trial = np.clip(logs + step, lower, upper)
        trial_costs, trial_slopes = evaluate(trial)
        curvature.learn(trial - logs, trial_slopes - slopes)
        better = trial_costs < costs
        logs = np.where(better[:, None], trial, logs)
        slopes = np.where(better[:, None], trial_slopes, slopes)
        costs = np.where(better, trial_costs, costs)
        length = np.where(better[:, None], np.minimum(1, 2 * length), length / 2)
        history.append(costs)
        if len(history) > _PATIENCE and (
            history[-1 - _PATIENCE] - costs <= tol * np.abs(costs)
        ).all():
            break
    return np.exp(logs).reshape(shape), costs


def _limits(problem, sets):
    """Range of the boxes, in log size: no best anchor lies outside it."""
    boxes = problem.boxes
    smallest = np.min(boxes, axis=0, where=boxes > 0, initial=np.inf)
    lower, upper = np.log([smallest, boxes.max(axis=0)])
    n_clusters = sets.shape[1]
    return np.tile(lower, n_clusters), np.tile(upper, n_clusters)


class _Curvature:
    """Inverse second derivatives of the cost of each set, learned from the slopes.

    In one block for all anchors of a set, or in one block an anchor.
    """

    def __init__(self, sets):
        n_sets, n_clusters, n_sides = sets.shape
        size = n_clusters * n_sides
        if size > _MAX_COUPLED:
            size = n_sides
        # The curvature of a side is about the weight of the anchor's boxes.
        blocks = n_sets, n_clusters * n_sides // size, size, size
        self.inverse = np.broadcast_to(n_clusters * np.eye(size), blocks).copy()

    def solve(self, slopes):
        """Inverse times slopes, shape (n_sets, n_clusters * n_sides)."""
        return (self.inverse @ self._blocks(slopes)).reshape(slopes.shape)

    def learn(self, step, change):
        """The update of BFGS, from a step and the change of the slopes along it."""
        step, change = self._blocks(step), self._blocks(change)
        bend = np.sum(step * change, axis=2, keepdims=True)
        lengths = np.sum(step**2, axis=2) * np.sum(change**2, axis=2)
        useful = bend > 1e-10 * np.sqrt(lengths)[:, :, None]
        weight = np.divide(1, bend, out=np.zeros_like(bend), where=useful)
        solved = self.inverse @ change
        outer = solved @ np.swapaxes(step, 2, 3)
        gain = weight * (1 + weight * np.sum(change * solved, axis=2, keepdims=True))
        self.inverse += (gain * step) @ np.swapaxes(step, 2, 3)
        outer *= weight
        self.inverse -= outer
        self.inverse -= np.swapaxes(outer, 2, 3)

    def _blocks(self, flat):
        return flat.reshape(*self.inverse.shape[:3], 1)
