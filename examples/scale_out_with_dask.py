"""
=========================================
Anchors from files that many workers read
=========================================

Each worker turns a part of the annotation files into a histogram of box sizes, which is
small however many boxes it stands for. Workers merge histograms in pairs, and one fit
on the last gives the same anchors as reading all files in one process.

Here the cluster is two processes on this machine. For one of your own, pass the address
of its scheduler: ``Client("scheduler:8786")``. The files must be readable from every
worker, and skanchors installed there.

    python examples/scale_out_with_dask.py
"""

# sphinx_gallery_thumbnail_path = '_static/growth.svg'
import joblib
import numpy as np
from dask.distributed import Client, LocalCluster

from skanchors import BoxHistogram, IoUKMeans
from skanchors.annotations import iter_sizes
from skanchors.datasets import load_sample_paths

FILES_A_PART = 25


def count(paths):
    """Histogram of the boxes in some files; it may be of none."""
    histogram = BoxHistogram()
    for sizes in iter_sizes(paths):
        histogram.partial_fit(sizes)
    return histogram


def merge(one, *others):
    """Histogram of the boxes of all. Dask's results are not to be changed in place."""
    merged = BoxHistogram()
    for each in (one, *others):
        merged.merge(each)
    return merged


def count_on(client, paths):
    """Histogram of the boxes in all files, read and merged by the workers."""
    parts = [paths[i : i + FILES_A_PART] for i in range(0, len(paths), FILES_A_PART)]
    histograms = client.map(count, parts)
    while len(histograms) > 1:
        pairs = [histograms[i : i + 2] for i in range(0, len(histograms), 2)]
        histograms = [client.submit(merge, *pair) for pair in pairs]
    return histograms[0].result()


def main():
    paths = load_sample_paths()
    with (
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",  # any free port
        ) as cluster,
        Client(cluster) as client,
    ):
        histogram = count_on(client, paths)
        # Several runs from different starts go to the workers through joblib.
        km = IoUKMeans(5, n_init=4, random_state=0)
        with joblib.parallel_config("dask"):
            km.fit(histogram.sizes_, sample_weight=histogram.counts_)

    print(
        f"{histogram.n_seen_} boxes of {len(paths)} files, mean IoU {km.mean_iou_:.4f}"
    )
    print(km.cluster_centers_.round(3))

    alone = IoUKMeans(5, n_init=4, random_state=0).fit(
        np.concatenate([*iter_sizes(paths)])
    )
    assert (alone.cluster_centers_ == km.cluster_centers_).all()
    print("One process alone finds the same anchors.")


# Worker processes import this file: only the first process is to start the cluster.
if __name__ == "__main__":
    main()
