"""Layouts are linear in log size, and their gradients are what they say."""

import numpy as np
import pytest
from problems import make_problem

from skanchors.cluster._grid_problem import GridProblem
from skanchors.cluster._layouts import cross_layout, ssd_layout

STRIDES = np.array([8.0, 16, 48])


def boxes(n_sides, n_boxes=60):
    return np.exp(np.random.default_rng(0).normal(3.5, 0.6, size=(n_boxes, n_sides)))


def cross(n_sides, *, scaled=False, shared=True, levels_matter=True):
    return cross_layout(
        STRIDES,
        n_sides,
        n_sizes=2,
        n_ratios=3,
        scaled=scaled,
        shared=shared,
        levels_matter=levels_matter,
    )


LAYOUTS = {
    "free": lambda n: cross(n, levels_matter=False),
    "free on the grid": lambda n: cross(n),
    "own ratios": lambda n: cross(n, shared=False, levels_matter=False),
    "scales": lambda n: cross(n, scaled=True),
    "scales, own ratios": lambda n: cross(n, scaled=True, shared=False),
    "ssd": lambda n: ssd_layout(STRIDES, n, (1, 2, 2), shared=True),
    "ssd, own ratios": lambda n: ssd_layout(STRIDES, n, (1, 2, 1), shared=False),
}


@pytest.mark.parametrize("n_sides", [1, 2, 3])
@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize("threshold", [None, 0.5, "centred"])
def test_gradients_by_sizes_and_ratios_are_finite_differences(name, n_sides, threshold):
    X, layout = boxes(n_sides), LAYOUTS[name](n_sides)
    weight = np.random.default_rng(1).uniform(size=len(X))
    problem = (
        make_problem(X, weight)
        if threshold == "centred"
        else GridProblem(X, weight, layout.levels, STRIDES, threshold)
    )
    form = layout.form(X)
    rng = np.random.RandomState(2)
    theta = layout.draw(X, weight, 1, rng) + 0.1 * rng.normal(size=form.n_params)
    evaluate = problem.gradients_function(form.anchors(theta), np.float64)
    gradient = form.gradient(evaluate(form.anchors(theta))[1])[0]
    for i, step in enumerate(1e-8 * np.eye(form.n_params)):
        above, below = (
            evaluate(form.anchors(theta + sign * step))[0][0] for sign in (1, -1)
        )
        assert gradient[i] == pytest.approx((above - below) / 2e-8, abs=1e-6)


@pytest.mark.parametrize("n_sides", [1, 2, 3])
@pytest.mark.parametrize("name", LAYOUTS)
def test_order_changes_no_anchors(name, n_sides):
    layout = LAYOUTS[name](n_sides)
    rng = np.random.RandomState(0)
    X = boxes(n_sides)
    form = layout.form(X)
    thetas = rng.normal(size=(5, form.n_params))
    if layout.reciprocal:
        thetas[:, : layout.n_sizes].sort()  # sizes are in order, by what SSD is
    ordered = layout.ordered(thetas)
    before, after = form.anchors(thetas), form.anchors(ordered)
    for one, other in zip(before, after, strict=True):
        rows = [np.array(sorted(anchors.round(9).tolist())) for anchors in (one, other)]
        np.testing.assert_allclose(*rows, rtol=1e-7)
    np.testing.assert_array_equal(layout.ordered(ordered), ordered)
    sizes, ratios = layout.split(ordered)
    for group in layout.size_groups:
        assert (np.diff(sizes[:, group]) >= 0).all()
    for group in layout.shape_groups:
        assert (np.diff(ratios[:, group, :1], axis=1) >= 0).all()


def test_ssd_has_squares_and_reciprocals():
    layout = ssd_layout(STRIDES, 2, (1, 2, 1), shared=True)
    form = layout.form(boxes(2))
    sizes, ratios = np.array([10.0, 40, 90, 160]), np.array([2.0, 3])
    theta = np.log(np.concatenate([sizes, ratios]))
    anchors = form.anchors(theta[None])[0]
    wanted = [(10, 10), (20, 20), (10 / 2**0.5, 10 * 2**0.5)]
    np.testing.assert_allclose(anchors[:3], wanted)
    np.testing.assert_allclose(anchors[3], wanted[2][::-1])
    assert [len(rows) for rows in layout.levels] == [4, 6, 4]
    np.testing.assert_allclose(anchors[layout.levels[1]][1], [60, 60])
    third = anchors[layout.levels[1]][4]
    np.testing.assert_allclose(third, (40 / 3**0.5, 40 * 3**0.5))


def test_drawn_scales_are_sizes_of_boxes_on_some_level():
    X, layout = boxes(2), LAYOUTS["scales"](2)
    thetas = layout.draw(X, np.ones(len(X)), 40, np.random.RandomState(0))
    scales, _ = layout.split(thetas)
    on_levels = scales[..., None] + np.log(STRIDES)
    sizes = np.log(X).mean(axis=1)
    apart = np.abs(on_levels[..., None] - sizes).min(axis=(2, 3))
    assert apart.max() < 1e-9
    assert len(np.unique(scales.round(6))) > 40
