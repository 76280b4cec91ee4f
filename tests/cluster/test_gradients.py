import numpy as np
import pytest

from skanchors.cluster._gradients import GradientsBlock, last_smallest
from skanchors.metrics._iou import IOU
from skanchors.metrics._registry import get_metric


def make(n_boxes=400, n_sides=2, seed=0):
    rng = np.random.default_rng(seed)
    boxes = rng.lognormal(size=(n_boxes, n_sides))
    sets = rng.lognormal(size=(3, 5, n_sides))
    return boxes, rng.random(n_boxes), sets


@pytest.mark.parametrize("n_sides", [1, 2, 3, 10])
@pytest.mark.parametrize(("dtype", "slack"), [(np.float64, 1e-7), (np.float32, 1e-4)])
def test_ranks_lead_to_the_same_as_distances(n_sides, dtype, slack):
    boxes, weight, sets = make(n_sides=n_sides)
    expected = GradientsBlock(IOU, boxes, weight, np.float64, False)(sets)
    found = GradientsBlock(IOU, boxes, weight, dtype, True)(sets)
    for one, other in zip(found, expected, strict=True):
        assert one.shape == other.shape
        np.testing.assert_allclose(one, other, rtol=0, atol=slack * weight.sum())


@pytest.mark.parametrize("metric", ["iou", "giou", "ciou", "ratio", "fitness"])
@pytest.mark.parametrize(("dtype", "rtol"), [(np.float64, 1e-12), (np.float32, 1e-5)])
def test_costs_are_sums_over_the_nearest_anchors(metric, dtype, rtol):
    boxes, weight, sets = make()
    metric = get_metric(metric)
    costs, gradients = GradientsBlock(metric, boxes, weight, dtype, False)(sets)
    assert gradients.shape == sets.shape
    for cost, anchors in zip(costs, sets, strict=True):
        nearest = metric.pairwise(boxes, anchors).min(axis=1)
        assert cost == pytest.approx(nearest @ weight, rel=rtol)


@pytest.mark.parametrize("metric", ["iou", "giou", "ciou", "ratio"])
def test_gradients_are_those_of_the_weighted_costs(metric):
    boxes, weight, sets = make()
    block = GradientsBlock(get_metric(metric), boxes, weight**4, np.float64, False)
    _, gradients = block(sets)
    step = 1e-7
    for place in np.ndindex(sets.shape):
        factor = np.ones(sets.shape)
        factor[place] = np.exp(step)
        rise = block(sets * factor)[0] - block(sets / factor)[0]
        assert rise[place[0]] / (2 * step) == pytest.approx(gradients[place], abs=1e-4)


@pytest.mark.parametrize("n_sides", [1, 2, 3])
def test_blurred_boxes_are_means_over_boxes_nearby(n_sides):
    """The part of each side that an anchor shares is averaged over where it ends."""
    rng = np.random.default_rng(0)
    width = 0.3
    boxes = rng.lognormal(size=(50, n_sides))
    anchors = boxes * rng.uniform(0.7, 1.5, size=(50, n_sides))
    distance, gradient = IOU.blurred(boxes.T, anchors.T, width)
    ends = boxes[..., None] * (1 + width * (np.arange(20_000) + 0.5 - 1e4) / 2e4)
    shared = np.minimum(ends, anchors[..., None]).mean(axis=2).prod(axis=1)
    both = boxes.prod(axis=1) + anchors.prod(axis=1)
    np.testing.assert_allclose(distance, 1 - shared / (both - shared), atol=1e-7)
    for side in range(n_sides):
        factor = np.ones(n_sides)
        factor[side] = np.exp(1e-6)
        rise = (
            IOU.blurred(boxes.T, (anchors * factor).T, width)[0]
            - IOU.blurred(boxes.T, (anchors / factor).T, width)[0]
        )
        np.testing.assert_allclose(gradient[side], rise / 2e-6, atol=1e-6)
    sharp = IOU.gradient(boxes.T, anchors.T)
    for one, other in zip(IOU.blurred(boxes.T, anchors.T, 1e-6), sharp, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


@pytest.mark.parametrize("metric", ["iou", "ciou"])
def test_blurred_distances_have_their_own_gradients(metric):
    rng = np.random.default_rng(1)
    boxes = rng.lognormal(size=(2, 50))
    anchors = boxes * rng.uniform(0.7, 1.5, size=(2, 50))
    metric = get_metric(metric)
    distance, gradient = metric.blurred(boxes, anchors, 0.2)
    sharp = metric.gradient(boxes, anchors)[0]
    assert 1e-4 < np.abs(distance - sharp).max() < 0.1
    for side in range(2):
        factor = np.ones((2, 1))
        factor[side] = np.exp(1e-6)
        rise = (
            metric.blurred(boxes, anchors * factor, 0.2)[0]
            - metric.blurred(boxes, anchors / factor, 0.2)[0]
        )
        np.testing.assert_allclose(gradient[side], rise / 2e-6, atol=1e-6)


@pytest.mark.parametrize("metric", ["iou", "ciou"])
@pytest.mark.parametrize("number", [float, np.float64])
def test_single_precision_stays_single(metric, number):
    """With a width of float64 from numpy, all was computed in double, twice as long."""
    rng = np.random.default_rng(0)
    boxes, anchors = np.exp(rng.normal(size=(2, 2, 50))).astype(np.float32)
    distance, gradient = get_metric(metric).blurred(boxes, anchors, number(0.2))
    assert distance.dtype == gradient.dtype == np.float32


@pytest.mark.parametrize("n_sides", [1, 2, 3])
def test_a_side_that_is_lost_in_the_blur_keeps_its_gradient(n_sides):
    boxes = np.ones((n_sides, 1), dtype=np.float32)
    anchors = np.ones((n_sides, 3), dtype=np.float32)
    anchors[0] = 1e-3, 1e-6, 1e-9
    distance, gradient = IOU.blurred(boxes, anchors, 0.1)
    np.testing.assert_allclose(distance, 1 - anchors[0], atol=1e-4)
    # By a shared side that is much shorter than a box's, the IoU grows as it does.
    np.testing.assert_allclose(gradient[0], -anchors[0], rtol=0.2)


def test_boxes_are_blurred_where_that_can_be_computed():
    boxes, weight, sets = make()
    sharp = GradientsBlock(IOU, boxes, weight, np.float64, False)(sets)
    blurred = GradientsBlock(IOU, boxes, weight, np.float64, False, 0.2)(sets)
    assert 1e-5 < np.abs(blurred[0] / sharp[0] - 1).max() < 0.02
    boxes[0, 0] = 0
    for metric in (IOU, get_metric("ratio")):
        sharp = GradientsBlock(metric, boxes, weight, np.float64, False)(sets)
        same = GradientsBlock(metric, boxes, weight, np.float64, False, 0.2)(sets)
        np.testing.assert_array_equal(same[0], sharp[0])
        np.testing.assert_array_equal(same[1], sharp[1])


@pytest.mark.parametrize("n_rows", [1, 7, 255, 256, 257, 300])
def test_rows_of_the_smallest_entries(n_rows):
    rng = np.random.default_rng(0)
    table = rng.permuted(np.arange(2 * n_rows * 40).reshape(n_rows, 2, 40), axis=None)
    np.testing.assert_array_equal(last_smallest(table), table.argmin(axis=0))


@pytest.mark.parametrize("n_rows", [4, 300])
def test_of_equal_entries_the_last_one_is_named(n_rows):
    np.testing.assert_array_equal(last_smallest(np.ones((n_rows, 1, 10))), n_rows - 1)
