"""What a path over the number of anchors grows from."""

import numpy as np

from skanchors.cluster._path import _pad, _places
from skanchors.cluster._problem import Problem
from skanchors.metrics import iou_distances
from skanchors.metrics._iou import IOU


def make(seed):
    rng = np.random.default_rng(seed)
    boxes = rng.lognormal(size=(60, 2))
    weight = np.where(rng.random(60) < 0.2, 100.0, 1.0)
    return Problem(boxes, weight, IOU, {}), boxes[rng.choice(60, 3, replace=False)]


def test_one_more_anchor_goes_where_it_helps_most_by_weight():
    for seed in range(10):
        problem, anchors = make(seed)
        distances = iou_distances(problem.boxes)
        places = _places(problem, distances, anchors, np.random.RandomState(0), 3)
        costs = [
            problem.assign(np.vstack([anchors, box])).cost for box in problem.boxes
        ]
        assert costs[places[0]] == min(costs)
        assert len(set(places)) == 3


def test_fewer_anchors_are_filled_up_with_what_costs_most():
    for seed in range(10):
        problem, anchors = make(seed)
        distance = iou_distances(problem.boxes, anchors).min(axis=1)
        padded = _pad(problem, anchors, 4)
        np.testing.assert_array_equal(padded[:3], anchors)
        worst = np.argmax(problem.weight * distance)
        np.testing.assert_array_equal(padded[3], problem.boxes[worst])
