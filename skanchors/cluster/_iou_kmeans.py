"""K-means under the IoU distance, or any other distance between boxes."""

from collections.abc import Callable
from functools import partial
from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.callback import CallbackSupportMixin, with_callbacks
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state

from skanchors._boxes import check_weight, merge_equal, sort_by_volume
from skanchors._compat._sklearn import Interval, StrOptions, fit_context
from skanchors._warnings import warn
from skanchors.cluster._anchor_mixin import AnchorMixin
from skanchors.cluster._centers import CENTERS
from skanchors.cluster._histogram import BoxHistogram
from skanchors.cluster._monitor import FitMonitor
from skanchors.cluster._problem import Problem
from skanchors.cluster._runs import (
    check_fixed,
    choose_starts,
    count_runs,
    middling_unit,
    repeat_boxes,
    resolve_center,
)
from skanchors.cluster._solver import Solution, Solver
from skanchors.metrics._iou import IOU
from skanchors.metrics._registry import get_metric


class IoUKMeans(CallbackSupportMixin, AnchorMixin, ClusterMixin, BaseEstimator):
    """Anchor boxes by k-means clustering of box sizes under the IoU distance.

    Finds the k anchors that lie nearest to the boxes: by default those of largest
    mean IoU. Read more in the :ref:`User Guide <clustering>`.

    Parameters
    ----------
    n_clusters : int, default=9
        Number of anchors, k.

    metric : str or callable, default="iou"
        Distance between a box and an anchor: "iou", "giou", "ciou", "ratio" (of
        sides), "fitness" (the same with YOLOv5's threshold), a name that was
        registered with `skanchors.metrics.register_metric`, any metric of
        `scipy.spatial.distance`, or a function of two boxes.

    center : str, default="auto"
        What becomes of the boxes of a cluster.

        - "auto": what minimises the summed distance. That is "descent" for "iou",
          "giou", "ciou", "ratio" and "fitness"; "mean" for "sqeuclidean"; "median" for
          "cityblock"; "normalized_mean" for "cosine"; "geometric_median" for
          "euclidean"; and "search" for all others, since no closed form is known.
          A registered metric names its own. The objective never rises.
        - "descent": all anchors at once descend along the gradient of the summed
          distance, in log size. For the metrics that have one.
        - "search": a numerical search for the point of least summed distance, for any
          metric.
        - "mean", "median", "geometric_mean", "normalized_mean", "geometric_median":
          this mean of the boxes, whatever the metric. The objective can rise on the
          way, so the best anchors met are kept. The "median" under "iou" is the
          variant most scripts use.
        - "medoid": the box of the cluster with the least summed distance; out of the
          500 nearest to the median in clusters of more than 4000.

    init : {"k-means++", "random"}, callable or array-like of shape \
(n_clusters, n_sides), default="k-means++"
        Where a run starts.

        - "k-means++": boxes drawn by their distance to those drawn before.
        - "random": boxes drawn at random.
        - An array: these anchors.
        - A callable ``init(X, n_clusters, random_state)``: the anchors it returns.

    fixed : array-like of shape (n_fixed, n_sides), default=None
        Anchors that stay where they are, in the unit of the boxes. They count among
        the `n_clusters` and take boxes; the others are found around them. `init` then
        is about these others only.

    n_init : "auto" or int, default="auto"
        Number of runs, of which the best is kept. With "auto", ``init="k-means++"``
        starts a search that recombines good sets of anchors and reaches the best
        known result from nearly any seed (above 250 clusters, one run without the
        search); "random" and a callable make 10 runs, an array one.

    max_iter : int, default=300
        The most iterations of a run.

    tol : float, default=1e-6
        A run has converged when an iteration changes the objective by no more than
        this share of it ("descent": five in a row together).

    random_state : int, RandomState instance or None, default=None
        Determines the random numbers of the start. An int gives the same anchors
        always on the same kind of processor, whatever the number of threads or
        processes.

    verbose : int, default=0
        1 prints the result of the fit, 2 each iteration as well.

    Attributes
    ----------
    cluster_centers_ : ndarray of shape (n_clusters, n_sides)
        The anchors, from the smallest volume to the largest, in the unit of the boxes.

    labels_ : ndarray of shape (n_boxes,), int32
        Index of each box's nearest anchor.

    inertia_ : float
        Weighted sum of the boxes' distances to their nearest anchor.

    mean_iou_ : float
        Weighted mean of the boxes' best IoU with an anchor, whatever the metric.

    n_iter_ : int
        Number of iterations of the best run.

    metric_params_ : dict
        What the metric took from the data, such as the variances for "seuclidean".

    n_features_in_ : int
        Number of sides.

    feature_names_in_ : ndarray of shape (n_sides,)
        Names of the columns, if `X` had names of type string.

    See Also
    --------
    BoxHistogram : Summary of more boxes than fit into memory.
    sklearn.cluster.KMeans : The same for the squared Euclidean distance.

    Notes
    -----
    Boxes are compared as if they had the same centre. Only their sizes count, so any
    common unit will do: the anchors come out in it.

    Equal boxes are merged first. Therefore `sample_weight` does the same as repeating
    rows, and the anchors do not depend on the order of the rows, to the last bit.

    With fewer distinct boxes than `n_clusters`, a ConvergenceWarning says so and
    anchors repeat.

    References
    ----------
    .. [1] J. Redmon and A. Farhadi, "YOLO9000: better, faster, stronger", CVPR 2017,
       https://arxiv.org/abs/1612.08242

    Examples
    --------
    >>> from skanchors import IoUKMeans
    >>> X = [[10, 12], [11, 12], [12, 13], [30, 60], [33, 66], [36, 70], [100, 90]]
    >>> km = IoUKMeans(3, random_state=0).fit(X)
    >>> km.cluster_centers_.round()
    array([[ 11.,  12.],
           [ 33.,  66.],
           [100.,  90.]])
    >>> km.predict([[12, 10], [100, 100]])
    array([0, 2], dtype=int32)
    >>> round(km.score(X), 3)
    0.921
    """

    _parameter_constraints = {  # noqa: RUF012 -- scikit-learn's convention
        "n_clusters": [Interval(Integral, 1, None, closed="left")],
        "metric": [str, callable],
        "center": [StrOptions({"auto", "descent", *CENTERS})],
        "init": [StrOptions({"k-means++", "random"}), callable, "array-like"],
        "fixed": ["array-like", None],
        "n_init": [
            StrOptions({"auto"}),
            Interval(Integral, 1, None, closed="left"),
        ],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "tol": [Interval(Real, 0, None, closed="left")],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        n_clusters: int = 9,
        *,
        metric: str | Callable[..., float] = "iou",
        center: str = "auto",
        init: str | Callable[..., Any] | ArrayLike = "k-means++",
        fixed: ArrayLike | None = None,
        n_init: int | str = "auto",
        max_iter: int = 300,
        tol: float = 1e-6,
        random_state: int | np.random.RandomState | None = None,
        verbose: int = 0,
    ) -> None:
        self.n_clusters = n_clusters
        self.metric = metric
        self.center = center
        self.init = init
        self.fixed = fixed
        self.n_init = n_init
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state
        self.verbose = verbose

    @with_callbacks
    @fit_context(prefer_skip_nested_validation=True)
    def fit(
        self, X: ArrayLike, y: Any = None, sample_weight: ArrayLike | None = None
    ) -> Self:
        """Find the anchors of these boxes.

        Parameters
        ----------
        X : array-like of shape (n_boxes, n_sides)
            Sizes of the boxes, 0 or larger.
        y : None
            Ignored.
        sample_weight : array-like of shape (n_boxes,), default=None
            Weights of the boxes. A weight of 3 does the same as repeating the box
            three times, 0 the same as leaving it out, and so do weights below 1e-100
            of the largest. None gives each the weight 1.

        Returns
        -------
        IoUKMeans
            The fitted estimator itself.

        Raises
        ------
        ValueError
            If a size is negative or not finite, there are fewer boxes than clusters,
            or a parameter is not valid.
        """
        X = self._validate_boxes(X, reset=True)
        fixed = check_fixed(self.fixed, X, self.n_clusters)
        if len(X) < self.n_clusters - len(fixed):
            but = f", {len(fixed)} of them fixed" if len(fixed) else ""
            raise ValueError(
                f"n_samples={len(X)} should be >= n_clusters={self.n_clusters}{but}."
            )
        weight = check_weight(sample_weight, X)
        self.__dict__.pop("_histogram", None)
        return self._fit(X, sample_weight, *merge_equal(X, weight))

    @with_callbacks
    @fit_context(prefer_skip_nested_validation=True)
    def partial_fit(
        self, X: ArrayLike, y: Any = None, sample_weight: ArrayLike | None = None
    ) -> Self:
        """Take in more boxes and find the anchors of all seen so far.

        The boxes are summed up in a `BoxHistogram`: the result is that of `fit` on
        all of them while no more than 200 000 distinct ones were seen, and within the
        histogram's error bound beyond. Each call fits anew; to stream many batches,
        fill a `BoxHistogram` and fit once.

        Parameters
        ----------
        X : array-like of shape (n_boxes, n_sides)
            Sizes of the boxes, 0 or larger.
        y : None
            Ignored.
        sample_weight : array-like of shape (n_boxes,), default=None
            Weights of the boxes.

        Returns
        -------
        IoUKMeans
            The fitted estimator itself; its `labels_` are those of this batch.
        """
        X = self._validate_boxes(X, reset=not hasattr(self, "_histogram"))
        weight = check_weight(sample_weight, X)
        if not hasattr(self, "_histogram"):
            self._histogram = BoxHistogram()
        self._histogram.partial_fit(X, sample_weight=weight)
        histogram = self._histogram
        return self._fit(
            X, sample_weight, histogram.sizes_.copy(), histogram.counts_.copy()
        )

    def _fit(
        self,
        X: np.ndarray,
        sample_weight: ArrayLike | None,
        boxes: np.ndarray,
        weight: np.ndarray,
    ) -> Self:
        """Fit distinct boxes, shape (n_distinct, n_sides), with weights (n_distinct,).

        `X` and `sample_weight` are what the caller gave.
        """
        solver, unit = self._make_solver(X, boxes, weight)
        problem = solver.problem
        n_runs = 0
        if len(boxes) >= solver.n_clusters > 0:
            n_runs = count_runs(self.init, self.n_init)
        describe = partial(self._describe, problem, unit)
        monitor = FitMonitor(self, X, sample_weight, n_runs, describe)
        if n_runs:
            solution = self._solve(solver, unit, monitor)
        else:
            solution = self._without_a_run(problem, solver.n_clusters)

        anchors, cost, self.n_iter_ = solution
        if X.dtype != anchors.dtype:
            # What is reported is true of the anchors as they are stored.
            anchors = (anchors * unit).astype(X.dtype).astype(anchors.dtype) / unit
            cost = problem.cost(anchors)
        found = self._describe(problem, unit, anchors)
        self.cluster_centers_ = found["cluster_centers_"].astype(X.dtype)
        self.mean_iou_ = found["mean_iou_"]
        self._n_features_out = found["_n_features_out"]
        self.labels_ = self._label_in_blocks(X)
        self.inertia_ = cost * float(weight.sum())
        monitor.end()
        if self.verbose:
            print(
                f"{len(boxes)} distinct boxes, {self.n_clusters} anchors: mean IoU "
                f"{self.mean_iou_:.6f} after {self.n_iter_} iterations"
            )
        return self

    def _make_solver(
        self, X: np.ndarray, boxes: np.ndarray, weight: np.ndarray
    ) -> tuple[Solver, float]:
        """The solver, and the unit in which it solves; `boxes` are divided by it."""
        metric = get_metric(self.metric)
        center = resolve_center(metric, self.center)
        self.metric_params_ = metric.fit_params(boxes, weight)
        # Metrics with a gradient compare ratios of sides: in a middling unit their
        # arithmetic is exact and fast, and the result the same in any unit.
        unit = middling_unit(boxes) if metric.gradient is not None else 1.0
        # In place, as a fit may take a good part of the memory there is.
        boxes /= unit
        fixed = check_fixed(self.fixed, X, self.n_clusters, unit)
        solver = Solver(
            Problem(boxes, weight, metric, self.metric_params_, fixed),
            self.n_clusters - len(fixed),
            center=center,
            max_iter=self.max_iter,
            tol=self.tol,
        )
        return solver, unit

    def _without_a_run(self, problem: Problem, n_free: int) -> Solution:
        """All anchors are fixed, or there are fewer distinct boxes than anchors."""
        if n_free == 0:
            none = problem.fixed[:0]
            return Solution(none, problem.cost(none), 1)
        warn(
            f"Number of distinct clusters ({len(problem)}) found smaller than "
            f"n_clusters ({self.n_clusters}). Possibly due to duplicate points in X. "
            "Some anchors are repeated.",
            ConvergenceWarning,
        )
        return Solution(repeat_boxes(problem.boxes, problem.weight, n_free), 0.0, 1)

    def _solve(self, solver: Solver, unit: float, monitor: FitMonitor) -> Solution:
        """Make the runs that `init` and `n_init` ask for."""
        rng = check_random_state(self.random_state)
        starts = choose_starts(solver, unit, rng, init=self.init, n_init=self.n_init)
        runs = monitor.watch_runs()
        if starts is None:
            return solver.best(rng, on_step=runs[0])
        return solver.from_starts(starts, on_steps=runs)

    def _describe(
        self, problem: Problem, unit: float, anchors: np.ndarray
    ) -> dict[str, Any]:
        """The attributes that depend on the anchors alone."""
        every = np.concatenate([anchors, problem.fixed])
        return {
            "cluster_centers_": sort_by_volume(every) * unit,
            "mean_iou_": 1 - problem.using(IOU).cost(anchors),
            "_n_features_out": self.n_clusters,
        }
