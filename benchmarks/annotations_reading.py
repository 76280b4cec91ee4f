"""How fast are annotation files read, compared with a plain loop in Python?

Writes synthetic VOC files (or takes a folder of your own), and times in turn, over
and over: a plain ElementTree loop, xmltodict alone, the extractor in one process, and
in two, with the processes newly started and running already. Prints the median of the
files per second and of the ratios to the loop beside it, and peak memory. Then the
same for YOLO label files with as many boxes, against a loop over their lines.

Times are those of the processor, and of the clock where two processes share the work.

    python benchmarks/annotations_reading.py [FOLDER] [--files 10000] [--times 1]
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from statistics import median

import xmltodict
from joblib.externals.loky import get_reusable_executor

from skanchors.annotations import (
    VOCBoxExtractor,
    YOLOBoxExtractor,
    iter_sizes,
    read_annotations,
)
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


def plain_lines(paths):
    boxes = []
    for path in paths:
        with open(path) as file:
            for line in file:
                label, x, y, w, h = line.split()
                boxes.append((label, float(x), float(y), float(w), float(h)))
    return boxes


def any_layout(paths):
    """The extractor, kept from the pattern for the common layout."""
    common = _voc.read_common_layout
    _voc.read_common_layout = lambda data: None
    try:
        return VOCBoxExtractor().transform(paths)
    finally:
        _voc.read_common_layout = common


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


def yolo_sizes(paths):
    return YOLOBoxExtractor().transform(paths)


def table(paths):
    return read_annotations(paths)


YOLO_WAYS = (plain_lines, yolo_sizes, table)
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
    """Seconds by the clock and of the processor."""
    clock, processor = time.perf_counter(), time.process_time()
    function(paths)
    return time.perf_counter() - clock, time.process_time() - processor


def compare(ways, paths, repeats):
    """Print speeds of the first way and others beside it, and return their times."""
    times = {way: [] for way in ways}
    for _ in range(repeats):
        for way in ways:
            times[way].append(timed(way, paths))
    for way in ways:
        kind = 0 if "two" in way.__name__ else 1
        mine = [pair[kind] for pair in times[way]]
        loop = [pair[kind] for pair in times[ways[0]]]
        ratios = [a / b for a, b in zip(mine, loop, strict=True)]
        rate = len(paths) / median(mine)
        print(f"{way.__name__:22} {rate:8.0f} files/s {median(ratios):6.2f} x loop")
    return times


def write_yolo(paths, folder):
    """The boxes of VOC files as YOLO label files."""
    written = []
    for path in paths:
        one = read_annotations([path], on_invalid="ignore")
        corners = one.boxes("stretch", None)
        lines = [
            f"{i % 20} {(a + c) / 2:.6f} {(b + d) / 2:.6f} {c - a:.6f} {d - b:.6f}\n"
            for i, (a, b, c, d) in enumerate(corners)
        ]
        written.append(os.path.join(folder, f"{len(written):06d}.txt"))
        with open(written[-1], "w") as file:
            file.writelines(lines)
    return written


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
        times = compare(WAYS, paths, args.repeats)
        speedup = [
            a[0] / b[0]
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
        with tempfile.TemporaryDirectory() as labels:
            written = write_yolo(paths, labels)
            print("The boxes as YOLO label files:")
            compare(YOLO_WAYS, written, args.repeats)


if __name__ == "__main__":
    main()
