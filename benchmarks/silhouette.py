"""How much faster is the silhouette without a matrix of distances?

Compares `iou_silhouette_score` with all distances at once followed by scikit-learn's
``silhouette_score(metric="precomputed")``, in time and in peak memory.

Run: python benchmarks/silhouette.py [--n-boxes 8000]
"""

import argparse
import time
import tracemalloc

import numpy as np
from sklearn.metrics import silhouette_score

from skanchors.datasets import make_boxes
from skanchors.metrics import iou_distances, iou_silhouette_score


def with_matrix(X, labels):
    return silhouette_score(iou_distances(X), labels, metric="precomputed")


def median_time(function, *args, repeats=3):
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        value = function(*args)
        times.append(time.perf_counter() - start)
    return np.median(times), value


def peak_memory(function, *args):
    tracemalloc.start()
    function(*args)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n-boxes", type=int, default=8000)
    args = parser.parse_args()
    X, labels = make_boxes(args.n_boxes, n_shapes=9, return_labels=True, random_state=0)
    for name, boxes in (
        ("all boxes different", X),
        # Pixels of small images: many boxes are equal.
        ("sides in steps of 1/50", np.ceil(X * 50) / 50),
    ):
        slow, expected = median_time(with_matrix, boxes, labels)
        fast, score = median_time(iou_silhouette_score, boxes, labels)
        memory = peak_memory(with_matrix, boxes, labels)
        memory /= peak_memory(iou_silhouette_score, boxes, labels)
        print(
            f"{name}: {slow / fast:.1f} times faster, {memory:.0f} times less memory, "
            f"difference {abs(score - expected):.1e}"
        )


if __name__ == "__main__":
    main()
