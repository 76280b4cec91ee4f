import numpy as np
import pytest

from skanchors.certify._demand import CURVATURE, Demand, condense
from skanchors.certify._pricing import find_best
from skanchors.metrics import pairwise_iou


def some_boxes(seed, n_boxes=40, n_sides=2):
    rng = np.random.default_rng(seed)
    weight = rng.random(n_boxes)
    return Demand(np.exp(rng.normal(size=(n_boxes, n_sides))), weight / weight.sum())


def test_iou_is_nearly_convex_along_each_log_side():
    # The constant that every bound rests on, and that it cannot be smaller.
    rng = np.random.default_rng(0)
    smallest = 0.0
    h = 1e-4
    for _ in range(40):
        n_sides = rng.integers(1, 4)
        anchor = np.exp(rng.normal(size=n_sides))
        boxes = np.exp(rng.normal(scale=1.5, size=(500, n_sides)))
        side = rng.integers(n_sides)
        apart = np.abs(np.log(boxes[:, side] / anchor[side])) > 2 * h
        steps = np.ones((3, n_sides))
        steps[:, side] = np.exp([-h, 0, h])
        below, here, above = pairwise_iou(anchor * steps, boxes[apart])
        smallest = min(smallest, ((below - 2 * here + above) / h**2).min())
    assert -CURVATURE * 1.001 < smallest < -CURVATURE * 0.98


@pytest.mark.parametrize("n_sides", [1, 2, 3])
def test_condensing_keeps_the_weight_and_what_multipliers_mean(n_sides):
    demand = some_boxes(1, n_sides=n_sides)
    points, shares = condense(demand, 0.3)
    assert points.reach == 0.3
    assert points.n_terms == len(points.boxes) + len(demand.boxes) * 2**n_sides
    assert points.weight.sum() == pytest.approx(1)
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    # The shares' centre of mass is the box, in log size.
    np.testing.assert_allclose(shares @ np.log(points.boxes), np.log(demand.boxes))
    multipliers = np.random.default_rng(2).random(len(points.boxes))
    assert demand.weight @ (shares @ multipliers) == pytest.approx(
        points.weight @ multipliers
    )


def test_condensing_twice_is_condensing_to_the_coarser_grid():
    demand = some_boxes(3)
    direct, shares = condense(demand, 0.4)
    fine, first = condense(demand, 0.1)
    coarse, second = condense(fine, 0.4)
    # Points without weight may differ: they are corners that no box has a share in.
    used = direct.weight > 1e-12
    kept = coarse.weight > 1e-12
    np.testing.assert_allclose(coarse.boxes[kept], direct.boxes[used])
    np.testing.assert_allclose(coarse.weight[kept], direct.weight[used])
    np.testing.assert_allclose(
        (first @ second).toarray()[:, kept], shares.toarray()[:, used], atol=1e-12
    )


@pytest.mark.parametrize("n_sides", [1, 2, 3])
@pytest.mark.parametrize("step", [0.05, 0.3, 1.0])
def test_profit_from_points_bounds_the_profit_from_the_boxes(n_sides, step):
    demand = some_boxes(4, n_sides=n_sides)
    points, shares = condense(demand, step)
    rng = np.random.default_rng(5)
    for _ in range(20):
        multipliers = rng.random(len(points.boxes)) * rng.random()
        anchor = np.exp(rng.normal(size=(1, n_sides)))
        if rng.random() < 0.5:
            anchor[0, 0] = rng.choice(demand.boxes[:, 0])
        excess = pairwise_iou(anchor, demand.boxes)[0] - shares @ multipliers
        profit = np.maximum(excess, 0) @ demand.weight
        place = np.log(anchor)
        prices = find_best(
            points, multipliers, place, place, known=[0], precision=0, deadline=np.inf
        )
        assert profit <= prices.ceiling[0] + 1e-14


@pytest.mark.parametrize("n_sides", [2, 3])
def test_the_slack_is_nearly_attained_by_all_sides_but_one(n_sides):
    # A box in the middle between points and a little larger than the anchor on all
    # sides but the last, on which it is a third: there the IoU bends most.
    step = 0.01
    box = np.exp(np.full((1, n_sides), 4.5 * step))
    box[:, -1] = np.exp(4 * step)
    anchor = box * np.exp(-1.5 * step)
    anchor[:, -1] = 3 * box[:, -1]
    points, _ = condense(Demand(box, np.ones(1)), step)
    lost = pairwise_iou(anchor, box)[0, 0] - points.iou(anchor)[0] @ points.weight
    attained = (n_sides - 1) / n_sides * points.slack
    assert 0.95 * attained < lost <= points.slack
