"""What does `anchor_path` cost, and how near is it to a fit for each k?

Runs `anchor_path` for k = 2 to 16 on 200 made-up boxes, on 15 000, and on real ones
where they are, and fits each k on its own. Printed are the seconds of processor time of
the path, their share of what the fits take together, and by how much the mean IoU of
the path is below that of the fit, on average and at the worst k.

With --before, the checkout of another version is measured in turn; the last columns are
its figures.

    OMP_NUM_THREADS=1 python benchmarks/path.py [--largest 16] [--before CHECKOUT]
"""

import argparse
import time

import numpy as np
from beside import Beside
from made_up import lognormal_mixture, real_boxes

from skanchors import IoUKMeans
from skanchors.model_selection import anchor_path


def path(boxes, ks, seed=0):
    """Mean IoU for each k, and seconds."""
    start = time.process_time()
    found = anchor_path(boxes, ks, random_state=seed)
    return np.array(found.mean_iou), time.process_time() - start


def fits(boxes, ks, seed=0):
    start = time.process_time()
    found = [IoUKMeans(k, random_state=seed).fit(boxes).mean_iou_ for k in ks]
    return np.array(found), time.process_time() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--largest", type=int, default=16)
    parser.add_argument("--before", help="checkout of another version")
    arguments = parser.parse_args()
    data = {"200": lognormal_mixture(200), "15 000": lognormal_mixture(15_000, seed=1)}
    data |= real_boxes()
    ks = list(range(2, arguments.largest + 1))
    with Beside(__file__, arguments.before) as before:
        for name, boxes in data.items():
            alone, seconds = fits(boxes, ks)
            print(f"{name:18}", end="")
            ways = [path(boxes, ks), *before.call("path", boxes, ks)]
            for mean_iou, used in ways:
                below = alone - mean_iou
                print(
                    f"  {used:6.2f} s  {used / seconds:5.2f} of the fits  "
                    f"{below.mean():+.5f} {below.max():+.5f}",
                    end="",
                )
            print(flush=True)


if __name__ == "__main__":
    main()
