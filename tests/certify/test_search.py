import numpy as np
import pytest
from scipy.optimize import check_grad

from skanchors.certify._demand import Demand
from skanchors.certify._search import (
    _value_and_slope,
    mean_iou,
    polish,
    round_relaxation,
    spread_out,
)
from skanchors.metrics import mean_iou_score


def instance(seed, n_boxes=60, n_sides=2):
    rng = np.random.default_rng(seed)
    weight = rng.random(n_boxes)
    boxes = np.exp(rng.normal(size=(n_boxes, n_sides)))
    return Demand(boxes, weight / weight.sum())


@pytest.mark.parametrize("n_sides", [1, 2, 3])
def test_mean_iou_and_its_slope(n_sides):
    demand = instance(0, n_sides=n_sides)
    anchors = np.exp(np.random.default_rng(1).normal(size=(4, n_sides)))
    expected = mean_iou_score(demand.boxes, anchors, sample_weight=demand.weight)
    assert mean_iou(demand, anchors) == pytest.approx(expected)
    assert _value_and_slope(demand, anchors)[0] == pytest.approx(expected)

    def value(x):
        return _value_and_slope(demand, np.exp(x.reshape(anchors.shape)))[0]

    def slope(x):
        return _value_and_slope(demand, np.exp(x.reshape(anchors.shape)))[1].ravel()

    assert check_grad(value, slope, np.log(anchors).ravel()) < 1e-6


@pytest.mark.parametrize("seed", range(5))
def test_polishing_is_never_worse(seed):
    demand = instance(seed)
    start = spread_out(demand, 5, np.random.RandomState(seed))
    polished = polish(demand, start)
    assert mean_iou(demand, polished) >= mean_iou(demand, start)
    assert mean_iou(demand, polish(demand, polished, 5)) >= mean_iou(demand, polished)


def test_seeds_differ_as_long_as_boxes_do():
    demand = instance(3, n_boxes=6)
    seeds = spread_out(demand, 6, np.random.RandomState(0))
    assert len(np.unique(seeds, axis=0)) == 6
    assert len(spread_out(demand, 8, np.random.RandomState(0))) == 8


def test_rounding_takes_so_many_of_each_group():
    candidates = np.arange(1.0, 15).reshape(7, 2)
    group = np.array([0, 0, 0, 0, 1, 1, 2])
    use = np.array([0.9, 0.1, 0.6, 0.4, 0.5, 0.5, 3.0])
    counts = np.array([2, 1, 3])
    sets = list(
        round_relaxation(candidates, use, group, counts, np.random.RandomState(0))
    )
    for anchors in sets:
        chosen = (candidates[:, 0] == anchors[:, :1]).argmax(axis=1)
        np.testing.assert_array_equal(np.bincount(group[chosen]), counts)
    # The first holds the most used.
    np.testing.assert_array_equal(sets[0][:2], candidates[[0, 2]])
