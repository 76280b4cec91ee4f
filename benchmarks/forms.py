"""What fitting the form of a detector gains, and what each objective trades.

Each folder holds VOC XML files, or YOLO text files with a ``sizes.csv``. The script
prints

- ``figures``: the mean IoU that forms reach from several seeds at shortest edge 800,
  longest 1333, and their time beside that of `IoUKMeans` with as many anchors;
- ``objectives``: mean IoU, grid IoU, unmatched boxes and positives on held-out images,
  for the published anchors, for log size and log ratio clustered apart, and for each
  objective, in the forms of RetinaNet and of Faster R-CNN, averaged over five halves;
- ``balanced``: what weights that give each class the same say change for the smallest
  boxes, in small inputs of 160 x 120 with nine anchors at stride 8.

    python benchmarks/forms.py figures VOC2007
    python benchmarks/forms.py objectives VOC2007 COCO_YOLO
    python benchmarks/forms.py balanced BCCD
"""

import argparse
import time
import warnings

import numpy as np
from assignment_findings import read
from sklearn.cluster import KMeans

from skanchors import IoUKMeans, PyramidAnchors
from skanchors.annotations import balanced_weight
from skanchors.assignment import assign
from skanchors.export import AnchorSet, default_anchors
from skanchors.metrics import grid_iou_score, matched_score, mean_iou_score

INPUT = "shortest_edge", (800, 1333)
WIDE = (8, 16, 32, 64, 128)
FIGURES = {
    "5 sizes x 3 shared ratios": {},
    "5 sizes x 3 ratios per level": {"ratios": "level"},
    "3 scales x 3 ratios": {"strides": WIDE, "n_sizes": 3, "sizes": "stride"},
    "15 sizes x 3 shared ratios": {"n_sizes": 3},
}
FORMS = {
    "mmdet-retinanet": {"strides": WIDE, "n_sizes": 3, "sizes": "stride"},
    "fasterrcnn_resnet50_fpn": {},
}
OBJECTIVES = ("iou", "grid_iou", "matched")


def figures(folders, n_seeds):
    for folder in folders:
        X = read(folder).sizes(*INPUT)
        print(f"{folder}: {len(X)} boxes")
        for name, form in FIGURES.items():
            reached, ratios = [], []
            for seed in range(n_seeds):
                start = time.perf_counter()
                fitted = PyramidAnchors(**form, random_state=seed).fit(X)
                middle = time.perf_counter()
                IoUKMeans(len(fitted.cluster_centers_), random_state=seed).fit(X)
                ratios.append((middle - start) / (time.perf_counter() - middle))
                reached.append(fitted.mean_iou_)
            print(
                f"  {name:30} mean IoU {min(reached):.5f} to {max(reached):.5f} from "
                f"{n_seeds} seeds, {np.median(ratios):.2f} times the time of as many "
                "free anchors"
            )


def apart(X, form):
    """Log sizes and log ratios clustered apart, by k-means."""
    strides, n_sizes = form.get("strides", (4, 8, 16, 32, 64)), form.get("n_sizes", 1)
    logs = np.log(X[(X > 0).all(axis=1)])
    columns = (logs.mean(axis=1), len(strides) * n_sizes), (logs @ [-1, 1], 3)
    sizes, ratios = (
        np.exp(
            np.sort(
                KMeans(k, n_init=10, random_state=0)
                .fit(v[:, None])
                .cluster_centers_[:, 0]
            )
        )
        for v, k in columns
    )
    rows = sizes.reshape(len(strides), -1).tolist()
    return AnchorSet(sizes=rows, ratios=ratios.tolist(), strides=strides)


def objectives(folders, n_splits):
    for folder in folders:
        table = read(folder)
        X, image = table.sizes(*INPUT), table.image_index
        for detector, form in FORMS.items():
            rows = {}
            for split in range(n_splits):
                rng = np.random.default_rng(split)
                is_train = rng.permutation(len(table.images.path)) % 2 == 0
                train, test = X[is_train[image]], X[~is_train[image]]
                held_out = table.take_images(~is_train)
                sets = {
                    "published": default_anchors(detector),
                    "log size and ratio apart": apart(train, form),
                }
                for objective in OBJECTIVES:
                    fitted = PyramidAnchors(
                        **form, objective=objective, random_state=split
                    ).fit(train)
                    sets[objective] = fitted.anchor_set_
                for name, anchor_set in sets.items():
                    scores = (
                        mean_iou_score(test, anchor_set),
                        grid_iou_score(test, anchor_set),
                        1 - matched_score(test, anchor_set),
                        assign(held_out, detector, anchor_set).n_positive.mean(),
                    )
                    rows.setdefault(name, []).append(scores)
            print(f"{folder}, {detector}: held-out means over {n_splits} halves")
            for name, scores in rows.items():
                iou, grid, unmatched, positives = np.mean(scores, axis=0)
                print(
                    f"  {name:25} mean IoU {iou:.4f}, grid IoU {grid:.4f}, unmatched "
                    f"{unmatched:.2%}, positives an object {positives:.1f}"
                )


def balanced(folders):
    for folder in folders:
        table = read(folder)
        X = table.sizes("stretch", (160, 120))
        small = X.prod(axis=1) < 256
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # which groups were merged
            weight = balanced_weight(table, by="label")
        print(f"{folder}: {len(X)} boxes, {small.sum()} under 256 square pixels")
        form = {"strides": (8,), "n_sizes": 3, "random_state": 0}
        estimators = {"nine free": IoUKMeans(9, random_state=0)} | {
            objective: PyramidAnchors(objective=objective, **form)
            for objective in OBJECTIVES
        }
        for kind, estimator in estimators.items():
            for name, w in (("as they are", None), ("balanced", weight)):
                anchors = estimator.fit(X, sample_weight=w).cluster_centers_
                found = AnchorSet(anchors, strides=[8], levels=[range(9)])
                parts = [
                    f"{what}: mean IoU {mean_iou_score(some, found):.3f}, grid IoU "
                    f"{grid_iou_score(some, found):.3f}, matched "
                    f"{matched_score(some, found):.3f}"
                    for what, some in (("all", X), ("smallest", X[small]))
                ]
                print(f"  {kind:9} {name:12} {'; '.join(parts)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("what", choices=["figures", "objectives", "balanced"])
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--repeats", type=int, default=None, help="seeds or halves")
    options = parser.parse_args()
    if options.what == "figures":
        figures(options.folders, options.repeats or 10)
    elif options.what == "objectives":
        objectives(options.folders, options.repeats or 5)
    else:
        balanced(options.folders)


if __name__ == "__main__":
    main()
