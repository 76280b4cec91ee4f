"""Descent on all anchors at once, for metrics that have a gradient.

BFGS over the logarithms of the sides, without a line search: a step that does not lower
the cost is taken back and tried again at a quarter of its length, with what it taught
about the curvature. The slopes of the cost jump wherever a box has the anchor's size;
differences of slopes average over these jumps, which carries the steps across the small
dents that they make, where a line search would end (compare Lewis and Overton,
"Nonsmooth optimization via quasi-Newton methods", Mathematical Programming 141, 2013).
"""

from functools import partial

import numpy as np

# A step may gain little by chance; this many in a row do not.
_PATIENCE = 5
_LONGEST_STEP = 0.25
# Above this many sides in all, the curvature between anchors is left out.
_MAX_COUPLED = 256


def descend(problem, anchors, *, max_iter, tol, on_step=None):
    """Lower the cost from one start, with all the precision there is.

    Parameters
    ----------
    problem : Problem
    anchors : ndarray of shape (n_clusters, n_sides)
        The start. An anchor with a side of 0 stays where it is.
    max_iter : int
        The most steps.
    tol : float
        Stop when `_PATIENCE` steps together lower the cost by no more than this share
        of it.
    on_step : callable, default=None
        ``on_step(anchors, cost)`` after each step; a true value ends the descent.

    Returns
    -------
    anchors : ndarray of shape (n_clusters, n_sides)
        Not worse than the start.
    n_iter : int
    """

    def on_steps(sets, costs):
        return on_step is not None and on_step(sets()[0], float(costs[0]))

    sets, _, n_iter = _run(
        problem, anchors[None], max_iter, tol, on_steps=on_steps, dtype=np.float64
    )
    return sets[0], n_iter


def descend_all(problem, sets, *, max_iter, tol=0.0):
    """Lower the costs of several sets of anchors at once, in single precision.

    Parameters
    ----------
    problem : Problem
    sets : ndarray of shape (n_sets, n_clusters, n_sides)
        The starts.
    max_iter : int
    tol : float, default=0
        As for `descend`; all sets go on until the last one stops.

    Returns
    -------
    sets : ndarray of shape (n_sets, n_clusters, n_sides)
    costs : ndarray of shape (n_sets,)
    """
    return _run(problem, sets, max_iter, tol, dtype=np.float32)[:2]


def _run(problem, sets, max_iter, tol, *, dtype, on_steps=None):
    shape = sets.shape
    moves = np.repeat((sets > 0).all(axis=2), shape[2], axis=1)
    costs_and_slopes = problem.slopes_function(sets, dtype)
    if not moves.any():
        return sets, costs_and_slopes(sets)[0], 1
    with np.errstate(divide="ignore"):
        start = np.log(sets).reshape(len(sets), -1)
    lower, upper = _limits(problem, start)
    original = sets.reshape(start.shape)

    def sizes(logs):
        # exp(log(a)) need not be a: what has not moved stays what it was.
        return np.where(logs == start, original, np.exp(logs)).reshape(shape)

    def evaluate(logs):
        costs, slopes = costs_and_slopes(sizes(logs))
        return costs, slopes.reshape(logs.shape) * moves

    logs = start
    costs, slopes = evaluate(logs)
    curvature = _Curvature(shape)
    length = np.ones((len(sets), 1))
    history = [costs]
    for n_iter in range(1, max_iter + 1):  # noqa: B007 -- it is returned
        step = curvature.steps(slopes)
        longest = np.abs(step).max(axis=1, keepdims=True)
        step *= length * np.minimum(1, _LONGEST_STEP / np.maximum(longest, 1e-300))
        trial = np.minimum(np.maximum(logs + step, lower), upper)
        trial_costs, trial_slopes = evaluate(trial)
        step = np.subtract(trial, logs, out=step, where=moves)
        curvature.learn(step, trial_slopes - slopes)
        better = trial_costs < costs
        logs = np.where(better[:, None], trial, logs)
        slopes = np.where(better[:, None], trial_slopes, slopes)
        costs = np.where(better, trial_costs, costs)
        length = np.where(better[:, None], np.minimum(1, 2 * length), 0.25 * length)
        if on_steps is not None and on_steps(partial(sizes, logs), costs):
            break
        history.append(costs)
        if len(history) > _PATIENCE:
            gain = history[-1 - _PATIENCE] - costs
            if (gain <= tol * np.abs(costs)).all():
                break
    return sizes(logs), costs, n_iter


def _limits(problem, start):
    """Range of the boxes and of the start: no best anchor lies outside it."""
    n_clusters = start.shape[1] // problem.log_range.shape[1]
    lower, upper = np.tile(problem.log_range, n_clusters)
    return np.minimum(lower, start), np.maximum(upper, start)


class _Curvature:
    """Inverse second derivatives of the cost of each set, learned from the slopes.

    One block for all anchors of a set, or one block an anchor.
    """

    def __init__(self, shape):
        n_sets, n_clusters, n_sides = shape
        size = n_clusters * n_sides
        if size > _MAX_COUPLED:
            size = n_sides
        # The curvature of a side is about the weight of the anchor's boxes.
        blocks = n_sets, n_clusters * n_sides // size, size, size
        self.inverse = np.broadcast_to(2 * n_clusters * np.eye(size), blocks).copy()

    def steps(self, slopes):
        """Newton's steps, shape (n_sets, n_clusters * n_sides)."""
        return -self._times(self._blocks(slopes)).reshape(slopes.shape)

    def learn(self, step, change):
        """The update of BFGS, from a step and the change of the slopes along it."""
        step, change = self._blocks(step), self._blocks(change)
        bend = _dot(step, change)
        useful = bend**2 > 1e-20 * _dot(step, step) * _dot(change, change)
        useful &= bend > 0
        weight = useful / np.where(useful, bend, 1)
        solved = self._times(change)
        gain = weight * (1 + weight * _dot(change, solved))
        solved *= weight[..., None]
        other = gain[..., None] * step - solved
        self.inverse += step[..., None] * other[..., None, :]
        self.inverse -= solved[..., None] * step[..., None, :]

    def _blocks(self, flat):
        return flat.reshape(self.inverse.shape[:3])

    def _times(self, blocks):
        return (self.inverse @ blocks[..., None])[..., 0]


def _dot(one, other):
    return np.einsum("ijk,ijk->ij", one, other)
