import numpy as np
import pytest

from skanchors.metrics._shared import (
    clipped_products,
    products_are_safe,
    scalar,
    side_ratios,
)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n_sides", [1, 2, 10])
def test_safe_products_are_accurate(dtype, n_sides):
    limits = np.finfo(dtype)
    for exponent in np.arange(-300, 301, 5.0):
        with np.errstate(over="ignore"):
            X = np.full((1, n_sides), 10.0**exponent).astype(dtype)
        if not np.isfinite(X).all() or not X.all():
            continue
        if products_are_safe(X):
            product = X.prod(axis=1)[0]
            expected = n_sides * np.log10(float(X[0, 0]))
            assert np.log10(float(product)) == pytest.approx(expected, abs=1e-4)
            assert product > limits.tiny / limits.eps
            assert product < limits.max * limits.eps
    assert products_are_safe(np.ones((1, n_sides), dtype))


def test_zeros_and_nothing_are_safe():
    assert products_are_safe(np.zeros((3, 2)))
    assert products_are_safe(np.zeros((0, 2)))
    assert products_are_safe(np.array([[0.0, 1.0]]))
    assert not products_are_safe(np.array([[0.0, 1e-300]]))
    assert not products_are_safe(np.array([[1.0, 1e300]]))


def test_side_ratios():
    x_part, a_part = side_ratios(np.array([0.0, 1, 4, 0]), np.array([0.0, 2, 1, 3]))
    np.testing.assert_array_equal(x_part, [1, 0.5, 1, 0])
    np.testing.assert_array_equal(a_part, [1, 1, 0.25, 1])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_clipped_products_stay_finite_with_their_squares(dtype):
    low, high = np.finfo(dtype).tiny, np.finfo(dtype).max
    x = np.array([[low, high, 0, 1], [low, low, 1, 0]], dtype)
    a = np.array([[high, low, 1, 1], [high, high, 0, 1]], dtype)
    for product in clipped_products(x, a):
        assert product.dtype == dtype
        assert (product >= 1).all()
        assert np.isfinite(product * product).all()


def test_scalar_takes_any_two_boxes():
    assert scalar(lambda X, Y: X @ Y.T, (1, 2), np.array([3, 4], dtype=np.int8)) == 11
