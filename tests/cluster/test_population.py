from functools import partial

import numpy as np
import pytest
from problems import make_problem

from skanchors.cluster._population import drop_useless
from skanchors.cluster._search import cross, mix, recombine


def make(metric="iou", n_boxes=200, boxes=None):
    return make_problem(boxes, metric=metric, n_boxes=n_boxes)


def crossing(problem):
    return partial(cross, problem, n_children=8)


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
    found = recombine(
        problem, starts.copy(), rng, generations=5, breed=crossing(problem)
    )
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


def test_mixtures_take_each_anchor_from_one_parent_or_its_like():
    rng = np.random.default_rng(0)
    one = np.exp(np.arange(8)[:, None] + rng.normal(scale=0.1, size=(8, 2)))
    # The same places, slightly moved and in another order.
    other = (one * 1.05)[rng.permutation(8)]
    children = mix(np.stack([one, other]), np.random.RandomState(0), n_children=40)
    assert children.shape == (40, 8, 2)
    for child in children:
        child = child[np.argsort(child[:, 0])]
        from_other = np.isclose(child, one * 1.05).all(axis=1)
        assert (from_other | np.isclose(child, one).all(axis=1)).all()
    assert len(np.unique(children, axis=0)) > 20
    again = mix(np.stack([one, other]), np.random.RandomState(0), n_children=40)
    np.testing.assert_array_equal(children, again)
    assert not len(mix(one[None], np.random.RandomState(0), n_children=4))


@pytest.mark.parametrize("n_clusters", [2, 9])
def test_mixtures_improve_the_best_start(n_clusters):
    problem = make()
    starts = problem.boxes[
        np.array([np.random.default_rng(i).choice(200, n_clusters) for i in range(8)])
    ]
    found = recombine(
        problem,
        starts,
        np.random.RandomState(0),
        generations=10,
        breed=partial(mix, n_children=8),
    )
    alone = recombine(
        problem,
        starts,
        np.random.RandomState(0),
        generations=0,
        breed=crossing(problem),
    )
    assert cost(problem, found[0]) <= cost(problem, alone[0])
    if n_clusters == 9:
        assert cost(problem, found[0]) < 0.99 * cost(problem, alone[0])


def test_boxes_without_a_volume_are_no_strangers():
    boxes = make().boxes.copy()
    boxes[:190, 0] = 0
    problem = make(boxes=boxes)
    starts = problem.boxes[None, 190:194]
    found = recombine(
        problem,
        starts,
        np.random.RandomState(0),
        generations=3,
        breed=crossing(problem),
    )
    assert (found > 0).all()
