"""What the parameters ask of the solver."""

import numpy as np
import pytest

from skanchors.cluster._runs import middling_unit, repeat_boxes, resolve_center
from skanchors.metrics._registry import Metric, get_metric


def test_resolve_center():
    assert resolve_center(get_metric("iou"), "auto") == "descent"
    assert resolve_center(get_metric("cosine"), "auto") == "normalized_mean"
    assert resolve_center(get_metric("iou"), "median") == "median"
    with pytest.raises(ValueError, match="needs a metric with a gradient"):
        resolve_center(get_metric("cityblock"), "descent")
    odd = Metric(name="odd", func=max, block=max, center="nowhere")
    with pytest.raises(ValueError, match="unknown centre rule 'nowhere'"):
        resolve_center(odd, "auto")


@pytest.mark.parametrize("scale", [5e-324, 1e-200, 1.0, 416.0, 1e300])
def test_middling_unit_is_a_power_of_two_near_the_boxes(scale):
    boxes = np.array([[1.0, 2], [4, 3]]) * scale
    unit = middling_unit(boxes)
    assert np.frexp(unit)[0] == 0.5
    assert (boxes / unit).max() < 16
    np.testing.assert_array_equal(boxes / unit * unit, boxes)


@pytest.mark.parametrize("boxes", [[[0.0, 0.0]], [[1e-310, 1.7e308]]])
def test_middling_unit_leaves_what_it_cannot_hold(boxes):
    assert middling_unit(np.array(boxes)) == 1


def test_repeat_boxes_takes_all_and_then_the_most_frequent():
    boxes, weight = np.array([[1.0, 1], [2, 2], [3, 3]]), np.array([1.0, 5, 2])
    repeated = repeat_boxes(boxes, weight, 5)
    np.testing.assert_array_equal(repeated[:, 0], [2, 3, 1, 2, 3])
