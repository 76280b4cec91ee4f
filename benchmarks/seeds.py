"""How far apart do the default's seeds end, and what does that take?

Fits boxes of several kinds with ten seeds each: sizes that hardly repeat, whole pixels
of a few image sizes, small ones, faces in images of one width, and few cells; real ones
where they lie beside the repository (see `peers.py`). Printed for each number of
anchors are the mean IoU of the best seed, by how much the worst and the mean one fall
behind, and the median time of a fit. With --before, the checkout of another
version is fitted in turn; its figures follow, with the ratio of the times (below 1:
this version is faster).

    OMP_NUM_THREADS=1 python benchmarks/seeds.py [--seeds 10] [-k 9 15 20]
                                                 [--before CHECKOUT]
"""

import argparse
import time

import numpy as np
from beside import Beside
from made_up import cells, faces, lognormal_mixture, real_boxes, small, whole_pixels

from skanchors import IoUKMeans


def fit(boxes, k, seed):
    """Mean IoU, and seconds."""
    start = time.process_time()
    mean_iou = IoUKMeans(k, random_state=seed).fit(boxes).mean_iou_
    return mean_iou, time.process_time() - start


def compare(name, boxes, k, n_seeds, before):
    found = np.array(
        [
            [fit(boxes, k, seed), *before.call("fit", boxes, k, seed)]
            for seed in range(n_seeds)
        ]
    )
    for way, (scores, seconds) in zip(
        ("now", "before"), found.transpose(1, 2, 0), strict=False
    ):
        ratio = np.median(found[:, 0, 1] / seconds)
        print(
            f"{name:24} k={k:2} {way:6} "
            f"best {scores.max():.5f}  worst {np.ptp(scores):.5f} below, "
            f"mean {scores.max() - scores.mean():.5f} below  "
            f"{np.median(seconds):.2f} s  ratio {ratio:.2f}",
            flush=True,
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("-k", type=int, nargs="+", default=[9, 15, 20])
    parser.add_argument("--before", help="checkout of another version")
    arguments = parser.parse_args()
    data = {
        "30 000 log-normal": lognormal_mixture(30_000),
        "31 000 whole pixels": whole_pixels(31_000),
        "36 000 whole pixels": whole_pixels(36_000, n_image_sizes=40),
        "40 000 small": small(40_000),
        "159 000 faces": faces(159_000),
        "64 000 in few cells": cells(64_000),
        **real_boxes(),
    }
    with Beside(__file__, arguments.before) as before:
        for name, boxes in data.items():
            for k in arguments.k:
                compare(name, boxes, k, arguments.seeds, before)


if __name__ == "__main__":
    main()
