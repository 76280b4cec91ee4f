"""What does it cost to find the nearest anchor of each box?

Times one pass over all boxes, which gives each its nearest anchor, without and with its
distance, against one iteration of scikit-learn's compiled KMeans on the same arrays
with the same number of threads. That iteration finds the nearest centre and adds up the
new centres. Also times `predict` of both estimators. Each is run in turn, over and
over, after a pause in which OpenMP's idle threads stop waiting busily. Printed is the
median of the ratios of runs side by side, with the quartiles.

    python benchmarks/assignment_pass.py [--n-boxes 1000000] [-k 9] [--rounds 41]
"""

import argparse
import time
from functools import partial

import numpy as np
from coco_like import coco_like
from sklearn.cluster import KMeans
from sklearn.cluster._k_means_lloyd import lloyd_iter_chunked_dense
from threadpoolctl import threadpool_limits

from skanchors import IoUKMeans
from skanchors._threads import effective_n_threads
from skanchors.metrics._nearest import nearest_anchor
from skanchors.metrics._registry import get_metric


def lloyd_iteration(X, centers, n_threads):
    """A function that makes one iteration of scikit-learn's KMeans."""
    weight = np.ones(len(X), dtype=X.dtype)
    new_centers = np.empty_like(centers)
    in_clusters = np.empty(len(centers), dtype=X.dtype)
    labels = np.empty(len(X), dtype=np.int32)
    shift = np.empty(len(centers), dtype=X.dtype)

    def iterate():
        # KMeans holds BLAS to one thread here too: it has threads of its own.
        with threadpool_limits(limits=1, user_api="blas"):
            lloyd_iter_chunked_dense(
                X, weight, centers, new_centers, in_clusters, labels, shift, n_threads
            )

    return iterate


def seconds(function):
    time.sleep(0.05)
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def compare(name, ours, theirs, rounds):
    """Print the median ratio of the times of two functions, run in turn."""
    ours(), theirs()
    times = np.array([(seconds(ours), seconds(theirs)) for _ in range(rounds)])
    low, middle, high = np.percentile(times[:, 0] / times[:, 1], [25, 50, 75])
    ms = 1000 * np.median(times, axis=0)
    print(
        f"{name:42} {middle:5.2f}  ({low:.2f} to {high:.2f})   {ms[0]:7.1f} ms against "
        f"{ms[1]:.1f} ms",
        flush=True,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n-boxes", type=int, default=1_000_000)
    parser.add_argument("-k", type=int, default=9, help="number of anchors")
    parser.add_argument("--rounds", type=int, default=41)
    arguments = parser.parse_args()
    boxes = coco_like(arguments.n_boxes)
    sample = boxes[:10_000]
    km = IoUKMeans(arguments.k, random_state=0).fit(sample)
    kmeans = KMeans(arguments.k, n_init=1, random_state=0).fit(sample)
    n_threads = effective_n_threads()
    print(f"{len(boxes)} boxes, {arguments.k} anchors, {n_threads} threads")
    print(f"{'':42} median ratio (quartiles)")
    for dtype in (np.float64, np.float32):
        X = boxes.astype(dtype)
        anchors = km.cluster_centers_.astype(dtype)
        name = np.dtype(dtype).name
        theirs = lloyd_iteration(X, anchors.copy(), n_threads)
        for metric, with_distance in [("iou", False), ("iou", True), ("ratio", False)]:
            compare(
                f"{metric}, {name}{', distances' * with_distance} / Lloyd iteration",
                partial(
                    nearest_anchor,
                    X,
                    anchors,
                    get_metric(metric),
                    return_distance=with_distance,
                ),
                theirs,
                arguments.rounds if metric == "iou" else arguments.rounds // 4 + 1,
            )
    compare(
        "IoUKMeans.predict / KMeans.predict",
        lambda: km.predict(boxes),
        lambda: kmeans.predict(boxes),
        arguments.rounds,
    )


if __name__ == "__main__":
    main()
