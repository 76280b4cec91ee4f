from functools import partial

import numpy as np
import pytest
from problems import make_problem

from skanchors.cluster._center_search import search_by_centers
from skanchors.cluster._search import search_by_descent


def make(metric="iou", n_boxes=500, boxes=None):
    return make_problem(boxes, metric=metric, n_boxes=n_boxes)


by_medians = partial(search_by_centers, center="median")


@pytest.mark.parametrize(
    ("find", "metric"),
    [
        (by_medians, "iou"),
        (by_medians, "cityblock"),
        (search_by_descent, "iou"),
        (search_by_descent, "ratio"),
    ],
)
@pytest.mark.parametrize(
    ("n_boxes", "n_clusters"),
    [(60, 1), (60, 2), (60, 40), (500, 9), (6000, 1), (6000, 9)],
)
def test_better_than_most_draws(find, metric, n_clusters, n_boxes):
    problem = make(metric, n_boxes)
    anchors = find(problem, n_clusters, np.random.RandomState(0))
    assert anchors.shape == (n_clusters, 2)
    rng = np.random.default_rng(1)
    drawn = [
        problem.assign(problem.boxes[rng.choice(n_boxes, n_clusters, False)]).cost
        for _ in range(20)
    ]
    assert problem.assign(anchors).cost <= np.quantile(drawn, 0.05)


def test_boxes_without_a_volume():
    boxes = np.random.default_rng(0).lognormal(size=(100, 2))
    boxes[:90, 0] = 0
    for n_clusters in (1, 5, 50):
        anchors = search_by_descent(
            make(boxes=boxes), n_clusters, np.random.RandomState(0)
        )
        assert anchors.shape == (n_clusters, 2)
        assert np.isfinite(anchors).all()
