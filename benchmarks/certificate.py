"""How close do the bounds of `certify_anchors` come, and how soon?

For each data set and number of anchors, starts from arbitrary boxes, and prints the
gap after 1, 3 and 10 seconds of work, the seconds of work after which the gap was at
most 0.05, 0.02, 0.005, 0.002 and 0.001, the bounds at the end, and the peak of memory
so far. Work is processor time: the clock that the proof looks at is replaced, so that
other loads of the machine hardly matter, and that any version can be measured.

By default on made-up boxes, continuous and in whole pixels; give folders of Pascal VOC
files to see real ones.

    python benchmarks/certificate.py [FOLDER ...] [--n-anchors 3 5 9] [--max-time 60]
    python benchmarks/certificate.py --n-boxes 850000 --n-anchors 9 --max-time 120
"""

import argparse
import resource
import time
from pathlib import Path
from unittest.mock import patch

import numpy as np

from skanchors.annotations import read_annotations
from skanchors.certify import certify_anchors

MOMENTS = (1, 3, 10)
GAPS = (0.05, 0.02, 0.005, 0.002, 0.001)


def log_normal(n_boxes):
    """Fractions of an image, spread as in photographs: many small, few large."""
    rng = np.random.default_rng(0)
    log_scale = rng.normal(-2, 0.9, size=n_boxes)
    log_ratio = rng.normal(0, 0.55, size=n_boxes)
    boxes = np.exp(np.column_stack([log_scale + log_ratio, log_scale - log_ratio]))
    return np.clip(boxes, 0.002, 1)


def whole_pixels(n_boxes):
    """Six kinds of objects, in whole pixels of images 640 wide."""
    rng = np.random.default_rng(1)
    centres = rng.normal(4, 0.8, size=(6, 2))
    logs = centres[rng.integers(6, size=n_boxes)] + rng.normal(0, 0.5, (n_boxes, 2))
    return np.clip(np.round(np.exp(logs)), 1, 640)


def peak_memory():
    """In GB; the kernel counts in kB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--n-boxes", type=int, default=20_000)
    parser.add_argument("--n-anchors", nargs="+", type=int, default=[3, 5, 9])
    parser.add_argument("--max-time", type=float, default=12)
    parser.add_argument("--tol", type=float, default=0.001)
    arguments = parser.parse_args()
    data = {
        folder.name: read_annotations(
            sorted(folder.rglob("*.xml")), on_invalid="ignore"
        ).sizes()
        for folder in arguments.folders
    } or {
        "log-normal": log_normal(arguments.n_boxes),
        "whole pixels": whole_pixels(arguments.n_boxes),
    }
    print(f"{'boxes':16} {'k':>3}", end="")
    print("".join(f"{f'{moment} s':>8}" for moment in MOMENTS), end=" |")
    print("".join(f"{gap:7}" for gap in GAPS), "|  lower   upper  cases   GB")
    for name, boxes in data.items():
        for n_anchors in arguments.n_anchors:
            start = boxes[np.linspace(0, len(boxes) - 1, n_anchors).astype(int)]
            with patch("time.monotonic", time.process_time):
                certificate = certify_anchors(
                    boxes,
                    start,
                    tol=arguments.tol,
                    max_time=arguments.max_time,
                    random_state=0,
                )
            work, lower, upper = certificate.history.T
            gap = upper - lower
            print(f"{name[:16]:16} {n_anchors:3}", end="")
            for moment in MOMENTS:
                print(f"{gap[work <= moment].min(initial=1):8.4f}", end="")
            print(" |", end="")
            for wanted in GAPS:
                reached = work[gap <= wanted]
                print(f"{reached[0]:7.1f}" if len(reached) else "      -", end="")
            print(
                f" | {certificate.lower:.5f} {certificate.upper:.5f} "
                f"{certificate.n_nodes:6} {peak_memory():.2f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
