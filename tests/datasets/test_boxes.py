import numpy as np
import pytest

from skanchors.datasets import make_boxes


@pytest.mark.parametrize("n_sides", [1, 2, 3, 10])
def test_shape_range_and_labels(n_sides):
    X, labels = make_boxes(300, n_sides=n_sides, return_labels=True, random_state=0)
    assert X.shape == (300, n_sides)
    assert X.dtype == np.float64
    assert ((X > 0) & (X <= 1)).all()
    assert labels.shape == (300,)
    assert set(labels) == set(range(5))


def test_same_seed_same_boxes():
    np.testing.assert_array_equal(
        make_boxes(50, random_state=3), make_boxes(50, random_state=3)
    )
    assert not np.array_equal(
        make_boxes(50, random_state=3), make_boxes(50, random_state=4)
    )


def test_no_spread_gives_one_box_a_shape():
    X, labels = make_boxes(
        200, n_shapes=4, spread=0, return_labels=True, random_state=0
    )
    for label in range(4):
        assert len(np.unique(X[labels == label], axis=0)) == 1


def test_labels_are_sorted_by_typical_size_and_sizes_lie_in_the_range():
    X, labels = make_boxes(
        5000, spread=0.01, size_range=(0.1, 0.2), return_labels=True, random_state=1
    )
    typical = [np.exp(np.log(X[labels == k]).mean()) for k in range(5)]
    assert typical == sorted(typical)
    assert typical[0] > 0.1
    assert typical[-1] < 0.2


def test_sides_of_a_shape_are_log_normal():
    X = make_boxes(
        20_000, n_shapes=1, spread=0.2, size_range=(0.1, 0.1), random_state=0
    )
    logs = np.log(X)
    np.testing.assert_allclose(logs.std(axis=0), 0.2, rtol=0.03)
    np.testing.assert_allclose(logs.mean(), np.log(0.1), atol=0.01)


@pytest.mark.parametrize(
    "parameters",
    [
        {"n_boxes": 0},
        {"n_sides": 0},
        {"n_shapes": 0},
        {"spread": -1.0},
        {"spread": float("nan")},
        {"spread": float("inf")},
        {"size_range": (0, 0.5)},
        {"size_range": (0.5, 0.1)},
        {"size_range": (0.5, 2)},
    ],
)
def test_bad_parameters_are_refused(parameters):
    with pytest.raises(ValueError, match=next(iter(parameters))):
        make_boxes(**parameters)
