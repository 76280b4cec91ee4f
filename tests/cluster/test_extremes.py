"""Boxes and weights at the ends of double precision: right, or a clear error."""

import numpy as np
import pytest

from skanchors import IoUKMeans, PyramidAnchors, SSDAnchors
from skanchors.assignment import MaxIoU
from skanchors.certify import certify_anchors
from skanchors.inspection import anchor_report, compare_anchors

X = np.random.default_rng(0).uniform(5, 200, (60, 2)).round(1)
ANCHORS = [[20.0, 30.0], [80.0, 90.0]]


@pytest.mark.parametrize("objective", ["grid_iou", "matched"])
@pytest.mark.parametrize("factor", [1e-200, 1e-12, 1e8, 1e200])
def test_boxes_that_cannot_be_pixels_do_not_meet_a_grid(objective, factor):
    with pytest.raises(ValueError, match="X must be in pixels"):
        PyramidAnchors((8, 16), objective=objective).fit(X * factor)


@pytest.mark.parametrize(
    "estimator",
    [
        IoUKMeans(3, fixed=[[20.0, 20.0]], random_state=0),
        PyramidAnchors((8, 16), random_state=0),
        SSDAnchors((8, 16, 32), n_ratios=3, random_state=0),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
def test_sizes_too_small_for_any_unit(estimator):
    with pytest.raises(ValueError, match=r"must be in pixels|in the same unit"):
        estimator.fit(X * 1e-312)


def test_a_grid_with_boxes_of_no_size():
    with pytest.raises(ValueError, match=r"sides are .*e-200 to 2"):
        PyramidAnchors((8, 16), objective="grid_iou").fit([*X, *X[:3] * 1e-200])
    boxes = np.vstack([X, np.zeros((3, 2)), X[:3] * [1, 0]])
    found = PyramidAnchors((8, 16), objective="grid_iou", random_state=0).fit(boxes)
    assert np.isfinite(found.cluster_centers_).all()


def test_a_report_on_boxes_whose_areas_overflow():
    huge, usual = (
        anchor_report(X * unit, np.multiply(ANCHORS, unit)).to_dict()["mean_iou"]
        for unit in (1e200, 1.0)
    )
    assert huge == pytest.approx(usual)


@pytest.mark.parametrize("factor", [1e-300, 2.0**900, 1e300])
def test_intervals_do_not_depend_on_the_unit_of_weights(factor):
    weight = np.random.default_rng(1).uniform(1, 9, len(X)).round()
    sets = {"a": ANCHORS, "b": [[50.0, 50.0]]}

    def compared(weight):
        return compare_anchors(
            X, sets, sample_weight=weight, n_bootstrap=100, random_state=0
        ).to_dict()

    def numbers(found):
        if isinstance(found, dict):
            found = list(found.values())
        if isinstance(found, list | tuple):
            return [number for item in found for number in numbers(item)]
        return [found] if isinstance(found, float) else []

    np.testing.assert_allclose(
        numbers(compared(weight * factor)), numbers(compared(weight)), rtol=1e-9
    )


def test_weights_that_span_all_of_double_precision():
    weight = 10.0 ** np.random.default_rng(1).uniform(-250, 250, len(X))
    found = compare_anchors(X, {"a": ANCHORS, "b": X[:2]}, sample_weight=weight)
    assert "nan" not in str(found)


@pytest.mark.parametrize("name", ["tol", "max_time"])
def test_a_proof_needs_numbers_to_stop_at(name):
    with pytest.raises(ValueError, match=f"{name} == nan"):
        certify_anchors(X, X[:2], **{name: float("nan")})


@pytest.mark.parametrize("share", [float("nan"), -0.1, 1.1])
def test_a_least_iou_is_a_share(share):
    with pytest.raises(
        ValueError, match="min_low_quality must be a number from 0 to 1"
    ):
        MaxIoU(0.5, 0.4, min_low_quality=share)
