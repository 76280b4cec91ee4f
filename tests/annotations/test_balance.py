"""Weights that give each group the same say."""

import numpy as np
import pytest

from skanchors import IoUKMeans
from skanchors.annotations import AnnotationTable, balanced_weight


def make_table(sides, labels):
    """Square boxes in images of 1000 x 500 pixels."""
    n = len(sides)
    names = np.array(labels, dtype=object)
    sides = np.array(sides, dtype=float)
    no = np.zeros(n, dtype=bool)
    files = np.array([f"{i}.xml" for i in range(n)], dtype=object)
    sizes = np.full(n, 1000.0), np.full(n, 500.0)
    return AnnotationTable(files, files, names, sides, sides, *sizes, no, no, no, no)


def totals(weight, groups):
    return {name: weight[groups == name].sum() for name in sorted(set(groups))}


SIDES = np.repeat([10, 40, 200, 10, 200], [300, 100, 100, 50, 50])
LABELS = np.repeat(["cat", "dog"], [500, 100])


@pytest.mark.parametrize("by", ["label", "size", ("label", "size"), ("size", "label")])
def test_each_group_has_the_same_say(by):
    table = make_table(SIDES, LABELS)
    weight, groups = balanced_weight(table, by, return_groups=True)
    assert weight.mean() == pytest.approx(1)
    found = totals(weight, groups)
    np.testing.assert_allclose(list(found.values()), 600 / len(found))
    assert len(found) == {"label": 2, "size": 3}.get(by, 5)


def test_names_of_the_groups():
    _, groups = balanced_weight(make_table(SIDES, LABELS), return_groups=True)
    assert set(groups) == {
        *("cat, small", "cat, medium", "cat, large"),
        *("dog, small", "dog, large"),
    }


def test_the_bounds_are_those_of_coco():
    table = make_table(np.repeat([31.9, 32, 95.9, 96], 20), np.repeat("a", 80))
    _, groups = balanced_weight(table, "size", return_groups=True)
    expected = np.repeat(["small", "medium", "medium", "large"], 20)
    assert groups.tolist() == expected.tolist()


def test_sizes_are_measured_in_the_input():
    table = make_table(np.repeat([40, 80], 20), np.repeat("a", 40))
    # Letterboxed to 500, all are half as large: 20 is small.
    _, groups = balanced_weight(
        table, "size", scaling="letterbox", input_size=500, return_groups=True
    )
    assert groups.tolist() == np.repeat(["small", "medium"], 20).tolist()


def test_ranges_of_as_many_boxes():
    table = make_table(np.arange(1, 101), np.repeat("a", 100))
    weight, groups = balanced_weight(table, "size", sizes=4, return_groups=True)
    assert [np.sum(groups == name) for name in dict.fromkeys(groups)] == [25] * 4
    np.testing.assert_allclose(weight, 1)


def test_a_rare_range_joins_its_smaller_neighbour_and_is_named():
    sides = np.repeat([10, 40, 200], [3, 50, 100])
    table = make_table(sides, np.repeat("cat", 153))
    with pytest.warns(UserWarning, match="fewer than 10 boxes were merged: cat, small"):
        weight, groups = balanced_weight(table, return_groups=True)
    assert totals(weight, groups) == pytest.approx(
        {"cat, large": 76.5, "cat, small + medium": 76.5}
    )


def test_ten_boxes_are_a_group_of_their_own():
    labels = np.repeat(["cat", "dog", "owl"], [80, 10, 10])
    table = make_table(np.full(100, 50), labels)
    weight, groups = balanced_weight(table, "label", return_groups=True)
    assert set(groups) == {"cat", "dog", "owl"}
    sizes = np.repeat([80.0, 10.0, 10.0], [80, 10, 10])
    np.testing.assert_allclose(weight, 100 / 3 / sizes)
    with pytest.warns(UserWarning, match=r"fewer than 10 boxes were merged: .*owl"):
        balanced_weight(table[:99], "label")


def test_rare_classes_join_each_other():
    labels = np.repeat(["cat", "owl", "yak"], [100, 6, 7])
    table = make_table(np.full(113, 50), labels)
    with pytest.warns(UserWarning, match=r"owl \+ yak"):
        weight, groups = balanced_weight(table, "label", return_groups=True)
    assert set(groups) == {"cat", "owl + yak"}
    assert weight[-1] == pytest.approx(113 / 2 / 13)


def test_what_stays_rare_joins_the_smallest_group_only():
    labels = np.repeat(["cat", "cat", "dog", "yak"], [60, 100, 100, 2])
    sides = np.repeat([10, 200, 200, 200], [60, 100, 100, 2])
    table = make_table(sides, labels)
    with pytest.warns(UserWarning, match="merged"):
        weight, groups = balanced_weight(table, return_groups=True)
    assert set(groups) == {"cat + yak, small + large", "cat, large", "dog, large"}
    assert np.sum(groups == "cat, large") == 100
    assert weight.sum() == pytest.approx(262)


def test_no_weight_is_above_the_limit():
    labels = np.repeat(["a", "b"], [2000, 20])
    table = make_table(np.full(2020, 50), labels)
    with pytest.warns(UserWarning, match="merged"):
        np.testing.assert_allclose(balanced_weight(table, "label"), 1)
    assert balanced_weight(table, "label", max_weight=100)[-1] == pytest.approx(50.5)


def test_no_boxes():
    table = make_table([], [])
    assert balanced_weight(table).shape == (0,)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"by": "colour"}, "by must be"),
        ({"by": ()}, "by must be"),
        ({"sizes": 0}, "sizes, unless it is 'coco', must be"),
        ({"sizes": "voc"}, "sizes, unless it is 'coco', must be"),
        ({"max_weight": None}, "max_weight must be above 1"),
        ({"max_weight": np.nan}, "max_weight must be above 1"),
        ({"max_weight": 1}, "max_weight must be above 1"),
    ],
)
def test_what_cannot_be(options, match):
    with pytest.raises(ValueError, match=match):
        balanced_weight(make_table(SIDES, LABELS), **options)


def test_by_is_one_name_or_several():
    with pytest.raises(TypeError, match="by must be one name or several, got None"):
        balanced_weight(make_table(SIDES, LABELS), None)


def test_a_rare_size_gets_anchors():
    rng = np.random.default_rng(0)
    sides = np.concatenate([rng.normal(200, 30, 950), rng.normal(12, 1, 50)])
    sides = np.where(sides < 32, sides, np.clip(sides, 100, 500))
    table = make_table(sides, np.repeat("cell", 1000))
    X, small = table.sizes("pixels"), sides < 32
    weight = balanced_weight(table, "size", max_weight=100)
    plain = IoUKMeans(4, random_state=0).fit(X)
    balanced = IoUKMeans(4, random_state=0).fit(X, sample_weight=weight)
    assert balanced.score(X[small]) > plain.score(X[small]) + 0.02


@pytest.mark.parametrize("counts", [(100, 5, 20), (20, 5, 100)])
def test_a_rare_range_joins_its_smaller_neighbour(counts):
    table = make_table(np.repeat([10, 40, 200], counts), np.repeat("a", 125))
    with pytest.warns(UserWarning, match="were merged"):
        _, groups = balanced_weight(table, "size", return_groups=True)
    expected = {"small", "medium + large"}
    if counts[0] < counts[2]:
        expected = {"small + medium", "large"}
    assert set(groups) == expected


def test_boxes_alone_have_no_classes():
    with pytest.raises(TypeError, match=r"must be an AnnotationTable.*got ndarray"):
        balanced_weight(np.ones((3, 2)))
