"""Does memory stay flat, and do threads get the same results?

``python benchmarks/soak.py [--fits 200] [--threads 8]`` fits, certifies and reports
over and over in one process and prints the resident memory on the way. Then threads do
it all at once, which must give what one after another gave, bit for bit and without a
warning.
"""

import argparse
import io
import resource
import sys
import tempfile
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from skanchors import IoUKMeans, PyramidAnchors, SSDAnchors
from skanchors.annotations import read_annotations
from skanchors.certify import certify_anchors
from skanchors.datasets import make_voc_annotations
from skanchors.inspection import (
    AnchorClustersDisplay,
    anchor_report,
    assignment_report,
    dataset_report,
)


def memory() -> float:
    """Resident memory now, in MB; the peak where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return pages * resource.getpagesize() / 2**20


def jobs(paths: list[str]) -> list:
    """Functions of a seed, each of which returns something to compare."""

    def boxes(seed: int) -> np.ndarray:
        rng = np.random.default_rng(seed)
        return np.exp(rng.normal(4, 0.7, (400, 2))).round(1)

    def k_means(metric: str):
        def fit(seed: int) -> bytes:
            model = IoUKMeans(5, metric=metric, n_init=1, random_state=seed)
            return model.fit(boxes(seed)).cluster_centers_.tobytes()

        return fit

    def pyramid(seed: int) -> bytes:
        model = PyramidAnchors((8, 16, 32), n_init=1, random_state=seed)
        return model.fit(boxes(seed)).cluster_centers_.tobytes()

    def grid(seed: int) -> bytes:
        model = PyramidAnchors((16, 64), objective="grid_iou", n_init=1, random_state=0)
        return model.fit(boxes(seed)[:100]).cluster_centers_.tobytes()

    def ssd(seed: int) -> bytes:
        model = SSDAnchors((8, 16, 32), n_ratios=3, n_init=1, random_state=seed)
        return model.fit(boxes(seed)).cluster_centers_.tobytes()

    def certify(seed: int) -> bytes:
        X = boxes(seed)[:60]
        found = certify_anchors(X, X[:3], tol=0.05, random_state=0)
        return np.float64(found.upper).tobytes()

    def assignment(seed: int) -> str:
        table = read_annotations(paths)
        return str(assignment_report(table, "yolov5"))

    def page(seed: int) -> str:
        table = read_annotations(paths[:40])
        return dataset_report(table, "yolov5", random_state=seed).to_html()

    def report(seed: int) -> str:
        return str(anchor_report(boxes(seed), boxes(seed)[:5]).to_dict())

    def picture(seed: int) -> bytes:
        model = IoUKMeans(3, n_init=1, random_state=seed).fit(boxes(seed))
        display = AnchorClustersDisplay.from_estimator(model, boxes(seed))
        drawn = io.BytesIO()
        display.figure_.savefig(drawn, format="png", metadata={"Software": None})
        if "matplotlib.pyplot" in sys.modules:
            sys.modules["matplotlib.pyplot"].close(display.figure_)
        return drawn.getvalue()

    metrics = [k_means(m) for m in ("iou", "giou", "ratio", "sqeuclidean", "cityblock")]
    return [*metrics, pyramid, grid, ssd, certify, assignment, page, report, picture]


def main() -> None:
    """Print memory on the way, and whether threads agree."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--fits", type=int, default=200)
    parser.add_argument("--threads", type=int, default=8)
    args = parser.parse_args()
    warnings.simplefilter("error")
    import matplotlib

    matplotlib.use("agg")
    with tempfile.TemporaryDirectory() as folder:
        paths = make_voc_annotations(folder, 120, random_state=0)
        works = jobs(paths)
        start = time.perf_counter()
        for i in range(args.fits + 1):
            if i in (20, 50, 100, args.fits):
                print(
                    f"after {i:4d}: {memory():7.1f} MB, "
                    f"{time.perf_counter() - start:6.1f} s",
                    flush=True,
                )
            works[i % len(works)](i)
        # A seed for each, so that no two threads do the same.
        tasks = [(work, seed) for seed in range(args.threads // 2) for work in works]
        alone = [work(seed) for work, seed in tasks]
        with ThreadPoolExecutor(args.threads) as pool:
            together = list(pool.map(lambda task: task[0](task[1]), tasks))
        differ = [
            work.__qualname__
            for (work, _), one, other in zip(tasks, alone, together, strict=True)
            if one != other
        ]
        print(f"{args.threads} threads, {len(tasks)} tasks, different: {differ}")


if __name__ == "__main__":
    main()
