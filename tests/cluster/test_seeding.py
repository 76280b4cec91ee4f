import numpy as np
import pytest
from problems import make_problem

from skanchors.cluster._seeding import (
    Distances,
    draw,
    draw_distinct,
    draw_sets,
    kmeans_plusplus,
)
from skanchors.metrics import iou_distances


def boxes(n_boxes=200, seed=0):
    return np.random.default_rng(seed).lognormal(size=(n_boxes, 2))


def seed_with(X, weight, n_clusters, seed=0):
    rng = np.random.RandomState(seed)
    return kmeans_plusplus(
        weight, n_clusters, rng, lambda rows: iou_distances(X[rows], X)
    )


@pytest.mark.parametrize("n_clusters", [1, 2, 9, 200])
def test_seeds_are_distinct_boxes(n_clusters):
    chosen = seed_with(boxes(), np.ones(200), n_clusters)
    assert len(set(chosen.tolist())) == n_clusters
    assert chosen.min() >= 0
    assert chosen.max() < 200


def test_far_groups_each_get_a_seed():
    centers = np.array([[1, 1], [100, 100], [1, 100], [1e4, 1]])
    X = np.repeat(centers, 50, axis=0) * boxes() ** 0.1
    for seed in range(20):
        chosen = seed_with(X, np.ones(200), 4, seed)
        assert sorted(chosen // 50) == [0, 1, 2, 3]


def test_equal_boxes_do_not_end_the_draw():
    chosen = seed_with(np.ones((20, 2)), np.ones(20), 5)
    assert len(set(chosen.tolist())) == 5


def test_boxes_of_no_weight_are_not_drawn():
    weight = np.zeros(200)
    weight[[3, 50, 120]] = [1, 1e-12, 1e12]
    for seed in range(10):
        assert sorted(seed_with(boxes(), weight, 3, seed)) == [3, 50, 120]
        drawn = draw_distinct(weight, 3, np.random.RandomState(seed))
        assert sorted(drawn) == [3, 50, 120]


def test_better_than_random_boxes():
    X = boxes(500)
    weight = np.ones(500)

    def cost(chosen):
        return iou_distances(X, X[chosen]).min(axis=1).mean()

    careful = [cost(seed_with(X, weight, 9, seed)) for seed in range(10)]
    random = [
        cost(draw_distinct(weight, 9, np.random.RandomState(seed)))
        for seed in range(10)
    ]
    assert np.mean(careful) < 0.95 * np.mean(random)


def test_draws_follow_the_mass():
    mass = np.array([0, 1, 0, 3, 0, 6, 0.0])
    drawn = draw(mass, 20_000, np.random.RandomState(0))
    share = np.bincount(drawn, minlength=7) / 20_000
    np.testing.assert_allclose(share, mass / 10, atol=0.02)


def test_a_draw_is_never_past_the_last_mass():
    class Highest:
        @staticmethod
        def uniform(size):
            return np.full(size, np.nextafter(1, 0))

    mass = np.r_[np.full(1000, 0.1), np.zeros(5)]
    assert draw(mass, 3, Highest).tolist() == [999] * 3
    assert draw(np.r_[0, 0, 5e-324, 0], 1, Highest).tolist() == [2]


def test_distinct_draws_follow_the_weight():
    rng = np.random.RandomState(0)
    weight = np.array([1.0, 2, 7])
    first = [draw_distinct(weight, 1, rng)[0] for _ in range(4000)]
    share = np.bincount(first) / 4000
    np.testing.assert_allclose(share, weight / 10, atol=0.03)


@pytest.mark.parametrize("n_clusters", [1, 2, 9, 40])
def test_sets_are_drawn_far_apart_and_distinct(n_clusters):
    X, weight = boxes(40), np.ones(40)
    problem = make_problem(X, weight)
    sets = draw_sets(problem, n_clusters, 25, np.random.RandomState(0))
    assert sets.shape == (25, n_clusters)
    assert all(len(set(chosen.tolist())) == n_clusters for chosen in sets)
    if n_clusters == 9:
        one_by_one = [problem.assign(X[seed_with(X, weight, 9, s)]) for s in range(25)]
        drawn = np.mean([problem.assign(X[chosen]).cost for chosen in sets])
        alone = np.mean([found.cost for found in one_by_one])
        random = np.mean([problem.assign(X[9 * i % 31 :][:9]).cost for i in range(25)])
        assert drawn < (alone + random) / 2


def test_distances_looked_up_are_those_computed():
    problem = make_problem(boxes(40), np.ones(40), fixed=boxes(3))
    rows = np.random.RandomState(0).randint(40, size=(5, 4))
    np.testing.assert_array_equal(
        Distances(problem, 41)[rows], Distances(problem, 0)[rows]
    )


def test_draws_go_on_where_fixed_anchors_equal_all_boxes():
    X = boxes(5)
    problem = make_problem(X, np.ones(5), fixed=X)
    sets = draw_sets(problem, 3, 10, np.random.RandomState(0))
    assert all(len(set(chosen.tolist())) == 3 for chosen in sets)


def test_the_best_candidate_is_best_by_weight():
    """One heavy box, or five light ones: of two candidates the heavy one helps more."""
    weight = np.array([1e6, 10, 1, 1, 1, 1, 1])
    place = np.array([0, 1, 2, 2, 2, 2, 2])
    apart = (place[:, None] != place).astype(float)
    n_heavy = 0
    for seed in range(200):
        rng = np.random.RandomState(seed)
        chosen = kmeans_plusplus(weight, 2, rng, lambda rows: apart[rows])
        n_heavy += 1 in chosen
    # Drawn first with 2/3, as one of two candidates with 8/9.
    assert n_heavy > 160
