"""The IoU on the grid is the mean over positions, and its gradient is its gradient."""

import numpy as np
import pytest

from skanchors import IoUKMeans
from skanchors.export import AnchorSet
from skanchors.metrics import grid_iou_score, matched_score, mean_iou_score
from skanchors.metrics._grid import Positions, best_on_grid
from skanchors.metrics._grid_gradient import GridGradientBlock


class Placed:
    """Anchors on levels, with any number of sides."""

    def __init__(self, anchors, levels, strides):
        self.anchors, self.levels, self.strides = np.array(anchors), levels, strides


def crossed(strides, sizes, ratios):
    groups = [
        [[size / ratio**0.5, size * ratio**0.5] for size in row for ratio in ratios]
        for row in sizes
    ]
    rows = np.arange(sum(map(len, groups))).reshape(len(strides), -1)
    return Placed(np.concatenate(groups), rows.tolist(), strides)


def best_at(box, placed, position, shift=0.0):
    """The best IoU of one box at one position, from corners alone."""
    best = 0.0
    for rows, stride in zip(placed.levels, placed.strides, strict=True):
        nearest = (np.round(position / stride - shift) + shift) * stride
        for anchor in placed.anchors[list(rows)]:
            low = np.maximum(position - box / 2, nearest - anchor / 2)
            high = np.minimum(position + box / 2, nearest + anchor / 2)
            inside = np.clip(high - low, 0, None).prod(axis=-1)
            iou = inside / (box.prod() + anchor.prod() - inside)
            best = np.maximum(best, iou)
    return best


@pytest.mark.parametrize(
    "strides", [(8, 16, 32, 64), (4.0,), (16, 106.6667, 160.0, 320.0), (8, 100, 300)]
)
def test_scores_are_means_over_ten_thousand_positions(strides):
    rng = np.random.default_rng(0)
    placed = crossed(strides, [[2 * s, 3.1 * s] for s in strides], [0.5, 1.1, 1.9])
    X = np.exp(rng.uniform(np.log(3), np.log(300), size=(12, 2)))
    positions = rng.uniform(0, 4800, size=(10_000, 2))
    best = np.array([best_at(box, placed, positions) for box in X])
    assert grid_iou_score(X, placed) == pytest.approx(best.mean(), abs=1.5e-3)
    for threshold in (0.4, 0.5, 0.7):
        share = (best >= threshold).mean()
        found = matched_score(X, placed, threshold=threshold)
        assert found == pytest.approx(share, abs=4e-3)
    for box, each in zip(X, best, strict=True):
        assert grid_iou_score([box], placed) == pytest.approx(each.mean(), abs=5e-3)
        assert matched_score([box], placed) == pytest.approx(
            (each >= 0.5).mean(), abs=2e-2
        )


@pytest.mark.parametrize("n_sides", [1, 3, 4, 6])
def test_scores_with_any_number_of_sides(n_sides):
    rng = np.random.default_rng(1)
    anchors = np.exp(rng.normal(3, 0.3, size=(4, n_sides)))
    placed = Placed(anchors, [[0, 1], [2, 3]], [8, 16])
    X = np.exp(rng.normal(3, 0.4, size=(10, n_sides)))
    positions = rng.uniform(0, 16, size=(10_000, n_sides))
    best = np.array([best_at(box, placed, positions) for box in X])
    assert grid_iou_score(X, placed) == pytest.approx(best.mean(), abs=3e-3)


def test_a_grid_without_gaps_is_as_good_as_equal_centres():
    rng = np.random.default_rng(2)
    X = np.exp(rng.normal(4, 1, size=(200, 2)))
    anchors = np.exp(rng.normal(4, 1, size=(9, 2)))
    placed = AnchorSet(anchors, levels=[range(9)], strides=[1])
    placed = Placed(placed.anchors, placed.levels, [1e-9])
    assert grid_iou_score(X, placed) == pytest.approx(mean_iou_score(X, anchors))


def test_levels_share_one_position():
    """The centres of the coarse level are centres of the fine one."""
    # Where the coarse level's anchor serves a box well, so does the fine level's: two
    # independent positions would give the box a second chance.
    alone = Placed([[16.0, 16.0]], [[0]], [16])
    both = Placed([[16.0, 16.0]], [[0], [0]], [16, 32])
    X = [[16, 16], [12, 20]]
    score = grid_iou_score(X, alone)
    assert grid_iou_score(X, both) == pytest.approx(score, rel=1e-12)


def test_weights_repeat_and_a_level_need_not_be_named_if_there_is_one():
    X = [[10, 20], [30, 30], [8, 9]]
    weight = [3, 0, 2]
    anchor_set = AnchorSet([[10, 20], [30, 40]], strides=[16])
    for score in (grid_iou_score, matched_score):
        repeated = np.repeat(X, weight, axis=0)
        assert score(X, anchor_set, sample_weight=weight) == pytest.approx(
            score(repeated, anchor_set)
        )


def test_no_size_gives_nan():
    X = [[0, 0], [0, 5], [1e-300, 1e-300], [1e300, 1e300], [1e-200, 1e200]]
    anchor_set = AnchorSet([[10, 20], [30, 40]], strides=[16])
    assert grid_iou_score(X, anchor_set) == pytest.approx(0, abs=1e-12)
    assert matched_score(X, anchor_set) == 0
    tiny = Placed([[1e-300, 1e-300], [1e290, 1e290]], [[0, 1]], [1])
    assert 0 <= grid_iou_score(X, tiny) <= 1


def test_what_is_wrong_is_said():
    levels = AnchorSet([[10, 20], [30, 40]], levels=[[0], [1]])
    with pytest.raises(ValueError, match="no strides: pass an AnchorSet"):
        grid_iou_score([[1, 2]], levels)
    for bare in (np.ones((2, 2)), np.ones(2), [[1, 2]], IoUKMeans(1).fit([[1, 2]])):
        with pytest.raises(ValueError, match="no levels and strides: pass"):
            grid_iou_score([[1, 2]], bare)
    placed = AnchorSet([[10, 20], [30, 40]], levels=[[0], [1]], strides=[8, 16])
    with pytest.raises(
        ValueError, match=r"3 sides a box but anchor_set\.anchors has 2"
    ):
        grid_iou_score([[1, 2, 3]], placed)
    for threshold in (0, -1, 1.5, "x", np.nan):
        with pytest.raises(ValueError, match="threshold is the IoU to reach"):
            matched_score([[1, 2]], placed, threshold=threshold)
    for wrong, message in (
        (Placed([[1.0, 0.0]], [[0]], [8]), "larger than 0"),
        (Placed([[1.0, 2.0]], [[1]], [8]), "rows of its 1 anchor"),
        (Placed([[1.0, 2.0]], [[0], [0]], [8]), "2 levels but 1 strides"),
        (Placed([[1.0, 2.0]], [[0]], [0]), "strides must be larger than 0"),
    ):
        with pytest.raises(ValueError, match=message):
            grid_iou_score([[1, 2]], wrong)


def losses(iou):
    return (1 - iou) ** 2, 2 * (iou - 1)


@pytest.mark.parametrize("n_sides", [1, 2, 3, 5])
def test_gradients_are_finite_differences(n_sides):
    rng = np.random.default_rng(3)
    boxes = np.exp(rng.normal(3, 0.8, size=(40, n_sides)))
    weight = rng.uniform(size=40)
    positions = Positions([8, 16], n_sides, rough=True)
    level_of = np.array([0, 0, 1, 1, 1])
    strides = [8, 16]
    block = GridGradientBlock(
        boxes, weight, positions, strides, level_of, losses, np.float64
    )
    anchors = np.exp(rng.normal(3, 0.5, size=(5, n_sides)))
    cost, gradients = block(anchors)
    for number, gradient in np.ndenumerate(gradients):
        step = np.zeros_like(anchors)
        step[number] = 1e-8
        above, below = (block(anchors * np.exp(sign * step))[0] for sign in (1, -1))
        assert gradient == pytest.approx((above - below) / 2e-8, abs=1e-6)
    single = GridGradientBlock(
        boxes, weight, positions, strides, level_of, losses, np.float32
    )
    assert single(anchors)[0] == pytest.approx(cost, rel=1e-5)
    np.testing.assert_allclose(single(anchors)[1], gradients, atol=1e-4)


def test_descents_see_nearly_what_is_reported():
    rng = np.random.default_rng(4)
    boxes = np.exp(rng.normal(3.5, 0.8, size=(300, 2)))
    anchors = np.exp(rng.normal(3.5, 0.5, size=(5, 2)))
    placed = Placed(anchors, [[0, 1], [2, 3, 4]], [8, 16])
    block = GridGradientBlock(
        boxes,
        np.full(300, 1 / 300),
        Positions([8, 16], 2, rough=True),
        [8, 16],
        np.array([0, 0, 1, 1, 1]),
        lambda iou: (iou.copy(), np.ones_like(iou)),
        np.float64,
    )
    cost, _ = block(anchors)
    assert cost == pytest.approx(grid_iou_score(boxes, placed), abs=1e-3)


def test_an_iou_at_the_threshold_is_a_match():
    """A box that lies within the anchor wherever it is has one IoU, exactly 1/4."""
    anchor_set = AnchorSet([[8, 16]], levels=[[0]], strides=[2])
    assert matched_score([[4, 8]], anchor_set, threshold=0.25) == pytest.approx(1)
    assert matched_score([[4, 8]], anchor_set, threshold=0.2501) == 0


@pytest.mark.parametrize("side", [21.0, 60.0])
def test_descents_and_reports_have_the_same_costs_at_the_same_positions(side):
    """A worse anchor on a finer level is the best one where no centre is near."""
    rng = np.random.default_rng(0)
    boxes, weight = rng.uniform(15, 17, size=(50, 2)), rng.random(50)
    anchors = np.array([[side, side], [16, 16]])
    strides, levels, level_of = [4.0, 32.0], [[0], [1]], np.array([0, 1])
    block = GridGradientBlock(
        boxes,
        weight,
        Positions(strides, 2),
        strides,
        level_of,
        lambda iou: (1 - iou, np.full_like(iou, -1)),
        np.float64,
    )
    expected = weight @ best_on_grid(boxes, anchors, levels, strides, lambda u: 1 - u)
    assert block(anchors)[0] == pytest.approx(expected, rel=1e-12)
