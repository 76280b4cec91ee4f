from functools import partial

import numpy as np
import pytest
from problems import make_problem

from skanchors.cluster._breeding import cross, drop_useless, splice
from skanchors.cluster._descent import descend_sets
from skanchors.cluster._population import compete, evolve


def make(metric="iou", n_boxes=200, boxes=None):
    return make_problem(boxes, metric=metric, n_boxes=n_boxes)


def recombine(problem, sets, rng, generations):
    """The population after some generations of unions, best first."""
    return evolve(
        sets,
        rng,
        improve=partial(descend_sets, problem, max_iter=8),
        breed=partial(cross, problem, n_children=8),
        describe=np.log,
        size=12,
        generations=generations,
        patience=1,
    )[0]


def cost(problem, anchors):
    return problem.distances(anchors, problem.boxes).min(axis=0) @ problem.weight


@pytest.mark.parametrize("metric", ["iou", "giou", "ciou", "ratio"])
@pytest.mark.parametrize("n_clusters", [1, 3, 9])
def test_better_than_the_best_start_and_sorted(metric, n_clusters):
    problem = make(metric)
    rng = np.random.RandomState(0)
    starts = np.array(
        [problem.boxes[rng.choice(200, n_clusters, replace=False)] for _ in range(6)]
    )
    found = recombine(problem, starts.copy(), rng, generations=5)
    assert found.shape[1:] == (n_clusters, 2)
    assert np.isfinite(found).all()
    assert (found > 0).all()
    costs = [cost(problem, anchors) for anchors in found]
    np.testing.assert_allclose(costs, sorted(costs), rtol=1e-12)
    assert costs[0] < min(cost(problem, anchors) for anchors in starts)


def dropped(problem, sets, n_left):
    kept = drop_useless(problem.rough_distances(sets), problem.weight, n_left)
    return np.take_along_axis(sets, kept[..., None], axis=1)


@pytest.mark.parametrize("heavy", [1, 100])
def test_dropping_takes_the_least_useful_first(heavy):
    """Useful by weight: some boxes count a hundred times."""
    problem = make()
    for seed in range(10):
        rng = np.random.default_rng(seed)
        weight = np.where(rng.random(200) < 0.1, heavy, 1)
        problem = make_problem(problem.boxes, weight)
        sets = problem.boxes[rng.choice(200, (3, 6), replace=False)]
        for anchors, kept in zip(sets, dropped(problem, sets, 4), strict=True):
            expected = anchors
            while len(expected) > 4:
                fewer = [np.delete(expected, i, axis=0) for i in range(len(expected))]
                expected = min(fewer, key=lambda anchors: cost(problem, anchors))
            np.testing.assert_array_equal(kept, expected)


@pytest.mark.parametrize("n_clusters", [1, 2, 5])
def test_dropping_keeps_the_number_asked_for(n_clusters):
    problem = make()
    twice = np.concatenate([problem.boxes[:5], problem.boxes[:5]])
    kept = dropped(problem, twice[None], n_clusters)[0]
    assert len(kept) == n_clusters
    if n_clusters == 5:
        assert len(np.unique(kept, axis=0)) == 5


@pytest.mark.parametrize("n_clusters", [1, 2, 7, 8])
@pytest.mark.parametrize("n_sides", [1, 2, 3])
def test_spliced_children_share_out_the_anchors_of_their_parents(n_clusters, n_sides):
    sets = np.exp(np.random.default_rng(0).normal(size=(6, n_clusters, n_sides)))
    pairs = np.array([[0, 1], [2, 3], [5, 4]] * 10)
    children = splice(sets, pairs, np.random.RandomState(0))
    assert children.shape == (30, 2, n_clusters, n_sides)
    for (first, second), (one, other) in zip(children, sets[pairs], strict=True):
        both = [tuple(row) for row in (*first, *second)]
        assert sorted(both) == sorted(map(tuple, (*one, *other)))
        from_one = [tuple(row) in set(map(tuple, one)) for row in first]
        assert 2 * sum(from_one) >= n_clusters
        assert n_clusters == 1 or 0 < sum(from_one) < n_clusters
    again = splice(sets, pairs, np.random.RandomState(0))
    np.testing.assert_array_equal(children, again)


def test_splicing_keeps_neighbours_together():
    """On a line, each child is one parent up to a place, and the other beyond."""
    one = np.exp(np.arange(0.0, 9.0)[:, None])
    children = splice(
        np.stack([one, one * 1.5]), np.array([[0, 1]] * 20), np.random.RandomState(0)
    )
    for child in children.reshape(-1, 9):
        is_other = ~np.isin(np.sort(child), one)
        assert np.count_nonzero(np.diff(is_other)) == 1
    assert len(np.unique(np.sort(children[:, 0, :, 0], axis=1), axis=0)) > 4


def test_one_set_alone_has_no_children():
    problem = make()
    one = problem.boxes[None, :3]
    assert not len(cross(problem, one, np.random.RandomState(0), n_children=4))


@pytest.mark.parametrize("n_sets", [1, 2, 6, 7])
def test_children_compete_with_their_own_parents_only(n_sets):
    seen = []

    def breed(population, pairs, rng):
        seen.append(population[pairs])
        # The first child is better than its parent, the second one worse.
        return population[pairs] + np.array([-0.25, 0.25])[:, None, None]

    start = np.arange(1.0, n_sets + 1).reshape(-1, 1, 1)
    found, costs = compete(
        start,
        np.random.RandomState(0),
        improve=lambda sets: (sets.copy(), sets.ravel().copy()),
        breed=breed,
        rounds=1,
    )
    expected = start.ravel().copy()
    if n_sets > 1:
        (pairs,) = seen
        assert len(np.unique(pairs)) == 2 * (n_sets // 2)
        expected[pairs[:, 0].astype(int) - 1] -= 0.25
    np.testing.assert_array_equal(found.ravel(), np.sort(expected))
    np.testing.assert_array_equal(costs, found.ravel())


def test_children_near_a_parent_are_left_out():
    """Of either parent; the order of the anchors does not matter."""
    far, near = np.array([[1.0, 1.0], [4.0, 9.0]]), np.array([[4.01, 9.0], [1.0, 0.99]])
    other = np.array([[2.0, 2.0], [7.0, 3.0]])
    new = np.array([[1.0, 1.0], [4.0, 3.0]])
    improved = []

    def improve(sets):
        improved.append(sets.copy())
        return sets.copy(), np.ones(len(sets))

    def breed(population, pairs, rng):
        is_first = (population[pairs[0, 0]] == far).all()
        return np.array([[near, new] if is_first else [new, near]])

    for second in (other, far * [[1, 1], [1, 2]]):
        improved.clear()
        start = np.stack([far, second])
        compete(start, np.random.RandomState(0), improve=improve, breed=breed, rounds=3)
        assert len(improved) == 4
        for children in improved[1:]:
            np.testing.assert_array_equal(children, [new])
    improved.clear()
    compete(
        np.stack([far, other]),
        np.random.RandomState(0),
        improve=improve,
        breed=lambda population, pairs, rng: population[pairs[:, ::-1]],
        rounds=3,
    )
    assert len(improved) == 1


@pytest.mark.parametrize("n_clusters", [2, 9])
def test_spliced_children_improve_the_best_start(n_clusters):
    problem = make()
    starts = problem.boxes[
        np.array([np.random.default_rng(i).choice(200, n_clusters) for i in range(8)])
    ]
    improve = partial(descend_sets, problem, max_iter=8)
    alone, _ = improve(starts)
    best = min(cost(problem, anchors) for anchors in alone)
    found, costs = compete(
        starts, np.random.RandomState(0), improve=improve, breed=splice, rounds=10
    )
    np.testing.assert_array_equal(costs, np.sort(costs))
    assert cost(problem, found[0]) <= best
    if n_clusters == 9:
        assert cost(problem, found[0]) < 0.99 * best


def test_boxes_without_a_volume_are_no_strangers():
    boxes = make().boxes.copy()
    boxes[:190, 0] = 0
    problem = make(boxes=boxes)
    starts = problem.boxes[None, 190:194]
    found = recombine(problem, starts, np.random.RandomState(0), generations=3)
    assert (found > 0).all()
