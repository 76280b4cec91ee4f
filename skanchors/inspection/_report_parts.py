"""The parts of the report on anchors, each as plain rows."""

import numbers

import numpy as np

from skanchors.inspection._best import check_column, in_pixels
from skanchors.metrics import anchors_above_threshold_score, best_possible_recall_score

# Upper bounds of the area, in pixels of the image, of COCO's small and medium objects.
_COCO_AREAS = (32**2, 96**2)
COCO_NAMES = ("small", "medium", "large")


def check_thresholds(thresholds):
    thresholds = [float(threshold) for threshold in np.ravel(thresholds)]
    if not thresholds or not all(threshold > 1 for threshold in thresholds):
        raise ValueError(
            "thresholds are ratios of two sides, at least one and each above 1, got "
            f"{thresholds}."
        )
    return thresholds


def threshold_rows(best, thresholds):
    return [
        {
            "threshold": threshold,
            "best_possible_recall": best_possible_recall_score(
                best.boxes, best.anchors, threshold=threshold
            ),
            "anchors_above_threshold": anchors_above_threshold_score(
                best.boxes, best.anchors, threshold=threshold
            ),
        }
        for threshold in thresholds
    ]


def anchor_rows(best):
    n_anchors = len(best.anchors)
    counts = np.bincount(best.labels, minlength=n_anchors)
    sums = np.bincount(best.labels, best.iou, minlength=n_anchors)
    rows = []
    for i, (size, count, total) in enumerate(
        zip(best.anchors.tolist(), counts.tolist(), sums.tolist(), strict=True)
    ):
        row = {
            "anchor": i,
            "sides": size,
            "n_boxes": count,
            "share": count / len(best.boxes),
            "mean_iou": total / count if count else None,
        }
        if len(size) == 2:
            row["aspect_ratio"] = size[0] / size[1] if size[1] else None
        rows.append(row)
    return rows


def group_rows(key, values, names, best, matched):
    rows = []
    for name in names:
        inside = values == name
        count = int(inside.sum())
        rows.append(
            {
                key: name.item() if isinstance(name, np.generic) else name,
                "n_boxes": count,
                "share": count / len(values),
                "mean_iou": float(best.iou[inside].mean()) if count else None,
                "best_possible_recall": float(matched[inside].mean())
                if count
                else None,
            }
        )
    return rows


def coco_sizes(X, pixel_areas):
    if pixel_areas is not None:
        areas = check_column(pixel_areas, X, "pixel_areas")
    elif X.shape[1] == 2 and in_pixels(X):
        areas = X.prod(axis=1)
    else:
        return None
    return np.take(COCO_NAMES, np.digitize(areas, _COCO_AREAS))


def worst_rows(best, n_worst, names):
    if not isinstance(n_worst, numbers.Integral) or n_worst < 0:
        raise ValueError(f"n_worst must be an integer, 0 or larger, got {n_worst!r}.")
    rows = np.argsort(best.iou, kind="stable")[:n_worst]
    listed = []
    for row in rows.tolist():
        entry = {
            "row": row,
            "sides": best.boxes[row].tolist(),
            "iou": float(best.iou[row]),
            "anchor": int(best.labels[row]),
        }
        for key, column in names.items():
            if column is not None:
                value = column[row]
                plain = value.item() if isinstance(value, np.generic) else value
                entry[key] = str(plain) if key == "path" else plain
        if entry.get("image") == entry.get("path"):
            entry.pop("image", None)  # one image a file: its name says it once
        listed.append(entry)
    return listed


def add_strides(content, anchors, strides, levels, stride_range):
    strides = np.asarray(strides, dtype=float).ravel()
    low, high = stride_range
    if not (strides > 0).all() or not 0 <= low < high:
        raise ValueError(
            "strides must be above 0 and stride_range two rising numbers, got "
            f"{strides.tolist()} and {stride_range!r}."
        )
    # The size of a box is the side of the cube with its volume.
    size = anchors.prod(axis=1) ** (1 / anchors.shape[1])
    stride_of = np.full(len(anchors), np.nan)
    for stride, level in _levels(size, strides, levels):
        stride_of[list(level)] = stride
    if np.isnan(stride_of).any():
        left_out = np.flatnonzero(np.isnan(stride_of)).tolist()
        raise ValueError(f"levels leave out the anchors {left_out}.")
    off = []
    for row, stride, in_strides in zip(
        content["anchors"], stride_of.tolist(), (size / stride_of).tolist(), strict=True
    ):
        row |= {"stride": stride, "size_in_strides": in_strides}
        if not low <= in_strides <= high:
            off.append(row["anchor"])
    content["stride_range"] = [float(low), float(high)]
    content["off_stride"] = off


def _levels(size, strides, levels):
    if levels is not None:
        if len(levels) != len(strides):
            raise ValueError(
                f"levels has {len(levels)} groups of anchors for {len(strides)} "
                "strides."
            )
        return zip(strides, levels, strict=True)
    if len(size) % len(strides):
        raise ValueError(
            f"{len(size)} anchors cannot be shared out evenly among {len(strides)} "
            "strides; say with levels= which anchors each level has."
        )
    order = np.argsort(size, kind="stable")
    return zip(np.sort(strides), np.split(order, len(strides)), strict=True)
