"""What does the unit of the boxes change?

Fits made-up boxes, continuous ones and whole pixels, and real ones where they are, by
each metric: as they are, and in other units. The anchors of the other unit, brought
back, are judged by the metric's own objective (its mean distance) in the first unit.
Printed is by how much that moves, in per cent, at its lowest and its highest seed
(below 0: the other unit found the better anchors); "exactly" where labels and anchors
are the same to the last bit, "rounding" where they differ in the last digits. A power
of two must change nothing at all; another factor, and single precision, only what
rounding does to ties. "other" where the metric asks another question in the other unit,
as Euclidean distance does if one side alone changes. Both by the default's search, and
by one start with descents from it (n_init=1).

    OMP_NUM_THREADS=1 python benchmarks/units.py [--boxes 2000] [--seeds 3] [-k 9]
"""

import argparse

import numpy as np
from made_up import lognormal_mixture, real_boxes, whole_pixels

from skanchors import IoUKMeans
from skanchors.metrics import pairwise_box_distances

METRICS = ["iou", "giou", "ciou", "fitness", "ratio"]
METRICS += ["sqeuclidean", "euclidean", "cityblock", "chebyshev", "cosine"]
# The factor of each side and the precision.
UNITS = {
    "x 2": ((2, 2), np.float64),
    "x 1024": ((1024, 1024), np.float64),
    "x 2**-20": ((2**-20, 2**-20), np.float64),
    "x 1000": ((1000, 1000), np.float64),
    "width x 8": ((8, 1), np.float64),
    "width x 1000": ((1000, 1), np.float64),
    "float32": ((1, 1), np.float32),
}
# Moves below this, in per cent, are none but in the last digits.
_ROUNDING = 5e-4
WAYS = {"search": {}, "n_init=1": {"n_init": 1}}


def distances(boxes, others, metric):
    return pairwise_box_distances(boxes, others, metric=metric)


def objective(boxes, anchors, metric):
    return distances(boxes, anchors, metric).min(axis=1).mean()


def asks_the_same(boxes, factor, metric):
    """Whether all distances grow by one factor."""
    some, others = boxes[:40], boxes[40:80]
    before = distances(some, others, metric)
    after = distances(some * factor, others * factor, metric)
    near = np.max(before) * 1e-9
    growth = (after[before > near] / before[before > near]).round(6)
    return np.ptp(growth) <= 1e-5 * growth.max()


def move(boxes, factor, dtype, metric, **parameters):
    """By how much the objective moves, in per cent; None if nothing changes at all."""
    other = (boxes * factor).astype(dtype)
    km = IoUKMeans(metric=metric, **parameters)
    first, labels = km.fit(boxes).cluster_centers_, km.labels_
    back = km.fit(other).cluster_centers_ / factor
    same = np.array_equal(labels, km.labels_) and np.array_equal(first, back)
    if dtype == np.float64 and same:
        return None
    before = objective(boxes, first, metric)
    return 100 * (objective(boxes, back.astype(float), metric) / before - 1)


def compare(name, boxes, arguments):
    for metric in METRICS:
        for way, parameters in WAYS.items():
            cells = []
            for factor, dtype in UNITS.values():
                factor = np.array(factor, dtype=float)
                if not asks_the_same(boxes, factor, metric):
                    cells.append("other")
                    continue
                moves = [
                    move(
                        boxes,
                        factor,
                        dtype,
                        metric,
                        n_clusters=arguments.k,
                        random_state=seed,
                        **parameters,
                    )
                    for seed in range(arguments.seeds)
                ]
                if all(each is None for each in moves):
                    cells.append("exactly")
                    continue
                moves = [each or 0.0 for each in moves]
                low, high = min(moves), max(moves)
                moved = max(-low, high) >= _ROUNDING
                cells.append(f"{low:+.3f} to {high:+.3f}" if moved else "rounding")
            row = " ".join(f"{cell:>17}" for cell in cells)
            print(f"{name:14} {metric:12} {way:9} {row}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--boxes", type=int, default=2000)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("-k", type=int, default=9)
    arguments = parser.parse_args()
    data = {
        "log-normal": lognormal_mixture(arguments.boxes),
        "whole pixels": np.rint(lognormal_mixture(arguments.boxes, seed=1)) + 4,
        "fractions": whole_pixels(arguments.boxes),
    }
    for name, boxes in real_boxes(("bccd", "raccoon")).items():
        data[name] = boxes[: arguments.boxes]
    print(" " * 37 + " ".join(f"{unit:>17}" for unit in UNITS))
    for name, boxes in data.items():
        compare(name, boxes, arguments)


if __name__ == "__main__":
    main()
