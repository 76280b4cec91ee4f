import numpy as np
import pytest
from problems import make_problem
from threadpoolctl import threadpool_limits


def make(n_boxes=300, *, metric="iou", n_sides=2, seed=0, boxes=None):
    return make_problem(
        boxes, metric=metric, n_boxes=n_boxes, n_sides=n_sides, seed=seed
    )


def cost_and_gradient(problem, anchors):
    sets = anchors[None]
    costs, gradients = problem.gradients_function(sets, np.float64)(sets)
    return float(costs[0]), gradients[0]


def test_weights_sum_to_one_and_cost_is_their_mean_distance():
    problem = make()
    anchors = problem.boxes[:4]
    labels, distance, cost = problem.assign(anchors)
    D = problem.distances(problem.boxes, anchors)
    assert problem.weight.sum() == pytest.approx(1)
    np.testing.assert_array_equal(labels, D.argmin(axis=1))
    np.testing.assert_allclose(distance, D.min(axis=1), rtol=0, atol=1e-15)
    assert cost == pytest.approx(D.min(axis=1) @ problem.weight)
    other = problem.on(problem.boxes[:5], np.ones(5))
    assert len(other) == 5
    assert other.metric is problem.metric


@pytest.mark.parametrize("metric", ["iou", "giou", "ciou", "ratio"])
@pytest.mark.parametrize("case", ["usual", "extreme", "flat boxes"])
def test_gradient_equals_finite_differences(metric, case):
    problem = make(metric=metric)
    if case == "extreme" and metric != "ciou":
        problem = make(boxes=problem.boxes * [1e-170, 1e200], metric=metric)
    if case == "flat boxes":
        boxes = problem.boxes.copy()
        boxes[:40, 0] = 0
        problem = make(boxes=boxes, metric=metric)
    anchors = np.quantile(problem.boxes[40:], [0.2, 0.5, 0.8], axis=0) * 1.0123
    cost, gradient = cost_and_gradient(problem, anchors)
    assert cost == pytest.approx(problem.assign(anchors).cost, rel=1e-12)
    step = 1e-7
    for i in range(3):
        for side in range(2):
            factor = np.ones_like(anchors)
            factor[i, side] = np.exp(step)
            rise = (
                cost_and_gradient(problem, anchors * factor)[0]
                - cost_and_gradient(problem, anchors / factor)[0]
            )
            assert gradient[i, side] == pytest.approx(rise / (2 * step), abs=1e-6)


@pytest.mark.parametrize("metric", ["iou", "giou"])
def test_the_number_of_threads_does_not_matter(metric):
    problem = make(200_000, metric=metric)
    anchors = problem.boxes[:9]
    results = []
    for n_threads in (1, 2):
        with threadpool_limits(n_threads):
            results.append(
                (*cost_and_gradient(problem, anchors), problem.assign(anchors).cost)
            )
    for cost, gradient, assigned in results[1:]:
        assert cost == results[0][0]
        np.testing.assert_array_equal(gradient, results[0][1])
        assert assigned == results[0][2]


def test_an_anchor_without_boxes_has_no_gradient():
    problem = make()
    anchors = np.array([[1.0, 1], [1e9, 1e9]])
    _, gradient = cost_and_gradient(problem, anchors)
    assert gradient[0].any()
    np.testing.assert_array_equal(gradient[1], 0)
