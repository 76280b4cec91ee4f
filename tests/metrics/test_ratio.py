import numpy as np
import pytest

from skanchors.metrics import pairwise_box_distances, ratio_distance


@pytest.mark.parametrize(
    ("u", "v", "distance"),
    [
        ([2, 2], [4, 3], 1 / 2),
        ([2, 3], [2, 2], 1 / 3),
        ([3], [2], 1 / 3),
        ([1, 1, 1], [1, 2, 8], 7 / 8),
        ([0, 1], [0, 1], 0),
        ([0, 1], [0, 2], 1 / 2),
        ([0, 1], [1, 1], 1),
        ([1e300, 1], [1e-300, 1], 1),
    ],
)
def test_by_hand(u, v, distance):
    assert ratio_distance(u, v) == pytest.approx(distance, abs=1e-15)


def test_is_yolov5s_metric():
    """``x = min(r, 1 / r).min()`` of all side ratios r."""
    rng = np.random.default_rng(0)
    boxes, anchors = rng.lognormal(size=(30, 2)), rng.lognormal(size=(5, 2))
    r = boxes[:, None] / anchors
    expected = np.minimum(r, 1 / r).min(axis=2)
    np.testing.assert_allclose(
        1 - pairwise_box_distances(boxes, anchors, "ratio"), expected, rtol=1e-14
    )


def test_its_logarithm_is_the_chebyshev_distance_of_log_sizes():
    rng = np.random.default_rng(0)
    X = rng.lognormal(size=(30, 3))
    chebyshev = np.abs(np.log(X)[:, None] - np.log(X)).max(axis=2)
    D = pairwise_box_distances(X, metric="ratio")
    np.testing.assert_allclose(-np.log1p(-D), chebyshev, rtol=0, atol=1e-13)
