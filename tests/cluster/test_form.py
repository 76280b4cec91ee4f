import numpy as np
import pytest
from problems import make_problem

from skanchors.cluster._descent import descend, descend_all
from skanchors.cluster._form import Form


def make(n_boxes=400, seed=0):
    rng = np.random.default_rng(seed)
    boxes = rng.lognormal(sigma=[0.7, 0.9], size=(n_boxes, 2))
    return make_problem(boxes, rng.random(n_boxes) + 0.1)


def cross_product(n_sizes, n_ratios):
    """Rows: log width and height of each size with each ratio; columns: their logs."""
    rows = []
    for size in range(n_sizes):
        for ratio in range(n_ratios):
            for sign in (-0.5, 0.5):
                row = np.zeros(n_sizes + n_ratios)
                row[size], row[n_sizes + ratio] = 1, sign
                rows.append(row)
    return np.array(rows)


def cost_of(problem, form, theta):
    return problem.assign(form.anchors(theta[None])[0]).cost


def test_anchors_are_what_the_map_says():
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(6, 4))
    scale = rng.lognormal(size=(3, 2))
    form = Form(scale, matrix)
    theta = rng.normal(size=(5, 4))
    expected = (theta @ matrix.T).reshape(5, 3, 2) + form.offset
    np.testing.assert_allclose(np.log(form.anchors(theta)), expected, rtol=1e-12)
    assert form.n_params == 4


@pytest.mark.parametrize("free", [True, False])
def test_gradients_equal_finite_differences(free):
    problem = make()
    scale = problem.boxes[:6] * 1.01
    form = Form(scale) if free else Form(scale, cross_product(3, 2))
    rng = np.random.default_rng(1)
    theta = rng.normal(scale=0.1, size=form.n_params)
    sets = form.anchors(theta[None])
    _, by_logs = problem.gradients_function(sets, np.float64)(sets)
    gradient = form.gradient(by_logs)[0]
    step = 1e-6
    for i, shift in enumerate(step * np.eye(form.n_params)):
        rise = cost_of(problem, form, theta + shift)
        rise -= cost_of(problem, form, theta - shift)
        assert gradient[i] == pytest.approx(rise / (2 * step), abs=1e-6)


def test_an_identity_that_is_written_out_descends_as_free_anchors_do():
    problem = make()
    start = problem.boxes[:5]
    forms = Form(start), Form(start, np.eye(10))
    free, written_out = (
        cost_of(problem, form, descend(problem, form, np.zeros(10), **LIMITS)[0])
        for form in forms
    )
    assert written_out == pytest.approx(free, abs=1e-3)


LIMITS = {"max_iter": 300, "tol": 1e-9}


def test_a_form_descends_to_where_no_small_step_helps_much():
    problem = make()
    form = Form(np.ones((6, 2)), cross_product(3, 2))
    start = np.array([-1.0, 0, 1, -0.3, 0.3])
    theta, n_iter = descend(problem, form, start, **LIMITS)
    cost = cost_of(problem, form, theta)
    assert n_iter > 1
    assert cost < cost_of(problem, form, start) - 0.01
    rng = np.random.default_rng(1)
    for _ in range(200):
        near = theta + rng.normal(scale=1e-3, size=theta.shape)
        assert cost_of(problem, form, near) > cost - 1e-5


def test_other_parameters_of_the_same_form_end_in_the_same_place():
    """A linear change of theta changes nothing but rounding."""
    problem = make()
    matrix = cross_product(3, 2)
    start = np.array([-1.0, 0, 1, -0.3, 0.3])
    mix = np.random.default_rng(0).normal(size=(5, 5))
    one = descend(problem, Form(np.ones((6, 2)), matrix), start, **LIMITS)[0]
    mixed = Form(np.ones((6, 2)), matrix @ mix)
    other = descend(problem, mixed, np.linalg.solve(mix, start), **LIMITS)[0]
    assert cost_of(problem, mixed, other) == pytest.approx(
        cost_of(problem, Form(np.ones((6, 2)), matrix), one), abs=1e-4
    )


def test_rows_of_zeros_stay_to_the_last_bit():
    problem = make()
    scale = problem.boxes[:4].copy()
    scale[0] = [0.0, 1.3]
    matrix = np.zeros((8, 4))
    matrix[4:] = np.eye(4)
    form = Form(scale, matrix)
    theta, n_iter = descend(problem, form, np.zeros(4), **LIMITS)
    anchors = form.anchors(theta[None])[0]
    assert n_iter > 1
    np.testing.assert_array_equal(anchors[:2], scale[:2])
    assert (anchors[2:] != scale[2:]).all()


def test_bounds_hold():
    problem = make()
    bounds = np.array([[-0.1] * 4, [0.1] * 4])
    form = Form(problem.boxes[:2] * 3, np.eye(4), bounds)
    thetas = np.array([[0.05] * 4, [-0.05] * 4])
    found, costs = descend_all(problem, form, thetas, max_iter=50)
    assert (np.abs(found) <= 0.1).all()
    assert (np.abs(found) == 0.1).any()
    for theta, start, cost in zip(found, thetas, costs, strict=True):
        assert cost < cost_of(problem, form, start)
        assert cost == pytest.approx(cost_of(problem, form, theta), rel=1e-5)


def test_a_matrix_needs_a_row_for_each_side():
    with pytest.raises(ValueError, match="one row for each of the 6 sides"):
        Form(np.ones((3, 2)), np.ones((3, 2)))
