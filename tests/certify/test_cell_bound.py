"""The bound of one rectangle of anchors, before any refinement.

After refinement rectangles are tiny, and what the curvature can add to them is smaller
than any tolerance: only wide ones tell whether it is accounted for.
"""

import numpy as np
import pytest

from skanchors.certify._demand import CURVATURE, Demand, condense, lowest_bend
from skanchors.certify._pricing import _bound_block
from skanchors.metrics import pairwise_iou


def bound_of(demand, multipliers, lower, upper):
    """The bound of one rectangle of log sizes, with all boxes."""
    n_boxes = len(demand.boxes)
    bound, _, _ = _bound_block(
        demand,
        multipliers,
        np.array([lower]),
        np.array([upper]),
        np.array([n_boxes]),
        np.arange(n_boxes),
    )
    return bound[0]


def profits(boxes, weight, multipliers, anchors):
    excess = pairwise_iou(anchors, boxes) - multipliers
    return np.maximum(excess, 0) @ weight


def samples(rng, boxes, lower, upper, n=4000):
    """Anchors all over a rectangle: inside, on its edges, and at boxes' sides."""
    inside = rng.uniform(lower, upper, size=(n, len(lower)))
    snapped = inside.copy()
    for side, (low, high) in enumerate(zip(lower, upper, strict=True)):
        values = np.log(boxes[:, side])
        values = np.append(values[(values > low) & (values < high)], [low, high])
        moved = rng.random(n) < 0.7
        snapped[moved, side] = rng.choice(values, size=moved.sum())
    return np.exp(np.concatenate([inside, snapped]))


def random_cell(seed, n_sides):
    """Boxes on all sides of a rectangle that is 0.2 to 1 wide in log size."""
    rng = np.random.default_rng(seed)
    n_boxes = rng.integers(1, 60)
    boxes = np.exp(rng.normal(scale=rng.choice([0.3, 1.0]), size=(n_boxes, n_sides)))
    weight = rng.random(n_boxes)
    multipliers = rng.random(n_boxes) * rng.choice([0.0, 0.3, 0.8])
    middle = rng.normal(scale=0.7, size=n_sides)
    half = rng.uniform(0.1, 0.5, size=n_sides)
    return rng, boxes, weight / weight.sum(), multipliers, middle - half, middle + half


@pytest.mark.parametrize("n_sides", [1, 2, 3, 4])
def test_no_anchor_of_a_wide_rectangle_earns_more_than_its_bound(n_sides):
    for seed in range(60):
        rng, boxes, weight, multipliers, lower, upper = random_cell(seed, n_sides)
        bound = bound_of(Demand(boxes, weight), multipliers, lower, upper)
        anchors = samples(rng, boxes, lower, upper)
        most = profits(boxes, weight, multipliers, anchors).max()
        assert most <= bound * (1 + 1e-12), seed


def worst_case(half, gap):
    """Two boxes that bend the profit most, one at either end of a thin rectangle.

    Along the first side, IoU is 1 / (2 + z), with the quotient z of the two sides. It
    is bent downwards most where z = 1, so the boxes' sides lie just outside the
    rectangle and the boxes pull to opposite ends.
    """
    boxes = np.exp([[half + gap, -np.log(3)], [-half - gap, np.log(3)]])
    return boxes, np.array([0.5, 0.5]), np.zeros(2)


@pytest.mark.parametrize("half", [0.02, 0.05, 0.1])
@pytest.mark.parametrize("swap", [False, True])
def test_the_bound_is_attained_in_the_worst_case(half, swap):
    boxes, weight, multipliers = worst_case(half, 1e-9)
    if swap:
        boxes = boxes[:, ::-1]
    lower, upper = np.array([-half, 0.0]), np.array([half, 0.0])
    if swap:
        lower, upper = lower[::-1], upper[::-1]
    corners, middle = np.exp([lower, upper]), np.exp([(lower + upper) / 2])
    at_corners = profits(boxes, weight, multipliers, corners).max()
    in_the_middle = profits(boxes, weight, multipliers, middle)[0]
    bound = bound_of(Demand(boxes, weight), multipliers, lower, upper)
    # Most of what the curvature is allowed for is there.
    allowed = CURVATURE / 2 * half**2
    assert at_corners + (1 - 1.5 * half) * allowed < in_the_middle <= bound
    assert bound == pytest.approx(at_corners + allowed, abs=1e-14)


@pytest.mark.parametrize("step", [0.01, 0.04])
def test_condensing_takes_nearly_all_the_slack_in_the_worst_case(step):
    # A box in the middle between two points of the grid, and an anchor that just does
    # not count as equal to either of them along that side.
    box = np.exp([[20.5 * step, 0.0]])
    anchor = np.exp([22.0 * step * (1 + 1e-9), 0.0]) * [1, 1 / 3]
    points, shares = condense(Demand(box, np.ones(1)), step)
    used = points.weight > 1e-12
    assert used.sum() == 2
    place = np.log(anchor)
    multipliers = np.zeros(len(points.boxes))
    true = profits(box, np.ones(1), shares @ multipliers, anchor[None])[0]
    at_points = profits(points.boxes, points.weight, multipliers, anchor[None])[0]
    bound = bound_of(points, multipliers, place, place)
    # Only one of the two sides is condensed.
    assert at_points + (1 - 4 * step) * points.slack / 2 < true <= bound
    assert bound == pytest.approx(at_points + points.slack, abs=1e-14)


@pytest.mark.parametrize("n_sides", [1, 2, 3])
def test_no_anchor_earns_more_from_boxes_than_the_bound_from_points(n_sides):
    for seed in range(60):
        rng, boxes, weight, _, lower, upper = random_cell(seed, n_sides)
        points, shares = condense(Demand(boxes, weight), rng.choice([0.1, 0.3, 0.6]))
        multipliers = rng.random(len(points.boxes)) * rng.choice([0.0, 0.3, 0.8])
        bound = bound_of(points, multipliers, lower, upper)
        anchors = samples(rng, boxes, lower, upper, 1000)
        most = profits(boxes, weight, shares @ multipliers, anchors).max()
        assert most <= bound * (1 + 1e-12), seed


def test_a_box_that_no_anchor_of_the_rectangle_serves_bends_nothing():
    boxes, weight, _ = worst_case(0.1, 1e-9)
    demand = Demand(boxes, weight)
    lower, upper = np.array([-0.1, 0.0]), np.array([0.1, 0.0])
    assert bound_of(demand, np.ones(2), lower, upper) == 0


def test_bend_is_the_most_curvature_of_any_iou_above_the_multiplier():
    # Second derivatives of 1 / (c + z) along the logarithm of z, for all IoU values f.
    f, z = np.linspace(0.01, 0.999, 990)[:, None], np.linspace(1, 100, 9901)
    bend = np.maximum(-(2 * z**2 * f**3 - z * f**2).min(axis=1), 0)
    multipliers = np.linspace(-0.2, 1, 61)
    expected = [
        bend[f[:, 0] >= multiplier].max(initial=0) for multiplier in multipliers
    ]
    np.testing.assert_allclose(lowest_bend(multipliers), expected, atol=5e-5)
    assert lowest_bend(np.array([0.2]))[0] == pytest.approx(CURVATURE)


def test_above_a_multiplier_of_one_half_nothing_bends():
    rng, boxes, weight, _, lower, upper = random_cell(3, 2)
    multipliers = rng.uniform(0.5, 0.7, size=len(boxes))
    outside = ((np.log(boxes) < lower) | (np.log(boxes) > upper)).all(axis=1)
    boxes, weight, multipliers = boxes[outside], weight[outside], multipliers[outside]
    corners = np.exp(
        [[a, b] for a in (lower[0], upper[0]) for b in (lower[1], upper[1])]
    )
    bound = bound_of(Demand(boxes, weight), multipliers, lower, upper)
    at_corners = profits(boxes, weight, multipliers, corners).max()
    assert 0 < at_corners == pytest.approx(bound)
