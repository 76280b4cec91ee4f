"""Descent on all parameters of a form at once, for costs that have a gradient.

BFGS without a line search: a step that does not lower the cost is taken back and tried
again at a quarter of its length, with what it taught about the second derivatives. The
gradient of the cost jumps wherever a box has the anchor's size; differences of
gradients average over these jumps, which carries the steps across the small dents that
they make, where a line search would end (compare Lewis and Overton, "Nonsmooth
optimization via quasi-Newton methods", Mathematical Programming 141, 2013).

The objective is a `Problem`, or anything else with

``gradients_function(sets, dtype) -> costs_and_gradients``
    ``costs_and_gradients(sets) -> (costs, gradients)`` of sets of anchors, shape
    (n_sets, n_anchors, n_sides), has shapes (n_sets,) and that of the sets; the
    gradients are derivatives by the logarithms of the sides.
``log_range``
    Logarithms of the smallest and the largest sides of boxes, shape (2, n_sides).
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from skanchors._memory import keep_freed_memory
from skanchors.cluster import _tuning as tuning
from skanchors.cluster._form import Form


def descend(
    objective: Any,
    form: Form,
    theta: np.ndarray,
    *,
    max_iter: int,
    tol: float,
    dtype: type = np.float64,
    on_step: Callable | None = None,
) -> tuple[np.ndarray, int]:
    """Lower the cost from one start.

    Parameters
    ----------
    objective : Problem or alike
        See the module's docstring.
    form : Form
    theta : ndarray of shape (n_params,)
        The start.
    max_iter : int
        The most steps.
    tol : float
        Stop when `STALLED_STEPS` steps together lower the cost by no more than this
        share of it.
    dtype : type, default=float64
        What to compute in. Single precision blurs boxes that stand for others.
    on_step : callable, default=None
        ``on_step(anchors, cost)`` after each step; a true value ends the descent.

    Returns
    -------
    theta : ndarray of shape (n_params,)
        Not worse than the start.
    n_iter : int
    """
    thetas, _, n_iter = _run(
        objective, form, theta[None], max_iter, tol, dtype=dtype, on_step=on_step
    )
    return thetas[0], n_iter


def descend_all(
    objective: Any,
    form: Form,
    thetas: np.ndarray,
    *,
    max_iter: int,
    tol: float = 0.0,
    on_step: Callable | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Lower the costs of several sets of anchors at once, in single precision.

    Parameters
    ----------
    objective : Problem or alike
        See the module's docstring.
    form : Form
    thetas : ndarray of shape (n_sets, n_params)
        The starts.
    max_iter : int
    tol : float, default=0
        As for `descend`; all sets go on until the last one stops.
    on_step : callable, default=None
        As for `descend`, called with the first set.

    Returns
    -------
    thetas : ndarray of shape (n_sets, n_params)
    costs : ndarray of shape (n_sets,)
    """
    return _run(
        objective, form, thetas, max_iter, tol, dtype=np.float32, on_step=on_step
    )[:2]


def descend_sets(
    problem: Any, sets: np.ndarray, **limits: Any
) -> tuple[np.ndarray, np.ndarray]:
    """As `descend_all`, for free anchors: sets in, sets and costs out.

    Sets have shape (n_sets, n_anchors, n_sides).
    """
    form = Form(sets)
    thetas = np.zeros((len(sets), form.n_params))
    thetas, costs = descend_all(problem, form, thetas, **limits)
    return form.anchors(thetas), costs


def _run(
    objective: Any,
    form: Form,
    thetas: np.ndarray,
    max_iter: int,
    tol: float,
    *,
    dtype: Any,
    on_step: Callable | None = None,
) -> tuple[np.ndarray, np.ndarray, int]:
    keep_freed_memory()
    start = form.anchors(thetas)
    costs_and_gradients = objective.gradients_function(start, dtype)
    costs, gradients = costs_and_gradients(start)
    if not form.can_move():
        return thetas, costs, 1
    gradients = form.gradient(gradients)
    lower, upper = form.limits(thetas, objective.log_range)
    hessian = _InverseHessian(form, len(thetas))
    length = np.ones((len(thetas), 1))
    stalls = _Stalls(costs, tol)
    # Of few steps there is nothing to gain by new starts.
    watches = tol > 0 or max_iter > 2 * tuning.STALLED_STEPS
    for n_iter in range(1, max_iter + 1):  # noqa: B007 -- it is returned
        step = hessian.newton_steps(gradients)
        longest = np.abs(form.log_steps(step)).max(axis=1, keepdims=True)
        longest = np.maximum(longest, tuning.LONGEST_STEP)
        step *= length * (tuning.LONGEST_STEP / longest)
        trial = np.minimum(np.maximum(thetas + step, lower), upper)
        trial_costs, by_logs = costs_and_gradients(form.anchors(trial))
        trial_gradients = form.gradient(by_logs)
        hessian.learn(trial - thetas, trial_gradients - gradients)
        better = trial_costs < costs
        costs = np.where(better, trial_costs, costs)
        better = better[:, None]
        thetas = np.where(better, trial, thetas)
        gradients = np.where(better, trial_gradients, gradients)
        length = np.where(better, np.minimum(1, 2 * length), 0.25 * length)
        if on_step is not None and on_step(form.anchors(thetas)[0], float(costs[0])):
            break
        if not watches:
            continue
        restarted = stalls.update(costs)
        if stalls.ended.all():
            break
        hessian.forget(restarted)
        length[restarted] = 1
    return thetas, costs, n_iter


class _Stalls:
    """Which sets no longer get better, and which of these are worth a new start."""

    def __init__(self, costs: np.ndarray, tol: float) -> None:
        self.tol = tol
        self.recent = [costs]
        self.start = costs
        self.n_steps = np.zeros(len(costs), dtype=int)
        self.ended = np.zeros(len(costs), dtype=bool)

    def update(self, costs: np.ndarray) -> np.ndarray:
        """Take in the costs after a step; returns which sets start anew, (n_sets,)."""
        self.recent = [*self.recent[-tuning.STALLED_STEPS :], costs]
        self.n_steps += 1
        stalled = self.recent[0] - costs <= self.tol * np.abs(costs)
        stalled &= self.n_steps >= tuning.STALLED_STEPS
        worth_it = self.start - costs > tuning.RESTART_GAIN * np.abs(costs)
        self.ended |= stalled & ~worth_it
        restarted = stalled & worth_it & ~self.ended
        self.n_steps[restarted] = 0
        self.start = np.where(restarted, costs, self.start)
        return restarted


class _InverseHessian:
    """Inverse second derivatives of the cost of each set, learned from gradients.

    One block for all parameters of a set, or one block a free anchor.
    """

    def __init__(self, form: Form, n_sets: int) -> None:
        size = form.n_params
        if form.matrix is not None:
            # That of the log sides, mapped to theta.
            first = np.linalg.pinv(form.matrix.T @ form.matrix, hermitian=True)
        else:
            if size > tuning.MAX_COUPLED:
                size = form.n_sides
            first = np.eye(size)
        # The second derivative by a log side is about the weight of the anchor's boxes.
        blocks = n_sets, form.n_params // size, size, size
        self.first = 2 * form.n_anchors * first
        self.inverse = np.broadcast_to(self.first, blocks).copy()

    def forget(self, sets: np.ndarray) -> None:
        """Begin again in some sets, given by a mask."""
        self.inverse[sets] = self.first

    def newton_steps(self, gradients: np.ndarray) -> np.ndarray:
        """Newton's steps, shape (n_sets, n_params)."""
        return -self._times(self._blocks(gradients)).reshape(gradients.shape)

    def learn(self, step: np.ndarray, change: np.ndarray) -> None:
        """The update of BFGS, from a step and the change of the gradients along it."""
        step, change = self._blocks(step), self._blocks(change)
        along = _dot(step, change)
        useful = along**2 > 1e-20 * _dot(step, step) * _dot(change, change)
        useful &= along > 0
        weight = useful / np.where(useful, along, 1)
        solved = self._times(change) * weight[..., None]
        other = (0.5 * (weight + weight * _dot(change, solved)))[..., None] * step
        other -= solved
        # Two products of a column and a row as one.
        columns = np.empty((*step.shape, 2))
        columns[..., 0], columns[..., 1] = step, other
        rows = np.empty((*step.shape[:2], 2, step.shape[2]))
        rows[..., 0, :], rows[..., 1, :] = other, step
        self.inverse += columns @ rows

    def _blocks(self, flat: np.ndarray) -> np.ndarray:
        return flat.reshape(self.inverse.shape[:3])

    def _times(self, blocks: Any) -> np.ndarray:
        return (self.inverse @ blocks[..., None])[..., 0]


def _dot(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return (one * other).sum(axis=2)
