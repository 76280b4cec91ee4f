"""The nearest sizes x ratios: against brute force, and exactly where that exists."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skanchors.export._cross_product import (
    best_ious,
    cross_product,
    mean_best_iou,
    nearest_shared_ratios,
    nearest_sizes_and_ratios,
    rounded_positive,
)

SIDE = st.floats(3, 400)


def test_ratio_is_height_over_width():
    np.testing.assert_allclose(cross_product([10], [4.0]), [[5, 20]])


def test_all_sizes_of_the_first_ratio_come_first():
    found = cross_product([10, 20], [1.0, 4.0])
    np.testing.assert_allclose(found, [[10, 10], [20, 20], [5, 20], [10, 40]])


def test_best_ious():
    wanted = np.array([[10.0, 20.0], [5.0, 5.0]])
    found = best_ious(wanted, np.array([[20.0, 10.0], [10.0, 20.0]]))
    np.testing.assert_allclose(found, [1, 25 / 200])


@pytest.mark.parametrize(("n_sizes", "n_ratios"), [(1, 3), (3, 1), (2, 2), (3, 3)])
def test_what_can_be_expressed_is_found_exactly(n_sizes, n_ratios):
    rng = np.random.default_rng(n_sizes)
    wanted = cross_product(
        30 * 1.6 ** np.arange(n_sizes), rng.uniform(0.3, 3, n_ratios)
    )
    found = cross_product(*nearest_sizes_and_ratios(rng.permutation(wanted)))
    assert best_ious(wanted, found).mean() == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("seed", range(2))
def test_no_worse_than_a_fine_grid(seed):
    rng = np.random.default_rng(seed)
    wanted = rng.uniform(10, 60, (2, 2))
    found = best_ious(wanted, cross_product(*nearest_sizes_and_ratios(wanted))).mean()
    sizes, ratios = np.geomspace(8, 70, 35), np.geomspace(1 / 7, 7, 35)
    one_size = product([[s] for s in sizes], [[r, q] for r in ratios for q in ratios])
    one_ratio = product([[s, t] for s in sizes for t in sizes], [[r] for r in ratios])
    brute = max(_best_of(wanted, list(one_size)), _best_of(wanted, list(one_ratio)))
    assert found >= brute - 1e-6


def _best_of(wanted, choices):
    """The best mean IoU over many cross products at once."""
    boxes = np.array([cross_product(*choice) for choice in choices])
    overlap = np.minimum(wanted[None, :, None], boxes[:, None]).prod(axis=3)
    union = wanted.prod(axis=1)[None, :, None] + boxes.prod(axis=2)[:, None] - overlap
    return (overlap / union).max(axis=2).mean(axis=1).max()


@settings(deadline=None, max_examples=15)
@given(st.lists(st.tuples(SIDE, SIDE), min_size=2, max_size=4))
def test_nothing_drifts_out_of_sight(anchors):
    wanted = np.array(anchors)
    sizes, ratios = nearest_sizes_and_ratios(wanted)
    assert len(sizes) * len(ratios) == len(wanted)
    for found, asked in (
        (sizes, np.sqrt(wanted.prod(axis=1))),
        (ratios, wanted[:, 1] / wanted[:, 0]),
    ):
        assert np.all(found >= asked.min() / 3) and np.all(found <= asked.max() * 3)


def test_many_anchors_on_a_level_are_not_far_from_a_global_search():
    # What scipy's differential evolution found in 600 generations from two seeds.
    wanted = np.random.default_rng(12).uniform(12, 200, (12, 2))
    found = best_ious(wanted, cross_product(*nearest_sizes_and_ratios(wanted))).mean()
    assert found > 0.8004 - 0.01


def test_rounding_to_zero_is_refused():
    with pytest.raises(ValueError, match=r"With 2 digits .* raise precision"):
        rounded_positive(np.array([3.0, 0.001]), 2)


def test_shared_ratios_are_found_exactly_where_they_exist():
    groups = [cross_product([size], [0.4, 1.1, 2.3]) for size in (20, 55, 180)]
    sizes, ratios = nearest_shared_ratios(groups)
    np.testing.assert_allclose(sizes, [20, 55, 180], rtol=1e-3)
    np.testing.assert_allclose(ratios, [0.4, 1.1, 2.3], rtol=1e-3)


def test_shared_ratios_are_no_better_than_ratios_of_each_level():
    rng = np.random.default_rng(1)
    groups = [rng.uniform(10, 40, (3, 2)) * scale for scale in (1, 2, 4)]
    sizes, ratios = nearest_shared_ratios(groups)
    shared = mean_best_iou(groups, [cross_product([size], ratios) for size in sizes])
    own = mean_best_iou(
        groups, [cross_product(*nearest_sizes_and_ratios(group)) for group in groups]
    )
    assert 0.5 < shared <= own + 1e-6


@pytest.mark.parametrize(("seed", "best"), [(14, 0.6511), (20, 0.7299), (22, 0.6481)])
def test_shared_ratios_are_not_far_from_a_global_search(seed, best):
    # Again what differential evolution found in 600 generations.
    rng = np.random.default_rng(seed)
    groups = [np.exp(rng.normal(3 + 0.7 * i, 0.5, (3, 2))) for i in range(5)]
    sizes, ratios = nearest_shared_ratios(groups)
    found = mean_best_iou(groups, [cross_product([size], ratios) for size in sizes])
    assert found > best - 0.002
