"""What the estimators of a detector's form share."""

from functools import partial
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.callback import CallbackSupportMixin, with_callbacks
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state

from skanchors._boxes import check_weight, is_table, merge_equal, sort_by_volume
from skanchors._checks import check_strides
from skanchors._compat._sklearn import Interval, StrOptions, fit_context
from skanchors._warnings import warn
from skanchors.cluster._anchor_mixin import AnchorMixin
from skanchors.cluster._form import Form
from skanchors.cluster._form_search import FormSolution, FormSolver
from skanchors.cluster._grid_problem import GridProblem
from skanchors.cluster._layout import Layout
from skanchors.cluster._monitor import FitMonitor
from skanchors.cluster._problem import Problem
from skanchors.cluster._runs import middling_unit
from skanchors.export import AnchorSet
from skanchors.metrics._iou import IOU


class FormAnchors(CallbackSupportMixin, AnchorMixin, ClusterMixin, BaseEstimator):
    """Base of the estimators whose anchors have the form of a detector.

    They give a `Layout`, what is published of the same form, and turn parameters into
    fitted attributes: `_layout`, `_published` and `_numbers`.
    """

    _parameter_constraints: dict = {  # noqa: RUF012 -- scikit-learn's convention
        "strides": ["array-like"],
        "ratios": [StrOptions({"shared", "level"})],
        "objective": [StrOptions({"iou", "grid_iou", "matched"})],
        "threshold": [Interval(Real, 0, 1, closed="right")],
        "n_init": [Interval(Integral, 1, None, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "tol": [Interval(Real, 0, None, closed="left")],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }
    # What the labels and distances are, whatever the objective.
    metric = "iou"

    @with_callbacks
    @fit_context(prefer_skip_nested_validation=True)
    def fit(
        self, X: ArrayLike, y: None = None, sample_weight: ArrayLike | None = None
    ) -> "FormAnchors":
        """Find the anchors of these boxes.

        Parameters
        ----------
        X : array-like of shape (n_boxes, n_sides)
            Sizes of the boxes in pixels of the network's input, 0 or larger.
        y : None
            Ignored.
        sample_weight : array-like of shape (n_boxes,), default=None
            Weights of the boxes. A weight of 3 does the same as repeating the box
            three times, 0 the same as leaving it out. None gives each the weight 1.

        Returns
        -------
        estimator
            The fitted estimator itself.

        Raises
        ------
        ValueError
            If a size is negative or not finite, or a parameter is not valid.

        Warns
        -----
        ConvergenceWarning
            If there are fewer distinct boxes than anchors.
        """
        if is_table(X):
            raise TypeError(
                "X must be sizes in pixels of the detector's input, and how it scales "
                "the images is not in a table of annotations. Pass "
                "table.sizes('shortest_edge', (800, 1333)), or whatever the detector "
                "does; skanchors.fit_detector knows."
            )
        valid = self._validate_boxes(X, reset=True)
        weight = check_weight(sample_weight, valid)
        strides = np.sort(np.asarray(check_strides(self.strides), dtype=np.float64))
        boxes, weight = merge_equal(valid, weight)
        # In a middling unit products are exact and fast, and where nothing but the
        # boxes has a unit, the result is the same in any.
        unit = middling_unit(boxes)
        _check_pixels(boxes, strides, unit, on_grid=self.objective != "iou")
        boxes /= unit
        layout = self._layout(strides / unit, valid.shape[1])
        n_anchors = len(layout.level_of)
        self.metric_params_: dict = {}
        objective = problem = Problem(boxes, weight, IOU, {})
        if self.objective != "iou":
            threshold = self.threshold if self.objective == "matched" else None
            objective = GridProblem(
                boxes, weight, layout.levels, layout.strides, threshold
            )
        describe = partial(self._describe, problem, unit)
        monitor = FitMonitor(self, valid, sample_weight, self.n_init, describe)
        solution, form = self._solve(objective, layout, unit, monitor)
        self.n_iter_ = solution.n_iter
        self.objective_value_ = 1 - solution.cost
        ratios = self._set_numbers(layout, solution.theta, unit)
        self.__dict__.pop("anchor_set_", None)
        if layout.n_sides == 2:
            self.anchor_set_ = AnchorSet(
                sizes=self.sizes_.tolist(),
                ratios=ratios,
                strides=strides,
                form=self._form,
            )
            anchors = self.anchor_set_.anchors
        else:
            anchors = sort_by_volume(form.anchors(solution.theta[None])[0]) * unit
        found = describe(anchors / unit)
        self.cluster_centers_ = found["cluster_centers_"]
        self.mean_iou_ = found["mean_iou_"]
        self._n_features_out = found["_n_features_out"]
        self.labels_ = self._label(valid)
        self.inertia_ = (1 - self.mean_iou_) * float(weight.sum())
        _warn_of_equal(len(boxes), self.cluster_centers_)
        monitor.end()
        if self.verbose:
            print(
                f"{len(boxes)} distinct boxes, {n_anchors} anchors: {self.objective} "
                f"{self.objective_value_:.6f} after {self.n_iter_} iterations"
            )
        return self

    def _solve(
        self, objective: Any, layout: Layout, unit: float, monitor: FitMonitor
    ) -> tuple[FormSolution, Form]:
        """The best of `n_init` searches, or of what is published if that is better."""
        rng = check_random_state(self.random_state)
        solver = FormSolver(objective, layout, max_iter=self.max_iter, tol=self.tol)
        published = self._published(layout, unit)
        # Where nothing but the boxes has a unit, what is published in pixels must not
        # decide where the search goes.
        starts = published if self.objective != "iou" else published[:0]
        solutions = [
            solver.best(rng, starts, on_step=on_step)
            for on_step in monitor.watch_runs()
        ]
        best = min(solutions, key=lambda solution: solution.cost)
        for theta in np.unique(published, axis=0):
            cost = solver.cost(theta)
            if cost < best.cost:
                as_published = FormSolution(theta, cost, best.n_iter)
                finished = solver.finish(theta)
                best = finished if finished.cost <= cost else as_published
        return best, solver.form

    def _describe(self, problem: Problem, unit: float, anchors: np.ndarray) -> dict:
        """The attributes that depend on the anchors alone."""
        anchors = sort_by_volume(anchors)
        return {
            "cluster_centers_": anchors * unit,
            "mean_iou_": 1 - problem.cost(anchors),
            "_n_features_out": len(anchors),
        }

    # What each form says of itself.

    _form: str

    def _layout(self, strides: np.ndarray, n_sides: int) -> Layout:
        raise NotImplementedError

    def _published(self, layout: Layout, unit: float) -> np.ndarray:
        raise NotImplementedError

    def _set_numbers(self, layout: Layout, theta: np.ndarray, unit: float) -> list:
        """Set the fitted sizes and ratios; return the ratios for an `AnchorSet`."""
        raise NotImplementedError


def _warn_of_equal(n_boxes: int, anchors: np.ndarray) -> None:
    """Say so where there are more anchors than boxes can tell apart."""
    n_anchors, logs = len(anchors), np.log(anchors)
    n_different = len(np.unique(np.round(logs, 4), axis=0))
    parts = []
    if n_boxes < n_anchors:
        parts.append(
            f"Number of distinct boxes ({n_boxes}) is smaller than the number of "
            f"anchors ({n_anchors}): some anchors serve no box."
        )
    # Of one side there is no ratio, and ratios make copies anyway.
    if n_different < n_anchors and anchors.shape[1] > 1:
        parts.append(
            f"Of {n_anchors} anchors only {n_different} "
            f"{'is' if n_different == 1 else 'are'} different: more do not serve these "
            "boxes better, and the others are copies."
        )
    if parts:
        warn(" ".join(parts), ConvergenceWarning)


def _check_pixels(
    boxes: np.ndarray, strides: np.ndarray, unit: float, *, on_grid: bool
) -> None:
    """Refuse boxes that cannot be in pixels, as the strides are.

    Parameters
    ----------
    boxes : ndarray of shape (n_boxes, n_sides)
    strides : ndarray of shape (n_levels,)
    unit : float
        What both will be divided by.
    on_grid : bool
        Whether boxes and strides meet, in single precision.
    """
    sides = boxes[boxes > 0]
    with np.errstate(over="ignore"):
        wrong = not np.isfinite(strides / unit).all()
    if wrong or (on_grid and ((sides < 1e-9) | (sides > 1e9)).any()):
        raise ValueError(
            "X must be in pixels of the network's input, as strides are; its sides are "
            f"{sides.min():.3g} to {sides.max():.3g}."
        )
