from datetime import timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skanchors._boxes import (
    check_boxes,
    check_pair,
    check_weight,
    merge_equal,
    sort_by_volume,
)


def rows(n_boxes, n_sides=2, seed=0, levels=4):
    return np.random.default_rng(seed).integers(0, levels, (n_boxes, n_sides)) / 3


def pairs(merged):
    return dict(zip(map(tuple, merged.boxes), merged.weight, strict=True))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_valid_boxes_are_handed_on_as_they_are(dtype):
    X = np.ones((3, 2), dtype)
    assert check_boxes(X) is X
    assert check_boxes([[1, 2]]).dtype == np.float64
    assert check_boxes(np.ones((3, 2), np.int8)).dtype == np.float64
    assert check_boxes(X, dtype=np.float64).dtype == np.float64


@pytest.mark.parametrize(
    ("X", "match"),
    [
        ([[1, -1e-9]], "Negative values"),
        ([[1, np.nan]], "boxes contains NaN"),
        ([[1, np.inf]], "boxes contains infinity"),
        ([1, 2], "2D array"),
        ([[[1, 2]]], "dim 3"),
        (np.empty((0, 2)), "0 sample"),
        (np.empty((2, 0)), r"0 feature"),
        ([["a", "b"]], "could not convert"),
    ],
)
def test_bad_boxes(X, match):
    with pytest.raises(ValueError, match=match):
        check_boxes(X, name="boxes")


def test_pairs_get_one_dtype():
    single, double = np.ones((1, 2), np.float32), np.ones((2, 2))
    assert [a.dtype for a in check_pair(single, single)] == [np.float32] * 2
    assert [a.dtype for a in check_pair(single, double)] == [np.float64] * 2
    with pytest.raises(ValueError, match="boxes has 2 sides a box but anchors has 1"):
        check_pair([[1, 2]], [[1]], names=("boxes", "anchors"))


def test_weights():
    X = np.ones((2, 2))
    assert check_weight(None, X) is None
    np.testing.assert_array_equal(check_weight([1, 0], X), [1.0, 0.0])
    assert check_weight(np.ones(2, np.int8), X).dtype == np.float64
    for weight, match in (
        ([0, 0], "at least one non-zero"),
        ([1, -1], "Negative"),
        ([1, np.nan], "NaN"),
        ([1e308, 1e308], "divide it by its maximum"),
        ([1], "inconsistent"),
        ([[1, 1], [1, 1]], "1D array"),
    ):
        with pytest.raises(ValueError, match=match):
            check_weight(weight, X)


@pytest.mark.parametrize("n_sides", [1, 2, 3, 10])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("order", ["C", "F"])
def test_merging_is_unique_with_counts(n_sides, dtype, order):
    X = rows(400, n_sides).astype(dtype, order=order)
    expected, counts = np.unique(X, axis=0, return_counts=True)
    merged = merge_equal(X)
    assert merged.boxes.dtype == np.float64
    assert merged.weight.dtype == np.uint8
    assert len(merged.boxes) == len(expected)
    assert pairs(merged) == dict(
        zip(map(tuple, expected.astype(float)), counts, strict=True)
    )


def test_merging_is_unique_with_counts_where_hardly_any_are_equal():
    X = np.random.default_rng(0).lognormal(size=(100_000, 2))
    X[-10:] = X[:10]
    merged = merge_equal(X)
    assert len(merged.boxes) == 99_990
    assert merged.weight.sum() == 100_000
    assert sorted(map(tuple, merged.boxes)) == sorted(set(map(tuple, X)))


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.booleans())
def test_the_order_of_rows_does_not_matter_to_the_last_bit(seed, n_sides, weighted):
    rng = np.random.default_rng(seed)
    X = rows(60, n_sides, seed)
    weight = 10.0 ** rng.uniform(-8, 8, 60) if weighted else None
    order = rng.permutation(60)
    one = merge_equal(X, weight)
    other = merge_equal(X[order], None if weight is None else weight[order])
    np.testing.assert_array_equal(one.boxes, other.boxes)
    np.testing.assert_array_equal(one.weight, other.weight)


def test_weights_are_repetitions_to_the_last_bit():
    X, counts = rows(200), np.random.default_rng(1).integers(0, 4, 200)
    one = merge_equal(X, counts.astype(float))
    other = merge_equal(np.repeat(X, counts, axis=0))
    np.testing.assert_array_equal(one.boxes, other.boxes)
    np.testing.assert_array_equal(one.weight, other.weight)


def test_boxes_of_no_weight_are_left_out():
    merged = merge_equal(np.array([[1.0, 1], [2, 2], [1, 1]]), np.array([0.0, 3, 2]))
    assert pairs(merged) == {(1, 1): 2, (2, 2): 3}


def test_minus_0_is_0():
    merged = merge_equal(np.array([[-0.0, 1], [0.0, 1], [1, -0.0]]))
    assert pairs(merged) == {(0, 1): 2, (1, 0): 1}
    assert not np.signbit(merged.boxes).any()


@pytest.mark.parametrize("n_sides", [1, 2, 3])
@pytest.mark.parametrize("weighted", [True, False])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_boxes_come_in_the_order_of_their_sides_in_any_unit(n_sides, weighted, dtype):
    rng = np.random.default_rng(0)
    X = rng.integers(1, 20, (70_000, n_sides)).astype(dtype) / 7
    weight = rng.random(len(X)) if weighted else None
    merged = merge_equal(X, weight)
    np.testing.assert_array_equal(merged.boxes, np.unique(X, axis=0))
    other = merge_equal(1024 * X, weight)
    np.testing.assert_array_equal(other.boxes, 1024 * merged.boxes)
    np.testing.assert_array_equal(other.weight, merged.weight)


def test_input_is_left_alone():
    X, weight = rows(50), np.ones(50)
    X[0, 0] = -0.0
    X.setflags(write=False)
    weight.setflags(write=False)
    merge_equal(X, weight)
    merge_equal(X)


def test_sorting_by_volume():
    anchors = np.array([[3.0, 3], [1, 4], [4, 1], [0, 9], [2, 2], [1, 1]])
    np.testing.assert_array_equal(
        sort_by_volume(anchors), [[0, 9], [1, 1], [1, 4], [2, 2], [4, 1], [3, 3]]
    )
    np.testing.assert_array_equal(
        sort_by_volume(1e300 * anchors), 1e300 * sort_by_volume(anchors)
    )


MASKED = np.ma.masked_array(np.ones((3, 2)), mask=[[0, 0], [0, 1], [0, 0]])


@pytest.mark.parametrize(
    ("X", "match"),
    [
        (MASKED, "masked"),
        (list(MASKED), "masked"),
        (tuple(MASKED), "masked"),
        ([[10**400, 1]], "too large"),
        (np.array([[10**400, 1]], dtype=object), "too large"),
        (np.array([["2020-01-01", "2021-01-01"]], dtype="M8[D]"), "dates"),
        (np.array([[timedelta(1), timedelta(2)]], dtype="m8[s]"), "durations"),
        ([[Decimal("NaN"), Decimal(1)]], "NaN"),
        (np.array([[np.longdouble(10) ** 400, 1]]), "infinity|too large"),
        (np.array([[1 + 1j, 1]]), "Complex"),
        ([[None, 1]], "NaN"),
    ],
)
def test_what_is_no_number_is_an_error(X, match):
    with pytest.raises(ValueError, match=match):
        check_boxes(X)
    with pytest.raises(ValueError, match=match):
        check_weight(np.array(X, dtype=object)[:, 0] if "large" in match else X, X)


@pytest.mark.parametrize(
    "X",
    [
        [[True, False]],
        [[Decimal("0.5"), Decimal(2)]],
        np.array([[1, 2]], dtype=object),
        np.array([[1, 2]], dtype=np.float16),
        np.array([[2**62, 2**53 + 1]]),
        list(np.ma.masked_array(np.ones((3, 2)), mask=False)),
    ],
)
def test_all_that_is_a_number_is_taken(X):
    boxes = check_boxes(X)
    assert boxes.dtype == np.float64
    np.testing.assert_array_equal(boxes, np.array(X, dtype=float))
