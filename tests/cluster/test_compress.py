import numpy as np
import pytest

from skanchors.cluster._compress import grid_representatives, variance_cuts
from skanchors.metrics import mean_iou_score


def make(case, n_boxes=6000, seed=0):
    rng = np.random.default_rng(seed)
    spread = rng.normal(size=(n_boxes, 2))
    cases = {
        "usual": lambda: np.exp(spread),
        "narrow": lambda: np.exp(1e-3 * spread),
        "very narrow": lambda: 100 * np.exp(1e-9 * spread),
        "two narrow": lambda: np.exp(1e-3 * spread) * rng.choice([1, 50], (n_boxes, 1)),
        "wide": lambda: np.exp(100 * spread),
        "zeros": lambda: np.exp(spread) * rng.choice([0, 1, 1, 1], (n_boxes, 2)),
        "line": lambda: np.exp(spread[:, :1]) * [1, 1],
        "one side": lambda: np.exp(spread[:, :1]),
        "12 sides": lambda: np.exp(rng.normal(size=(n_boxes, 12))),
        "30 sides": lambda: np.exp(rng.normal(size=(n_boxes, 30))),
    }
    boxes = np.unique(cases[case](), axis=0)
    return boxes, rng.random(len(boxes)) + 0.01


CASES = [
    "usual",
    "narrow",
    "very narrow",
    "two narrow",
    "wide",
    "zeros",
    "line",
    "one side",
    "12 sides",
    "30 sides",
]


def check_representatives(boxes, weight, chosen, chosen_weight):
    assert chosen.shape == (len(chosen_weight), boxes.shape[1])
    assert chosen_weight.sum() == pytest.approx(weight.sum(), rel=1e-12)
    assert (chosen_weight > 0).all()
    assert np.isfinite(chosen).all()
    slack = 1 + 1e-9
    assert (chosen >= boxes.min(axis=0) / slack).all()
    assert (chosen <= boxes.max(axis=0) * slack).all()


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("max_boxes", [500, 4000])
def test_grid(case, max_boxes):
    boxes, weight = make(case)
    chosen, chosen_weight = grid_representatives(boxes, weight, max_boxes)
    check_representatives(boxes, weight, chosen, chosen_weight)
    # As many as allowed, give or take: few would say too little about the boxes.
    assert max_boxes / 10 < len(chosen) <= max_boxes


@pytest.mark.parametrize("case", CASES)
def test_variance_cuts(case):
    boxes, weight = make(case, 2000)
    for size, (chosen, chosen_weight) in zip(
        (50, 300), variance_cuts(boxes, weight, (50, 300)), strict=True
    ):
        check_representatives(boxes, weight, chosen, chosen_weight)
        assert len(chosen) == size


def test_few_boxes_stand_for_themselves():
    boxes, weight = make("usual", 50)
    for chosen, chosen_weight in (
        grid_representatives(boxes, weight, 50),
        variance_cuts(boxes, weight, [50])[0],
    ):
        assert chosen is boxes
        assert chosen_weight is weight


def test_boxes_that_logarithms_cannot_tell_apart():
    rng = np.random.default_rng(0)
    boxes = 1e100 * (1 + np.finfo(float).eps * rng.integers(0, 3, (3000, 8)))
    boxes = np.unique(boxes, axis=0)
    weight = np.ones(len(boxes))
    assert len(boxes) > 2000
    chosen, chosen_weight = grid_representatives(boxes, weight, 100)
    check_representatives(boxes, weight, chosen, chosen_weight)
    chosen, chosen_weight = variance_cuts(boxes, weight, [100])[0]
    check_representatives(boxes, weight, chosen, chosen_weight)


def test_representatives_are_near_what_they_stand_for():
    boxes, weight = make("usual", 20_000)
    chosen, _ = grid_representatives(boxes, weight, 4000)
    assert mean_iou_score(boxes, chosen) > 0.96
    chosen, _ = variance_cuts(boxes, weight, [300])[0]
    assert mean_iou_score(boxes, chosen) > 0.85


def test_sides_of_0_stay_0():
    boxes, weight = make("zeros")
    chosen, chosen_weight = grid_representatives(boxes, weight, 500)
    flat = (boxes == 0).any(axis=1)
    chosen_flat = (chosen == 0).any(axis=1)
    assert chosen_weight[chosen_flat].sum() == pytest.approx(weight[flat].sum())


@pytest.mark.parametrize("unit", [1e-200, 416.0, 1e200])
def test_the_unit_does_not_matter(unit):
    boxes, weight = make("usual")
    chosen, _ = grid_representatives(boxes, weight, 1000)
    scaled, _ = grid_representatives(unit * boxes, weight, 1000)
    # Rounding moves a box or two from one cell to the next.
    assert abs(len(chosen) - len(scaled)) < 10
    assert mean_iou_score(unit * chosen, scaled) > 0.999


@pytest.mark.parametrize("case", ["usual", "narrow", "wide", "zeros"])
@pytest.mark.parametrize("unit", [2.0, 1024.0, 2.0**-20])
def test_powers_of_two_change_no_digit_of_groups(case, unit):
    boxes, weight = make(case, 900)
    ((chosen, mass),) = variance_cuts(boxes, weight, [200])
    ((scaled, scaled_mass),) = variance_cuts(unit * boxes, weight, [200])
    np.testing.assert_array_equal(scaled, unit * chosen)
    np.testing.assert_array_equal(scaled_mass, mass)


def test_the_most_spread_group_is_so_by_weight():
    logs = np.array([0, 0.5, 10, 11])
    boxes, weight = np.exp(logs)[:, None], np.array([1, 1, 1.9, 0.01])
    ((found, found_weight),) = variance_cuts(boxes, weight, [3])
    # The last two are farther apart, but one of them hardly counts.
    np.testing.assert_allclose(found_weight, [1, 1, 1.91])
    np.testing.assert_allclose(np.log(found[:2, 0]), [0, 0.5], atol=1e-12)


@pytest.mark.parametrize("size", [5, 16, 40])
def test_groups_come_in_the_order_of_their_boxes(size):
    boxes, weight = make("one side", 300)
    ((found, _),) = variance_cuts(boxes, weight, [size])
    assert (np.diff(found[:, 0]) > 0).all()
