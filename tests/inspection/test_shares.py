"""Intervals of shares of boxes, and of their changes."""

import numpy as np
import pytest
from scipy.stats import t as student

from skanchors.inspection import compare_anchors
from skanchors.inspection._shares import share_intervals


def one(totals, sums, bottom=0, level=0.95):
    found = share_intervals(
        np.asarray(totals, dtype=float),
        np.asarray(sums, dtype=float)[:, None],
        bottom,
        level,
    )
    return tuple(float(part[0]) for part in found)


@pytest.mark.parametrize("n_matched", [0, 1, 17, 30])
def test_a_box_an_image_is_the_interval_of_agresti_and_coull(n_matched):
    n = 30
    values = np.arange(n) < n_matched
    mean, low, high = one(np.ones(n), values)
    center = (n_matched + 2) / (n + 4)
    reach = student.ppf(0.975, n - 1) * np.sqrt(center * (1 - center) / (n + 4))
    assert mean == pytest.approx(n_matched / n)
    assert low == pytest.approx(max(center - reach, 0))
    assert high == pytest.approx(min(center + reach, 1))


def test_bounds_and_symmetry():
    rng = np.random.default_rng(0)
    totals = rng.integers(1, 5, size=40)
    sums = rng.binomial(totals, 0.93)
    mean, low, high = one(totals, sums)
    assert 0 <= low < mean < high <= 1
    other, other_low, other_high = one(totals, totals - sums)
    assert (other, other_low, other_high) == pytest.approx(
        (1 - mean, 1 - high, 1 - low)
    )
    change = rng.integers(-1, 2, size=40)
    mean, low, high = one(totals, change, bottom=-1)
    negated = one(totals, -change, bottom=-1)
    assert negated == pytest.approx((-mean, -high, -low))
    assert one(totals, totals)[0::2] == (1, 1)
    assert one(totals, -totals, bottom=-1)[:2] == (-1, -1)


def test_the_unit_of_weights_and_the_order_do_not_matter():
    rng = np.random.default_rng(1)
    totals = rng.integers(1, 5, size=25)
    sums = rng.binomial(totals, 0.5)
    order = rng.permutation(25)
    assert one(3.7 * totals, 3.7 * sums) == pytest.approx(one(totals, sums))
    assert one(totals[order], sums[order]) == pytest.approx(one(totals, sums))


def test_more_images_and_less_confidence_are_narrower():
    def width(n, level=0.95):
        _, low, high = one(np.ones(n), np.arange(n) % 5 > 0, level=level)
        return high - low

    assert width(20) > width(40) > width(400)
    assert width(40, 0.5) < width(40) < width(40, 0.99)


@pytest.mark.parametrize("n_images", [12, 40])
@pytest.mark.parametrize("share", [0.98, 0.9, 0.6])
def test_shares_are_covered_in_few_images_too(n_images, share):
    """Boxes of one image are alike."""
    rng = np.random.default_rng(0)
    covered, widths = [], []
    for _ in range(400):
        totals = 1 + rng.poisson(1, size=n_images)
        of_image = rng.beta(share * 7 / 3, (1 - share) * 7 / 3, size=n_images)
        _, low, high = one(totals, rng.binomial(totals, of_image))
        covered.append(low <= share <= high)
        widths.append(high - low)
    assert np.mean(covered) >= 0.93
    assert np.median(widths) < 0.6


@pytest.mark.parametrize("rise", [0.02, 0.1])
def test_changes_are_covered_in_few_images_too(rise):
    rng = np.random.default_rng(0)
    covered = []
    for _ in range(400):
        totals = 1 + rng.poisson(1, size=15)
        up = rng.binomial(totals, rise)
        down = rng.binomial(totals - up, rise / 2 / (1 - rise))
        _, low, high = one(totals, up - down, bottom=-1)
        covered.append(low <= rise / 2 <= high)
        assert low > -0.6 and high < 0.8
    assert np.mean(covered) >= 0.93


def test_no_share_is_certain_because_all_of_few_boxes_are_matched(make_table):
    sizes = np.full((30, 2), [50.0, 60.0])
    table = make_table(sizes, np.arange(30), ["a"] * 30)
    anchors = [[10, 13]] * 8 + [[50, 60]]
    sets = {"mine": anchors, "other": [[10, 13]] * 9}
    result = compare_anchors(
        table, sets, detector="yolov5", criteria=("matched", "forced"), random_state=0
    )
    entry = result.criteria["matched"]["mine"]
    if entry["value"] == 1:
        assert 0.8 < entry["low"] < 0.97 and entry["high"] == 1
    same = compare_anchors(
        table,
        {"mine": anchors, "again": anchors},
        detector="yolov5",
        criteria=("matched",),
    )
    entry = same.criteria["matched"]["mine"]
    assert (entry["gain"], entry["gain_low"], entry["gain_high"]) == (0, 0, 0)
