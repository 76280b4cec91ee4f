"""How close do the bounds of `certify_anchors` come, and how soon?

For each data set and number of anchors, starts from arbitrary boxes, and prints the
seconds after which the gap was at most 0.01, 0.005, 0.002 and 0.001, the bounds at the
end, and the peak of memory so far. By default on made-up boxes; give folders of Pascal
VOC files to see real ones, or --n-boxes for many boxes.

    python benchmarks/certificate.py [FOLDER ...] [--n-anchors 3 5 9] [--max-time 60]
    python benchmarks/certificate.py --n-boxes 850000 --n-anchors 9 --max-time 120
"""

import argparse
import resource
from pathlib import Path

import numpy as np

from skanchors.annotations import read_annotations
from skanchors.certify import certify_anchors

GAPS = (0.01, 0.005, 0.002, 0.001)


def made_up(n_boxes):
    """Fractions of an image, spread as in photographs: many small, few large."""
    rng = np.random.default_rng(0)
    log_scale = rng.normal(-2, 0.9, size=n_boxes)
    log_ratio = rng.normal(0, 0.55, size=n_boxes)
    boxes = np.exp(np.column_stack([log_scale + log_ratio, log_scale - log_ratio]))
    return np.clip(boxes, 0.002, 1)


def peak_memory():
    """In GB; the kernel counts in kB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def seconds_until(history, gap):
    reached = history[history[:, 2] - history[:, 1] <= gap]
    return f"{reached[0, 0]:8.1f}" if len(reached) else "       -"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--n-boxes", type=int, default=3000)
    parser.add_argument("--n-anchors", nargs="+", type=int, default=[3, 5, 9])
    parser.add_argument("--max-time", type=float, default=20)
    parser.add_argument("--tol", type=float, default=0.001)
    arguments = parser.parse_args()
    data = {
        folder.name: read_annotations(
            sorted(folder.rglob("*.xml")), on_invalid="ignore"
        ).sizes()
        for folder in arguments.folders
    } or {f"{arguments.n_boxes} made up": made_up(arguments.n_boxes)}
    print(f"{'boxes':20} {'k':>3}" + "".join(f"{gap:9}" for gap in GAPS), end="")
    print("    lower    upper      gap  cases  GB")
    for name, boxes in data.items():
        for n_anchors in arguments.n_anchors:
            start = boxes[np.linspace(0, len(boxes) - 1, n_anchors).astype(int)]
            certificate = certify_anchors(
                boxes,
                start,
                tol=arguments.tol,
                max_time=arguments.max_time,
                random_state=0,
            )
            print(
                f"{name:20} {n_anchors:3}",
                *(seconds_until(certificate.history, gap) for gap in GAPS),
                f"{certificate.lower:8.5f} {certificate.upper:8.5f} "
                f"{certificate.gap:8.5f} {certificate.n_nodes:6} {peak_memory():.2f}",
            )


if __name__ == "__main__":
    main()
