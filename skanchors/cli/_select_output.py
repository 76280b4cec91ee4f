"""What ``skanchors select`` prints."""

import argparse
from typing import Any

from skanchors._tables import Columns, counted, percent, text_table, wrapped

_COLUMNS: Columns = {
    "n_clusters": ("k", "{}"),
    "held_out": ("held out", "{:.4f}"),
    "fitted": ("fitted", "{:.4f}"),
    "matched": ("IoU >= 0.5", percent),
    "gain": ("gain", "{:+.4f}"),
    "interval": ("95 % interval", "{}"),
    "stability": ("stability", "{:.4f}"),
}


def select_text(choice: Any, content: dict[str, Any], args: argparse.Namespace) -> str:
    """The scores, what each rule chooses, and the anchors.

    Parameters
    ----------
    choice : ClusterCountChoice
    content : dict
        As for JSON.
    args : Namespace
    """
    rows = []
    for row in content["scores"]:
        shown = dict(row)
        if "gain" in row:
            low, high = row["gain_low"], row["gain_high"]
            shown["interval"] = f"{low:+.4f} to {high:+.4f}"
        rows.append(shown)
    lines = [text_table(rows, _COLUMNS), ""]
    for rule, k in content["choices"].items():
        mark = "  <- taken" if rule == content["rule"] else ""
        lines.append(f"{rule:<10}  {k}{mark}")
    if content["rule"] == "gain" and len(rows) > 1:
        lines += [
            "",
            wrapped(f"{counted(content['n_clusters'], 'anchor')}: {choice.rule}."),
        ]
    if content["at_end"]:
        lines.append(
            wrapped("That is the end of the range: search more anchors to know.")
        )
    form = "{:.0f},{:.0f}" if content["input_size"] is not None else "{:.4f},{:.4f}"
    anchors = "  ".join(form.format(*anchor) for anchor in content["anchors"])
    lines += [
        "",
        wrapped(
            f"Mean IoU {content['mean_iou']:.4f} on the boxes fitted to, "
            f"{content['mean_iou_held_out']:.4f} on images held out, with {anchors}"
        ),
    ]
    if args.plot:
        lines.append(f"picture: {args.plot}")
    return "\n".join(lines)
