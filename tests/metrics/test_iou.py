import tracemalloc

import numpy as np
import pytest
from sklearn.metrics import jaccard_score

from skanchors.metrics import iou_distance, iou_distances, pairwise_iou


@pytest.mark.parametrize(
    ("u", "v", "distance"),
    [
        ([2, 2], [2, 1], 1 / 2),
        ([2, 2], [1, 1], 3 / 4),
        ([4, 1], [1, 4], 6 / 7),
        ([3], [2], 1 / 3),
        ([2, 2, 2], [1, 2, 4], 2 / 3),
        ([0, 0], [0, 0], 0),
        ([0, 1], [0, 1], 0),
        ([0, 1], [0, 2], 1),
        ([0, 1], [1, 1], 1),
        ([1e300, 1e300], [1e300, 5e299], 1 / 2),
        ([1e-300, 1e-300], [1e-300, 5e-301], 1 / 2),
        ([1e-300, 1e300], [1e300, 1e-300], 1),
    ],
)
def test_by_hand(u, v, distance):
    assert iou_distance(u, v) == pytest.approx(distance, abs=1e-15)
    assert pairwise_iou([u], [v])[0, 0] == pytest.approx(1 - distance, abs=1e-15)


def test_equals_the_jaccard_score_of_drawn_boxes():
    """Centred boxes drawn on a grid of pixels and compared pixel by pixel."""
    sizes = [(2, 2), (4, 8), (6, 2), (10, 10), (12, 4)]
    row, column = np.mgrid[:12, :12] - 5.5
    drawn = [
        ((np.abs(column) < w / 2) & (np.abs(row) < h / 2)).ravel() for w, h in sizes
    ]
    expected = [[jaccard_score(a, b) for b in drawn] for a in drawn]
    np.testing.assert_allclose(pairwise_iou(sizes), expected, rtol=0, atol=1e-15)


def test_one_array_is_compared_with_itself():
    X = np.random.default_rng(0).lognormal(size=(40, 2))
    np.testing.assert_array_equal(iou_distances(X), iou_distances(X, X))
    np.testing.assert_array_equal(np.diag(iou_distances(X)), 0)
    np.testing.assert_array_equal(pairwise_iou(X), 1 - iou_distances(X))


@pytest.mark.parametrize("n_sides", [1, 2, 10])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_equal_boxes_are_0_apart_whatever_order_the_sides_are_multiplied_in(
    n_sides, dtype
):
    X = np.random.default_rng(0).lognormal(size=(300, n_sides)).astype(dtype)
    D = iou_distances(X)
    np.testing.assert_array_equal(np.diag(D), 0)
    np.testing.assert_array_equal(D, D.T)
    assert D.min() == 0


def test_values_do_not_depend_on_the_other_rows():
    """A huge or a tiny box in the array changes how products are formed, not more."""
    X = np.random.default_rng(0).lognormal(size=(20, 2))
    mixed = np.vstack([X, [[1e300, 1e300], [1e-300, 1], [0, 0]]])
    np.testing.assert_allclose(
        iou_distances(mixed)[:20, :20], iou_distances(X), rtol=0, atol=1e-15
    )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n_sides", [1, 2, 3])
def test_many_rows_have_the_values_of_few(n_sides, dtype):
    """Long rows are computed in another way than short ones, to the same bits."""
    rng = np.random.RandomState(0)
    X = np.exp(rng.normal(4, 1, size=(600, n_sides))).astype(dtype)
    anchors = X[:7] * dtype(1.1)
    found = pairwise_iou(anchors, X)
    few = [pairwise_iou(anchors, X[i : i + 100]) for i in range(0, 600, 100)]
    np.testing.assert_array_equal(found, np.hstack(few))
    np.testing.assert_array_equal(found, pairwise_iou(X, anchors).T)


def test_buffers_of_numpy_are_as_before():
    before = np.setbufsize(4096)
    try:
        pairwise_iou(np.ones((2, 2)), np.ones((600, 2)))
        assert np.getbufsize() == 4096
    finally:
        np.setbufsize(before)


def test_integers_lists_and_fortran_order():
    X = [[2, 2], [4, 1]]
    expected = iou_distances(np.array(X, dtype=float))
    for same in (X, np.array(X), np.asfortranarray(X), np.array(X)[::-1][::-1]):
        np.testing.assert_array_equal(iou_distances(same), expected)


def test_input_is_left_alone():
    X = np.random.default_rng(0).lognormal(size=(20, 2))
    A = X[:3].copy()
    before = X.copy(), A.copy()
    pairwise_iou(X, A)
    np.testing.assert_array_equal(X, before[0])
    np.testing.assert_array_equal(A, before[1])


def test_temporaries_stay_small():
    X = np.random.default_rng(0).lognormal(size=(200_000, 2))
    iou_distances(X[:10], X[:9])
    tracemalloc.start()
    D = iou_distances(X, X[:9])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.2 * D.nbytes
