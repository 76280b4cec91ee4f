import numpy as np
from problems import make_problem
from sklearn.cluster import KMeans

from skanchors.cluster._lloyd import alternate


def make(metric="iou", n_boxes=300):
    return make_problem(metric=metric, n_boxes=n_boxes)


def test_is_scikit_learns_kmeans_for_means_and_squares():
    problem = make("sqeuclidean")
    start = problem.boxes[:5]
    anchors, n_iter = alternate(problem, start, center="mean", max_iter=300, tol=0)
    km = KMeans(5, init=start, n_init=1, algorithm="lloyd", tol=0)
    km.fit(problem.boxes, sample_weight=problem.weight)
    np.testing.assert_allclose(anchors, km.cluster_centers_, rtol=1e-9)
    assert abs(n_iter - km.n_iter_) <= 1


def test_a_step_by_hand():
    boxes = np.array([[1.0, 1], [1, 3], [10, 10], [14, 10]])
    problem = make_problem(boxes, np.ones(4))
    start = np.array([[1.0, 2], [11, 9]])
    anchors, n_iter = alternate(problem, start, center="mean", max_iter=1, tol=0)
    np.testing.assert_array_equal(anchors, [[1, 2], [12, 10]])
    assert n_iter == 1


def test_the_best_anchors_met_are_returned():
    """Medians are no minimum of 1 - IoU: the cost goes up and down."""
    rises = 0
    for seed in range(10):
        problem = make()
        costs = []
        start = problem.boxes[np.random.default_rng(seed).choice(300, 5)]
        anchors, n_iter = alternate(
            problem,
            start,
            center="median",
            max_iter=50,
            tol=0,
            on_step=lambda anchors, cost, costs=costs: costs.append(cost),
        )
        assert len(costs) == n_iter
        best = min(problem.assign(start).cost, *costs)
        assert problem.assign(anchors).cost == best
        rises += int((np.diff(costs) > 0).any())
    assert rises > 0
