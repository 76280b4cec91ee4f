"""Groups of objects, what falls among them, and by how much, as far as is known."""

import numpy as np
import pytest

from skanchors.inspection._criteria import Interval, compare_values, find_falls
from skanchors.inspection._groups import Group, find_groups, is_enough
from skanchors.inspection._judged import Judged


def test_intervals_of_shares_cover_the_truth():
    """Of 95 % intervals about 95 % hold the difference of the source of the data."""
    rng = np.random.default_rng(0)
    hits, n_sets = 0, 200
    for seed in range(n_sets):
        images = np.repeat(np.arange(40), 1 + rng.geometric(0.3, size=40))
        hard = rng.uniform(size=40)[images]
        old = rng.uniform(size=len(images)) < 0.3 + 0.4 * hard
        new = rng.uniform(size=len(images)) < 0.4 + 0.4 * hard
        values = {"matched": {"new": new.astype(float), "old": old.astype(float)}}
        judged = Judged(np.ones((len(images), 2)), images, None, {}, values)
        figures, _, n_images = compare_values(
            judged,
            ("matched",),
            "old",
            None,
            Interval(300, 0.95, np.random.RandomState(seed)),
        )
        entry = figures["matched"]["new"]
        hits += entry["gain_low"] <= 0.1 <= entry["gain_high"]
        assert n_images == 40
    assert abs(hits / n_sets - 0.95) < 0.05


def test_falls_found_by_chance_are_few():
    """Among twenty groups without any change a fall is found in at most 5 %."""
    rng = np.random.default_rng(0)
    found = 0
    groups = [
        Group("class", str(i), np.arange(i * 60, (i + 1) * 60)) for i in range(20)
    ]
    index, weight = np.arange(1200) // 2, np.ones(1200)
    for _ in range(200):
        before, after = (rng.uniform(size=(2, 1200)) < 0.6).astype(float)
        found += bool(find_falls(groups, before, after, index, weight, 0.95))
    assert found <= 200 * 0.05 + 3 * np.sqrt(200 * 0.05 * 0.95)
    after = before.copy()
    after[:60] = 0
    (fall,) = find_falls(groups, before, after, index, weight, 0.95)
    assert (fall.group.name, fall.after) == ("0", 0.0)


@pytest.mark.parametrize(("share", "n_falls"), [(0.99, 1), (1.01, 0)])
def test_the_error_of_a_fall_is_that_of_a_mean_over_images(share, n_falls):
    """Changes of -0.2 up and down: their standard error is deviation / sqrt(n - 1)."""
    n = 12
    deviation = share * 0.2 * np.sqrt(n - 1) / 1.959964
    before = np.full(n, 0.9)
    after = before - 0.2 + deviation * np.tile([1, -1], n // 2)
    groups = [Group("class", "a", np.arange(n))]
    falls = find_falls(groups, before, after, np.arange(n), np.ones(n), 0.95)
    assert len(falls) == n_falls


def test_sizes_of_the_groups_are_those_of_coco():
    """Small is below 32 squared, large from 96 squared on."""
    sides = np.array([31.9, 32, 95.9, 96])
    groups = find_groups(np.array(["a"] * 4), np.column_stack([2 * sides, sides / 2]))
    found = {group.name: group.rows.tolist() for group in groups}
    assert found == {"small": [0], "medium": [1, 2], "large": [3]}


def test_groups_need_enough_objects():
    sizes = np.array([[20, 20]] * 30 + [[31, 33]] * 12 + [[400, 400]] * 25)
    labels = np.array(["a"] * 40 + ["b"] * 27)
    images = np.arange(67)
    images[42:] = 3
    groups = {str(group): group for group in find_groups(labels, sizes)}
    assert set(groups) == {"size small", "size large", "class a", "class b"}
    assert is_enough(groups["class a"], images, None)
    # 25 objects, but of one image.
    assert not is_enough(groups["size large"], images, None)
    weight = np.zeros(67)
    weight[:19] = 1
    assert not is_enough(groups["class a"], images, weight)
    weight[19] = 1
    assert is_enough(groups["class a"], images, weight)
    # Twenty objects of ten images are enough, of nine they are not.
    assert is_enough(groups["class a"], images // 2, weight)
    assert not is_enough(groups["class a"], np.minimum(images, 8), weight)
    one = find_groups(np.array(["a"] * 67), sizes)
    assert all(group.kind == "size" for group in one)
