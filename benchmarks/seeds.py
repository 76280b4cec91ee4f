"""How far apart do the default's seeds end, and what does that take?

Fits boxes of several kinds with ten seeds each: sizes that hardly repeat, whole pixels
of a few image sizes, small ones, faces in images of one width, and few cells; real ones
where they lie beside the repository (see `peers.py`). Printed for each number of
anchors are the mean IoU of the best seed, by how much the worst and the mean one fall
behind, and the median time of a fit. With another checkout, both are fitted in turn,
and the ratio of the times (below 1: this one is faster) is printed too.

    OMP_NUM_THREADS=1 python benchmarks/seeds.py [--seeds 10] [-k 9 15 20]
                                                 [--against FOLDER]
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from made_up import cells, faces, lognormal_mixture, real_boxes, small, whole_pixels

HERE = Path(__file__).resolve().parents[1]


def serve(path):
    """Fit the boxes in a file, as lines of standard input ask for."""
    from skanchors import IoUKMeans

    boxes = np.load(path)
    IoUKMeans(3, random_state=0).fit(boxes[:2000])
    for line in sys.stdin:
        k, seed = map(int, line.split())
        start = time.process_time()
        mean_iou = IoUKMeans(k, random_state=seed).fit(boxes).mean_iou_
        print(mean_iou, time.process_time() - start, flush=True)


def start(checkout, path):
    return subprocess.Popen(
        [sys.executable, __file__, "--serve", path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(checkout)},
    )


def ask(process, k, seed):
    print(k, seed, file=process.stdin, flush=True)
    return [float(number) for number in process.stdout.readline().split()]


def compare(name, boxes, arguments):
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "boxes.npy")
        np.save(path, boxes)
        checkouts = [HERE, *arguments.against]
        processes = [start(checkout, path) for checkout in checkouts]
        for k in arguments.k:
            found = np.array(
                [
                    [ask(process, k, seed) for process in processes]
                    for seed in range(arguments.seeds)
                ]
            )
            for checkout, (scores, seconds) in zip(
                checkouts, found.transpose(1, 2, 0), strict=True
            ):
                ratio = np.median(found[:, 0, 1] / seconds)
                print(
                    f"{name:24} k={k:2} {Path(checkout).name:12} "
                    f"best {scores.max():.5f}  worst {np.ptp(scores):.5f} below, "
                    f"mean {scores.max() - scores.mean():.5f} below  "
                    f"{np.median(seconds):.2f} s  ratio {ratio:.2f}",
                    flush=True,
                )
        for process in processes:
            process.stdin.close()
            process.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("-k", type=int, nargs="+", default=[9, 15, 20])
    parser.add_argument("--against", type=Path, nargs="*", default=[])
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        serve(arguments.serve)
        return
    data = {
        "30 000 log-normal": lognormal_mixture(30_000),
        "31 000 whole pixels": whole_pixels(31_000),
        "36 000 whole pixels": whole_pixels(36_000, n_image_sizes=40),
        "40 000 small": small(40_000),
        "159 000 faces": faces(159_000),
        "64 000 in few cells": cells(64_000),
        **real_boxes(),
    }
    for name, boxes in data.items():
        compare(name, boxes, arguments)


if __name__ == "__main__":
    main()
