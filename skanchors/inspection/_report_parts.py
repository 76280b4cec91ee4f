"""The parts of the report on anchors, each as plain rows."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from skanchors._checks import check_count, even_split
from skanchors._plot import in_pixels
from skanchors._tables import excerpt
from skanchors.inspection._best import Best, check_column, total_weight
from skanchors.metrics import anchors_above_threshold_score, best_possible_recall_score

# Upper bounds of the area, in pixels of the image, of COCO's small and medium objects.
_COCO_AREAS = (32**2, 96**2)
COCO_NAMES = ("small", "medium", "large")
# What training calls positive: half or more in most detectors, 0.7 in region proposals.
IOU_LEVELS = (0.5, 0.7)


def check_thresholds(thresholds: Any) -> list[float]:
    found = _numbers(thresholds)
    if not found or not all(threshold > 1 for threshold in found):
        raise ValueError(
            "thresholds are ratios of two sides, at least one and each above 1, got "
            f"{excerpt(repr(thresholds))}."
        )
    return found


def _numbers(values: Any) -> list[float]:
    """One number or several as a list, which is empty if any is none."""
    try:
        found = np.ravel(np.asarray(values, dtype=float)).tolist()
    except (TypeError, ValueError):
        return []
    return [] if np.isnan(found).any() else found


def threshold_rows(best: Best, thresholds: Iterable[float]) -> list[dict]:
    return [
        {
            "threshold": threshold,
            "best_possible_recall": best_possible_recall_score(
                best.boxes,
                best.anchors,
                threshold=threshold,
                sample_weight=best.weight,
            ),
            "anchors_above_threshold": anchors_above_threshold_score(
                best.boxes,
                best.anchors,
                threshold=threshold,
                sample_weight=best.weight,
            ),
        }
        for threshold in thresholds
    ]


def iou_shares(iou: np.ndarray, weight: np.ndarray | None) -> dict[str, float]:
    """Share of boxes with an IoU of at least 0.5, and 0.7."""
    # An IoU of 0.7 that rounds to just below it counts.
    return {
        f"iou_at_least_{level}": float(np.average(iou >= level - 1e-12, weights=weight))
        for level in IOU_LEVELS
    }


def group_rows(
    key: str, values: np.ndarray, names: Iterable, best: Best, matched: np.ndarray
) -> list[dict]:
    """Scores of each group.

    Parameters
    ----------
    key : str
        What a group is: "class", "size".
    values : ndarray of shape (n_boxes,)
        Group of each box.
    names : iterable
        The groups.
    best : Best
    matched : ndarray of shape (n_boxes,), bool
        Whether a box counts in the recall.
    """
    total = total_weight(best.weight, len(values))
    rows = []
    for name in names:
        inside = values == name
        weight = None if best.weight is None else best.weight[inside]
        count = total_weight(weight, int(inside.sum()))
        row = {
            key: name.item() if isinstance(name, np.generic) else name,
            "n_boxes": count,
            "share": count / total,
            "mean_iou": None,
            "best_possible_recall": None,
        }
        if count:
            row["mean_iou"] = float(np.average(best.iou[inside], weights=weight))
            row["best_possible_recall"] = float(
                np.average(matched[inside], weights=weight)
            )
            row |= iou_shares(best.iou[inside], weight)
        rows.append(row)
    return rows


def worst_first(rows: list[dict]) -> list[dict]:
    """Rows of classes from the lowest mean IoU, those without boxes at the end."""
    return sorted(rows, key=lambda row: (not row["n_boxes"], row["mean_iou"] or 0))


def coco_sizes(X: np.ndarray, pixel_areas: Any) -> np.ndarray | None:
    if pixel_areas is not None:
        areas: Any = check_column(pixel_areas, X, "pixel_areas")
    elif X.shape[1] == 2 and in_pixels(X):
        with np.errstate(over="ignore"):
            areas = X.prod(axis=1)
    else:
        return None
    return np.take(COCO_NAMES, np.digitize(areas, _COCO_AREAS))


def worst_rows(best: Best, n_worst: int, names: dict) -> list[dict]:
    check_count(n_worst, name="n_worst", minimum=0)
    rows = np.argsort(best.iou, kind="stable")
    if best.weight is not None:
        rows = rows[best.weight[rows] > 0]
    listed = []
    for row in rows[:n_worst].tolist():
        entry: dict[str, Any] = {
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


def add_strides(
    content: dict,
    anchors: np.ndarray,
    strides: Any,
    levels: Sequence | None,
    stride_range: tuple[float, float],
) -> None:
    """Add to the rows of the anchors their level, and which do not suit it.

    Parameters
    ----------
    content : dict
        What the report holds so far; its rows of anchors grow.
    anchors : ndarray of shape (n_anchors, n_sides)
    strides : array-like of shape (n_levels,)
    levels : sequence of sequences of int, or None
    stride_range : (float, float)
    """
    given, strides = strides, np.array(_numbers(strides))
    bounds = _numbers(stride_range)
    if (
        not len(strides)
        or not (strides > 0).all()
        or len(bounds) != 2
        or not 0 <= bounds[0] < bounds[1]
    ):
        raise ValueError(
            "strides must be numbers above 0 and stride_range two rising numbers, got "
            f"{excerpt(repr(given))} and {excerpt(repr(stride_range))}."
        )
    low, high = bounds
    # The size of a box is the side of the cube with its volume.
    size = anchors.prod(axis=1) ** (1 / anchors.shape[1])
    stride_of = np.full(len(anchors), np.nan)
    for stride, level in _levels(size, strides, levels):
        stride_of[list(level)] = stride
    if np.isnan(stride_of).any():
        left_out = np.flatnonzero(np.isnan(stride_of)).tolist()
        raise ValueError(f"levels leave out the anchors {left_out}.")
    small, large = [], []
    for row, stride, in_strides in zip(
        content["anchors"], stride_of.tolist(), (size / stride_of).tolist(), strict=True
    ):
        row |= {"stride": stride, "size_in_strides": in_strides}
        if in_strides < low:
            small.append(row["anchor"])
        elif in_strides > high:
            large.append(row["anchor"])
    content["stride_range"] = [float(low), float(high)]
    content["off_stride"] = sorted(small + large)
    content["too_small"], content["too_large"] = small, large


def levels_of(anchor_set: Any, strides: Any) -> dict[str, Any]:
    """Arguments of `anchor_report` about levels, none where some anchors are on none.

    The masks of YOLOv4-tiny leave out its smallest anchor.
    """
    levels = anchor_set.levels
    if levels is not None:
        used = {int(row) for level in levels for row in level}
        if used != set(range(len(anchor_set))):
            return {"strides": None, "levels": None}
    return {"strides": strides, "levels": levels}


def _levels(
    size: np.ndarray, strides: np.ndarray, levels: Sequence | None
) -> Iterable[tuple]:
    if levels is not None:
        if len(levels) != len(strides):
            raise ValueError(
                f"levels has {len(levels)} groups of anchors for {len(strides)} "
                "strides."
            )
        return zip(strides, levels, strict=True)
    order = np.argsort(size, kind="stable")
    strides = np.sort(strides)
    advice = "say with levels= which anchors each level has"
    return zip(strides, even_split(order, strides, advice=advice), strict=True)
