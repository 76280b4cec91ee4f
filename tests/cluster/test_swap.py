import itertools

import numpy as np
import pytest
from problems import make_problem

from skanchors.cluster._swap import SwapSearch


def make(n_boxes=14, *, seed=0, scale=1.0, metric="iou"):
    rng = np.random.default_rng(seed)
    X = scale * rng.lognormal(size=(n_boxes, 2))
    return make_problem(X, rng.random(n_boxes) + 0.1, metric=metric)


def exact(problem, n_clusters):
    D = problem.distances(problem.boxes, problem.boxes)
    return min(
        float(D[list(chosen)].min(axis=0) @ problem.weight)
        for chosen in itertools.combinations(range(len(problem)), n_clusters)
    )


def cost_of(problem, chosen):
    D = problem.distances(problem.boxes[list(chosen)], problem.boxes)
    return float(D.min(axis=0) @ problem.weight)


@pytest.mark.parametrize("n_clusters", [1, 2, 3, 5, 13, 14])
@pytest.mark.parametrize("seed", range(3))
def test_evolution_finds_the_best_choice_of_boxes(n_clusters, seed):
    problem = make(seed=seed)
    choices, costs = SwapSearch(problem).evolve(n_clusters, np.random.RandomState(seed))
    chosen = choices[0].tolist()
    assert len(set(chosen)) == n_clusters
    assert cost_of(problem, chosen) == pytest.approx(
        exact(problem, n_clusters), rel=1e-6, abs=1e-6
    )
    assert costs.tolist() == sorted(costs)


@pytest.mark.parametrize("scale", [1e-100, 1e-30, 1.0, 1e30, 1e100])
@pytest.mark.parametrize("metric", ["cityblock", "chebyshev", "iou"])
def test_the_unit_of_the_distances_does_not_matter(metric, scale):
    """Single precision ends at 1e38: what it holds must not depend on the unit."""
    problem = make(scale=scale, metric=metric)
    choices, _ = SwapSearch(problem).evolve(3, np.random.RandomState(0))
    best = exact(problem, 3)
    assert cost_of(problem, choices[0]) == pytest.approx(best, rel=1e-5)


@pytest.mark.parametrize("n_clusters", [1, 2, 4])
def test_improving_never_worsens_and_ends_where_no_swap_helps(n_clusters):
    problem = make(30)
    search = SwapSearch(problem)
    for seed in range(10):
        start = search.start(n_clusters, np.random.RandomState(seed))
        chosen, _ = search.improve(start)
        cost = cost_of(problem, chosen)
        assert cost <= cost_of(problem, start) + 1e-6
        for position, box in itertools.product(range(n_clusters), range(30)):
            swapped = chosen.copy()
            swapped[position] = box
            assert cost_of(problem, swapped) >= cost - 1e-6


def test_predicted_gains_are_true():
    problem = make(30)
    search = SwapSearch(problem)
    chosen = search.start(4, np.random.RandomState(0))
    gains, candidates = search._best_swaps(chosen)
    for position in range(4):
        swapped = chosen.copy()
        swapped[position] = candidates[position]
        gain = search.cost(swapped) - search.cost(chosen)
        assert gains[position] == pytest.approx(gain, abs=1e-6)


def test_equal_boxes():
    problem = make_problem(np.ones((10, 2)), np.ones(10))
    choices, _ = SwapSearch(problem).evolve(4, np.random.RandomState(0))
    assert len(set(choices[0].tolist())) == 4
