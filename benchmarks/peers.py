"""How do IoUKMeans and the algorithms in common use compare?

Four published ways to find anchors are written down here, briefly and in our own words,
and run on the same boxes beside IoUKMeans:

- k-medians under 1 - IoU, started from random boxes, with a Python loop over the boxes
  in each iteration, as in most scripts that are passed around;
- the search of YOLOv5: Euclidean k-means on sizes divided by their standard deviation,
  then 1000 generations of random changes, of which those are kept that raise the
  fitness;
- the same k-means alone;
- scikit-learn's KMeans.

Printed are, as medians over seeds: the mean IoU; the fitness, which is the mean over
boxes of the best side ratio, counted 0 below 1 / 4; and the time as a multiple of the
time of IoUKMeans(). The fitness is computed by skanchors in all cases, so that the
genetic search does not pay for a slow one.

Run: python benchmarks/peers.py [--data FOLDER] [--seeds 5] [-k 5 9]
"""

import argparse
import platform
import tarfile
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import scipy
import sklearn
from scipy.cluster.vq import kmeans as scipy_kmeans
from sklearn.cluster import KMeans

import skanchors
from skanchors import IoUKMeans
from skanchors.annotations import read_annotations
from skanchors.datasets import list_annotations, make_boxes
from skanchors.metrics import mean_iou_score, pairwise_box_distances

HERE = Path(__file__).resolve().parent
# Annotations that may lie beside the repository.
VOC2007 = HERE.parents[1] / "shared" / "data" / "voc2007_trainval.tar.xz"
THRESHOLD = 4.0
GENERATIONS = 1000


def fitness(boxes, anchors):
    """Mean over boxes of the best side ratio, where it is above 1 / THRESHOLD."""
    best = 1 - pairwise_box_distances(boxes, anchors, "ratio").min(axis=1)
    return float(np.mean(best * (best > 1 / THRESHOLD)))


def median_loop(boxes, k, seed):
    """K-medians with a loop over rows; no anchor is left without boxes forever."""
    rng = np.random.default_rng(seed)
    anchors = boxes[rng.choice(len(boxes), k, replace=False)].copy()
    last = None
    while True:
        distance = np.empty((len(boxes), k))
        for row, box in enumerate(boxes):
            shared = np.minimum(anchors, box).prod(axis=1)
            distance[row] = 1 - shared / (anchors.prod(axis=1) + box.prod() - shared)
        nearest = distance.argmin(axis=1)
        if last is not None and (nearest == last).all():
            return anchors
        for cluster in np.unique(nearest):
            anchors[cluster] = np.median(boxes[nearest == cluster], axis=0)
        last = nearest


def scaled_kmeans(boxes, k, seed):
    """Euclidean k-means on sizes over their standard deviation, best of 30 starts."""
    scale = boxes.std(axis=0)
    return scipy_kmeans(boxes / scale, k, iter=30, seed=seed)[0] * scale


def genetic(boxes, k, seed):
    """Random changes to the anchors of `scaled_kmeans`, kept if the fitness rises."""
    rng = np.random.default_rng(seed)
    best = scaled_kmeans(boxes, k, seed)
    best_fitness = fitness(boxes, best)
    for _ in range(GENERATIONS):
        factor = np.ones(best.shape)
        while (factor == 1).all():
            # Each side changes with probability 0.9, by a factor around 1.
            changes = rng.random(best.shape) < 0.9
            step = rng.random() * rng.normal(size=best.shape) * 0.1
            factor = np.clip(1 + changes * step, 0.3, 3.0)
        tried = np.maximum(best * factor, 2.0)
        tried_fitness = fitness(boxes, tried)
        if tried_fitness > best_fitness:
            best, best_fitness = tried, tried_fitness
    return best


def euclidean(boxes, k, seed):
    return KMeans(k, n_init=10, random_state=seed).fit(boxes).cluster_centers_


def ours(**params):
    def find(boxes, k, seed):
        return IoUKMeans(k, random_state=seed, **params).fit(boxes).cluster_centers_

    return find


WAYS = {
    "IoUKMeans()": ours(),
    'IoUKMeans(metric="ratio")': ours(metric="ratio"),
    "k-medians, loop over rows": median_loop,
    "scaled k-means + 1000 generations": genetic,
    "scaled k-means (30 starts)": scaled_kmeans,
    "sklearn KMeans (10 starts)": euclidean,
}


def read_boxes(folder):
    """Sizes in pixels of a 640 x 640 input, aspect ratios kept."""
    if folder is not None:
        return sizes(folder)
    if VOC2007.is_file():
        with tempfile.TemporaryDirectory() as unpacked, tarfile.open(VOC2007) as tar:
            tar.extractall(unpacked, filter="data")
            return sizes(Path(unpacked) / "voc2007_trainval")
    return make_boxes(5000, random_state=0) * 640, "5000 synthetic boxes"


def sizes(folder):
    table = read_annotations(list_annotations(folder))
    boxes = table.sizes(scaling="letterbox", input_size=640)
    return boxes, f"{len(boxes)} boxes of {table.n_files} files in {folder.name}"


def run(boxes, k, seeds):
    """One row a way: its name, median mean IoU, spread, fitness and time."""
    rows = {name: [] for name in WAYS}
    # One seed after the other, all ways within it: a busy machine slows all alike.
    for seed in range(seeds):
        for name, find in WAYS.items():
            start = time.perf_counter()
            anchors = find(boxes, k, seed)
            elapsed = time.perf_counter() - start
            score = mean_iou_score(boxes, anchors)
            rows[name].append((score, fitness(boxes, anchors), elapsed, len(anchors)))
    return {name: np.array(results) for name, results in rows.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="folder of annotations")
    parser.add_argument("--seeds", type=int, default=5, help="runs of each way")
    parser.add_argument("-k", type=int, nargs="+", default=[5, 9], help="anchors")
    args = parser.parse_args()
    boxes, about = read_boxes(args.data)
    # The descent needs a moment for its first call; nobody is to pay for it alone.
    IoUKMeans(2, random_state=0).fit(boxes[:100])
    pairwise_box_distances(boxes[:10], boxes[:10])
    print(f"{about}, letterboxed to 640")
    print(
        f"Python {platform.python_version()}, NumPy {np.__version__}, SciPy "
        f"{scipy.__version__}, scikit-learn {sklearn.__version__}, skanchors "
        f"{skanchors.__version__}; {args.seeds} seeds"
    )
    for k in args.k:
        results = run(boxes, k, args.seeds)
        base = np.median(results["IoUKMeans()"][:, 2])
        print(f"\nk = {k}")
        print(
            f"{'':34} mean IoU  lowest  highest  fitness    time  (IoUKMeans: "
            f"{base:.2f} s)"
        )
        for name, found in results.items():
            score, fit, elapsed, n_anchors = np.median(found, axis=0)
            fewer = "" if n_anchors == k else f"  only {n_anchors:.0f} anchors"
            print(
                f"{name:34} {score:8.4f}  {found[:, 0].min():.4f}   "
                f"{found[:, 0].max():.4f}   {fit:.4f}  {elapsed / base:6.1f}{fewer}"
            )


if __name__ == "__main__":
    warnings.simplefilter("error")
    main()
