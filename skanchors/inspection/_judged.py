"""Sets of anchors judged box by box: with equal centres, and as training will."""

from typing import Any, NamedTuple

import numpy as np

from skanchors._anchors_like import (
    anchors_for,
    as_anchors,
    holder_of,
    in_words,
    looked_up,
    scaling_of,
)
from skanchors._boxes import check_boxes, is_table
from skanchors._plot import in_pixels
from skanchors.assignment import Assignment, assign
from skanchors.detectors import Detector, get_detector
from skanchors.inspection._best import best_anchors
from skanchors.inspection._groups import matched_threshold


class Judged(NamedTuple):
    """Boxes, their images and groups, and for each set one value a box.

    Attributes
    ----------
    sizes : ndarray of shape (n_boxes, n_sides)
    images : ndarray of shape (n_boxes,) or None
    labels : ndarray of shape (n_boxes,) or None
    anchors : dict of str to ndarray of shape (n_anchors, n_sides)
    values : dict of str to dict of str to ndarray of shape (n_boxes,)
        By criterion and set.
    detector : Detector or None
    scaling : str
        How the boxes of a table were scaled, in words.
    """

    sizes: np.ndarray
    images: Any
    labels: Any
    anchors: dict
    values: dict
    detector: Detector | None = None
    scaling: str = ""


def judge_sizes(X: Any, anchor_sets: dict, images: Any) -> Judged:
    """By equal centres alone, which sizes are enough for."""
    scaling = ""
    if is_table(X):
        images = X.image_index if images is None else images
        X, anchor_sets, scaling = _in_one_unit(X, anchor_sets)
    best = {
        name: best_anchors(X, anchors, name=repr(name))
        for name, anchors in anchor_sets.items()
    }
    X = check_boxes(X, dtype=np.float64)
    values = {"mean_iou": {name: found.iou for name, found in best.items()}}
    anchors = {name: found.anchors for name, found in best.items()}
    return Judged(X, images, None, anchors, values, scaling=scaling)


def _in_one_unit(table: Any, anchor_sets: dict) -> tuple[Any, dict, str]:
    """Boxes and sets as the one detector of all sets has them, else fractions.

    Returns
    -------
    sizes : ndarray of shape (n_boxes, 2)
    anchor_sets : dict of str to array-like of shape (n_anchors, 2)
    scaling : str
        What was done, in words.
    """
    anchor_sets = {name: looked_up(anchors) for name, anchors in anchor_sets.items()}
    scalings = {name: scaling_of(anchors) for name, anchors in anchor_sets.items()}
    first = next(iter(scalings.values()))
    if first is not None and all(each == first for each in scalings.values()):
        found = {
            name: as_anchors(anchors, name=repr(name))
            for name, anchors in anchor_sets.items()
        }
        return table.sizes(*first), found, in_words(first)
    found = {
        name: anchors_for(anchors, table, name=repr(name))
        for name, anchors in anchor_sets.items()
    }
    text = in_words(None)
    others = {
        name: each[0].replace("_", " ")
        for name, each in scalings.items()
        if each is not None and each[0] != "stretch"
    }
    if others:
        name, how = next(iter(others.items()))
        text += f" (the detector of {name} scales by {how}: pass detector=)"
    return table.sizes(), found, text


def judge_table(table: Any, anchor_sets: dict, detector: Any, **overrides: Any) -> Any:
    """As the detector's training will, which needs where the boxes lie.

    Parameters
    ----------
    table : AnnotationTable
    anchor_sets : dict of str to anchors in any form, or None for the published ones
    detector : str or Detector
    **overrides
        Of `assign`: ``rule``, ``scaling``, ``input_size``.

    Returns
    -------
    Judged
    """
    detector = get_detector(detector)
    found = {
        name: assign_named(table, detector, anchors, name, **overrides)
        for name, anchors in anchor_sets.items()
    }
    first = next(iter(found.values()))
    sizes = sizes_of(first)
    values: dict[str, dict] = {name: {} for name in CRITERIA if name != "worst_group"}
    for name, result in found.items():
        threshold = matched_threshold(result.rule)
        anchors = result.anchor_set.anchors
        values["mean_iou"][name] = best_anchors(sizes, anchors).iou
        values["matched"][name] = is_matched(result, threshold).astype(float)
        values["positives"][name] = result.n_positive.astype(float)
        values["forced"][name] = result.forced.astype(float)
    anchors = {name: result.anchor_set.anchors for name, result in found.items()}
    return Judged(
        sizes, first.image_index, table.label, anchors, values, first.detector
    )


# What sets are compared by, and what a sentence calls it.
CRITERIA = {
    "mean_iou": "mean IoU",
    "matched": "matched share",
    "positives": "number of positives an object",
    "forced": "share of objects with forced positives only",
    "worst_group": "matched share of the worst group",
}


def is_matched(result: Assignment, threshold: float) -> np.ndarray:
    """Whether the best anchor on the grid reaches a threshold, to single precision."""
    return result.best_iou >= threshold - 1e-6


def sizes_of(result: Assignment) -> np.ndarray:
    """Widths and heights of the objects in pixels of the input."""
    low, high = result.boxes[:, :2], result.boxes[:, 2:]
    return np.maximum(high - low, 0).astype(np.float64)


def assign_named(
    table: Any, detector: Any, anchors: Any, name: str = "anchors", **overrides: Any
) -> Assignment:
    """Assign anchors in any form; a message about them names the set.

    Parameters
    ----------
    table : AnnotationTable
    detector : str or Detector
    anchors : anchors in any form, or None for the published ones
    name : str
    **overrides
        Of `assign`.
    """
    if not hasattr(table, "image_index"):
        raise TypeError(
            "What training does depends on where the boxes lie: pass an "
            "AnnotationTable, such as read_annotations or read_dataset make, not "
            f"{type(table).__name__}."
        )
    detector = get_detector(detector)
    anchors = holder_of(anchors)
    if anchors is not None:
        sizes = np.asarray(as_anchors(anchors, name=name))
        if not in_pixels(sizes):
            anchors = _in_input(sizes, detector, name)
    try:
        return assign(table, detector, anchors, **overrides)
    except ValueError as error:
        if anchors is None or "levels" not in str(error):
            raise
        raise ValueError(f"{name}: {error}") from error


def _in_input(sizes: np.ndarray, detector: Detector, name: str) -> np.ndarray:
    """Fractions of the input as pixels of it."""
    if detector.scaling not in ("stretch", "letterbox") or detector.input_size is None:
        raise ValueError(
            f"{name} has no side above 1, so these are fractions, but the input of "
            f"{detector.name} has no fixed size: fit them to boxes in its pixels, "
            f"table.sizes({detector.scaling!r}, {detector.input_size})."
        )
    return sizes * detector.input_size
