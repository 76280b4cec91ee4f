import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skanchors.certify import _cells, _pricing
from skanchors.certify._cells import Cells, in_parts, split
from skanchors.certify._demand import Demand
from skanchors.certify._pricing import find_best
from skanchors.metrics import pairwise_iou


def profit_of(demand, multipliers, anchors):
    excess = pairwise_iou(anchors, demand.boxes) - multipliers
    return np.maximum(excess, 0) @ demand.weight


def instance(seed, n_boxes, n_sides, scale=1.0):
    rng = np.random.default_rng(seed)
    weight = rng.random(n_boxes)
    boxes = np.exp(rng.normal(scale=scale, size=(n_boxes, n_sides)))
    demand = Demand(boxes, weight / weight.sum())
    return rng, demand, rng.random(n_boxes) * rng.random()


def best_anywhere(demand, multipliers, *, precision, deadline=np.inf):
    """The search over all sides of the boxes, where no anchor is known."""
    return find_best(
        demand,
        multipliers,
        demand.lower[None],
        demand.upper[None],
        known=np.zeros(1),
        precision=precision,
        deadline=deadline,
    )


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(1, 30), st.integers(1, 3))
def test_no_anchor_beats_the_ceiling_and_some_anchor_meets_it(seed, n_boxes, n_sides):
    rng, demand, multipliers = instance(seed, n_boxes, n_sides)
    prices = best_anywhere(demand, multipliers, precision=1e-3)
    anchors = np.exp(rng.uniform(demand.lower, demand.upper, size=(2000, n_sides)))
    # Peaks lie where sides equal those of boxes.
    mixed = rng.integers(n_boxes, size=(2000, n_sides))
    peaks = np.take_along_axis(demand.boxes, mixed, axis=0)
    everywhere = profit_of(demand, multipliers, np.concatenate([anchors, peaks]))
    assert everywhere.max() <= prices.ceiling[0] + 1e-14
    np.testing.assert_allclose(
        prices.profit, profit_of(demand, multipliers, prices.anchors), atol=1e-12
    )
    assert prices.ceiling[0] <= max(prices.profit.max(), 0) + 1e-3 + 1e-12


def test_regions_are_bounded_apart():
    rng, demand, multipliers = instance(1, 50, 2)
    lower = np.stack([demand.lower, [0.0, -1.0]])
    upper = np.stack([[0.0, demand.upper[1]], demand.upper])
    prices = find_best(
        demand,
        multipliers,
        lower,
        upper,
        known=np.zeros(2),
        precision=1e-4,
        deadline=np.inf,
    )
    for region in range(2):
        anchors = np.exp(rng.uniform(lower[region], upper[region], size=(3000, 2)))
        profit = profit_of(demand, multipliers, anchors).max()
        assert profit <= prices.ceiling[region] <= profit + 0.01
        inside = np.log(prices.anchors[prices.region == region])
        assert (inside >= lower[region] - 1e-12).all()
        assert (inside <= upper[region] + 1e-12).all()


def test_a_deadline_in_the_past_still_gives_a_valid_bound():
    _, demand, multipliers = instance(2, 50, 2)
    known = profit_of(demand, multipliers, demand.boxes).max()
    ceilings = [
        best_anywhere(demand, multipliers, precision=1e-6, deadline=deadline).ceiling[0]
        for deadline in (-np.inf, np.inf)
    ]
    assert ceilings[0] >= ceilings[1] >= known


def test_no_cell_is_cut_once_it_is_late(monkeypatch):
    _, demand, multipliers = instance(2, 50, 2)
    now = [0.0]
    bound_cells = _pricing._bound_cells

    def slow(*arguments):
        found = bound_cells(*arguments)
        now[0] = 10.0
        return found

    monkeypatch.setattr(_pricing, "_bound_cells", slow)
    monkeypatch.setattr(_pricing, "split", lambda *_: pytest.fail("cut when late"))
    monkeypatch.setattr(_pricing.time, "monotonic", lambda: now[0])
    prices = best_anywhere(demand, multipliers, precision=1e-6, deadline=5.0)
    assert prices.ceiling[0] >= profit_of(demand, multipliers, demand.boxes).max()


def test_working_in_parts_changes_nothing(monkeypatch):
    _, demand, multipliers = instance(3, 60, 2)
    whole = best_anywhere(demand, multipliers, precision=1e-5)
    monkeypatch.setattr(_cells, "_PAIRS_PER_PART", 500)
    monkeypatch.setattr(_pricing, "_PAIRS_PER_BLOCK", 50)
    parts = best_anywhere(demand, multipliers, precision=1e-5)
    assert abs(whole.ceiling[0] - parts.ceiling[0]) <= 1e-5
    assert parts.n_cells > 0


def test_parts_hold_every_cell_once(monkeypatch):
    monkeypatch.setattr(_cells, "_PAIRS_PER_PART", 7)
    rng = np.random.default_rng(0)
    count = rng.integers(1, 5, size=20)
    cells = Cells(
        rng.random((20, 2)),
        1 + rng.random((20, 2)),
        np.zeros(20, dtype=int),
        rng.random(20),
        count,
        np.arange(count.sum(), dtype=np.int32),
    )
    parts = in_parts(cells)
    assert len(parts) > 1
    assert sorted(np.concatenate([p.box for p in parts])) == list(range(count.sum()))
    np.testing.assert_array_equal(
        np.sort(np.concatenate([p.bound for p in parts])), np.sort(cells.bound)
    )
    # The part worked on first, the last, holds the largest bounds.
    assert parts[-1].bound.max() == cells.bound.max()


def test_halves_cover_the_cell():
    cells = Cells(
        np.array([[0.0, 1.0]]),
        np.array([[2.0, 1.0]]),
        np.array([0]),
        np.array([0.5]),
        np.array([2]),
        np.array([3, 4], dtype=np.int32),
    )
    halves = split(cells, np.array([True]))
    # The second side has no length to halve.
    np.testing.assert_array_equal(halves.lower, [[0, 1], [1, 1]])
    np.testing.assert_array_equal(halves.upper, [[1, 1], [2, 1]])
    np.testing.assert_array_equal(halves.box, [3, 4, 3, 4])


@pytest.mark.parametrize("scale", [1e-3, 20.0])
def test_close_and_far_apart_sizes(scale):
    _, demand, multipliers = instance(4, 20, 2, scale)
    prices = find_best(
        demand,
        multipliers,
        demand.lower[None],
        demand.upper[None],
        known=np.zeros(1),
        precision=1e-6,
        deadline=np.inf,
    )
    found = profit_of(demand, multipliers, demand.boxes).max()
    assert found <= prices.ceiling[0] <= prices.profit.max() + 1.1e-6
