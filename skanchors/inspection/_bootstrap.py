"""Confidence intervals of means over boxes, by resampling images."""

import numpy as np

# With fewer images, values that differ in few of them say nothing.
_ENOUGH_IMAGES = 20
# A variance below this share of the squares that it is the difference of is 0.
_ROUNDING = 1e-12
# Image draws that one pass over a block of resamples holds.
_BLOCK_ENTRIES = 1_000_000


def ratio_intervals(
    totals: np.ndarray,
    sums: np.ndarray,
    n_bootstrap: int,
    confidence_level: float,
    rng: np.random.RandomState,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ratios ``sum(sums) / sum(totals)`` and their bootstrap-t intervals.

    Parameters
    ----------
    totals : ndarray of shape (n_images,)
        Weight of the boxes of each image, above 0.
    sums : ndarray of shape (n_images, n_columns)
        Weighted sums of some values over the boxes of each image.
    n_bootstrap : int
    confidence_level : float
    rng : RandomState

    Returns
    -------
    means, low, high : ndarrays of shape (n_columns,)
        `low` and `high` are infinite where the images are too few to tell. Where a
        value differs in few of many images they are the percentiles of the resamples.
    """
    n_images = len(totals)
    # With means of 0 the squares below do not cancel.
    means = sums.sum(axis=0) / totals.sum()
    centered = sums - means * totals[:, None]
    error = np.sqrt((centered**2).sum(axis=0)) / totals.sum()
    cross = centered * totals[:, None]
    table = np.column_stack([totals, totals**2, centered, centered**2, cross])
    draws = _resampled_sums(table, n_bootstrap, rng)
    total, total_square = draws[:, :1], draws[:, 1:2]
    shift, square, product = np.split(draws[:, 2:], 3, axis=1)
    shift = shift / total
    variance = square - 2 * shift * product + shift**2 * total_square
    # Where all deviations are the same, rounding is all that is left.
    variance[variance <= _ROUNDING * (square + shift**2 * total_square)] = 0
    own_error = np.sqrt(variance) / total
    # A resample of one image repeated has no error of its own: it tells nothing of
    # the deviation, so the deviation counts as infinite, unless there is none.
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(np.abs(shift) <= 1e-14, 0.0, shift / own_error)
    tail = (1 - confidence_level) / 2
    lower, upper = np.quantile(t, [tail, 1 - tail], axis=0, method="nearest")
    # The same factor as in an unbiased variance, for the error of the data at hand.
    error = error * np.sqrt(n_images / (n_images - 1))
    with np.errstate(invalid="ignore"):
        low, high = means - upper * error, means - lower * error
    if n_images >= _ENOUGH_IMAGES:
        # A value that differs in few images, such as a share near 1, has no error of
        # its own in many resamples. Their plain percentiles still say how far it goes.
        near, far = np.quantile(shift, [tail, 1 - tail], axis=0, method="nearest")
        low = np.where(np.isfinite(low), low, means + near)
        high = np.where(np.isfinite(high), high, means + far)
    exact = error == 0
    return means, np.where(exact, means, low), np.where(exact, means, high)


def _resampled_sums(
    table: np.ndarray, n_bootstrap: int, rng: np.random.RandomState
) -> np.ndarray:
    """Column sums of rows drawn with replacement, one row a resample."""
    n_rows = len(table)
    out = np.empty((n_bootstrap, table.shape[1]))
    step = max(1, _BLOCK_ENTRIES // n_rows)
    for start in range(0, n_bootstrap, step):
        n = min(step, n_bootstrap - start)
        rows = rng.randint(n_rows, size=(n, n_rows))
        rows += np.arange(n)[:, None] * n_rows
        counts = np.bincount(rows.ravel(), minlength=n * n_rows).reshape(n, n_rows)
        out[start : start + n] = counts @ table
    return out
