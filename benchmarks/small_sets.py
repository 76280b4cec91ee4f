"""What does a fit of few boxes cost, next to scikit-learn's KMeans, and how good is it?

Fits sets of 217 and 900 boxes, made up and real ones where they are, with IoUKMeans(k)
and with KMeans(k, n_init=10), in turn, with a new seed each round. Printed are the
median of the ratios of processor time, and by how much the mean IoU of the seeds is
below the best one met, in the middle and at worst, in 1e-4. Set OMP_NUM_THREADS=1 to
compare one thread with one thread.

With --before, the checkout of another version is measured in the same rounds, in a
process of its own; the last columns are its figures.

    OMP_NUM_THREADS=1 python benchmarks/small_sets.py [-k 3 9 12] [--rounds 7]
                                                      [--before CHECKOUT]
"""

import argparse
import time

import numpy as np
from beside import Beside
from made_up import lognormal_mixture, real_boxes, whole_pixels
from sklearn.cluster import KMeans

from skanchors import IoUKMeans


def fit(boxes, k, seed):
    """Mean IoU and seconds of processor time of one fit."""
    start = time.process_time()
    mean_iou = IoUKMeans(k, random_state=seed).fit(boxes).mean_iou_
    return mean_iou, time.process_time() - start


def kmeans_seconds(boxes, k, seed):
    start = time.process_time()
    KMeans(k, n_init=10, random_state=seed).fit(boxes)
    return time.process_time() - start


def data():
    found = {}
    for n_boxes in (217, 900):
        found[f"{n_boxes} log-normal"] = lognormal_mixture(n_boxes)
        found[f"{n_boxes} in whole pixels"] = whole_pixels(n_boxes)
        for name, boxes in real_boxes().items():
            order = np.random.RandomState(0).permutation(len(boxes))
            if len(boxes) >= n_boxes:
                found[f"{n_boxes} of {name}"] = boxes[order[:n_boxes]]
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-k", type=int, nargs="+", default=[3, 9, 12])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--before", help="checkout of another version")
    arguments = parser.parse_args()
    with Beside(__file__, arguments.before) as before:
        for name, boxes in data().items():
            for k in arguments.k:
                rounds = []
                for seed in range(arguments.rounds):
                    theirs = kmeans_seconds(boxes, k, seed)
                    ways = [fit(boxes, k, seed), *before.call("fit", boxes, k, seed)]
                    rounds.append([(score, used / theirs) for score, used in ways])
                scores, ratios = np.moveaxis(rounds, 2, 0)
                print(f"{name:26} k={k:2}", end="")
                for way in range(scores.shape[1]):
                    behind = 1e4 * (scores.max() - scores[:, way])
                    print(
                        f"  {np.median(ratios[:, way]):6.2f} x KMeans  "
                        f"-{np.median(behind):.2f} -{behind.max():.2f}",
                        end="",
                    )
                print(flush=True)


if __name__ == "__main__":
    main()
