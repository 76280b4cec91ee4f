"""The search among the parameters of a form."""

import numpy as np
from problems import draw_boxes, make_problem

from skanchors import PyramidAnchors
from skanchors.cluster import _form_estimator
from skanchors.cluster._descent import descend_all
from skanchors.cluster._form_search import FormSolution, FormSolver
from skanchors.cluster._layouts import cross_layout
from skanchors.export import default_anchors
from skanchors.metrics import mean_iou_score


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


def test_where_the_search_is_lost_the_published_anchors_are_a_start(monkeypatch):
    class Lost(FormSolver):
        def best(self, rng, starts, *, on_step=None):
            theta = self.layout.draw(self.boxes, self.weight, 1, rng)[0] - 3
            return FormSolution(theta, self.cost(theta), 1)

    monkeypatch.setattr(_form_estimator, "FormSolver", Lost)
    published = default_anchors("retinanet_resnet50_fpn")
    X = draw_boxes()
    form = {"n_sizes": 3, "n_ratios": 3, "random_state": 0}
    pyramid = PyramidAnchors(published.strides, **form).fit(X)
    assert pyramid.mean_iou_ > mean_iou_score(X, published.anchors) + 0.01
