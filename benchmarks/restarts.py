"""Does the default find what many restarts find, for metrics without a gradient?

Fits made-up boxes, and real ones where they are, by each metric: from a few seeds as by
default, and once with many restarts (n_init). Printed are by how much the default's
inertia is above the best restart's (KMeans' restarts among them where it minimises the
same) at its best and worst seed, in per cent (below 0: it is better), and the ratio of
the times. With --before, the last columns are those of another checkout.

    python benchmarks/restarts.py [--restarts 50] [--seeds 3] [--before CHECKOUT]
"""

import argparse
import time

import numpy as np
from beside import Beside
from made_up import lognormal_mixture, real_boxes, whole_pixels
from sklearn.cluster import KMeans

from skanchors import IoUKMeans

METRICS = ["sqeuclidean", "euclidean", "cityblock", "chebyshev", "cosine"]


def half_normal(seed):
    return np.abs(np.random.RandomState(seed).normal(size=(500, 2))) * 100


def fit(boxes, k, **parameters):
    start = time.process_time()
    inertia = IoUKMeans(k, **parameters).fit(boxes).inertia_
    return inertia, time.process_time() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--restarts", type=int, default=50)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--before", help="checkout of another version")
    arguments = parser.parse_args()
    data = {
        "half normal, 0": (half_normal(0), 9),
        "half normal, 1": (half_normal(1), 12),
        "log-normal": (lognormal_mixture(1500), 9),
        "whole pixels": (whole_pixels(3000), 7),
    }
    data |= {
        name: (boxes, 9) for name, boxes in real_boxes(("bccd", "raccoon")).items()
    }
    with Beside(__file__, arguments.before) as before:
        for metric in METRICS:
            for name, (boxes, k) in data.items():
                print(f"{metric:12} {name:16} k={k:2}", end="")
                compare(boxes, k, metric, arguments, before)


def compare(boxes, k, metric, arguments, before):
    best, slow = fit(boxes, k, metric=metric, n_init=arguments.restarts, random_state=0)
    if metric == "sqeuclidean":
        km = KMeans(k, n_init=arguments.restarts, random_state=0).fit(boxes)
        best = min(best, km.inertia_)
    runs = []
    for seed in range(arguments.seeds):
        parameters = {"metric": metric, "random_state": seed}
        other = before.call("fit", boxes, k, **parameters)
        runs.append([fit(boxes, k, **parameters), *other])
    for way in np.moveaxis(runs, 1, 0):
        inertia, seconds = way.T
        low, high = 100 * (np.array([inertia.min(), inertia.max()]) / best - 1)
        ratio = np.median(seconds) / slow
        print(f"  {low:+.3f} to {high:+.3f} %   time {ratio:.2f}", end="")
    print(flush=True)


if __name__ == "__main__":
    main()
