import joblib
import numpy as np
import pytest
from problems import make_problem
from threadpoolctl import threadpool_limits

from skanchors.cluster._descent import descend_sets
from skanchors.cluster._solver import Solver

CENTERS = ["descent", "search", "mean", "median", "geometric_mean", "medoid"]


def make(n_boxes=300, n_sides=2, *, seed=0, metric="iou", boxes=None):
    return make_problem(
        boxes, metric=metric, n_boxes=n_boxes, n_sides=n_sides, seed=seed
    )


def solver_for(problem, n_clusters=4, *, center="descent", max_iter=300, tol=1e-6):
    return Solver(problem, n_clusters, center=center, max_iter=max_iter, tol=tol)


class Watch:
    """What the solver calls after each iteration; ends the run after `limit`."""

    def __init__(self, limit=None):
        self.steps, self.limit, self.stopped = [], limit, False

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def __call__(self, anchors, cost):
        self.steps.append((anchors.copy(), cost))
        self.stopped = len(self.steps) == self.limit
        return self.stopped


def check_never_rises(problem, start, watch, slack):
    costs = [problem.assign(start).cost, *(cost for _, cost in watch.steps)]
    assert len(costs) > 2
    assert (np.diff(costs) <= slack).all()
    for anchors, cost in watch.steps:
        assert cost == pytest.approx(problem.assign(anchors).cost, rel=1e-9)


def check_solution(problem, solution, n_clusters):
    anchors, cost, n_iter = solution
    assert anchors.shape == (n_clusters, problem.boxes.shape[1])
    assert np.isfinite(anchors).all()
    assert cost == problem.assign(anchors).cost
    assert n_iter >= 1
    labels = problem.assign(anchors).labels
    assert (np.bincount(labels, minlength=n_clusters) > 0).all()


@pytest.mark.parametrize("center", CENTERS)
@pytest.mark.parametrize("n_clusters", [1, 4, 299, 300])
def test_solutions_are_complete(center, n_clusters):
    problem = make()
    solver = solver_for(problem, n_clusters, center=center)
    check_solution(problem, solver.best(np.random.RandomState(0)), n_clusters)


def narrow(n_boxes, width, n_groups=1):
    rng = np.random.default_rng(0)
    group = 5.0 ** rng.integers(0, n_groups, (n_boxes, 1))
    return np.unique(group * (1 + width * rng.random((n_boxes, 2))), axis=0)


@pytest.mark.parametrize("center", ["descent", "median"])
@pytest.mark.parametrize("n_groups", [1, 2, 5])
@pytest.mark.parametrize("width", [1e-2, 1e-6, 1e-14])
def test_thousands_of_boxes_that_hardly_differ(center, n_groups, width):
    """They are fewer than the anchors once the search has compressed them."""
    problem = make(boxes=narrow(6000, width, n_groups))
    solver = solver_for(problem, 9, center=center)
    check_solution(problem, solver.best(np.random.RandomState(0)), 9)


def test_more_boxes_that_hardly_differ_than_are_looked_at_one_by_one():
    problem = make(boxes=narrow(50_000, 1e-3))
    solver = solver_for(problem, 9)
    check_solution(problem, solver.best(np.random.RandomState(0)), 9)
    starts = [solver.seeds("k-means++", np.random.RandomState(0))]
    check_solution(problem, solver.from_starts(starts), 9)


@pytest.mark.parametrize("n_sides", [12, 16])
def test_more_sides_than_any_grid_can_take(n_sides):
    problem = make(2000, n_sides)
    solver = solver_for(problem, 3)
    check_solution(problem, solver.best(np.random.RandomState(0)), 3)


def test_more_clusters_than_the_search_is_made_for():
    problem = make(1500)
    solver = solver_for(problem, 700, max_iter=2)
    check_solution(problem, solver.best(np.random.RandomState(0)), 700)


# Under GIoU the smallest sides of all boxes can be a minimum of their own.
@pytest.mark.parametrize("metric", ["iou", "ciou", "ratio"])
@pytest.mark.parametrize("start", [1e-9, 1e-3, 1e3, 1e9, 0.0])
def test_a_start_far_from_all_boxes_finds_them(metric, start):
    """Out there the gradient is as good as 0: a start in pixels, say, for fractions."""
    problem = make(metric=metric)
    solver = solver_for(problem, 1)
    near = solver.finish(np.median(problem.boxes, axis=0)[None])
    far = solver.finish(np.array([[start, start]]))
    assert far.cost == pytest.approx(near.cost, rel=1e-3)
    # One side off is enough.
    far = solver.finish(np.array([[1.0, start]]))
    assert far.cost == pytest.approx(near.cost, rel=1e-3)


def test_starts_far_off_on_both_ends():
    problem = make()
    best = solver_for(problem, 3).best(np.random.RandomState(0))
    start = np.array([[1e-8, 1e-8], [1e8, 1e8], [1e-8, 1e8]])
    found = solver_for(problem, 3).finish(start)
    check_solution(problem, found, 3)
    assert found.cost <= 1.1 * best.cost


def test_a_start_with_a_side_of_0_that_is_right_is_kept():
    boxes = np.array([[0.0, 1], [1, 1], [4, 4]])
    solution = solver_for(make(boxes=boxes), 2).finish(np.array([[0.0, 1], [4, 4]]))
    assert [0, 1] in solution.anchors.tolist()


@pytest.mark.parametrize("center", CENTERS)
def test_empty_clusters_are_seeded_again(center):
    problem = make()
    start = np.array([[1.0, 1], [1e6, 1e6], [1e6, 1e6], [1e-6, 1e6]])
    check_solution(problem, solver_for(problem, center=center).finish(start), 4)
    start = np.ones((4, 2))
    check_solution(problem, solver_for(problem, center=center).finish(start), 4)


@pytest.mark.parametrize("center", CENTERS)
def test_never_worse_than_the_start(center):
    problem = make()
    for seed in range(5):
        start = problem.boxes[np.random.default_rng(seed).choice(300, 4)]
        solution = solver_for(problem, center=center).finish(start)
        assert solution.cost <= problem.assign(start).cost


@pytest.mark.parametrize("center", ["descent", "median"])
def test_the_best_of_several_starts_is_kept(center):
    problem = make()
    solver = solver_for(problem, center=center)
    rng = np.random.RandomState(0)
    starts = [solver.seeds("random", rng) for _ in range(6)]
    each = [solver.finish(start).cost for start in starts]
    assert solver.from_starts(starts).cost == min(each)
    assert len(set(each)) > 1


def test_the_start_is_left_alone():
    problem = make()
    for center in CENTERS:
        start = np.full((4, 2), 1e6)
        solver_for(problem, center=center).finish(start)
        np.testing.assert_array_equal(start, 1e6)


@pytest.mark.parametrize("method", ["random", "k-means++"])
@pytest.mark.parametrize("n_clusters", [1, 4, 300])
def test_seeds_are_distinct_boxes(method, n_clusters):
    problem = make()
    seeds = solver_for(problem, n_clusters).seeds(method, np.random.RandomState(0))
    rows = {tuple(box) for box in problem.boxes}
    assert len({tuple(box) for box in seeds} & rows) == n_clusters


@pytest.mark.parametrize("center", ["descent", "mean"])
@pytest.mark.parametrize("n_boxes", [5000, 150_000])
def test_the_number_of_threads_does_not_matter(center, n_boxes):
    problem = make(n_boxes)
    solutions = []
    for n_threads in (1, 2):
        solver = solver_for(make(boxes=problem.boxes), 5, center=center, max_iter=20)
        with threadpool_limits(n_threads):
            solutions.append(solver.best(np.random.RandomState(0)))
    one, other = solutions
    np.testing.assert_array_equal(one.anchors, other.anchors)
    assert one.cost == other.cost
    assert one.n_iter == other.n_iter


@pytest.mark.parametrize("center", ["descent", "median"])
def test_processes_give_the_same_bits(center):
    problem = make()
    solver = solver_for(problem, center=center)
    rng = np.random.RandomState(0)
    starts = [solver.seeds("k-means++", rng) for _ in range(4)]
    alone = solver.from_starts(starts)
    with joblib.parallel_config("loky", n_jobs=2):
        shared = solver.from_starts(starts)
    np.testing.assert_array_equal(shared.anchors, alone.anchors)
    assert shared.cost == alone.cost
    assert shared.n_iter == alone.n_iter


@pytest.mark.parametrize("metric", ["iou", "giou", "ciou", "ratio"])
@pytest.mark.parametrize("seed", range(3))
def test_the_objective_never_rises(metric, seed):
    problem = make(metric=metric, seed=seed)
    start = problem.boxes[:4]
    watch = Watch()
    solver_for(problem).finish(start, on_step=watch)
    check_never_rises(problem, start, watch, 1e-12)


@pytest.mark.parametrize(
    ("center", "metric"),
    [
        ("mean", "sqeuclidean"),
        ("median", "cityblock"),
        ("normalized_mean", "cosine"),
        ("geometric_median", "euclidean"),
        ("search", "iou"),
        ("search", "chebyshev"),
        ("medoid", "iou"),
        ("medoid", "canberra"),
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_the_objective_never_rises_for_the_centre_of_the_metric(center, metric, seed):
    problem = make(metric=metric, seed=seed)
    start = problem.boxes[:4]
    watch = Watch()
    solver_for(problem, center=center, tol=0).finish(start, on_step=watch)
    check_never_rises(problem, start, watch, 1e-9 * problem.assign(start).cost)


@pytest.mark.parametrize("center", ["descent", "median"])
def test_a_true_value_of_on_step_ends_the_run(center):
    problem = make()
    watch = Watch(limit=2)
    solver_for(problem, center=center).finish(problem.boxes[:4], on_step=watch)
    assert len(watch.steps) == 2


def test_the_end_of_a_descent_lies_on_sides_of_boxes_where_there_are_few():
    """Few boxes: most sides of the best anchors are sides of boxes, exactly."""
    rng = np.random.default_rng(0)
    boxes = np.unique(rng.integers(3, 30, (200, 2)).astype(float), axis=0)
    solution = solver_for(make(boxes=boxes), 5).best(np.random.RandomState(0))
    assert (solution.anchors == solution.anchors.round()).mean() > 0.5


def test_the_last_descent_on_many_boxes_leaves_little():
    """Above 40 000 boxes it starts on representatives: more steps gain no more."""
    problem = make(60_000)
    solution = solver_for(problem, 5).best(np.random.RandomState(0))
    _, costs = descend_sets(problem, solution.anchors[None], max_iter=100, tol=1e-9)
    assert solution.cost - costs[0] < 2e-5


def test_the_last_steps_are_on_all_boxes():
    """Representatives lead near the valley's floor, and only near."""
    problem = make(60_000)
    start = problem.boxes[np.random.default_rng(1).choice(60_000, 4, replace=False)]
    anchors, cost, _ = solver_for(problem).finish(start)
    further = descend_sets(problem, anchors[None], max_iter=15)[0][0]
    assert cost - problem.cost_and_counts(further)[0] < 1e-6
