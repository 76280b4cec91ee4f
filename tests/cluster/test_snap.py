import itertools

import numpy as np
import pytest
from problems import make_problem

from skanchors.cluster._descent import descend_sets
from skanchors.cluster._snap import best_snapped, snap


def make(boxes, metric="iou"):
    weight = np.random.default_rng(1).random(len(boxes)) + 0.1
    return make_problem(boxes, weight, metric=metric)


def descended(problem, anchors):
    return descend_sets(problem, anchors[None], max_iter=300, tol=1e-6)[0][0]


def lattice(n_boxes=200, n_sides=2, seed=0):
    """Whole numbers, as sizes in pixels are."""
    rng = np.random.default_rng(seed)
    return np.unique(rng.integers(3, 30, (n_boxes, n_sides)).astype(float), axis=0)


def neighbours(size, sizes):
    """A size and the next smaller and larger ones."""
    return size, *sizes[sizes < size][-1:], *sizes[sizes > size][:1]


def assert_no_neighbour_is_better(problem, anchors):
    """No side set to the next smaller or larger one of a box lowers the cost.

    Up to three sides of an anchor move at once.
    """
    cost = problem.assign(anchors).cost
    sizes = [np.unique(column) for column in problem.boxes.T]
    for cluster, anchor in enumerate(anchors):
        ways = [neighbours(*pair) for pair in zip(anchor, sizes, strict=True)]
        for way in itertools.product(*ways):
            if len(anchor) > 3 and (way != anchor).sum() > 1:
                continue
            moved = anchors.copy()
            moved[cluster] = way
            assert problem.assign(moved).cost >= cost - 1e-12


@pytest.mark.parametrize("metric", ["iou", "giou", "ratio"])
@pytest.mark.parametrize("n_sides", [1, 2, 3, 5])
def test_no_neighbour_is_better_in_the_end(metric, n_sides):
    problem = make(lattice(n_sides=n_sides), metric)
    start = descend_sets(
        problem, (problem.boxes[:4] * 1.01)[None], max_iter=300, tol=1e-6
    )[0][0]
    anchors = snap(problem, start)
    assert problem.assign(anchors).cost <= problem.assign(start).cost
    assert_no_neighbour_is_better(problem, anchors)


def test_descents_stop_short_of_the_sides_of_boxes():
    problem = make(lattice())
    start = descend_sets(problem, (problem.boxes[:4])[None], max_iter=300, tol=1e-6)[0][
        0
    ]
    anchors = snap(problem, start)
    assert problem.assign(anchors).cost < problem.assign(start).cost
    assert (anchors == anchors.round()).mean() > 0.5


def test_a_minimum_stays():
    problem = make(np.array([[1.0, 3], [7, 0.3], [20, 30]]))
    assert (snap(problem, problem.boxes) == problem.boxes).all()


def test_sides_of_0_stay():
    problem = make(np.array([[0.0, 3], [7, 2], [8, 2], [8, 3]]))
    start = np.array([[0.0, 1], [7.1, 2.1]])
    anchors = snap(problem, start)
    np.testing.assert_array_equal(anchors[0], start[0])
    assert problem.assign(anchors).cost <= problem.assign(start).cost


def test_too_many_boxes_are_left_alone():
    problem = make(np.random.default_rng(0).lognormal(size=(20_000, 2)))
    start = problem.boxes[:9]
    assert snap(problem, start) is start


def test_sides_of_representatives_are_no_sides_of_boxes():
    problem = make(np.random.default_rng(0).lognormal(4, 0.8, (3000, 2)))
    fewer = problem.representatives(500)
    anchors = fewer.boxes[[20, 200, 400]] * 1.05
    np.testing.assert_array_equal(snap(fewer, anchors), anchors)
    same = make(fewer.boxes)
    assert same.cost(snap(same, anchors)) < same.cost(anchors)


# Where the best move helps alone and all together do not, and where only boxes of other
# anchors show what helps.
@pytest.mark.parametrize("seed", [13, 31, 53, 57, 58, 4, 14, 22, 25, 27])
def test_few_sizes_that_are_far_apart(seed):
    rng = np.random.default_rng(seed)
    boxes = np.unique(rng.integers(1, 40, (60, 2)), axis=0).astype(float)
    weight = rng.random(len(boxes)) + 0.1
    problem = make_problem(boxes, weight)
    anchors = snap(problem, 1.03 * boxes[rng.choice(len(boxes), 5, replace=False)])
    assert_no_neighbour_is_better(problem, anchors)


def test_the_best_of_several():
    problem = make(lattice())
    starts = problem.boxes[np.arange(12).reshape(3, 4)] * 1.01
    sets = descend_sets(problem, starts, max_iter=20)[0]
    costs = [problem.cost(snap(problem, anchors)) for anchors in sets]
    best = best_snapped(problem, sets)
    assert problem.cost(best) < min(problem.cost(anchors) for anchors in sets)
    assert problem.cost(snap(problem, best)) == min(costs)
