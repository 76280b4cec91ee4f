"""What a path over the number of anchors grows from."""

import numpy as np
from problems import make_problem

from skanchors.cluster import _path
from skanchors.cluster._path import _pad, _places
from skanchors.cluster._solver import Solution, Solver
from skanchors.metrics import iou_distances


def make(seed):
    rng = np.random.default_rng(seed)
    boxes = rng.lognormal(size=(60, 2))
    weight = np.where(rng.random(60) < 0.2, 100.0, 1.0)
    return make_problem(boxes, weight), boxes[rng.choice(60, 3, replace=False)]


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
    """Where a set comes out worse than one with an anchor less, that one is padded."""
    problem, _ = make(0)
    costs, runs = [0.5, 0.6, 0.4], []

    class Scripted(Solver):
        def finish(self, anchors, *, on_step=None):
            runs.append(anchors)
            return Solution(anchors, costs.pop(0), 1)

    def growing(problem, largest, rng, effort):
        yield problem.boxes[None, :1]
        yield problem.boxes[None, :2]

    monkeypatch.setattr(_path, "Solver", Scripted)
    monkeypatch.setattr(_path, "_growing_sets", growing)
    found = _path.solve_path(
        problem.boxes, problem.raw_weight, [1, 2], np.random.RandomState(0)
    )
    assert [mean_iou for _, mean_iou in found] == [0.5, 0.6]
    np.testing.assert_array_equal(runs[2], _pad(problem, runs[0], 2))
