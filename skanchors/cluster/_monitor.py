"""What a fit tells scikit-learn's callbacks and the user while it runs."""


class FitMonitor:
    """Reports runs and iterations to callbacks, and prints them if asked to.

    Parameters
    ----------
    estimator : IoUKMeans
    X : ndarray of shape (n_boxes, n_sides)
        What the callbacks are told is fitted.
    sample_weight : ndarray of shape (n_boxes,) or None
    n_runs : int
    describe : callable
        ``describe(anchors) -> dict`` of the attributes that make the estimator able
        to predict with these anchors.
    """

    def __init__(self, estimator, X, sample_weight, n_runs, describe):
        self.estimator = estimator
        self.describe = describe
        self.information = {"X": X, "metadata": {"sample_weight": sample_weight}}
        self.context = estimator._init_callback_context(max_subtasks=n_runs)
        self.is_watched = bool(getattr(estimator, "_skl_callbacks", ()))
        self.context.call_on_fit_task_begin(estimator=estimator, **self.information)

    def watch_runs(self, n_runs):
        """One ``on_step(anchors, cost)`` for each run, None if nobody listens."""
        if not self.is_watched and not self.estimator.verbose:
            return [None] * n_runs
        return [_Run(self, number) for number in range(n_runs)]

    def end(self, runs):
        """Tell the callbacks that the fit is complete."""
        for run in runs:
            if run is not None:
                run.end()
        self.context.call_on_fit_task_end(
            estimator=self.estimator, reconstruction_attributes={}, **self.information
        )


class _Run:
    """The iterations of one run."""

    def __init__(self, monitor, number):
        self.monitor = monitor
        self.number = number
        self.n_iter = 0
        self.context = monitor.context.subcontext(task_name="run", max_subtasks=None)
        self.context.call_on_fit_task_begin(
            estimator=monitor.estimator, **monitor.information
        )

    def __call__(self, anchors, cost):
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
        return iteration.call_on_fit_task_end(
            estimator=monitor.estimator,
            reconstruction_attributes=lambda: monitor.describe(anchors),
            **monitor.information,
        )

    def end(self):
        self.context.call_on_fit_task_end(
            estimator=self.monitor.estimator, **self.monitor.information
        )
