"""The comparison of two sets in a table with a line for each criterion."""

import re
from typing import Any

from skanchors._tables import counted, name_text, text_table, wrapped
from skanchors.inspection._groups import ALL_OBJECTS, LEAST_IMAGES, LEAST_OBJECTS
from skanchors.inspection._verdict import figure

_NAMES = {
    "mean_iou": "mean IoU",
    "matched": "matched share",
    "positives": "positives an object",
    "forced": "forced only, lower is better",
}


# Arguments of a fit that verdicts advise.
_ADVICE = re.compile(r"\b(balance|objective)='(\w+)'")


def with_options(text: str) -> str:
    """What to fit with as options of the shell, not as arguments in Python."""
    return _ADVICE.sub(r"--\1 \2", text)


def in_shell(text: str) -> str:
    """The same in lines of whole words."""
    return wrapped(with_options(text))


def verdict_text(comparison: Any) -> str:
    """What speaks for which set, and the verdict; for one set against the baseline."""
    baseline = comparison.baseline
    (other,) = (name for name in comparison.names if name != baseline)
    columns: Any = {
        "criterion": ("criterion", str),
        "before": ("defaults", str),
        "after": (other, str),
        "gain": ("change", str),
        "interval": (f"{comparison.confidence_level * 100:g} % interval", str),
    }
    rows = [
        _row(key, of_sets[other])
        for key, of_sets in comparison.criteria.items()
        # Many rules force nothing, whatever the anchors.
        if key != "forced" or any(entry["value"] for entry in of_sets.values())
        if of_sets[other].get("gain_group") != ALL_OBJECTS
    ]
    lines = [text_table(rows, columns)]
    worst = comparison.criteria.get("worst_group", {})
    if worst:
        groups = list(dict.fromkeys(worst[name]["group"] for name in (baseline, other)))
        served = name_text(groups[0])
        if len(groups) > 1:
            served = ", ".join(
                f"{name_text(worst[name]['group'])} ({worst[name]['value']:.3f}) by "
                f"{which}"
                for name, which in ((baseline, "the defaults"), (other, other))
            )
        elif served == ALL_OBJECTS:
            least = f"{LEAST_OBJECTS} objects in {LEAST_IMAGES} images"
            served = f"not known, since no class or size has {least} or more"
        lines.append(wrapped(f"worst group: {served}"))
    judged = (
        f"{counted(comparison.n_boxes, 'box')} of "
        f"{counted(comparison.n_images, 'image')}"
    )
    lines += ["", in_shell(comparison.verdict), wrapped(f"Judged on {judged}.")]
    return "\n".join(lines)


def _row(criterion: str, entry: dict) -> dict:
    """One criterion before and after; of the worst group the same objects in both."""
    named, after = _NAMES.get(criterion, criterion), entry["value"]
    if criterion == "worst_group":
        named, after = (
            f"worst group, {name_text(entry['gain_group'])}",
            entry["gain_value"],
        )
    low, high = (
        figure(entry[key], criterion, signed=True) for key in ("gain_low", "gain_high")
    )
    return {
        "criterion": named,
        "before": figure(after - entry["gain"], criterion),
        "after": figure(after, criterion),
        "gain": figure(entry["gain"], criterion, signed=True),
        "interval": f"{low} to {high}",
    }
