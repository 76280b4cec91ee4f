"""What an average of equal centres hides: the grid, the positives, the rare group.

Each argument is a folder of VOC XML files, or of YOLO text files with a ``sizes.csv``
of (file, width, height) anywhere below. For each of them the script prints

- the mean best IoU with equal centres and where the grid puts the anchors, for all
  boxes and for those under 16 pixels;
- the share of objects with a positive that is not forced, and the number of positives,
  for the published anchors and for those fitted in the form of the detector;
- and, in small inputs of 160 x 120 with nine anchors at stride 8, the matched share of
  the smallest objects, below 256 square pixels, beside that of all.

    python benchmarks/assignment_findings.py VOC2007 COCO_YOLO BCCD
"""

import argparse
import csv
from pathlib import Path

import numpy as np

from skanchors import IoUKMeans, PyramidAnchors
from skanchors.annotations import read_annotations
from skanchors.assignment import assign
from skanchors.detectors import Detector, get_detector
from skanchors.detectors._detector import Spec
from skanchors.export import AnchorSet
from skanchors.metrics import pairwise_iou

FORMS = {
    "retinanet_resnet50_fpn": {"n_sizes": 3},
    "fasterrcnn_resnet50_fpn": {"n_sizes": 1},
}


def read(folder):
    folder = Path(folder)
    files = sorted(folder.rglob("*.xml"))
    if files:
        return read_annotations(files)
    sizes = {}
    with next(folder.rglob("sizes.csv")).open(encoding="utf-8", newline="") as file:
        for name, width, height in list(csv.reader(file))[1:]:
            sizes[Path(name).stem] = (int(width), int(height))
    files = [path for path in sorted(folder.rglob("*.txt")) if path.stem in sizes]
    return read_annotations(files, image_sizes={p: sizes[p.stem] for p in files})


def sides(found):
    return (found.boxes[:, 2:] - found.boxes[:, :2]).astype(float)


def centred(found):
    return pairwise_iou(sides(found), found.anchor_set.anchors).max(axis=1)


def describe(name, found):
    iou, small = centred(found), np.sqrt(sides(found).prod(axis=1)) < 16
    strong = (found.n_positive > 0) & ~found.forced
    line = (
        f"  {name:34} mean IoU {iou.mean():.3f}, on the grid "
        f"{found.best_iou.mean():.3f}; unmatched {np.mean(found.best_iou < 0.5):.1%}; "
        f"true positives for {strong.mean():.1%}; positives "
        f"{found.totals['positive']:>7}, ignored {found.totals['ignored']}"
    )
    if small.any():
        apart, there = (np.mean(v[small] < 0.5) for v in (iou, found.best_iou))
        line += (
            f"; {small.sum()} under 16 pixels, unmatched {apart:.0%} with equal "
            f"centres and {there:.0%} there"
        )
    print(line, flush=True)


def pyramids(table):
    for name, form in FORMS.items():
        detector = get_detector(name)
        print(name)
        describe("published", assign(table, detector))
        X = table.sizes(detector.scaling, detector.input_size)
        for objective in ("iou", "matched"):
            model = PyramidAnchors(
                detector.strides, **form, objective=objective, random_state=0
            ).fit(X)
            describe(f"fitted, objective {objective}", assign(table, detector, model))


def small_inputs(table):
    X = table.sizes("stretch", (160, 120))
    sets = {
        "nine free, best mean IoU": IoUKMeans(9, random_state=0),
        "3 sizes x 3 ratios, mean IoU": PyramidAnchors((8,), n_sizes=3, random_state=0),
        "3 sizes x 3 ratios, matched": PyramidAnchors(
            (8,), n_sizes=3, objective="matched", random_state=0
        ),
    }
    print("160 x 120, nine anchors at stride 8")
    for name, model in sets.items():
        anchors = AnchorSet(model.fit(X).cluster_centers_, levels=[range(9)])
        detector = Detector(
            name="small",
            scaling="stretch",
            input_size=(160, 120),
            strides=(8,),
            form=Spec("free", {"n_anchors": 9}),
            rule=Spec("MaxIoU", {"positive": 0.5, "negative": 0.4}),
            offset=0.0,
            default_anchors=anchors,
        )
        found = assign(table, detector)
        matched = found.best_iou >= 0.5
        rare = sides(found).prod(axis=1) < 256
        print(
            f"  {name:34} mean IoU {centred(found).mean():.3f}; matched "
            f"{matched.mean():.1%}; of the {rare.mean():.1%} below 256 square pixels "
            f"{matched[rare].mean() if rare.any() else np.nan:.1%}",
            flush=True,
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", help="VOC XML, or YOLO with sizes.csv")
    for folder in parser.parse_args().folders:
        table = read(folder)
        print(f"{folder}: {len(table)} boxes of {table.n_images} images")
        pyramids(table)
        small_inputs(table)


if __name__ == "__main__":
    main()
