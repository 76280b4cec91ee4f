"""The comparison of two sets in a table with a line for each criterion."""

from typing import Any

from skanchors._tables import text_table, wrapped

_NAMES = {
    "mean_iou": "mean IoU",
    "matched": "matched share",
    "positives": "positives an object",
    "forced": "forced only, lower is better",
    "worst_group": "matched share of the worst group",
}


def verdict_text(comparison: Any) -> str:
    """What speaks for which set, and the verdict; for one set against the baseline."""
    baseline = comparison.baseline
    (other,) = (name for name in comparison.names if name != baseline)
    rows = []
    for key, of_sets in comparison.criteria.items():
        row = of_sets[other]
        rows.append(
            {
                "criterion": _NAMES.get(key, key),
                "before": of_sets[baseline]["value"],
                "after": row["value"],
                "gain": row["gain"],
                "interval": f"{row['gain_low']:+.3f} to {row['gain_high']:+.3f}",
            }
        )
    columns: Any = {
        "criterion": ("criterion", str),
        "before": ("defaults", "{:.3f}"),
        "after": (other, "{:.3f}"),
        "gain": ("change", "{:+.3f}"),
        "interval": (f"{comparison.confidence_level * 100:g} % interval", str),
    }
    lines = [text_table(rows, columns)]
    worst = comparison.criteria.get("worst_group", {})
    if worst:
        named = worst[baseline].get("group"), worst[other].get("group")
        who = named[0] if named[0] == named[1] else f"{named[0]}, then {named[1]}"
        lines.append(f"worst group: {who}")
    judged = f"{comparison.n_boxes:,} boxes of {comparison.n_images:,} images"
    lines += ["", wrapped(comparison.verdict), wrapped(f"Judged on {judged}.")]
    return "\n".join(lines)
