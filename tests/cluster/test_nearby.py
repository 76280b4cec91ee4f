import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skanchors.cluster._nearby import NearbySlopes, _farthest, _Margins
from skanchors.cluster._problem import Problem
from skanchors.cluster._slopes import IoUSlopesBlock
from skanchors.metrics import iou_distance
from skanchors.metrics._iou import IOU
from skanchors.metrics._registry import get_metric


def make(n_boxes=3000, n_sides=2, seed=0):
    rng = np.random.default_rng(seed)
    boxes = rng.lognormal(size=(n_boxes, n_sides))
    return Problem(boxes, rng.random(n_boxes) + 0.1, IOU, {})


def block_of(problem, dtype):
    return IoUSlopesBlock(IOU, problem.boxes, problem.weight, dtype)


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 1000),
    n_sides=st.integers(1, 4),
    n_clusters=st.integers(2, 12),
    radius=st.floats(1e-4, 0.3),
)
def test_the_same_as_with_all_anchors(seed, n_sides, n_clusters, radius):
    """As far as the anchors may move, only those of unsettled boxes are compared."""
    problem = make(n_sides=n_sides, seed=seed)
    rng = np.random.default_rng(seed)
    anchors = problem.boxes[rng.choice(len(problem), n_clusters, replace=False)]
    block = block_of(problem, np.float64)
    margins = _Margins(block, block_of(problem, np.float32), anchors, radius)
    moved = anchors * np.exp(rng.uniform(-radius, radius, anchors.shape))
    while not margins.cover(moved):
        moved = np.sqrt(moved * anchors)
    costs, slopes = margins.costs_and_slopes(moved[None])
    expected_costs, expected_slopes = block(moved[None])
    np.testing.assert_allclose(costs, expected_costs, rtol=1e-12)
    np.testing.assert_allclose(slopes, expected_slopes, rtol=0, atol=1e-12)


def test_most_boxes_are_settled_while_anchors_move_little():
    problem = make()
    block = block_of(problem, np.float64)
    margins = _Margins(block, block, problem.boxes[:6], 0.003)
    assert len(margins.settled.weight) > 0.9 * len(problem)
    assert len(margins.settled.weight) + len(margins.others.weight) == len(problem)


def test_a_walk_of_short_and_long_moves():
    problem = make()
    block = block_of(problem, np.float64)
    calls = []

    def plain(sets):
        calls.append(sets)
        return block(sets)

    nearby = NearbySlopes(plain, block, block)
    rng = np.random.default_rng(1)
    anchors = problem.boxes[:6]
    for scale in [0, 0.3, 0.01, 0.003, 0.003, 0.003, 0.2, 0.001, 0.001]:
        anchors = anchors * np.exp(rng.uniform(-scale, scale, anchors.shape))
        for one, other in zip(nearby(anchors[None]), block(anchors[None]), strict=True):
            np.testing.assert_allclose(one, other, rtol=0, atol=1e-12)
    # The first has nothing to compare with, and two moves are long.
    assert len(calls) == 3


def test_the_farthest_move():
    one, other = make(20).boxes, make(20, seed=1).boxes
    expected = max(map(iou_distance, one, other))
    assert _farthest(one, other) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("metric", "n_boxes", "n_clusters", "remembers"),
    [
        ("iou", 3000, 5, True),
        ("iou", 500, 5, False),
        ("iou", 3000, 1, False),
        ("ratio", 3000, 5, False),
    ],
)
def test_when_it_is_used(metric, n_boxes, n_clusters, remembers):
    problem = Problem(make(n_boxes).boxes, np.ones(n_boxes), get_metric(metric), {})
    sets = problem.boxes[None, :n_clusters]
    function = problem.slopes_function(sets, np.float64)
    assert isinstance(function, NearbySlopes) == remembers
