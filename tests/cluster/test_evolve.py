"""How a population changes: who is kept, who are parents, and when it ends."""

import numpy as np
import pytest

from skanchors.cluster._breeding import draw_pairs
from skanchors.cluster._population import evolve, keep_best
from skanchors.cluster._tuning import SAME


def as_sets(numbers):
    """Individuals of one anchor with one number each."""
    return np.asarray(numbers, dtype=float).reshape(-1, 1, 1)


def generations(costs_of_children, *, patience, most=20):
    """How many generations there are if children cost this, one a generation."""
    bred = []

    def breed(population, rng):
        bred.append(len(population))
        return 1000.0 * np.array([len(bred)])

    def improve(individuals):
        costs = [costs_of_children[int(i) // 1000] for i in individuals]
        return individuals, np.array(costs, dtype=float)

    evolve(
        np.array([0.0]),
        np.random.RandomState(0),
        improve=improve,
        breed=breed,
        describe=as_sets,
        size=5,
        generations=most,
        patience=patience,
    )
    return len(bred)


@pytest.mark.parametrize("patience", [1, 3])
def test_it_ends_when_patience_does(patience):
    assert generations([1.0] * 30, patience=patience) == patience
    assert generations([1.0] * 30, patience=30) == 20


def test_a_better_set_renews_the_patience():
    # The second and the fourth generation are better, then none.
    costs = [10, 10, 9, 9, 8, *[8] * 20]
    assert generations(costs, patience=2) == 6
    assert generations(costs, patience=1) == 1


def test_parents_are_two():
    pairs = draw_pairs(np.zeros(3), 200, np.random.RandomState(0))
    assert (pairs[:, 0] != pairs[:, 1]).all()
    assert set(pairs.ravel()) == {0, 1, 2}
    assert draw_pairs(np.zeros(1), 5, np.random.RandomState(0)).shape == (0, 2)


def test_sets_differ_if_one_anchor_does():
    far = 10 * SAME
    sets = np.array([[0, 1], [0, 1 + SAME / 2], [1, 0], [0, 1 + far], [far, 1]])
    costs = np.array([3.0, 2, 4, 5, 1])
    kept, kept_costs = keep_best(9, sets, costs, lambda sets: sets[..., None])
    # Of the first three, which are the same in some order, the best one stays.
    np.testing.assert_array_equal(kept, sets[[4, 1, 3]])
    np.testing.assert_array_equal(kept_costs, [1, 2, 5])
    assert len(keep_best(2, sets, costs, lambda sets: sets[..., None])[0]) == 2
