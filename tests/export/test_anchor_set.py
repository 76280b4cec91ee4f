"""Anchors are validated, sorted and kept with their levels."""

import os
from dataclasses import fields, replace

import numpy as np
import pytest

from skanchors.export import AnchorSet, default_anchors


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
        ({"strides": [8, -16.5]}, "above 0"),
        ({"strides": [8, float("nan")]}, "above 0"),
        ({"strides": []}, "at least one"),
        ({"input_size": (1, 2, 3)}, "width, height"),
        ({"input_size": 0}, "at least 1"),
        ({"input_size": 416.5}, "whole number"),
        ({"n_classes": 0}, "n_classes"),
        ({"form": "cross"}, "needs sizes and ratios"),
        ({"sizes": [[10, 20]]}, "belong together"),
        ({"ratios": [1.0]}, "belong together"),
        ({"sizes": [[10, 20]], "ratios": [1.0], "form": "free"}, "cross, ssd"),
        ({"sizes": [[10, 30]], "ratios": [1.0]}, "30 x 30 that is not among"),
        ({"sizes": [[10, 20, 30]], "ratios": [1.0]}, "make 3 anchors, but 2"),
        ({"sizes": [10, 20], "ratios": [1.0]}, "one row of numbers a level"),
        ({"sizes": [[10], [20]], "ratios": [[1.0]]}, "2 levels but ratios 1"),
        ({"sizes": [[10, -20]], "ratios": [1.0]}, "larger than 0, but one is -20"),
        ({"sizes": [[10, 20]], "ratios": [np.nan]}, "larger than 0, but one is nan"),
        ({"sizes": [[1] * 200], "ratios": [1.0] * 200}, "40000 anchors; 10000 is"),
        ({"sizes": [[10, 20, 30]], "ratios": [1.0], "form": "ssd"}, "next size"),
    ],
)
def test_refuses_bad_fields(fields, message):
    with pytest.raises(ValueError, match=message):
        AnchorSet([[10, 10], [20, 20]], **fields)


def test_sizes_and_ratios_make_the_anchors():
    found = AnchorSet(
        sizes=[[64, 100], [10, 20]], ratios=[[4], [0.25, 1]], strides=[320 / 3, 8]
    )
    assert found.strides == (8, 320 / 3)
    assert found.sizes == ((10, 20), (64, 100))  # the rows went with the strides
    assert found.ratios == ((0.25, 1), (4,))
    assert found.form == "cross"
    assert found.groups[0].tolist() == [[10, 10], [20, 5], [20, 20], [40, 10]]
    assert found.groups[1].tolist() == [[32, 128], [50, 200]]


def test_shared_ratios_stay_one_row():
    found = AnchorSet(sizes=[[10], [20]], ratios=(0.5, 2))
    assert found.ratios == (0.5, 2)
    assert found.levels == ((0, 1), (2, 3))


def test_ssd_crosses_a_ratio_and_its_reciprocal():
    found = AnchorSet(
        sizes=[[10, 40], [40, 90]], ratios=[[4], []], strides=[8, 16], form="ssd"
    )
    assert found.groups[0].tolist() == [[5, 20], [10, 10], [20, 5], [20, 20]]
    np.testing.assert_allclose(found.groups[1], [[40, 40], [60, 60]])


def test_equal_sizes_of_several_ratios_tie_and_are_ordered_by_width():
    ratios = np.exp(np.random.default_rng(0).normal(size=30))
    found = AnchorSet(sizes=[[np.e * 7]], ratios=ratios)
    assert (np.diff(found.anchors[:, 0]) > 0).all()


def test_anchors_are_checked_against_the_form_row_for_row():
    made = AnchorSet(sizes=[[10, 11], [20, 30]], ratios=[0.5, 2], strides=[8, 16])
    order = np.random.default_rng(0).permutation(len(made))
    given = AnchorSet(
        made.anchors[order], sizes=made.sizes, ratios=made.ratios, strides=made.strides
    )
    np.testing.assert_array_equal(given.anchors, made.anchors)
    assert given.levels == made.levels
    again = replace(made, n_classes=3)
    assert again.levels == made.levels and again.sizes == made.sizes
    with pytest.raises(ValueError, match="not among"):
        replace(made, levels=made.levels[::-1], strides=None)


def test_anchors_keep_numbers_that_were_published_rounded():
    pairs = 32 * np.array([[1, 1], [1.4, 0.7], [0.7, 1.4]])
    found = AnchorSet(pairs, sizes=[[32]], ratios=[1, 0.5, 2])
    assert sorted(found.anchors.tolist()) == sorted(pairs.tolist())


def test_one_anchor_does_not_stand_for_two_of_the_form():
    with pytest.raises(ValueError, match="not among"):
        AnchorSet([[32, 32], [45, 45]], sizes=[[32, 32.3]], ratios=[1])


SETS = [
    AnchorSet([[10, 13.000000000000002], [30, 61]]),
    AnchorSet([[1 / 3, 1e-5]], levels=[[0]], strides=[320 / 3], name="ä"),
    default_anchors("yolov4-tiny"),
    default_anchors("ssdlite320_mobilenet_v3_large"),
    default_anchors("efficientdet-d0"),
    AnchorSet(sizes=[[10], [20]], ratios=[[1], [2]], n_classes=3, input_size=(640, 48)),
]


@pytest.mark.parametrize("anchor_set", SETS)
def test_saved_sets_come_back_to_the_last_bit(anchor_set, tmp_path):
    anchor_set.save(tmp_path / "anchors.json")
    found = AnchorSet.load(tmp_path / "anchors.json")
    for field in (field for field in fields(AnchorSet) if field.init):
        one, other = getattr(anchor_set, field.name), getattr(found, field.name)
        if field.name == "anchors":
            np.testing.assert_array_equal(one, other)
        else:
            assert one == other, field.name


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not JSON"),
        ("[[1, 2]]", "not a saved AnchorSet"),
        ("[" * 100_000, "nested too deeply"),
        ('{"format": "skanchors.AnchorSet", "version": 2}', "version 2"),
        ('{"format": "skanchors.AnchorSet", "version": 1}', "no anchors"),
        (
            '{"format": "skanchors.AnchorSet", "version": 1, "anchors": [[1, 2]], '
            '"run": 1}',
            "unknown fields",
        ),
        (
            '{"format": "skanchors.AnchorSet", "version": 1, "anchors": [[1, 2]], '
            '"levels": 5}',
            "anchors.json",
        ),
        (
            '{"format": "skanchors.AnchorSet", "version": 1, "anchors": [[1, NaN]]}',
            "anchor 0 is 1 x nan",
        ),
        (" " * (4 * 2**20 + 1), "larger than 4 MB"),
    ],
    ids=lambda value: value[:40],
)
def test_load_refuses_anything_else(text, message, tmp_path):
    path = tmp_path / "anchors.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        AnchorSet.load(path)


def test_load_refuses_a_device():
    if not os.path.exists("/dev/zero"):
        pytest.skip("no devices here")
    with pytest.raises(ValueError, match="/dev/zero is a device"):
        AnchorSet.load("/dev/zero")
