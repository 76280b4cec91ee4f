"""Anchors are validated, sorted and kept with their levels."""

import numpy as np
import pytest

from skanchors.export import AnchorSet


def test_sorts_by_area_and_keeps_pairs_together():
    anchors = np.array([[100.0, 2.0], [3.0, 50.0], [5.0, 5.0]])
    assert AnchorSet(anchors).anchors.tolist() == [[5, 5], [3, 50], [100, 2]]
    assert anchors.tolist() == [[100, 2], [3, 50], [5, 5]]  # not written into


def test_equal_areas_are_ordered_by_width():
    assert AnchorSet([[6, 2], [2, 6], [3, 4]]).anchors[:, 0].tolist() == [2, 3, 6]


def test_levels_follow_the_sorting():
    found = AnchorSet(
        [[30, 30], [10, 10], [40, 40], [20, 20]],
        levels=[[0, 2], [1, 3]],
        strides=[32, 8],
    )
    assert found.strides == (8, 32)
    assert found.levels == ((0, 1), (2, 3))
    assert [group[0, 0] for group in found.groups] == [10, 30]


def test_levels_without_strides_are_sorted_by_size():
    found = AnchorSet([[10, 10], [90, 90]], levels=[[1], [0]])
    assert found.levels == ((0,), (1,))


def test_numpy_takes_its_anchors():
    found = AnchorSet([[1, 2], [3, 4]])
    assert np.asarray(found).tolist() == [[1, 2], [3, 4]]
    assert len(found) == 2
    assert np.asarray(found, dtype=np.float32).dtype == np.float32


def test_anchors_cannot_be_written_into():
    with pytest.raises(ValueError, match="read-only"):
        AnchorSet([[1, 2]]).anchors[0, 0] = 5


def test_from_groups():
    found = AnchorSet.from_groups([[[90, 90]], [[9, 9], [8, 8]]], strides=[32, 8])
    assert found.levels == ((0, 1), (2,))
    assert found.strides == (8, 32)


@pytest.mark.parametrize(
    ("anchors", "message"),
    [
        ([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], "transposed: pass anchors.T"),
        ([1.0, 2.0], r"shape \(n_anchors, 2\); got shape \(2,\)"),
        (np.empty((0, 2)), "got shape"),
        ([[1, 2], [3]], "one row"),
        ([["a", 2]], "must be numbers"),
        ([[1, 2], [3, np.nan]], "anchor 1 is 3 x nan"),
        ([[1, 2], [np.inf, 3]], "finite"),
        ([[0, 2]], "anchor 0 is 0 x 2"),
        ([[1, -2]], "larger than 0"),
    ],
)
def test_refuses_bad_anchors(anchors, message):
    with pytest.raises(ValueError, match=message):
        AnchorSet(anchors)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"levels": [[0], [2]]}, "anchor 2"),
        ({"levels": [[0], []]}, "needs anchors"),
        ({"levels": [[0, 0], [1]]}, "each once"),
        ({"levels": [[0], [1]], "strides": [8]}, "one stride a level"),
        ({"strides": [8, 8]}, "must differ"),
        ({"strides": [8, 16.5]}, "whole number"),
        ({"strides": []}, "at least one"),
        ({"input_size": (1, 2, 3)}, "width, height"),
        ({"input_size": 0}, "at least 1"),
        ({"input_size": 416.5}, "whole number"),
        ({"n_classes": 0}, "n_classes"),
    ],
)
def test_refuses_bad_fields(fields, message):
    with pytest.raises(ValueError, match=message):
        AnchorSet([[10, 10], [20, 20]], **fields)
