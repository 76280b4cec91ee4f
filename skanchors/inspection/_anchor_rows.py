"""What each anchor serves: the table of reports, of the shell and of TensorBoard."""

import numpy as np

from skanchors.inspection._best import total_weight


def anchor_rows(
    anchors: np.ndarray,
    labels: np.ndarray,
    iou: np.ndarray | None = None,
    weight: np.ndarray | None = None,
) -> list[dict]:
    """One row an anchor.

    Parameters
    ----------
    anchors : ndarray of shape (n_anchors, n_sides)
    labels : ndarray of shape (n_boxes,)
        Anchor of each box.
    iou : ndarray of shape (n_boxes,), default=None
        IoU of each box with it; None leaves ``mean_iou`` out.
    weight : ndarray of shape (n_boxes,), default=None
        None gives each box the weight 1.

    Returns
    -------
    list of dict
        ``anchor``, ``sides``, ``n_boxes`` (the sum of weights), ``share``,
        ``mean_iou`` (None without boxes) and, of two sides, ``aspect_ratio`` w/h.
    """
    n_anchors = len(anchors)
    counts = np.bincount(labels, weight, minlength=n_anchors).tolist()
    if iou is not None:
        served = iou if weight is None else iou * weight
        sums = np.bincount(labels, served, minlength=n_anchors).tolist()
    total = total_weight(weight, len(labels))
    rows = []
    for i, size in enumerate(np.asarray(anchors, dtype=float).tolist()):
        count = int(counts[i]) if float(counts[i]).is_integer() else counts[i]
        row = {
            "anchor": i,
            "sides": size,
            "n_boxes": count,
            "share": count / total,
        }
        if iou is not None:
            row["mean_iou"] = sums[i] / count if count else None
        if len(size) == 2:
            row["aspect_ratio"] = size[0] / size[1] if size[1] else None
        rows.append(row)
    return rows
