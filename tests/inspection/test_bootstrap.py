"""Bootstrap-t intervals of ratios of sums over images."""

import numpy as np
import pytest

from skanchors.inspection import _bootstrap
from skanchors.inspection._bootstrap import ratio_intervals


def straightforward(totals, sums, draws, level):
    """The textbook's loop over resamples, for one column."""

    def ratio_and_error(rows):
        n, s = totals[rows], sums[rows]
        ratio = s.sum() / n.sum()
        return ratio, np.sqrt(np.sum((s - ratio * n) ** 2)) / n.sum()

    ratio, error = ratio_and_error(np.arange(len(totals)))
    t = []
    for rows in draws:
        again, own_error = ratio_and_error(rows)
        t.append((again - ratio) / own_error)
    tail = (1 - level) / 2
    low, high = np.quantile(t, [tail, 1 - tail], method="nearest")
    error *= np.sqrt(len(totals) / (len(totals) - 1))
    return ratio, ratio - high * error, ratio - low * error


@pytest.mark.parametrize("block", [50, 10**6])
def test_equals_the_loop(block, monkeypatch):
    monkeypatch.setattr(_bootstrap, "_BLOCK_ENTRIES", block)
    rng = np.random.default_rng(0)
    totals = rng.integers(1, 6, size=20).astype(float)
    sums = rng.normal(size=(20, 3)) + totals[:, None]
    seed = 7
    # The same draws, one block of resamples after another.
    state = np.random.RandomState(seed)
    step = max(1, block // 20)
    draws = np.concatenate(
        [state.randint(20, size=(min(step, 200 - i), 20)) for i in range(0, 200, step)]
    )
    found = ratio_intervals(totals, sums, 200, 0.9, np.random.RandomState(seed))
    for column in range(3):
        expected = straightforward(totals, sums[:, column], draws, 0.9)
        np.testing.assert_allclose([part[column] for part in found], expected)


def test_a_constant_is_certain():
    totals = np.array([1.0, 2, 3])
    means, low, high = ratio_intervals(
        totals, 0.3 * totals[:, None], 100, 0.95, np.random.RandomState(0)
    )
    assert means == pytest.approx(0.3)
    assert low == pytest.approx(0.3) and high == pytest.approx(0.3)


def test_two_images_tell_nothing():
    """Most resamples repeat one image, whose deviation has no error to go with it."""
    sums = np.array([[0.1], [0.9]])
    means, low, high = ratio_intervals(
        np.ones(2), sums, 100, 0.95, np.random.RandomState(0)
    )
    assert (means[0], low[0], high[0]) == (0.5, -np.inf, np.inf)


@pytest.mark.parametrize("value", [1.0, 0.7])
def test_one_image_that_differs_tells_nothing_among_few(value):
    """A third of the resamples lack it, and with it any error, but for rounding."""
    for n in range(3, 120):
        sums = np.full((n, 1), value)
        sums[0] = 0
        rng = np.random.RandomState(0)
        means, low, _ = ratio_intervals(np.ones(n), sums, 300, 0.95, rng)
        if n < 20:
            assert low[0] == -np.inf
        else:
            assert means[0] - 6 / n < low[0] < means[0]


def test_a_share_near_one_has_an_interval():
    """One box of one image is lost: the interval reaches as far as a few of them."""
    n = 200
    sums = np.ones((n, 1))
    sums[0] = 0
    rng = np.random.RandomState(0)
    means, low, high = ratio_intervals(np.ones(n), sums, 1000, 0.95, rng)
    assert means[0] == pytest.approx(1 - 1 / n)
    # Bounds of shares are cut to 1 by whoever calls it.
    assert 1 - 6 / n <= low[0] < means[0] < high[0] < 1.01
