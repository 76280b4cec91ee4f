"""What ``skanchors fit`` prints of free anchors."""

import argparse
from typing import Any

import numpy as np

from skanchors._tables import Columns, count_text, counted, percent, text_table, wrapped
from skanchors.cli._common import unit_of
from skanchors.cli._detector import asked_for
from skanchors.cli._fit_boxes import FitBoxes
from skanchors.inspection._anchor_rows import anchor_rows
from skanchors.inspection._report_parts import iou_shares
from skanchors.metrics import best_possible_recall_score
from skanchors.metrics._nearest import nearest_anchor


def as_dict(
    args: argparse.Namespace, boxes: FitBoxes, model: Any, certificate: Any
) -> dict[str, Any]:
    """All that is known of a fit.

    Parameters
    ----------
    args : Namespace
    boxes : FitBoxes
    model : IoUKMeans
    certificate : Certificate or None
    """
    anchors = model.cluster_centers_
    rows = anchor_rows(anchors, model.labels_, weight=boxes.weight)
    recall = _recall(boxes, anchors)
    result = {
        "n_files": boxes.n_files,
        "n_boxes": boxes.n_boxes,
        "n_dropped": boxes.n_dropped,
        "scaling": args.scaling,
        "input_size": args.input_size,
        "anchors": anchors.tolist(),
        "aspect_ratios": [row["aspect_ratio"] for row in rows],
        "n_served": [row["n_boxes"] for row in rows],
        "mean_iou": model.score(boxes.sizes, sample_weight=boxes.weight),
        **_shares(boxes, anchors),
        "best_possible_recall": recall[4],
        "best_possible_recall_at_2": recall[2],
        "fitted_on": boxes.fitted_on,
    }
    if certificate is not None:
        result["certificate"] = certificate.to_dict()
    return result


def as_text(args: argparse.Namespace, boxes: FitBoxes, model: Any) -> str:
    """The anchors as a table, and how good they are."""
    anchors = model.cluster_centers_
    in_pixels = args.input_size is not None or args.scaling == "pixels"
    rows = [
        row | dict(zip(("width", "height"), row["sides"], strict=True))
        for row in anchor_rows(anchors, model.labels_, weight=boxes.weight)
    ]
    side = "{:.1f}" if in_pixels else "{:.4f}"
    columns: Columns = {
        "anchor": ("anchor", "{}"),
        "width": ("width", side),
        "height": ("height", side),
        "aspect_ratio": ("w/h", "{:.2f}"),
        "n_boxes": ("boxes", count_text),
    }
    recall = _recall(boxes, anchors)
    mean_iou = model.score(boxes.sizes, sample_weight=boxes.weight)
    pair = "{:.0f},{:.0f}" if in_pixels else "{:.4f},{:.4f}"
    pairs = "  ".join(pair.format(*anchor) for anchor in anchors)
    ratios = sorted(row["aspect_ratio"] for row in rows)
    lines = [
        wrapped(
            f"{counted(boxes.n_boxes, 'box')} of {counted(boxes.n_files, 'file')}, "
            f"{unit_of(args)}{asked_for(args)}"
        ),
        "",
        text_table(rows, columns),
        "",
        wrapped(f"anchors (w,h)         {pairs}"),
        wrapped(f"aspect ratios sorted  {'  '.join(f'{r:.2f}' for r in ratios)}"),
        f"mean IoU              {mean_iou:.4f}",
        *(
            f"IoU >= {name.rpartition('_')[2]}            {percent(share)}"
            for name, share in _shares(boxes, anchors).items()
        ),
        f"best possible recall  {recall[4]:.4f} within a factor of 4, {recall[2]:.4f} "
        "of 2",
    ]
    return "\n".join(lines)


def _shares(boxes: FitBoxes, anchors: np.ndarray) -> dict[str, float]:
    """Shares of the boxes whose best IoU is 0.5 or more, and 0.7 or more."""
    return iou_shares(1 - nearest_anchor(boxes.sizes, anchors)[1], boxes.weight)


def _recall(boxes: FitBoxes, anchors: np.ndarray) -> dict[int, float]:
    """Best possible recall within two factors; within 4 it is near 1 nearly always."""
    return {
        factor: best_possible_recall_score(
            boxes.sizes, anchors, threshold=factor, sample_weight=boxes.weight
        )
        for factor in (2, 4)
    }
