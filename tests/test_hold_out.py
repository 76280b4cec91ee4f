"""Images to fit on, and others to judge by."""

import numpy as np
import pytest

from skanchors._hold_out import hold_out
from skanchors.annotations import AnnotationTable, read_annotations
from skanchors.annotations._images import Images
from skanchors.datasets import load_sample_paths


def make_table(n_images, splits=None, empty=()):
    """Two boxes an image, but none in the empty ones."""
    names = np.array([f"{i}.xml" for i in range(n_images)], dtype=object)
    side = np.full(n_images, 100.0)
    split = None if splits is None else np.array(splits, dtype=object)
    images = Images(names, names, side, side, split)
    index = np.repeat([i for i in range(n_images) if i not in empty], 2).astype(int)
    n = len(index)
    no = np.zeros(n, dtype=bool)
    return AnnotationTable(
        *(names[index], names[index], np.full(n, "a", dtype=object)),
        *(np.full(n, 10.0), np.full(n, 10.0), side[index], side[index]),
        *(no, no, no, no),
        xmin=np.zeros(n),
        ymin=np.zeros(n),
        images=images,
        image_index=index,
        n_files=n_images,
        n_images=n_images,
        n_objects=n,
    )


def names_of(table):
    return set(table.images.path.tolist())


def test_the_splits_of_the_data_set():
    table = make_table(6, ["train", "train", "val", "test", "train", "val"])
    parts = hold_out(table, 0.5, 0)
    assert names_of(parts.fitted) == {"0.xml", "1.xml", "4.xml"}
    assert names_of(parts.held_out) == {"2.xml", "5.xml"}
    assert parts.how == (
        "fitted on the 3 images of train, judged on the 2 of val; not used: 1 of test"
    )


@pytest.mark.parametrize("name", ["valid", "Validation", "VAL"])
def test_names_of_the_validation_split(name):
    parts = hold_out(make_table(3, ["Train", name, "test"]), 0.2, 0)
    assert names_of(parts.held_out) == {"1.xml"}


def test_images_of_test_are_never_used():
    table = make_table(30, ["train"] * 20 + ["test"] * 10)
    parts = hold_out(table, 0.25, 0)
    used = names_of(parts.fitted) | names_of(parts.held_out)
    assert used == {f"{i}.xml" for i in range(20)}
    assert len(parts.held_out.images.path) == 5
    assert parts.how.endswith("drawn at random; not used: 10 of test")
    same = hold_out(table, 0, 0)
    assert same.how.endswith("better than they are; not used: 10 of test")
    whole = hold_out(make_table(30, ["train"] * 30), 0.25, 0)
    assert "not used" not in whole.how


def test_a_test_split_alone_is_better_than_nothing():
    parts = hold_out(make_table(10, ["test"] * 10), 0.2, 0)
    assert len(parts.fitted.images.path) == 8


@pytest.mark.parametrize("splits", [None, [None] * 40, ["train"] * 40])
def test_images_drawn_at_random(splits):
    table = make_table(40, splits, empty=range(30, 40))
    parts = hold_out(table, 0.2, 0)
    one, other = names_of(parts.fitted), names_of(parts.held_out)
    assert not one & other
    assert len(one | other) == 40
    # Of the 30 images with boxes 6, and of the 10 without 2.
    assert len(parts.held_out) == 12
    assert len(other) == 8
    again = hold_out(table, 0.2, 0)
    assert names_of(again.held_out) == other
    assert names_of(hold_out(table, 0.2, 1).held_out) != other


@pytest.mark.parametrize(("n_images", "share"), [(3, 0.2), (40, 0), (1, 0.5)])
def test_the_same_images_where_there_are_no_others(n_images, share):
    parts = hold_out(make_table(n_images), share, 0)
    assert names_of(parts.fitted) == names_of(parts.held_out)
    assert "on the same" in parts.how


def test_a_val_split_without_boxes_is_none():
    table = make_table(20, ["train"] * 18 + ["val"] * 2, empty=(18, 19))
    parts = hold_out(table, 0.2, 0)
    assert len(parts.held_out)
    assert "drawn at random" in parts.how


@pytest.mark.parametrize("share", [-0.1, 1, float("nan")])
def test_shares_that_cannot_be(share):
    with pytest.raises(ValueError, match="holdout must be from 0 to below 1"):
        hold_out(make_table(5), share, 0)


@pytest.mark.parametrize(("share", "n_held"), [(0.01, 2), (0.999, 113), (0.5, 57)])
def test_any_share_leaves_images_on_both_sides(share, n_held):
    table = read_annotations(load_sample_paths())
    parts = hold_out(table, share, 0)
    with_boxes = np.unique(parts.held_out.image_index)
    assert len(with_boxes) == n_held
    assert len(np.unique(parts.fitted.image_index)) == 114 - n_held
    assert "drawn at random" in parts.how
