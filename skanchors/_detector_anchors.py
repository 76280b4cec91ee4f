"""The estimator of a detector's form, and the anchors that it finds."""

import itertools
from dataclasses import replace
from typing import Any

import numpy as np

from skanchors._checks import check_choice
from skanchors.cluster import IoUKMeans, PyramidAnchors, SSDAnchors
from skanchors.detectors import Detector
from skanchors.export import AnchorSet

OBJECTIVES = ("iou", "grid_iou", "matched")


def check_above_a_pixel(sizes: np.ndarray, where: str) -> None:
    """Refuse boxes in pixels that whoever reads them next takes for fractions."""
    if len(sizes) and np.max(sizes) <= 1:
        raise ValueError(
            f"No box has a side above one pixel {where}, where nothing can be seen of "
            "it. Use a larger input, or check the sizes of the images."
        )


def check_objective(detector: Detector, objective: str) -> None:
    """Refuse what the anchors of a detector cannot be fitted for."""
    check_choice(objective, OBJECTIVES, name="objective")
    if detector.form.name == "free" and objective != "iou":
        raise ValueError(
            f"{detector.name} holds free anchors, which are fitted for "
            f"objective='iou' only, not {objective!r}."
        )


def make_estimator(
    detector: Detector, *, objective: str = "iou", random_state: Any = None
) -> Any:
    """The estimator of the detector's form, not yet fitted."""
    check_objective(detector, objective)
    parameters = dict(detector.form.parameters)
    if detector.form.name == "free":
        return IoUKMeans(int(free_counts(detector).sum()), random_state=random_state)
    kind = {"pyramid": PyramidAnchors, "ssd": SSDAnchors}[detector.form.name]
    rule = detector.rule.parameters
    return kind(
        detector.strides,
        **parameters,
        objective=objective,
        # What counts as matched is what the detector's training takes for positive.
        threshold=rule.get("positive", rule.get("threshold", 0.5))
        if detector.rule.name in ("MaxIoU", "SSDMatch")
        else 0.5,
        random_state=random_state,
    )


def free_counts(detector: Detector) -> np.ndarray:
    """Free anchors of each level."""
    n_anchors = detector.form.parameters["n_anchors"]
    return np.broadcast_to(n_anchors, len(detector.strides))


def anchors_for(model: Any, detector: Detector) -> AnchorSet:
    """The fitted anchors with the levels of the detector."""
    has_input = detector.scaling in ("stretch", "letterbox")
    size = detector.input_size if has_input else None
    if hasattr(model, "anchor_set_"):
        return replace(_tidy(model, size), input_size=size, name="fitted")
    anchors = shortened(model.cluster_centers_)
    ends = np.cumsum([0, *free_counts(detector)])
    return AnchorSet(
        anchors,
        levels=[range(a, b) for a, b in itertools.pairwise(ends)],
        strides=detector.strides,
        input_size=size,
        name="fitted",
    )


# Digits after the point of sizes in pixels, of scales in strides or inputs, and of
# ratios: finer than any detector can learn, and short enough to be read and pasted.
_SIZE_DIGITS, _SCALE_DIGITS, _RATIO_DIGITS = 2, 4, 4
# Significant digits of free anchors.
_DIGITS = 6


def shortened(values: Any, digits: int = _DIGITS) -> np.ndarray:
    """Numbers of so many significant digits."""
    values = np.asarray(values, dtype=float)
    texts = [f"{value:.{digits}g}" for value in values.ravel()]
    return np.array(texts, dtype=float).reshape(values.shape)


def _round(values: Any, digits: int) -> np.ndarray:
    """Numbers with so many digits after the point; small ones keep five that count."""
    values = np.asarray(values, dtype=float)
    found = np.round(values, digits)
    lost = np.abs(found - values) > 1e-3 * values
    return np.where(lost, shortened(values, 5), found)


def _tidy(model: Any, input_size: Any) -> AnchorSet:
    """The form that was fitted, with numbers that people can read.

    It is these that are judged and written, so nothing is lost in between.
    """
    anchors = model.anchor_set_
    sizes = np.array(anchors.sizes, dtype=float)
    if anchors.form == "ssd" and input_size is not None:
        unit = float(max(input_size))
        sizes = _round(sizes / unit, _SCALE_DIGITS) * unit
    elif hasattr(model, "scales_"):
        scales = _round(model.scales_, _SCALE_DIGITS)
        if model.sizes == "octave":
            scales = scales[0] * (model.scales_ / model.scales_[0])
        sizes = np.multiply.outer(np.array(anchors.strides, dtype=float), scales)
    else:
        sizes = _round(sizes, _SIZE_DIGITS)
    ratios = [_round(row, _RATIO_DIGITS).tolist() for row in anchors.ratios]
    return AnchorSet(
        sizes=sizes.tolist(),
        ratios=ratios,
        strides=anchors.strides,
        form=anchors.form,
    )
