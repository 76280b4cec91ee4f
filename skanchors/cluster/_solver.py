"""The clustering as pure functions: boxes, weights and a metric in, anchors out."""

from contextlib import nullcontext
from functools import cached_property, partial
from typing import Any, NamedTuple

import numpy as np
from joblib import Parallel, delayed

from skanchors._threads import single_threaded_blas
from skanchors.cluster import _tuning as tuning
from skanchors.cluster._center_search import search_by_centers
from skanchors.cluster._descent import descend, descend_sets
from skanchors.cluster._form import Form
from skanchors.cluster._lloyd import alternate, fill_idle
from skanchors.cluster._search import search_by_descent
from skanchors.cluster._seeding import draw_distinct, draw_set
from skanchors.cluster._snap import snap


class Solution(NamedTuple):
    """Anchors, their weighted mean distance to the boxes, and iterations used."""

    anchors: np.ndarray
    cost: float
    n_iter: int


class Solver:
    """One clustering task: a problem and how to solve it.

    Parameters
    ----------
    problem : Problem
    n_clusters : int
        Not more than there are boxes.
    center : str
        "descent", or a key of `skanchors.cluster._centers.CENTERS`.
    max_iter : int
    tol : float
    """

    def __init__(
        self, problem: Any, n_clusters: int, *, center: str, max_iter: int, tol: float
    ) -> None:
        self.problem = problem
        self.n_clusters = int(n_clusters)
        self.center = center
        self.limits: dict[str, Any] = {"max_iter": max_iter, "tol": tol}

    def best(self, rng: np.random.RandomState, *, on_step: Any = None) -> Solution:
        """The best anchors that the search finds.

        Parameters
        ----------
        rng : RandomState
        on_step : callable and context manager, default=None
            See `finish`.
        """
        if self.n_clusters == len(self.problem):
            return self.finish(self.problem.boxes, on_step=on_step)
        if self.n_clusters > tuning.SEARCHED_CLUSTERS:
            return self.finish(self.seeds("k-means++", rng), on_step=on_step)
        search: Any = search_by_descent
        if self.center != "descent":
            search = partial(search_by_centers, center=self.center)
        with single_threaded_blas():
            start = search(self.detailed, self.n_clusters, rng)
        return self.finish(start, on_step=on_step)

    def from_starts(self, starts: Any, *, on_steps: Any = None) -> Solution:
        """The best of several runs.

        Parameters
        ----------
        starts : list of ndarray of shape (n_clusters, n_sides)
        on_steps : list, default=None
            One `on_step` for each start, see `finish`.
        """
        on_steps = on_steps or [None] * len(starts)
        solutions = Parallel()(
            delayed(self.finish)(start, on_step=on_step)
            for start, on_step in zip(starts, on_steps, strict=True)
        )
        return min(solutions, key=lambda solution: solution.cost)

    def finish(self, anchors: np.ndarray, *, on_step: Any = None) -> Solution:
        """Run from a start to the bottom of its valley.

        Parameters
        ----------
        anchors : ndarray of shape (n_clusters, n_sides)
        on_step : callable and context manager, default=None
            ``on_step(anchors, cost)`` after each iteration; a true value ends the run,
            and then its attribute `stopped` is true.
        """
        with single_threaded_blas(), on_step or nullcontext():
            if self.n_clusters == len(self.problem):
                boxes = self.problem.boxes
                return Solution(boxes, self.problem.cost(boxes), 1)
            n_iter = 0
            # A run can leave an anchor without boxes. Such a one moves to the box that
            # is served worst, which lowers the cost, and the run goes on.
            for _ in range(self.n_clusters + 1):
                anchors, steps = self._descend(anchors, on_step)
                n_iter += steps
                cost, counts = self.problem.cost_and_counts(anchors)
                if counts.all():
                    break
                if on_step is not None and on_step.stopped:
                    break
                anchors = fill_idle(self.problem, anchors)
            return Solution(anchors, cost, n_iter)

    def choose(self, sets: np.ndarray) -> np.ndarray:
        """The set that a few steps of descent make the best.

        Parameters
        ----------
        sets : ndarray of shape (n_sets, n_clusters, n_sides)
            All sides larger than 0.
        """
        with single_threaded_blas():
            sets, costs = descend_sets(
                self.detailed, sets, max_iter=tuning.CHOICE_STEPS
            )
            # Where boxes are few, a descent from there takes a few steps only.
            return snap(self.detailed, sets[costs.argmin()])

    def _descend(self, anchors: np.ndarray, on_step: Any) -> tuple[np.ndarray, int]:
        if self.center != "descent":
            return alternate(
                self.problem,
                anchors,
                center=self.center,
                on_step=on_step,
                **self.limits,
            )
        anchors = self._near_the_boxes(fill_idle(self.detailed, anchors))
        form = Form(anchors)
        is_exact = self.detailed is self.problem
        theta, n_iter = descend(
            self.detailed,
            form,
            np.zeros(form.n_params),
            dtype=np.float64 if is_exact else np.float32,
            on_step=on_step,
            **self.limits,
        )
        descended = anchors = form.anchors(theta)[0]
        stopped = on_step is not None and on_step.stopped
        if is_exact and not stopped:
            anchors = snap(self.problem, anchors)
        elif not stopped:
            sets, _ = descend_sets(
                self.problem,
                anchors[None],
                max_iter=tuning.LAST_STEPS[1],
                tol=self.limits["tol"],
                on_step=_LastSteps(len(self.problem)),
            )
            anchors = sets[0]
        if (anchors != descended).any():
            # What was done last is a step too, for those who follow the run.
            n_iter = min(n_iter + 1, self.limits["max_iter"])
            if on_step is not None:
                on_step(anchors, self.problem.cost(anchors))
        return anchors, n_iter

    def _near_the_boxes(self, anchors: np.ndarray) -> np.ndarray:
        """Move sides outside the range of the boxes into it, if that is better.

        Far from all boxes there is no gradient to descend.
        """
        inside = np.clip(anchors, *self.detailed.size_range)
        if (inside == anchors).all():
            return anchors
        return min(anchors, inside, key=self.detailed.cost)

    @cached_property
    def detailed(self) -> Any:
        """The problem, on representatives where the boxes are very many."""
        detailed = self.problem.representatives(tuning.DETAILED_BOXES)
        # So many have kinks where the boxes have them.
        detailed.blur = 0.0
        return detailed

    def seeds(self, method: str, rng: np.random.RandomState) -> np.ndarray:
        """Boxes to start from: drawn by "k-means++" or at "random"."""
        if method == "random":
            chosen = draw_distinct(self.problem.weight, self.n_clusters, rng)
            return self.problem.boxes[chosen]
        enough = len(self.detailed) >= 2 * self.n_clusters
        return draw_set(self.detailed if enough else self.problem, self.n_clusters, rng)


class _LastSteps:
    """Ends steps on all of so many boxes when they are enough; see `tuning`."""

    def __init__(self, n_boxes: int) -> None:
        self.n_left = int(np.clip(tuning.LAST_WORK // n_boxes, *tuning.LAST_STEPS))
        self.last = self.last_but_one = np.inf

    def __call__(self, anchors: np.ndarray, cost: float) -> bool:
        # One step may be taken back and gain nothing.
        gain = self.last_but_one - cost
        self.last_but_one, self.last = self.last, cost
        self.n_left -= 1
        return self.n_left <= 0 and gain <= tuning.LAST_GAIN * cost
