"""Anchors go to the level of their size."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skanchors.export import (
    AnchorSet,
    assign_levels,
    default_anchor_names,
    default_anchors,
    format_anchors,
)

SIDE = st.floats(4, 600)


def test_yolov3_gets_its_masks():
    assert assign_levels(default_anchors("yolov3")) == ((0, 1, 2), (3, 4, 5), (6, 7, 8))


def test_rows_of_shuffled_anchors_are_those_given():
    anchors = np.array([[300, 300], [12, 10], [50, 60]])
    assert assign_levels(anchors) == ((1,), (2,), (0,))


def test_levels_come_in_the_order_of_the_strides():
    anchors = [[12, 10], [50, 60], [300, 300]]
    assert assign_levels(anchors, (32, 16, 8)) == ((2,), (1,), (0,))


def test_even_refuses_what_does_not_divide():
    anchors = np.arange(20, 40).reshape(-1, 2)
    with pytest.raises(ValueError, match=r"10 anchors .* 3 levels .* 9 or 12 anchors"):
        assign_levels(anchors)
    with pytest.raises(ValueError, match="Use 3 anchors"):
        assign_levels([[10, 10], [20, 20]])


def test_size_allows_uneven_groups():
    anchors = [[10, 13], [16, 30], [33, 23], [40, 30], [156, 198]]
    with pytest.warns(UserWarning, match="No anchor lies on the level of stride 16"):
        levels = assign_levels(anchors, rule="size")
    assert levels == ((0, 1, 2, 3), (), (4,))


@pytest.mark.parametrize("stride", [8, 16, 32, 64])
def test_size_puts_the_usual_size_on_its_level(stride):
    strides = (8, 16, 32, 64)
    with pytest.warns(UserWarning, match="No anchor"):
        levels = assign_levels([[4 * stride, 4 * stride]], strides, rule="size")
    assert levels[strides.index(stride)] == (0,)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(SIDE, SIDE), min_size=3, max_size=12),
    st.sampled_from(["even", "size"]),
)
# 2026-11-26: some of any anchors are unusual for their levels, or leave one empty.
@pytest.mark.filterwarnings("ignore:Anchor .* strides large", "ignore:No anchor")
def test_each_anchor_is_on_one_level_and_levels_are_in_order_of_size(anchors, rule):
    anchors = anchors[: len(anchors) // 3 * 3]
    levels = assign_levels(anchors, rule=rule)
    assert sorted(i for level in levels for i in level) == list(range(len(anchors)))
    area = np.prod(anchors, axis=1)
    in_order = [area[i] for level in levels for i in level]
    # Areas that differ in the last bit only may swap places under rule "size".
    assert np.all(np.diff(in_order) >= -1e-9 * area.max())


def test_warns_of_an_anchor_too_small_for_its_level():
    with pytest.warns(UserWarning, match=r"Anchor 0 \(3 x 3\).*too small.*stride 8"):
        assign_levels([[3, 3], [40, 40], [100, 100]])


def test_warns_of_an_anchor_too_large_for_its_level():
    with pytest.warns(UserWarning, match=r"Anchor 2 .*too large.*stride 32.*coarser"):
        assign_levels([[10, 10], [40, 40], [900, 900]])


@pytest.mark.parametrize("name", default_anchor_names())
def test_published_anchors_raise_no_warning(name):
    anchors = default_anchors(name)
    if anchors.form is not None:  # shares nothing out: each level has its sizes
        return
    levels = assign_levels(anchors, anchors.strides)
    if name != "yolov4-tiny":  # its masks use one anchor twice
        assert levels == anchors.levels


def test_unknown_rule():
    with pytest.raises(ValueError, match="one of even, size; got 'odd'"):
        assign_levels([[1, 2]], rule="odd")


def test_levels_that_are_given_are_not_blamed_on_the_rule():
    anchors = AnchorSet.from_groups([[(8, 8)], [(30, 30), (40, 60)]], strides=[8, 16])
    with pytest.raises(ValueError, match="there are 1 and 2; choose another style"):
        format_anchors(anchors, "yolov5")
