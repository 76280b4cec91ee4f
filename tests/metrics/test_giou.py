import pytest

from skanchors.metrics import giou_distance, iou_distance


@pytest.mark.parametrize(
    ("u", "v", "distance"),
    [
        # Union 3 of an enclosing square of 4; IoU 1/3.
        ([2, 1], [1, 2], 1 - (1 / 3 - 1 / 4)),
        # One in the other: the enclosing box is the larger one, GIoU is IoU.
        ([2, 2], [1, 1], 3 / 4),
        ([3], [2], 1 / 3),
        # Enclosing cube 8, each 2, both share 1: union 3, IoU 1/3.
        ([2, 1, 1], [1, 2, 1], 1 - (1 / 3 - 1 / 4)),
        ([1, 1e-200], [1e-200, 1], 2),
        ([0, 0], [0, 0], 0),
        ([0, 3], [0, 3], 0),
    ],
)
def test_by_hand(u, v, distance):
    assert giou_distance(u, v) == pytest.approx(distance, abs=1e-15)


def test_never_below_the_iou_distance():
    for u, v in [([2, 1], [1, 2]), ([5, 1, 2], [1, 2, 2]), ([1, 1], [2, 2])]:
        assert giou_distance(u, v) >= iou_distance(u, v)
