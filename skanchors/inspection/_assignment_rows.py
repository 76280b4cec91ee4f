"""The parts of the report on an assignment, each as plain rows."""

from itertools import pairwise
from pathlib import PurePath
from typing import Any

import numpy as np

from skanchors.assignment import Assignment
from skanchors.inspection._groups import LEAST_OBJECTS, Group

_STRIDE_BOUNDS = (1, 2, 4, 8, 16)


def stride_groups(sizes: np.ndarray, stride: float) -> list[Group]:
    """Objects by the square root of their area in strides of the finest level."""
    strides = np.sqrt(sizes.prod(axis=1)) / stride
    place = np.digitize(strides, _STRIDE_BOUNDS)
    names = [f"below {_STRIDE_BOUNDS[0]}"]
    names += [f"{low} to {high}" for low, high in pairwise(_STRIDE_BOUNDS)]
    names.append(f"above {_STRIDE_BOUNDS[-1]}")
    groups = [
        Group("strides", name, np.flatnonzero(place == i))
        for i, name in enumerate(names)
    ]
    return [group for group in groups if len(group.rows)]


def group_rows(
    found: Assignment, matched: np.ndarray, groups: list[Group], *, sort: bool = False
) -> list[dict]:
    """Shares of each group; sorted from the one served worst if asked for.

    Parameters
    ----------
    found : Assignment
    matched : ndarray of shape (n_objects,), bool
    groups : list of Group
    sort : bool, default=False
    """
    rows = []
    for group in groups:
        inside = group.rows
        rows.append(
            {
                "group": group.name,
                "n_objects": len(inside),
                "unmatched": float((found.n_positive[inside] == 0).mean()),
                "forced": float(found.forced[inside].mean()),
                "matched": float(matched[inside].mean()),
                "positives": float(found.n_positive[inside].mean()),
                "best_iou": float(found.best_iou[inside].mean()),
            }
        )
    return sorted(rows, key=_badness) if sort else rows


def _badness(row: dict) -> tuple:
    """Worst first: no positive, or forced ones only, weigh alike; then low matches."""
    return -(row["unmatched"] + row["forced"]), row["matched"], row["best_iou"]


def worst_of(classes: list[dict], sizes: list[dict]) -> dict[str, dict]:
    """The class and the size served worst, of those with enough objects."""
    worst = {}
    for kind, rows in (("class", classes), ("size", sizes)):
        enough = [row for row in rows if row["n_objects"] >= LEAST_OBJECTS]
        if len(enough or rows) > 1:
            worst[kind] = min(enough or rows, key=_badness)
    return worst


def positives_row(n_positive: np.ndarray) -> dict[str, float]:
    """Mean, median and tails of the numbers of positives."""
    if not len(n_positive):
        n_positive = np.zeros(1)
    marks = (0, 5, 25, 50, 75, 95, 100)
    values = np.percentile(n_positive, marks, method="inverted_cdf").tolist()
    row = {f"p{mark}": float(value) for mark, value in zip(marks, values, strict=True)}
    return {"mean": float(n_positive.mean()), "median": row.pop("p50")} | row


def level_rows(found: Assignment) -> list[dict]:
    """Anchors, objects and positives of each level, finest first."""
    total = max(int(found.level_positives.sum()), 1)
    levels = found.anchor_set.levels or ()
    objects = np.bincount(found.level[found.level >= 0], minlength=len(levels))
    return [
        {
            "stride": float(stride),
            "n_anchors": len(level),
            "n_objects": int(count),
            "n_positive": int(positives),
            "share": int(positives) / total,
        }
        for stride, level, count, positives in zip(
            found.detector.strides, levels, objects, found.level_positives, strict=True
        )
    ]


def image_rows(found: Assignment, images: Any, n_worst: int) -> list[dict]:
    """The images with most objects unmatched, then with most only forced.

    Parameters
    ----------
    found : Assignment
    images : Images
        Of the table.
    n_worst : int
    """

    def count(inside: Any) -> np.ndarray:
        return np.bincount(found.image_index[inside], minlength=found.n_images)

    objects = count(slice(None))
    unmatched, forced = count(found.n_positive == 0), count(found.forced)
    iou = np.bincount(found.image_index, found.best_iou, minlength=found.n_images)
    mean = iou / np.maximum(objects, 1)
    order = np.lexsort((mean, -forced, -unmatched, objects == 0))
    rows = []
    for i in order[: min(n_worst, np.count_nonzero(objects))].tolist():
        row: dict[str, Any] = {
            "row": i,
            "n_objects": int(objects[i]),
            "n_unmatched": int(unmatched[i]),
            "n_forced": int(forced[i]),
            "mean_best_iou": float(mean[i]),
            "path": str(images.path[i]),
        }
        # One image a file, named like it: the file says it once.
        if str(images.image_id[i]) != PurePath(row["path"]).stem:
            row["image"] = str(images.image_id[i])
        rows.append(row)
    return rows
