"""What does each part of the search gain, and what does it cost?

Fits boxes with the search as it is, and without one of its parts, in turn, with the
same seeds. Printed for each part are the mean IoU that leaving it out loses, averaged
over the seeds and at the worst seed, and the median ratio of the times (below 1: the
search is faster without). The boxes are made up, so that anyone can repeat it: sizes
that hardly repeat, and whole pixels of a few image sizes; real ones are used too where
they lie beside the repository (see `peers.py`).

    python benchmarks/search_parts.py [--seeds 5] [-k 3 9 15]
"""

import argparse
import time
from contextlib import ExitStack
from unittest import mock

import numpy as np
from made_up import lognormal_mixture, real_boxes, whole_pixels

from skanchors import IoUKMeans
from skanchors.cluster import _population, _search, _solver, _tuning


def _only_improved(population, rng, *, improve, breed, rounds):
    """The population after one round of descents, without any children."""
    population, costs = improve(population)
    order = np.argsort(costs, kind="stable")
    return population[order], costs[order]


def _all_efforts(change):
    """Every effort after a change, as stand-ins."""
    names = "EFFORT", "CHEAP_EFFORT", "MANY_EFFORT"
    few = {most: change(effort) for most, effort in _tuning.FEW_EFFORTS.items()}
    return [
        (_tuning, "FEW_EFFORTS", few),
        *((_tuning, name, change(getattr(_tuning, name))) for name in names),
    ]


# What stands in for each part when it is left out.
PARTS = {
    "recombination": [(_search, "compete", _only_improved)],
    "blurred representatives": [(_tuning, "BLUR", 0.0)],
    "blurred boxes of their own": [(_tuning, "MOST_OWN_BLUR", 0.0)],
    "more effort where boxes are few": [(_tuning, "MOST_MORE", 1.0)],
    "more sets for more anchors": [(_tuning, "SHARES", (1.0, 1.0))],
    "no children near a parent": [
        (_population, "differ", lambda sets, *parents: np.ones(len(sets), dtype=bool))
    ],
    "new starts of stalled descents": [(_tuning, "RESTART_GAIN", np.inf)],
    "several finalists": _all_efforts(lambda effort: effort._replace(n_finalists=1)),
    "finalists that are close": [(_tuning, "SAME_BLURRED", _tuning.SAME)],
    "more effort on many boxes": [(_tuning, "MANY", np.inf)],
    "more boxes in a second phase": _all_efforts(
        lambda effort: effort._replace(phases=effort.phases[:1])
    ),
    "snapping at the end": [(_solver, "snap", lambda problem, anchors: anchors)],
}


def fit(boxes, k, seed):
    start = time.perf_counter()
    mean_iou = IoUKMeans(k, random_state=seed).fit(boxes).mean_iou_
    return mean_iou, time.perf_counter() - start


def compare(boxes, k, seeds):
    """Losses of mean IoU and ratios of time without each part."""
    found = {name: [] for name in PARTS}
    for seed in range(seeds):
        whole, seconds = fit(boxes, k, seed)
        for name, stand_ins in PARTS.items():
            with ExitStack() as stack:
                for stand_in in stand_ins:
                    stack.enter_context(mock.patch.object(*stand_in))
                without, other = fit(boxes, k, seed)
            found[name].append((whole - without, other / seconds))
    for name, rows in found.items():
        losses, ratios = np.transpose(rows)
        print(
            f"  {name:32} {losses.mean():+.5f} {losses.max():+.5f}   "
            f"{np.median(ratios):.2f}",
            flush=True,
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("-k", type=int, nargs="+", default=[3, 9, 15])
    arguments = parser.parse_args()
    data = {
        "160 in whole pixels": whole_pixels(160),
        "2 000 log-normal": lognormal_mixture(2000),
        "15 000 log-normal": lognormal_mixture(15_000, seed=1),
        "5 000 in whole pixels": whole_pixels(5000),
        "31 000 in whole pixels": whole_pixels(31_000),
        **real_boxes(),
    }
    print("  left out:                        mean IoU lost (mean, worst), time ratio")
    for name, boxes in data.items():
        for k in arguments.k:
            print(f"{name}, {len(boxes)} boxes, k={k}")
            compare(boxes, k, arguments.seeds)


if __name__ == "__main__":
    main()
