import math

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from skanchors import IoUKMeans
from skanchors.metrics import ciou_distance, iou_distance, pairwise_box_distances


def test_by_hand():
    # atan(2) - atan(1/2) = atan(3/4); IoU 1/3.
    v = 4 / math.pi**2 * math.atan(3 / 4) ** 2
    expected = 2 / 3 + v * v / (2 / 3 + v)
    assert ciou_distance([2, 1], [1, 2]) == pytest.approx(expected, abs=1e-15)


def test_equals_the_iou_distance_if_the_aspect_ratio_is_the_same():
    assert ciou_distance([4, 2], [6, 3]) == pytest.approx(iou_distance([4, 2], [6, 3]))


def test_the_largest_distance_is_one_and_a_half():
    assert ciou_distance([1, 1e-200], [1e-200, 1]) == pytest.approx(1.5, abs=1e-15)


@pytest.mark.parametrize("n_sides", [1, 3])
def test_needs_two_sides_and_says_so(n_sides):
    X = np.ones((4, n_sides))
    match = rf"needs 2 sides a box \(width, height\), got {n_sides}"
    with pytest.raises(ValueError, match=match):
        ciou_distance(X[0], X[1])
    with pytest.raises(ValueError, match=match):
        pairwise_box_distances(X, metric="ciou")
    with pytest.raises(ValueError, match=match):
        cdist(X, X, "ciou")
    with pytest.raises(ValueError, match=match):
        IoUKMeans(2, metric="ciou").fit(np.arange(1.0, 1 + 4 * n_sides).reshape(4, -1))
