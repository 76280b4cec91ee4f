"""Means of each criterion over boxes, gains over a baseline, and their intervals."""

from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np

from skanchors.inspection._bootstrap import ratio_intervals
from skanchors.inspection._groups import ALL_OBJECTS, Group, find_groups, is_enough
from skanchors.inspection._judged import Judged
from skanchors.inspection._shares import share_intervals

# Criteria that a box meets or does not.
_SHARES = {"matched", "forced"}
# A group that loses less than this share of its matches is not worth a word.
_WORTH_A_WORD = 0.1


class Fall(NamedTuple):
    """A group of objects that a set serves worse than the baseline, beyond chance."""

    group: Group
    before: float
    after: float


class Interval(NamedTuple):
    """How intervals are made."""

    n_bootstrap: int
    confidence_level: float
    rng: Any


def compare_values(
    judged: Judged,
    criteria: tuple,
    baseline: str,
    weight: np.ndarray | None,
    interval: Interval,
) -> tuple[dict, dict, int]:
    """Compare all sets with the baseline.

    Parameters
    ----------
    judged : Judged
    criteria : tuple of str
    baseline : str
    weight : ndarray of shape (n_boxes,) or None
    interval : Interval

    Returns
    -------
    figures : dict of str to dict of str to dict
        By criterion and set: value, low, high, and of other sets than the baseline
        gain, gain_low, gain_high; of the worst group also its name.
    falls : dict of str to list of Fall
        By set, the groups that lose most first; only with "worst_group".
    n_images : int
    """
    n_boxes = len(judged.sizes)
    index, n_images = np.arange(n_boxes), n_boxes
    if judged.images is not None:
        names, index = np.unique(judged.images, return_inverse=True)
        n_images = len(names)
    weight = np.ones(n_boxes) if weight is None else weight
    totals = np.bincount(index, weight, minlength=n_images)
    used = int(np.count_nonzero(totals))
    if used < 2:
        raise ValueError(
            f"The comparison resamples images and needs 2 or more, got {used}; see "
            "image_ids."
        )
    plain = [name for name in criteria if name != "worst_group"]
    rows = np.arange(n_boxes)
    columns = {name: judged.values[name] for name in plain}
    figures = _intervals(columns, baseline, rows, index, weight, interval)
    falls: dict[str, list[Fall]] = {}
    if "worst_group" in criteria:
        groups = [
            group
            for group in find_groups(judged.labels, judged.sizes)
            if is_enough(group, index, weight)
        ]
        groups = groups or [Group("", ALL_OBJECTS, rows)]
        matched = judged.values["matched"]
        figures["worst_group"] = _worst_groups(
            groups, matched, baseline, index, weight, interval
        )
        for name in matched:
            if name != baseline:
                pair = matched[baseline], matched[name]
                falls[name] = find_falls(
                    groups, *pair, index, weight, interval.confidence_level
                )
    return figures, falls, used


def _intervals(
    columns: dict,
    baseline: str,
    rows: np.ndarray,
    index: np.ndarray,
    weight: np.ndarray,
    interval: Interval,
) -> dict:
    """Figures of criteria over some boxes, means all from the same resamples of images.

    Parameters
    ----------
    columns : dict of str to dict of str to ndarray of shape (n_boxes,)
        By criterion and set.
    baseline : str
    rows : ndarray of int
        The boxes that count.
    index : ndarray of shape (n_boxes,)
        Image of each box.
    weight : ndarray of shape (n_boxes,)
    interval : Interval
    """
    weight = _near_one(weight)
    image = np.unique(index[rows], return_inverse=True)[1]
    n_images = int(image.max()) + 1
    totals = np.bincount(image, weight[rows], minlength=n_images)

    def sums(values: np.ndarray) -> np.ndarray:
        return np.bincount(image, weight[rows] * values[rows], minlength=n_images)

    keys: list[tuple[str, str, str]] = []
    table = []
    for criterion, of_sets in columns.items():
        by_set = {name: sums(values) for name, values in of_sets.items()}
        for name, column in by_set.items():
            keys.append((criterion, name, ""))
            table.append(column)
        for name, column in by_set.items():
            if name != baseline:
                keys.append((criterion, name, "gain"))
                table.append(column - by_set[baseline])
    used = totals > 0
    sums_of = np.column_stack(table)[used]
    found = np.empty((3, len(keys)))
    shares = np.array([criterion in _SHARES for criterion, _, _ in keys])
    changes = np.array([kind == "gain" for _, _, kind in keys])
    if not shares.all():
        found[:, ~shares] = ratio_intervals(
            totals[used],
            sums_of[:, ~shares],
            interval.n_bootstrap,
            interval.confidence_level,
            interval.rng,
        )
    for least, some in ((0, shares & ~changes), (-1, shares & changes)):
        found[:, some] = share_intervals(
            totals[used], sums_of[:, some], least, interval.confidence_level
        )
    figures: dict = {criterion: {} for criterion in columns}
    for (criterion, name, kind), values in zip(keys, found.T.tolist(), strict=True):
        # A share lies between 0 and 1; so few images tell nothing of a mean's end.
        top = max(1.0, *(float(column.max()) for column in columns[criterion].values()))
        bottom = 0.0
        if kind:
            # Nothing loses more than there was, nor gains more than there is.
            bottom = -figures[criterion][baseline]["high"]
            top = figures[criterion][name]["high"]
        parts = ("gain", "gain_low", "gain_high") if kind else ("value", "low", "high")
        clipped = [float(values[0]), *np.clip(values[1:], bottom, top).tolist()]
        entry = figures[criterion].setdefault(name, {})
        entry |= dict(zip(parts, clipped, strict=True))
    return figures


def _worst_groups(
    groups: list[Group],
    matched: dict,
    baseline: str,
    index: np.ndarray,
    weight: np.ndarray,
    interval: Interval,
) -> dict:
    """The group that each set serves worst, and how the worst of each pair changes.

    Parameters
    ----------
    groups : list of Group
    matched : dict of str to ndarray of shape (n_boxes,)
    baseline : str
    index : ndarray of shape (n_boxes,)
        Image of each box.
    weight : ndarray of shape (n_boxes,)
    interval : Interval
    """
    shares = {
        name: np.array(
            [np.average(values[g.rows], weights=weight[g.rows]) for g in groups]
        )
        for name, values in matched.items()
    }
    known: dict[int, dict] = {}

    def figures_of(place: int) -> dict:
        if place not in known:
            rows = groups[place].rows
            known[place] = _intervals(
                {"matched": matched}, baseline, rows, index, weight, interval
            )["matched"]
        return known[place]

    found = {}
    for name, share in shares.items():
        worst = int(share.argmin())
        own = figures_of(worst)[name]
        entry = {key: own[key] for key in ("value", "low", "high")}
        entry["group"] = str(groups[worst]).strip()
        if name != baseline:
            # The same objects before and after: those served worst by either set.
            pair = int(np.minimum(share, shares[baseline]).argmin())
            gains = figures_of(pair)[name]
            entry |= {key: gains[key] for key in ("gain", "gain_low", "gain_high")}
            entry["gain_group"] = str(groups[pair]).strip()
            entry["gain_value"] = gains["value"]
        found[name] = entry
    return found


def find_falls(
    groups: list[Group],
    before: np.ndarray,
    after: np.ndarray,
    index: np.ndarray,
    weight: np.ndarray,
    confidence_level: float,
) -> list[Fall]:
    """Groups that lose matches for certain, although so many groups were looked at.

    Parameters
    ----------
    groups : list of Group
    before, after : ndarray of shape (n_boxes,)
        Whether each box is matched by the baseline, and by the other set.
    index : ndarray of shape (n_boxes,)
        Image of each box.
    weight : ndarray of shape (n_boxes,)
    confidence_level : float
        Of all groups together.
    """
    tail = (1 - confidence_level) / 2 / len(groups)
    factor = NormalDist().inv_cdf(1 - tail)
    weight = _near_one(weight)
    falls = []
    for group in groups:
        rows = group.rows
        image = np.unique(index[rows], return_inverse=True)[1]
        totals = np.bincount(image, weight[rows])
        old = float(np.average(before[rows], weights=weight[rows]))
        change = (after - before)[rows]
        mean = float(np.average(change, weights=weight[rows]))
        deviations = np.bincount(image, weight[rows] * (change - mean))
        n = len(totals)
        error = np.sqrt((deviations**2).sum() * n / max(n - 1, 1)) / totals.sum()
        if mean + factor * error < 0 and -mean >= _WORTH_A_WORD * old:
            falls.append(Fall(group, old, old + mean))
    return sorted(falls, key=lambda fall: fall.after / fall.before)


def _near_one(weight: np.ndarray) -> np.ndarray:
    """Weights whose squares neither overflow nor vanish; only exponents change."""
    return np.ldexp(weight, -int(np.frexp(weight.max())[1]))
