"""What a fit tells scikit-learn's callbacks and the user while it runs."""

from collections.abc import Callable
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike


class FitMonitor:
    """Reports runs and iterations to callbacks, and prints them if asked to.

    Parameters
    ----------
    estimator : IoUKMeans
    X : ndarray of shape (n_boxes, n_sides)
        What the callbacks are told is fitted.
    sample_weight : ndarray of shape (n_boxes,) or None
    n_runs : int
        0 if the anchors are found without any.
    describe : callable
        ``describe(anchors) -> dict`` of the attributes that make the estimator
        able to predict with these anchors.
    """

    def __init__(
        self,
        estimator: Any,
        X: np.ndarray,
        sample_weight: ArrayLike | None,
        n_runs: int,
        describe: Callable[..., Any],
    ) -> None:
        self.estimator = estimator
        self.describe = describe
        self.n_runs = n_runs
        metadata = None if sample_weight is None else {"sample_weight": sample_weight}
        self.information = {"X": X, "metadata": metadata}
        self.is_watched = bool(getattr(estimator, "_skl_callbacks", ()))
        self.context = estimator._init_callback_context(max_subtasks=n_runs)
        self.context.call_on_fit_task_begin(estimator=estimator, **self.information)

    def watch_runs(self) -> list[Any]:
        """One `_Run` for each run, None if nobody listens.

        All are made before the first starts, since runs in worker processes cannot
        add to the tree of tasks.
        """
        if not self.is_watched and not self.estimator.verbose:
            return [None] * self.n_runs
        return [_Run(self, number) for number in range(self.n_runs)]

    def end(self) -> None:
        """Tell the callbacks that the estimator is fitted."""
        self.context.call_on_fit_task_end(
            estimator=self.estimator, reconstruction_attributes={}, **self.information
        )


class _Run:
    """The iterations of one run: to be entered, then called at each.

    Attributes
    ----------
    stopped : bool
        Whether a callback asked to end the run.
    """

    def __init__(self, monitor: Any, number: int) -> None:
        self.monitor = monitor
        self.number = number
        self.n_iter = 0
        self.stopped = False
        self.context = monitor.context.subcontext(task_name="run", max_subtasks=None)

    def __enter__(self) -> Self:
        self.context.call_on_fit_task_begin(
            estimator=self.monitor.estimator, **self.monitor.information
        )
        return self

    def __exit__(self, error: Any, *details: Any) -> None:
        if error is None:
            self.context.call_on_fit_task_end(
                estimator=self.monitor.estimator, **self.monitor.information
            )

    def __call__(self, anchors: np.ndarray, cost: float) -> bool:
        """Report an iteration; returns whether a callback asks to stop the run."""
        monitor = self.monitor
        self.n_iter += 1
        if monitor.estimator.verbose > 1:
            print(f"Run {self.number}, iteration {self.n_iter}: cost {cost:.6f}")
        if not monitor.is_watched:
            return False
        iteration = self.context.subcontext(task_name="iteration")
        iteration.call_on_fit_task_begin(
            estimator=monitor.estimator, **monitor.information
        )
        self.stopped = iteration.call_on_fit_task_end(
            estimator=monitor.estimator,
            reconstruction_attributes=lambda: monitor.describe(anchors),
            **monitor.information,
        )
        return self.stopped
