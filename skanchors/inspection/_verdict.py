"""The words of a comparison: replace or keep, with the figures, and why."""

from skanchors.inspection._criteria import Fall
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


def verdict(
    best: str,
    baseline: str,
    figures: dict,
    falls: list[Fall],
    *,
    level: float,
    min_gain: float,
    equal: bool,
    has_form: bool = True,
) -> str:
    """One or two sentences.

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
    has_form : bool, default=True
        Whether the detector holds a form, which can be fitted for matches; free anchors
        cannot.
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
    word = "rises" if entry["gain"] >= 0 else "falls"
    if low > least:
        losses = _losses(figures, falls, best, has_form)
        gain = f"the {named} {word} by {abs(entry['gain']):.4f} ({numbers}"
        if losses:
            return f"Keep {baseline}: with {best} {gain}, but {losses}"
        also = _also(figures, best, rises=True)
        return f"Replace {baseline} by {best}: {gain}.{also}"
    if high < 0:
        reason = "which is worse"
    elif high <= least:
        reason = f"not the gain of {least:.2g} that is worth a change"
    else:
        reason = (
            f"which does not make sure of the gain of {least:.2g} that is worth a "
            "change; more images could"
        )
    losses = _losses(figures, falls, best, has_form, skip=first)
    after = f" Besides, {losses}" if losses else _also(figures, best, rises=True)
    return (
        f"Keep {baseline}: {best} would change the {named} by {entry['gain']:+.4f} "
        f"({numbers}, {reason}.{after}"
    )


def _losses(
    figures: dict, falls: list[Fall], name: str, has_form: bool, skip: str = ""
) -> str:
    """What gets worse, and what may help.

    Parameters
    ----------
    figures : dict
        By criterion and set.
    falls : list of Fall
    name : str
        The set that is spoken of.
    has_form : bool
        Whether the detector holds a form.
    skip : str, default=""
        A criterion of which enough was said.
    """
    parts, remedies = [], []
    for fall in falls[:_FEWEST_WORDS]:
        parts.append(
            f"{fall.group.objects} lose {_fraction(fall)} of their matches "
            f"({fall.before:.3f} to {fall.after:.3f})"
        )
        if fall.group.kind:
            remedies.append(f"balance={fall.group.kind!r}")
    if len(falls) > _FEWEST_WORDS:
        parts.append(f"{len(falls) - _FEWEST_WORDS} more groups lose matches")
    for criterion in fallen(figures, name):
        if criterion == skip or (criterion == "worst_group" and falls):
            continue
        entry = figures[criterion][name]
        change = f"{entry['value'] - entry['gain']:.3f} to {entry['value']:.3f}"
        named = CRITERIA[criterion]
        if criterion == "worst_group":
            named = f"matched share of {entry['gain_group']}"
            change = f"by {-entry['gain']:.3f}"
        word = "rises" if criterion in _LOWER_IS_BETTER else "falls"
        parts.append(f"the {named} {word} ({change})")
    if not parts:
        return ""
    remedies = list(dict.fromkeys(remedies))
    if "mean_iou" in figures and has_form:
        remedies.append("objective='matched'")
    advice = f"; {' or '.join(remedies)} may serve both" if remedies else ""
    return f"{', and '.join(parts)}{advice}."


def _fraction(fall: Fall) -> str:
    lost = 1 - fall.after / fall.before
    for bound, words in ((0.97, "all"), (0.6, f"{lost:.0%}"), (0.45, "half")):
        if lost >= bound:
            return words
    return "a third" if 0.28 <= lost <= 0.38 else f"{lost:.0%}"


def _also(figures: dict, name: str, *, rises: bool) -> str:
    """Other criteria that change for the better beyond chance."""
    first = next(iter(figures))
    parts = []
    for criterion, of_sets in figures.items():
        entry = of_sets[name]
        if criterion == first or gains_for_good(entry, criterion)[0] <= 0:
            continue
        named = CRITERIA[criterion]
        if criterion == "worst_group":
            named = f"matched share of {entry['gain_group']}"
        word = "falls" if criterion in _LOWER_IS_BETTER else "rises"
        parts.append(f"the {named} {word} by {abs(entry['gain']):.3f}")
    return f" In training, {', and '.join(parts)}." if parts else ""
