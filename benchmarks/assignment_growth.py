"""Does the time of an assignment grow with the objects, and with nothing else?

Assigns made-up objects, or those of a folder of VOC XML files, to the published anchors
of some detectors: with more and more images, and then with the same objects in inputs
with ever more empty space. Prints time and memory, and the ratio to the line before.

    python benchmarks/assignment_growth.py [FOLDER] [--images 5000] [--detectors ...]
"""

import argparse
import time
import tracemalloc
from pathlib import Path
from statistics import median

import numpy as np

from skanchors.annotations import AnnotationTable, read_annotations
from skanchors.assignment import assign
from skanchors.detectors import get_detector

DETECTORS = (
    "fasterrcnn_resnet50_fpn",
    "retinanet_resnet50_fpn",
    "mmdet-retinanet",
    "ssd300_vgg16",
    "mmdet-atss",
    "mmdet-yolov3",
    "yolov5",
    "yolov4",
)


def make_table(n_images, seed=0):
    """Three objects an image of 500 x 375 pixels, small and large."""
    rng = np.random.default_rng(seed)
    n, whole = 3 * n_images, np.array([500.0, 375.0])
    size = np.exp(rng.uniform(np.log(8), np.log(350), (n, 2)))
    low = rng.uniform(0, whole - size)
    image = np.repeat(np.arange(n_images), 3)
    names = np.array([f"{i}.xml" for i in range(n_images)], dtype=object)
    width, height = (np.full(n_images, side) for side in whole)
    no = np.zeros(n, dtype=bool)
    return AnnotationTable(
        path=names[image],
        image_id=names[image],
        label=np.full(n, "thing", dtype=object),
        width=size[:, 0],
        height=size[:, 1],
        image_width=width[image],
        image_height=height[image],
        difficult=no,
        truncated=no,
        crowd=no,
        relative=no,
        xmin=low[:, 0],
        ymin=low[:, 1],
        n_files=n_images,
        n_images=n_images,
        n_objects=n,
    )


def with_space(table, factor):
    """The same objects in images with more empty space at the right and below."""
    images = table.images
    larger = images._replace(width=images.width * factor, height=images.height * factor)
    copy = table[:]
    copy.images = larger
    return copy


def measure(table, repeats=3, **arguments):
    """Median time and, in one more run, peak memory in megabytes."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        assign(table, **arguments)
        times.append(time.perf_counter() - start)
    tracemalloc.start()
    assign(table, **arguments)
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return median(times), peak


def show(label, table, before, **arguments):
    seconds, peak = measure(table, **arguments)
    ratio = f", {seconds / before:.2f} times the line before" if before else ""
    each = seconds / max(len(table), 1) * 1e6
    print(f"  {label}: {seconds:.2f} s, {each:.0f} us an object, {peak:.0f} MB{ratio}")
    return seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "folder", nargs="?", help="VOC XML files; made-up ones if left out"
    )
    parser.add_argument("--images", type=int, default=5000)
    parser.add_argument("--detectors", nargs="+", default=DETECTORS)
    arguments = parser.parse_args()
    if arguments.folder:
        whole = read_annotations(sorted(Path(arguments.folder).rglob("*.xml")))
    else:
        whole = make_table(arguments.images)
    n_images = len(whole.images.path)
    for name in arguments.detectors:
        print(name)
        before = None
        for share in (8, 4, 2, 1):
            part = whole.take_images(np.arange(n_images // share))
            label = f"{part.n_images} images, {len(part)} objects"
            before = show(label, part, before, detector=name)
        if get_detector(name).scaling != "shortest_edge":
            continue  # its input is of one size
        part, before = whole.take_images(np.arange(n_images // 8)), None
        for factor in (2, 4, 8):
            label = f"in images {factor} times as wide and high, unscaled"
            before = show(
                label, with_space(part, factor), before, detector=name, scaling="pixels"
            )


if __name__ == "__main__":
    main()
