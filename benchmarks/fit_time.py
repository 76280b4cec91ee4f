"""What does a fit cost, compared with scikit-learn's KMeans and with the usual loop?

Fits many boxes that hardly repeat with IoUKMeans(k) and with KMeans(k), n_init 1 and
10, in turn, with a new seed each round. Printed are the medians of the ratios in the
rounds, and the peak of memory that each fit allocates, the array itself included, as
a multiple of the array's size. KMeans minimises another objective: its mean IoU is
printed beside ours.

If PASCAL VOC 2007 lies beside the repository, or a folder of annotations is given, the
fit is compared on it with k-medians as in most scripts: a Python loop over the boxes,
run with as many seeds as --loops says (0: none).

    python benchmarks/fit_time.py [--n-boxes 850000] [-k 9] [--rounds 3] [--loops 3]
                                  [--data FOLDER]
"""

import argparse
import tarfile
import tempfile
import time
import tracemalloc
from pathlib import Path

import numpy as np
from coco_like import coco_like
from peers import VOC2007, median_loop
from sklearn.cluster import KMeans

from skanchors import IoUKMeans
from skanchors.annotations import read_annotations
from skanchors.datasets import list_annotations
from skanchors.metrics import mean_iou_score


def ways(k, seed):
    return {
        "IoUKMeans": IoUKMeans(k, random_state=seed),
        "KMeans, n_init=1": KMeans(k, n_init=1, random_state=seed),
        "KMeans, n_init=10": KMeans(k, n_init=10, random_state=seed),
    }


def seconds(function):
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def peak_memory(estimator, boxes):
    """Most memory in use, the boxes included, in multiples of the boxes."""
    tracemalloc.start()
    try:
        estimator.fit(boxes)
        return 1 + tracemalloc.get_traced_memory()[1] / boxes.nbytes
    finally:
        tracemalloc.stop()


def against_kmeans(boxes, k, rounds):
    print(
        f"{len(boxes)} made-up boxes, {len(np.unique(boxes, axis=0))} distinct, k={k}"
    )
    times, scores = [], []
    for seed in range(rounds):
        fits = ways(k, seed)
        times.append(
            [seconds(lambda each=each: each.fit(boxes)) for each in fits.values()]
        )
        scores.append(
            [mean_iou_score(boxes, m.cluster_centers_) for m in fits.values()]
        )
    times, scores = np.array(times), np.median(scores, axis=0)
    print(
        f"{'':20} {'seconds':>8} {'IoUKMeans / it':>15} {'mean IoU':>9} {'memory':>7}"
    )
    for i, (name, estimator) in enumerate(ways(k, 0).items()):
        ratio = np.median(times[:, 0] / times[:, i])
        memory = "" if "10" in name else f"{peak_memory(estimator, boxes):6.2f}x"
        print(
            f"{name:20} {np.median(times[:, i]):8.2f} {ratio:15.2f} {scores[i]:9.4f} "
            f"{memory:>7}"
        )


def read_boxes(folder):
    """Fractions of the images' width and height; the archive is unpacked if need be."""
    if folder is not None:
        return read_annotations(list_annotations(folder)).sizes()
    with tempfile.TemporaryDirectory() as unpacked, tarfile.open(VOC2007) as tar:
        tar.extractall(unpacked, filter="data")
        return read_boxes(unpacked)


def against_loop(boxes, k, loops):
    print(f"\n{len(boxes)} boxes of annotations, k={k}; {loops} seeds of each")
    IoUKMeans(2, random_state=0).fit(boxes[:100])
    rows = []
    for seed in range(loops):
        km = IoUKMeans(k, random_state=seed)
        ours = seconds(lambda km=km: km.fit(boxes))
        found = []
        loop = seconds(
            lambda seed=seed, found=found: found.append(median_loop(boxes, k, seed))
        )
        rows.append((ours, loop, km.mean_iou_, mean_iou_score(boxes, found[0])))
    ours, loop, ours_score, loop_score = np.array(rows).T
    print(
        f"{'':20} {'seconds':>8} {'IoUKMeans / it':>15} {'mean IoU, from':>15}     to"
    )
    for name, times, scores in [
        ("IoUKMeans", ours, ours_score),
        ("loop over the boxes", loop, loop_score),
    ]:
        print(
            f"{name:20} {np.median(times):8.2f} {np.median(ours / times):15.4f} "
            f"{scores.min():15.4f} {scores.max():.4f}"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n-boxes", type=int, default=850_000)
    parser.add_argument("-k", type=int, default=9, help="number of anchors")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--loops", type=int, default=3)
    parser.add_argument("--data", type=Path, help="folder of annotations")
    arguments = parser.parse_args()
    if arguments.rounds:
        boxes = coco_like(arguments.n_boxes)
        against_kmeans(boxes, arguments.k, arguments.rounds)
    if arguments.loops and (arguments.data or VOC2007.is_file()):
        against_loop(read_boxes(arguments.data), arguments.k, arguments.loops)


if __name__ == "__main__":
    main()
