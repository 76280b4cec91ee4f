"""The search among the parameters of a form."""

import numpy as np
from problems import make_problem

from skanchors.cluster._descent import descend_all
from skanchors.cluster._form_search import FormSolver
from skanchors.cluster._layouts import cross_layout


def test_perturbations_improve_on_descended_starts():
    """Never worse; and better from some starts, for few whole sizes are rough."""
    rng = np.random.default_rng(0)
    boxes = np.unique(rng.integers(4, 60, (60, 2)), axis=0).astype(float)
    problem = make_problem(boxes, rng.random(len(boxes)) + 0.1)
    layout = cross_layout(
        np.array([8.0, 16.0]),
        2,
        n_sizes=1,
        n_ratios=2,
        scaled=False,
        shared=True,
        levels_matter=False,
    )
    solver = FormSolver(problem, layout, max_iter=100, tol=1e-6)
    state = np.random.RandomState(0)
    starts = layout.draw(problem.boxes, problem.weight, 8, state)
    thetas, costs = descend_all(problem, solver.form, starts, max_iter=60, tol=1e-6)
    gains = []
    for theta, cost in zip(thetas, costs, strict=True):
        moved = solver._perturb(theta, cost, state)
        gains.append(solver.cost(theta) - solver.cost(moved))
    assert min(gains) > -1e-6
    assert max(gains) > 1e-4
