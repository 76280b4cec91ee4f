"""What ``skanchors select`` prints."""

import argparse
from typing import Any

from skanchors._tables import Columns, counted, text_table, wrapped
from skanchors.model_selection._choice import COLUMNS, with_intervals

_COLUMNS: Columns = {**COLUMNS, "stability": ("stability", "{:.4f}")}


def select_text(choice: Any, content: dict[str, Any], args: argparse.Namespace) -> str:
    """The scores, what each rule chooses, and the anchors.

    Parameters
    ----------
    choice : ClusterCountChoice
    content : dict
        As for JSON.
    args : Namespace
    """
    rows = with_intervals(content["scores"])
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
