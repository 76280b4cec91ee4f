"""The words of a comparison: replace or keep, with the figures, and why."""

from collections.abc import Sequence

from skanchors.inspection._criteria import Fall
from skanchors.inspection._groups import ALL_OBJECTS, objects_of
from skanchors.inspection._judged import CRITERIA

# More of these is worse.
_LOWER_IS_BETTER = {"forced"}
_FEWEST_WORDS = 3


def gains_for_good(entry: dict, criterion: str) -> tuple[float, float]:
    """Interval of a gain, the other way round where less is better."""
    low, high = entry["gain_low"], entry["gain_high"]
    return (-high, -low) if criterion in _LOWER_IS_BETTER else (low, high)


def worth(criterion: str, entry: dict, min_gain: float) -> float:
    """The least gain that is worth a change; of counts, a share of what they were."""
    if criterion != "positives":
        return min_gain
    return min_gain * (entry["value"] - entry["gain"])


def fallen(figures: dict, name: str) -> list[str]:
    """The criteria by which a set is worse than the baseline beyond chance."""
    return [
        criterion
        for criterion, of_sets in figures.items()
        if gains_for_good(of_sets[name], criterion)[1] < 0
    ]


def may_replace(figures: dict, falls: list[Fall], name: str, min_gain: float) -> bool:
    """Whether the first criterion gains enough for sure, and none falls."""
    first = next(iter(figures))
    entry = figures[first][name]
    gains = gains_for_good(entry, first)[0] > worth(first, entry, min_gain)
    return gains and not fallen(figures, name) and not falls


def advice_on(
    figures: dict, falls: list[Fall], name: str, *, has_form: bool = True
) -> tuple[str, ...]:
    """Arguments of a fit that may serve those whom a set serves worse; none if nobody.

    Parameters
    ----------
    figures : dict
        By criterion and set.
    falls : list of Fall
    name : str
        The set that is spoken of.
    has_form : bool, default=True
        Whether the detector holds a form, which can be fitted for matches; free anchors
        cannot.
    """
    if not _losses(figures, falls, name):
        return ()
    groups = [str(fall.group) for fall in falls[:_FEWEST_WORDS]]
    if not falls and "worst_group" in fallen(figures, name):
        groups = [figures["worst_group"][name]["gain_group"]]
    kinds = dict.fromkeys(group.partition(" ")[0] for group in groups)
    found = [f"balance={kind!r}" for kind in kinds if kind in ("size", "class")]
    if "mean_iou" in figures and has_form:
        found.append("objective='matched'")
    return tuple(found)


def advice_text(advice: Sequence[str]) -> str:
    """The end of a verdict, with the space before it."""
    return f" A fit with {' or '.join(advice)} may serve both." if advice else ""


def verdict(
    best: str,
    baseline: str,
    figures: dict,
    falls: list[Fall],
    *,
    level: float,
    min_gain: float,
    equal: bool,
    advice: Sequence[str] = (),
) -> str:
    """One to three sentences.

    Parameters
    ----------
    best, baseline : str
        The sets that are compared.
    figures : dict
        By criterion and set, see `compare_values`; the first criterion decides.
    falls : list of Fall
        Groups that `best` serves worse.
    level : float
        Of the intervals.
    min_gain : float
    equal : bool
        Whether the two sets are one.
    advice : sequence of str, default=()
        See `advice_on`.
    """
    if equal:
        return (
            f"Keep {baseline}: {best} against {baseline} (equal sets), so that nothing "
            "would change."
        )
    first = next(iter(figures))
    entry = figures[first][best]
    low, high = gains_for_good(entry, first)
    least = worth(first, entry, min_gain)
    named = CRITERIA[first]
    numbers = (
        f"{level * 100:g} % interval {entry['gain_low']:+.4f} to "
        f"{entry['gain_high']:+.4f}), from {entry['value'] - entry['gain']:.4f} to "
        f"{entry['value']:.4f}"
    )
    losses = _joined(_losses(figures, falls, best))
    gains = _joined(_gains(figures, best))
    if low > least:
        word = "rises" if entry["gain"] >= 0 else "falls"
        change = f"the {named} {word} by {abs(entry['gain']):.4f} ({numbers}"
        if losses:
            end = advice_text(advice)
            return f"Keep {baseline}: with {best} {change}, but {losses}.{end}"
        also = f" In training, {gains}." if gains else ""
        return f"Replace {baseline} by {best}: {change}.{also}"
    if high < 0:
        reason = "which is worse"
    elif high <= least:
        reason = f"not the gain of {least:.2g} that is worth a change"
    else:
        reason = (
            f"which does not make sure of the gain of {least:.2g} that is worth a "
            "change; more images could"
        )
    after = ""
    if losses:
        while_gains = f", while {gains}" if gains else ""
        after = f" Besides, {losses}{while_gains}.{advice_text(advice)}"
    elif gains:
        after = f" In training, {gains}."
    return (
        f"Keep {baseline}: {best} would change the {named} by {entry['gain']:+.4f} "
        f"({numbers}, {reason}.{after}"
    )


def figure(value: float, criterion: str, *, signed: bool = False) -> str:
    """A share with three digits, or a count with three that say something.

    Examples
    --------
    >>> figure(0.0456, "matched"), figure(-1e-5, "matched", signed=True)
    ('0.046', '+0.000')
    >>> figure(9.8413, "positives"), figure(2031.1, "positives", signed=True)
    ('9.84', '+2,031')
    """
    digits = 3
    if criterion == "positives":
        digits = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    # No number is -0.000.
    value = round(value, digits) + 0.0
    return f"{value:+,.{digits}f}" if signed else f"{value:,.{digits}f}"


def _losses(figures: dict, falls: list[Fall], name: str) -> list[str]:
    """What gets worse beyond chance, but for the first criterion."""
    parts = [
        f"{len(fall.group.rows):,} {fall.group.objects} lose {_fraction(fall)} of "
        f"their matches ({fall.before:.3f} to {fall.after:.3f})"
        for fall in falls[:_FEWEST_WORDS]
    ]
    more = len(falls) - _FEWEST_WORDS
    if more > 0:
        parts.append(f"{more} more group{'s lose' if more > 1 else ' loses'} matches")
    first = next(iter(figures))
    said = {first, "worst_group"} if falls else {first}
    worse = (key for key in fallen(figures, name) if key not in said)
    return parts + [_change(figures, key, name) for key in worse]


def _gains(figures: dict, name: str) -> list[str]:
    """What gets better beyond chance, but for the first criterion."""
    first = next(iter(figures))
    return [
        _change(figures, criterion, name)
        for criterion, of_sets in figures.items()
        if criterion != first and gains_for_good(of_sets[name], criterion)[0] > 0
        # Of all objects the matched share speaks already.
        if of_sets[name].get("gain_group") != ALL_OBJECTS
    ]


def _change(figures: dict, criterion: str, name: str) -> str:
    entry = figures[criterion][name]
    named, after = CRITERIA[criterion], entry["value"]
    if criterion == "worst_group":
        named = f"matched share of {objects_of(entry['gain_group'])}"
        after = entry["gain_value"]
    word = "rises" if entry["gain"] >= 0 else "falls"
    before = figure(after - entry["gain"], criterion)
    return f"the {named} {word} from {before} to {figure(after, criterion)}"


def _joined(parts: list[str]) -> str:
    *others, last = parts or [""]
    return f"{', '.join(others)}, and {last}" if others else last


def _fraction(fall: Fall) -> str:
    lost = 1 - fall.after / fall.before
    for bound, words in ((0.97, "all"), (0.6, f"{lost * 100:.0f} %"), (0.45, "half")):
        if lost >= bound:
            return words
    return "a third" if 0.28 <= lost <= 0.38 else f"{lost * 100:.0f} %"
