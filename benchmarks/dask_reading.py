"""What do workers of a Dask cluster gain when they read files and merge histograms?

Writes synthetic VOC files (or takes a folder of your own) and counts their boxes in
turn: in this process, on a cluster of one worker process, and on one of two. Each
worker has one thread; the clusters are running before the clock starts. Printed are the
medians of the times and of the ratios to this process in the same round, by the clock
and by the time of processors, that of the workers included. The second says what it
costs to hand out the parts and to merge them, also on a machine that is busy.

    OMP_NUM_THREADS=1 python benchmarks/dask_reading.py [FOLDER] [--files 10000]
        [--times 10] [--part 5000] [--rounds 5]
"""

import argparse
import tempfile
import time
from functools import reduce

import numpy as np
from dask.distributed import Client, LocalCluster

from skanchors import BoxHistogram
from skanchors.annotations import iter_sizes
from skanchors.datasets import list_annotations, make_voc_annotations


def count(paths):
    histogram = BoxHistogram()
    for sizes in iter_sizes(paths):
        histogram.partial_fit(sizes)
    return histogram


def on(client, parts):
    # pure=False: Dask is not to remember the last round.
    histograms = client.gather(client.map(count, parts, pure=False))
    return reduce(BoxHistogram.merge, histograms, BoxHistogram())


def cluster(n_workers):
    return LocalCluster(
        n_workers=n_workers,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
    )


def clocks(client):
    """Seconds by the clock, and of processors: this process and perhaps its workers."""
    processors = time.process_time()
    if client is not None:
        processors += sum(client.run(time.process_time).values())
    return np.array([time.perf_counter(), processors])


def measure(paths, size, rounds):
    parts = [paths[i : i + size] for i in range(0, len(paths), size)]
    with (
        cluster(1) as one,
        cluster(2) as two,
        Client(one) as client_of_one,
        Client(two) as client_of_two,
    ):
        ways = {
            "this process": (lambda: count(paths), None),
            "one worker": (lambda: on(client_of_one, parts), client_of_one),
            "two workers": (lambda: on(client_of_two, parts), client_of_two),
        }
        expected = count(paths)
        times = {name: [] for name in ways}
        for _ in range(rounds):
            for name, (way, client) in ways.items():
                start = clocks(client)
                histogram = way()
                times[name].append(clocks(client) - start)
                assert (histogram.sizes_ == expected.sizes_).all()
                assert (histogram.counts_ == expected.counts_).all()
    print(f"{len(paths)} files, {expected.n_seen_} boxes, {len(parts)} parts")
    print(f"{'':14} {'clock':>9} {'ratio':>6} {'processors':>11} {'ratio':>6}")
    alone = np.array(times["this process"])
    for name, each in times.items():
        clock, processors = np.median(each, axis=0)
        ratios = np.median(each / alone, axis=0)
        print(
            f"{name:14} {clock:7.2f} s {ratios[0]:6.2f} {processors:9.2f} s "
            f"{ratios[1]:6.2f}"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?")
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=10, help="read each file so often")
    parser.add_argument("--part", type=int, default=5000, help="files a task")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    if arguments.folder:
        paths = list_annotations(arguments.folder)
        measure(paths * arguments.times, arguments.part, arguments.rounds)
        return
    with tempfile.TemporaryDirectory() as folder:
        paths = make_voc_annotations(folder, arguments.files, random_state=0)
        measure(paths * arguments.times, arguments.part, arguments.rounds)


if __name__ == "__main__":
    main()
