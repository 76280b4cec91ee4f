"""How does the time of a fit grow with the number of boxes?

Fits 10^4 to 10^7 boxes that hardly repeat with IoUKMeans(k) and with KMeans(k,
n_init=1), in turn. Printed are medians of the seconds of processor time, of their
ratios side by side, and the growth from one row to the next as a power of the number of
boxes: 1 is linear. With --before, the checkout of another version is measured in turn,
and the ratio to its time is the last column.

    OMP_NUM_THREADS=1 python benchmarks/growth.py [--largest 10000000] [-k 9]
        [--rounds 3] [--before CHECKOUT] [--plot FILE]

With --plot, also draws the times, for the documentation: docs/_static/growth.svg.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from beside import Beside
from coco_like import coco_like
from sklearn.cluster import KMeans

from skanchors import IoUKMeans

OURS, THEIRS = "IoUKMeans()", "KMeans(n_init=1)"


def seconds(estimator, boxes):
    start = time.process_time()
    estimator.fit(boxes)
    return time.process_time() - start


def ours(n_boxes, k, seed):
    """Seconds of a fit of this version, or of the one beside it."""
    return seconds(IoUKMeans(k, random_state=seed), coco_like(n_boxes))


def measure(n_boxes, k, rounds, before):
    """Times of IoUKMeans, of KMeans and perhaps of the version before, by round."""
    boxes = coco_like(n_boxes)
    return np.array(
        [
            [
                seconds(IoUKMeans(k, random_state=seed), boxes),
                seconds(KMeans(k, n_init=1, random_state=seed), boxes),
                *before.call("ours", n_boxes, k, seed),
            ]
            for seed in range(rounds)
        ]
    )


def draw(sizes, times, file, k):
    """Times over numbers of boxes, both on logarithmic axes."""
    import matplotlib as mpl

    mpl.use("svg")
    # The same file from the same numbers.
    mpl.rcParams["svg.hashsalt"] = "growth"
    import matplotlib.pyplot as plt

    fig, ax = plt.subplots(figsize=(6, 4), layout="constrained")
    for column, (name, marker) in enumerate([(OURS, "o"), (THEIRS, "s")]):
        ax.loglog(sizes, times[:, column], marker=marker, label=name)
    linear = times[-1, 0] * sizes / sizes[-1]
    ax.loglog(sizes, linear, color="0.6", linestyle="--", label="linear growth")
    ax.set(xlabel="Number of boxes", ylabel="Time of a fit (s)")
    ax.set_title(f"{k} anchors, boxes that hardly repeat")
    ax.grid(which="major", alpha=0.3)
    ax.legend()
    fig.savefig(file, metadata={"Date": None})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--largest", type=int, default=10_000_000)
    parser.add_argument("-k", type=int, default=9, help="number of anchors")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--before", help="checkout of another version")
    parser.add_argument("--plot", type=Path, help="file for the picture")
    arguments = parser.parse_args()
    with Beside(__file__, arguments.before) as before:
        compare(arguments, before)


def compare(arguments, before):
    sizes = 10 ** np.arange(4, np.log10(arguments.largest) + 0.01, 0.5)
    sizes = sizes.round().astype(int)
    measure(100, 2, 1, before)
    medians = []
    last = "  / before" if arguments.before else ""
    print(f"{'boxes':>10} {OURS:>14} {THEIRS:>18}   ratio  power of growth{last}")
    for n_boxes in sizes:
        # The largest take long and vary least.
        rounds = arguments.rounds if n_boxes < 5_000_000 else 1
        times = measure(n_boxes, arguments.k, rounds, before)
        medians.append(np.median(times[:, :2], axis=0))
        growth = " " * 17
        if len(medians) > 1:
            growth = np.log10(medians[-1][0] / medians[-2][0]) * 2
            growth = f"{growth:17.2f}"
        if times.shape[1] > 2:
            growth += f"{np.median(times[:, 0] / times[:, 2]):10.2f}"
        print(
            f"{n_boxes:10} {medians[-1][0]:12.2f} s {medians[-1][1]:16.2f} s "
            f"{np.median(times[:, 0] / times[:, 1]):7.2f}{growth}",
            flush=True,
        )
    medians = np.array(medians)
    slope = np.polyfit(np.log(sizes), np.log(medians), 1)[0]
    print(f"power of growth over all: {slope[0]:.2f}; of KMeans: {slope[1]:.2f}")
    if arguments.plot:
        draw(sizes, medians, arguments.plot, arguments.k)


if __name__ == "__main__":
    main()
