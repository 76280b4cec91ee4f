"""YOLOv2's Table 1, from the data that it was made from.

Redmon and Farhadi, "YOLO9000: better, faster, stronger", CVPR 2017, Table 1: the mean
IoU of the boxes of VOC 2007 with the nearest of k anchors, for k-means by squared
error and by IoU. The paper does not say how its runs started and stopped; here a run
starts from boxes drawn at random, moves each anchor to the mean of its boxes, and stops
when no box changes its anchor. Beside it stands what IoUKMeans finds.

    python benchmarks/yolov2_table1.py [--data FOLDER] [--runs 10]

FOLDER holds voc2007_trainval.tar.xz, or the unpacked XML files.
"""

import argparse
import tarfile
import tempfile
from pathlib import Path

import numpy as np

from skanchors import IoUKMeans
from skanchors.annotations import read_annotations
from skanchors.metrics import mean_iou_score, pairwise_box_distances

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
# Row of the table, k, the metric, the paper's mean IoU in percent.
TABLE = [
    ("cluster, squared error", 5, "sqeuclidean", 58.7),
    ("cluster, IoU", 5, "iou", 61.0),
    ("cluster, IoU", 9, "iou", 67.2),
]


def read_sizes(folder):
    """Sizes in pixels of the objects that are not marked difficult."""
    archive = folder / "voc2007_trainval.tar.xz"
    with tempfile.TemporaryDirectory() as unpacked:
        if archive.is_file():
            with tarfile.open(archive) as tar:
                tar.extractall(unpacked, filter="data")
            folder = Path(unpacked)
        paths = sorted(folder.rglob("*.xml"))
        if not paths:
            raise SystemExit(f"No annotations in {folder}: pass --data FOLDER.")
        table = read_annotations(paths)
    return table.sizes("pixels")[~table.difficult]


def plain_kmeans(X, n_clusters, metric, rng):
    """The published algorithm, as most scripts write it."""
    anchors = X[rng.choice(len(X), n_clusters, replace=False)]
    labels = np.full(len(X), -1)
    while True:
        previous = labels
        labels = pairwise_box_distances(X, anchors, metric).argmin(axis=1)
        if (labels == previous).all():
            return anchors
        anchors = np.array(
            [
                X[labels == i].mean(axis=0) if (labels == i).any() else anchors[i]
                for i in range(n_clusters)
            ]
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA, metavar="FOLDER")
    parser.add_argument("--runs", type=int, default=10)
    arguments = parser.parse_args()
    X = read_sizes(arguments.data)
    print(
        f"{len(X)} boxes; mean IoU in percent, mean and range of {arguments.runs} runs"
    )
    print(f"{'':24} k  paper  plain k-means       IoUKMeans, mean  IoUKMeans")
    for row, n_clusters, metric, paper in TABLE:
        plain, kept = [], []
        for seed in range(arguments.runs):
            rng = np.random.default_rng(seed)
            anchors = plain_kmeans(X, n_clusters, metric, rng)
            plain.append(100 * mean_iou_score(X, anchors))
            km = IoUKMeans(
                n_clusters,
                metric=metric,
                center="mean",
                init="random",
                n_init=1,
                random_state=seed,
            )
            kept.append(100 * km.fit(X).mean_iou_)
        best = 100 * IoUKMeans(n_clusters, random_state=0).fit(X).mean_iou_
        print(
            f"{row:24} {n_clusters} {paper:6.1f}  {np.mean(plain):.1f} "
            f"({min(plain):.1f} to {max(plain):.1f})  {np.mean(kept):.1f} "
            f"({min(kept):.1f} to {max(kept):.1f})  {best:.1f}"
        )
    print("\nIoUKMeans with mean centres keeps the best anchors of each run; the last")
    print("column is its default, which maximises the mean IoU itself.")


if __name__ == "__main__":
    main()
