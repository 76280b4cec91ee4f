"""What is logged of fitted anchors and of the boxes they serve."""

import io

import numpy as np

from skanchors._boxes import check_boxes, check_weight
from skanchors._optional import require
from skanchors.callbacks._graph import plain
from skanchors.inspection import AnchorClustersDisplay
from skanchors.metrics import best_possible_recall_score
from skanchors.metrics._nearest import nearest_anchor

_SIDES = ("width", "height", "depth")


def log_anchors(file, model, X, sample_weight, *, session):
    """Write text, pictures, histograms and scores.

    Parameters
    ----------
    file : EventFile
    model : estimator
        Fitted, with `cluster_centers_` and `mean_iou_`.
    X : array-like of shape (n_boxes, n_sides)
    sample_weight : array-like of shape (n_boxes,) or None
    session : str or None
        What the hyperparameters' page calls this fit; None leaves it out there.
    """
    X = check_boxes(X, dtype=np.float64)
    weight = check_weight(sample_weight, X)
    anchors = check_boxes(model.cluster_centers_, dtype=np.float64)
    labels, distance = nearest_anchor(X, anchors)
    sides = side_names(X.shape[1])

    file.text("anchors", anchors_table(anchors, labels, 1 - distance, weight))
    file.histogram("best_iou", 1 - distance, weight)
    for side, sizes in zip(sides, X.T, strict=True):
        file.histogram(f"box_size/{side}", sizes, weight)
    if len(sides) == 2:
        file.image("clusters", *clusters_picture(X, anchors, labels))

    if session is not None:
        params = {name: plain(value) for name, value in model.get_params().items()}
        file.hyperparameters(params, session)
    recall = best_possible_recall_score(X, anchors, sample_weight=weight)
    file.scalar("final/train_mean_iou", model.mean_iou_, len(anchors))
    file.scalar("final/train_best_possible_recall", recall, len(anchors))
    if session is not None:
        file.end_session()


def side_names(n_sides):
    """Names of the columns of boxes."""
    if n_sides > len(_SIDES):
        return [f"side_{i}" for i in range(n_sides)]
    return list(_SIDES[:n_sides])


def anchors_table(anchors, labels, iou, sample_weight):
    """Anchors, their share of the boxes, and how well they serve them, in Markdown."""
    count = np.bincount(labels, sample_weight, minlength=len(anchors))
    total = iou if sample_weight is None else iou * sample_weight
    served = np.bincount(labels, total, minlength=len(anchors))
    header = ["anchor", *side_names(anchors.shape[1]), "share of boxes", "mean IoU"]
    lines = ["| " + " | ".join(header) + " |", "|" + " ---: |" * len(header)]
    for i, anchor in enumerate(anchors):
        mean = f"{served[i] / count[i]:.4f}" if count[i] > 0 else "none"
        cells = [
            str(i),
            *(f"{side:.4g}" for side in anchor),
            f"{count[i] / count.sum():.1%}",
            mean,
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def clusters_picture(X, anchors, labels):
    """Boxes by cluster as the bytes of a PNG file, its width and its height.

    Drawn without pyplot, which is neither for threads nor for worker processes.
    """
    figure = require("matplotlib.figure", extra="tensorboard").Figure(
        figsize=(7.4, 5.2), dpi=100, layout="constrained"
    )
    AnchorClustersDisplay.from_boxes(X, anchors, labels=labels, ax=figure.subplots())
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    width, height = figure.get_size_inches() * figure.dpi
    return buffer.getvalue(), int(width), int(height)
