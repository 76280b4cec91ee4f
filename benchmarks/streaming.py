"""How fast does BoxHistogram take in boxes, in how much memory, and how exactly?

Streams millions of made-up boxes, that hardly repeat, through a BoxHistogram, and
beside it through `MiniBatchKMeans.partial_fit`. Prints for 1, 2, 5, 10, ... million:
the time for a million boxes, its ratio to MiniBatchKMeans, the number of sizes kept,
the bound on the error, and the peak of memory allocated, the batch included. Then fits
anchors to the histogram and streams the boxes again, to print the true mean IoU of the
anchors beside that of the histogram.

    python benchmarks/streaming.py [--millions 10] [--max-boxes 200000] [-k 9]
"""

import argparse
import time
import tracemalloc

import numpy as np
from coco_like import coco_like
from sklearn.cluster import MiniBatchKMeans

from skanchors import BoxHistogram, IoUKMeans
from skanchors.metrics import mean_iou_score

MILLION = 1_000_000


def seconds(function):
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def is_round(number):
    """Whether it is 1, 2 or 5, followed by zeros."""
    return str(number).rstrip("0") in {"1", "2", "5"}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--millions", type=int, default=10)
    parser.add_argument("--max-boxes", type=int, default=200_000)
    parser.add_argument("-k", type=int, default=9, help="number of anchors")
    arguments = parser.parse_args()

    histogram = BoxHistogram(arguments.max_boxes)
    minibatch = MiniBatchKMeans(arguments.k, n_init=1, random_state=0)
    times = []
    peak = 0.0
    print("millions  s a million   ratio    sizes  error bound  memory (MB)")
    for number in range(1, arguments.millions + 1):
        batch = coco_like(MILLION, seed=number)
        tracemalloc.start()
        ours = seconds(lambda batch=batch: histogram.partial_fit(batch))
        # What was kept from earlier batches is not traced: it is counted by hand.
        kept = histogram.sizes_.nbytes + histogram.counts_.nbytes + batch.nbytes
        peak = max(peak, tracemalloc.get_traced_memory()[1] + kept)
        tracemalloc.stop()
        times.append((ours, seconds(lambda batch=batch: minibatch.partial_fit(batch))))
        if is_round(number) or number == arguments.millions:
            so_far = np.array(times)
            ratio = np.median(so_far[:, 0] / so_far[:, 1])
            print(
                f"{number:8} {np.median(so_far[:, 0]):12.2f} {ratio:7.1f} "
                f"{len(histogram.sizes_):8} {histogram.error_bound_:12.4f} "
                f"{peak / 1e6:12.0f}",
                flush=True,
            )

    km = IoUKMeans(arguments.k, random_state=0)
    fit = seconds(lambda: km.fit(histogram.sizes_, sample_weight=histogram.counts_))
    print(f"one fit on the histogram: {fit:.2f} s, mean IoU {km.mean_iou_:.6f}")
    true = np.mean(
        [
            mean_iou_score(coco_like(MILLION, seed=number), km.cluster_centers_)
            for number in range(1, arguments.millions + 1)
        ]
    )
    print(
        f"mean IoU with all boxes: {true:.6f}, which differs by "
        f"{abs(true - km.mean_iou_):.6f} of at most {histogram.error_bound_:.4f}"
    )
    assert abs(true - km.mean_iou_) <= histogram.error_bound_ + 1e-9


if __name__ == "__main__":
    main()
