import numpy as np
import pytest
from problems import make_problem

from skanchors.cluster._descent import descend, descend_sets
from skanchors.cluster._form import Form


def make(boxes=None, metric="iou", n_boxes=300, weight=None):
    rng = np.random.default_rng(0)
    boxes = rng.lognormal(size=(n_boxes, 2)) if boxes is None else np.array(boxes)
    weight = np.ones(len(boxes)) if weight is None else np.array(weight)
    return make_problem(boxes, weight, metric=metric)


def descend_free(problem, anchors, **limits):
    form = Form(anchors)
    theta, n_iter = descend(problem, form, np.zeros(form.n_params), **limits)
    return form.anchors(theta)[0], n_iter


@pytest.mark.parametrize("metric", ["iou", "giou", "ciou", "ratio"])
def test_goes_down_and_ends_where_no_small_step_helps_much(metric):
    problem = make(metric=metric, n_boxes=150)
    start = problem.boxes[:4]
    anchors, n_iter = descend_free(problem, start, max_iter=300, tol=0)
    cost = problem.assign(anchors).cost
    assert cost < problem.assign(start).cost
    assert n_iter > 1
    rng = np.random.default_rng(1)
    for _ in range(100):
        near = anchors * np.exp(rng.normal(scale=1e-3, size=anchors.shape))
        assert problem.assign(near).cost > cost - 1e-4


def test_a_start_at_boxes_is_left_although_each_box_is_a_kink():
    """Found with six boxes: no step led down from the boxes themselves."""
    boxes = [
        [1.4128, 2.2742],
        [1.3916, 0.2717],
        [2.4728, 1.5626],
        [0.5845, 1.7880],
        [1.4399, 1.3420],
        [1.0288, 1.7276],
    ]
    problem = make(boxes, weight=[0.5297, 0.9884, 0.5032, 0.6535, 0.3340, 0.6031])
    start = problem.boxes[[1, 3, 4]]
    anchors, n_iter = descend_free(problem, start, max_iter=300, tol=1e-6)
    assert n_iter > 1
    assert problem.assign(anchors).cost < 0.9 * problem.assign(start).cost


def test_a_minimum_at_boxes_is_kept_to_the_last_bit():
    problem = make([[1.0, 3], [7, 0.3], [20, 30]])
    anchors, n_iter = descend_free(problem, problem.boxes, max_iter=50, tol=1e-6)
    np.testing.assert_array_equal(anchors, problem.boxes)
    assert n_iter < 10


@pytest.mark.parametrize("n_boxes", [1, 2])
def test_equal_boxes(n_boxes):
    problem = make(np.full((n_boxes, 2), 3.0))
    anchors, n_iter = descend_free(problem, problem.boxes, max_iter=50, tol=1e-6)
    np.testing.assert_array_equal(anchors, problem.boxes)
    assert n_iter < 10


def test_anchors_with_a_side_of_0_stay():
    problem = make()
    start = np.array([[0.0, 1], [1, 1], [0, 0]])
    before = start.copy()
    anchors, _ = descend_free(problem, start, max_iter=50, tol=1e-6)
    np.testing.assert_array_equal(start, before)
    np.testing.assert_array_equal(anchors[[0, 2]], start[[0, 2]])
    assert (anchors[1] != 1).all()
    only_flat, n_iter = descend_free(problem, start[[0, 2]], max_iter=50, tol=1e-6)
    np.testing.assert_array_equal(only_flat, start[[0, 2]])
    assert n_iter == 1


def test_max_iter_and_tol():
    problem = make()
    start = problem.boxes[:4]
    assert descend_free(problem, start, max_iter=3, tol=0)[1] <= 3
    coarse = descend_free(problem, start, max_iter=300, tol=1e-2)[1]
    assert coarse < descend_free(problem, start, max_iter=300, tol=1e-8)[1]


@pytest.mark.parametrize("metric", ["iou", "ratio"])
def test_together_as_alone(metric):
    problem = make(metric=metric)
    sets = problem.boxes[:12].reshape(3, 4, 2)
    together, costs = descend_sets(problem, sets, max_iter=10)
    for one, start, cost in zip(together, sets, costs, strict=True):
        alone, cost_alone = descend_sets(problem, start[None], max_iter=10)
        np.testing.assert_allclose(one, alone[0], rtol=1e-3)
        assert cost == pytest.approx(cost_alone[0], rel=1e-4)
        assert cost == pytest.approx(problem.assign(one).cost, rel=1e-5)


def test_many_anchors_descend_without_their_common_curvature():
    problem = make(n_boxes=2000)
    start = problem.boxes[:150]
    anchors, _ = descend_free(problem, start, max_iter=300, tol=1e-6)
    assert problem.assign(anchors).cost < 0.9 * problem.assign(start).cost


class _Bend:
    """Steep, then nearly flat: what the bend teaches makes steps too short."""

    log_range = np.array([[-9.0, -9.0], [9.0, 9.0]])

    def gradients_function(self, sets, dtype):
        def costs_and_gradients(sets):
            x = np.log(sets[..., 0])
            steep = np.maximum(0.1 - x, 0)
            gradients = np.stack([-100 * steep - 0.01, np.zeros_like(x)], axis=-1)
            return (1 + 50 * steep**2 - 0.01 * x).sum(axis=1), gradients

        return costs_and_gradients


def test_a_stalled_descent_starts_anew_without_what_it_learned():
    form = Form(np.ones((1, 2)))
    theta, _ = descend(_Bend(), form, np.zeros(2), max_iter=100, tol=1e-4)
    # Without a new start it ends at 0.25, where the first step leads.
    assert theta[0] > 1
