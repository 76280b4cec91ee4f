"""What a path over the number of anchors grows from."""

import numpy as np

from skanchors.cluster import _path
from skanchors.cluster._path import _pad, _places
from skanchors.cluster._problem import Problem
from skanchors.cluster._tuning import PathEffort
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


def test_one_anchor_more_is_never_worse(monkeypatch):
    """Where all sets for it begin in a bad place, those for one less are filled up."""
    problem, _ = make(0)

    def growing(problem, largest, rng, effort):
        yield np.array([[[1.0, 1.0]]])
        yield np.array([[[1e3, 1e-3], [1e-3, 1e3]]])

    monkeypatch.setattr(_path, "_growing_sets", growing)
    effort = PathEffort(max_iter=1)
    rng = np.random.RandomState(0)
    one, two = _path.solve_path(problem.boxes, problem.raw_weight, [1, 2], rng, effort)
    assert len(two[0]) == 2
    assert two[1] >= one[1]
