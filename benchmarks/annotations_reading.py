"""How fast are annotation files read, compared with a plain ElementTree loop?

Writes synthetic VOC files (or takes a folder of your own), and times in turn, over
and over: a plain ElementTree loop, xmltodict alone, the extractor in one process, and
in two, with the processes newly started and running already. Prints the median of the
files per second and of the ratios to the loop beside it, and peak memory.

    python benchmarks/annotations_reading.py [FOLDER] [--files 10000] [--times 1]
"""

import argparse
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from statistics import median

import xmltodict
from joblib.externals.loky import get_reusable_executor

from skanchors.annotations import VOCBoxExtractor, iter_sizes
from skanchors.annotations.formats import FORMATS, _voc
from skanchors.datasets import list_annotations, make_voc_annotations


def plain_loop(paths):
    boxes = []
    for path in paths:
        root = ET.parse(path).getroot()
        width = float(root.findtext("size/width"))
        height = float(root.findtext("size/height"))
        for box in root.iterfind("object/bndbox"):
            x = float(box.findtext("xmax")) - float(box.findtext("xmin"))
            y = float(box.findtext("ymax")) - float(box.findtext("ymin"))
            boxes.append((x / width, y / height))
    return boxes


def xmltodict_alone(paths):
    for path in paths:
        with open(path, "rb") as file:
            xmltodict.parse(file.read())


def any_layout(paths):
    """The extractor, kept from the pattern for the common layout."""
    common = _voc._read_common_layout
    _voc._read_common_layout = lambda data: None
    try:
        return VOCBoxExtractor().transform(paths)
    finally:
        _voc._read_common_layout = common


def one_process(paths):
    return VOCBoxExtractor().transform(paths)


def two_processes(paths):
    """As a user has it: few files are read in this process all the same."""
    return VOCBoxExtractor(n_jobs=2).transform(paths)


def two_new_processes(paths):
    """Two processes even for few files, and their start."""
    get_reusable_executor().shutdown(wait=True)
    return two_running_processes(paths)


def two_running_processes(paths):
    usual = FORMATS["voc"]
    FORMATS["voc"] = usual._replace(parallel_from=1)
    try:
        return two_processes(paths)
    finally:
        FORMATS["voc"] = usual


WAYS = (
    plain_loop,
    xmltodict_alone,
    any_layout,
    one_process,
    two_processes,
    two_new_processes,
    two_running_processes,
)

MEMORY = """
import sys, tracemalloc
import skanchors.annotations as a
from skanchors.datasets import list_annotations
paths = list_annotations(sys.argv[1])
tracemalloc.start()
{work}
print(tracemalloc.get_traced_memory()[1])
"""
WORKS = {
    "transform": "a.VOCBoxExtractor().transform(paths)",
    "iter_sizes": "for chunk in a.iter_sizes(paths, 10_000): pass",
    "read_annotations": "a.read_annotations(paths)",
}


def timed(function, paths):
    start = time.perf_counter()
    function(paths)
    return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", nargs="?")
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=1, help="read each file so often")
    parser.add_argument("--repeats", type=int, default=5)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = args.folder
        if folder is None:
            folder = scratch
            make_voc_annotations(folder, args.files, random_state=0)
        paths = list_annotations(folder) * args.times
        n_boxes = sum(len(chunk) for chunk in iter_sizes(paths))
        print(f"{len(paths)} files, {n_boxes} boxes; medians of {args.repeats}")
        times = {way: [] for way in WAYS}
        for _ in range(args.repeats):
            for way in WAYS:
                times[way].append(timed(way, paths))
        for way in WAYS:
            ratios = [a / b for a, b in zip(times[way], times[plain_loop], strict=True)]
            rate = len(paths) / median(times[way])
            print(f"{way.__name__:22} {rate:8.0f} files/s {median(ratios):6.2f} x loop")
        speedup = [
            a / b
            for a, b in zip(
                times[one_process], times[two_running_processes], strict=True
            )
        ]
        print(f"two running processes are {median(speedup):.2f} times one")
        for name, work in WORKS.items():
            done = subprocess.run(
                [sys.executable, "-c", MEMORY.format(work=work), folder],
                capture_output=True,
                text=True,
                check=True,
            )
            print(f"{name}: {int(done.stdout) / 2**20:.1f} MiB at the peak")


if __name__ == "__main__":
    main()
