"""Descent on all anchors at once, for metrics that have a gradient."""

import numpy as np
from scipy.optimize import minimize

# An iteration may gain little by chance; this many in a row do not.
_PATIENCE = 5

# How far to move a start from which no step leads down, in log size.
_NUDGE = 0.01

# A corrected minimum is near the one it starts from.
_CORRECTION_ITERATIONS = 20


def descend(problem, anchors, *, max_iter, tol, on_step=None, tilt=None):
    """Lower the cost with L-BFGS-B over the logarithms of the anchors' sides.

    Parameters
    ----------
    problem : Problem
    anchors : ndarray of shape (n_clusters, n_sides)
        The start. An anchor with a side of 0 stays where it is.
    max_iter : int
    tol : float
        Stop when `_PATIENCE` iterations together lower the cost by less than this
        share of it.
    on_step : callable, default=None
        ``on_step(anchors, cost)`` after each iteration; a true value ends the descent.
    tilt : ndarray of shape (n_clusters, n_sides), default=None
        Slope added to the cost, see `correct`.

    Returns
    -------
    anchors : ndarray of shape (n_clusters, n_sides)
    n_iter : int
    """
    free = (anchors > 0).all(axis=1)
    if not free.any():
        return anchors, 1
    original, anchors = anchors, anchors.copy()
    start = np.log(anchors[free])
    lower, upper = _log_bounds(problem, anchors[free])
    if (lower == upper).all():
        # All boxes and all anchors are equal, and scipy would not even start.
        return original, 1

    def sides(flat):
        # exp(log(a)) need not be a: what has not moved stays what it was.
        logs = flat.reshape(start.shape)
        return np.where(logs == start, original[free], np.exp(logs))

    def function(flat):
        anchors[free] = sides(flat)
        cost, gradient = problem.cost_and_gradient(anchors)
        gradient = gradient[free].ravel()
        if tilt is not None:
            slope = tilt[free].ravel()
            cost += slope @ (flat - start.ravel())
            gradient = gradient + slope
        return cost, gradient

    costs = []
    ceiling = np.inf

    def callback(intermediate_result):
        costs.append(intermediate_result.fun)
        if on_step is not None and costs[-1] < ceiling:
            stepped = anchors.copy()
            stepped[free] = sides(intermediate_result.x)
            if on_step(stepped, costs[-1]):
                raise StopIteration
        if len(costs) > _PATIENCE and (
            costs[-1 - _PATIENCE] - costs[-1] <= tol * abs(costs[-1])
        ):
            raise StopIteration

    def run(begin):
        costs.clear()
        return minimize(
            function,
            begin.ravel(),
            jac=True,
            method="L-BFGS-B",
            bounds=list(zip(lower.ravel(), upper.ravel(), strict=True)),
            callback=callback,
            options={"maxiter": max_iter, "maxcor": 20, "ftol": 0, "gtol": 1e-10},
        )

    result = run(start)
    if result.nit == 0:
        # The cost has a kink where an anchor is as wide or high as a box, so that the
        # slope at a box can point where no way leads down. Next to it there may be one.
        ceiling = result.fun
        nudge = np.random.RandomState(0).normal(scale=_NUDGE, size=start.shape)
        result = run(np.clip(start + nudge, lower, upper))
        if not result.fun < ceiling - 1e-12:
            return original, 1
    anchors[free] = sides(result.x)
    return anchors, max(1, int(result.nit))


def _log_bounds(problem, anchors):
    """Range of the boxes and of the start: no best anchor lies outside it."""
    boxes = problem.boxes
    smallest = np.min(boxes, axis=0, where=boxes > 0, initial=np.inf)
    lower = np.log(np.minimum(smallest, anchors))
    upper = np.log(np.maximum(boxes.max(axis=0), anchors))
    return lower, upper


def correct(problem, proxy, anchors, *, tol):
    """Correct a minimum over compressed boxes, with two passes over all boxes.

    The compressed boxes have nearly the same cost as all, but not quite the same
    slope. Tilted so that the slopes agree at the current anchors, their minimum is a
    far better guess than a gradient step.

    Parameters
    ----------
    problem : Problem
        All boxes.
    proxy : Problem
        The compressed boxes.
    anchors : ndarray of shape (n_clusters, n_sides)
        A minimum of the proxy.
    tol : float
        See `descend`.

    Returns
    -------
    ndarray of shape (n_clusters, n_sides)
        The guess, or the start if the guess is not better.
    """
    cost, gradient = problem.cost_and_gradient(anchors)
    tilt = gradient - proxy.cost_and_gradient(anchors)[1]
    guess, _ = descend(
        proxy, anchors, max_iter=_CORRECTION_ITERATIONS, tol=tol, tilt=tilt
    )
    return guess if problem.assign(guess).cost < cost else anchors
