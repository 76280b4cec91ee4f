"""What do callbacks cost a fit, and what does a fit without them pay?

Fits the same boxes in turn: without support for callbacks (the fit with the monitor
replaced by one that does nothing), without callbacks, with a callback that does
nothing, with a progress bar that is not shown, and with TensorBoardLogger. Prints the
median processor time of each as a ratio to the first, and for the logger how much of
its share is the one picture that it draws. As a fit without callbacks pays less than
the noise, what it pays is also timed by itself.

    python benchmarks/callback_overhead.py [--n-boxes 3000] [--n-rounds 5]
"""

import argparse
import contextlib
import io
import tempfile
import time
import timeit
from unittest import mock

import numpy as np
from sklearn.callback import ProgressBar, with_callbacks

from skanchors import IoUKMeans
from skanchors.callbacks import TensorBoardLogger
from skanchors.callbacks._anchors import clusters_picture
from skanchors.cluster import _iou_kmeans
from skanchors.datasets import make_boxes


class NoMonitor:
    """Stands for a fit that knows no callbacks."""

    def __init__(self, estimator, X, sample_weight, n_runs, describe):
        self.n_runs = n_runs

    def watch_runs(self):
        return [None] * self.n_runs

    def end(self):
        pass


class CountIterations:
    """The least that a callback can do."""

    n_iterations = 0

    def setup(self, estimator, context):
        self.n_iterations = 0

    def teardown(self, estimator, context):
        pass

    def on_fit_task_begin(self, estimator, context):
        pass

    def on_fit_task_end(self, estimator, context):
        self.n_iterations += context.task_name == "iteration"


def processor_seconds(estimator, X, callbacks, monitor):
    estimator.set_callbacks(*callbacks)
    with (
        mock.patch.object(_iou_kmeans, "FitMonitor", monitor),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        start = time.process_time()
        estimator.fit(X)
        return time.process_time() - start


def drawing_seconds(X, anchors, labels):
    start = time.process_time()
    clusters_picture(X, anchors, labels)
    return time.process_time() - start


@with_callbacks
def support_alone(estimator, X):
    """What a fit without callbacks does for them."""
    monitor = _iou_kmeans.FitMonitor(estimator, X, None, 1, dict)
    monitor.watch_runs()
    monitor.end()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n-boxes", type=int, default=3000)
    parser.add_argument("--n-rounds", type=int, default=5)
    arguments = parser.parse_args()
    X = make_boxes(arguments.n_boxes, random_state=0)
    fits = {
        "the default search": IoUKMeans(9, random_state=0),
        "10 random starts": IoUKMeans(9, init="random", random_state=0),
        "10 random starts, medians": IoUKMeans(
            9, init="random", center="median", random_state=0
        ),
    }
    counter = CountIterations()
    micro = min(timeit.repeat(lambda: support_alone(IoUKMeans(), X), number=200)) / 200
    print(f"support for callbacks, none set: {micro * 1e6:.0f} microseconds a fit")
    with tempfile.TemporaryDirectory() as log_dir:
        ways = {
            "no support": ((), NoMonitor),
            "no callback": ((), _iou_kmeans.FitMonitor),
            "empty callback": ((counter,), _iou_kmeans.FitMonitor),
            "ProgressBar": ((ProgressBar(),), _iou_kmeans.FitMonitor),
            "TensorBoardLogger": (
                (TensorBoardLogger(log_dir),),
                _iou_kmeans.FitMonitor,
            ),
        }
        for name, estimator in fits.items():
            times = {way: [] for way in ways}
            for round_ in range(-1, arguments.n_rounds):
                order = np.random.default_rng(abs(round_)).permutation(list(ways))
                for way in order.tolist():
                    taken = processor_seconds(estimator, X, *ways[way])
                    if round_ >= 0:  # the first round loads modules
                        times[way].append(taken)
            base = np.median(times["no support"])
            print(
                f"{name}: {arguments.n_boxes} boxes, {counter.n_iterations} "
                f"iterations, {base:.2f} s without support"
            )
            for way in list(ways)[1:]:
                print(f"  {way:18} {np.median(times[way]) / base:6.3f}")
            anchors, labels = estimator.cluster_centers_, estimator.labels_
            drawing = np.median([drawing_seconds(X, anchors, labels) for _ in range(5)])
            print(f"  of which picture   {drawing / base:6.3f}")


if __name__ == "__main__":
    main()
