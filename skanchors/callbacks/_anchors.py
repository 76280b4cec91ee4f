"""What is logged of fitted anchors and of the boxes they serve."""

import io
from typing import Any

import numpy as np

from skanchors._boxes import check_boxes, check_weight
from skanchors._optional import require
from skanchors.callbacks._graph import plain
from skanchors.inspection import AnchorClustersDisplay
from skanchors.inspection._anchor_rows import anchor_rows
from skanchors.metrics import best_possible_recall_score
from skanchors.metrics._nearest import nearest_anchor

_SIDES = ("width", "height", "depth")


def log_anchors(
    file: Any, model: Any, X: Any, sample_weight: Any, *, session: str | None
) -> None:
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
        file.image("clusters", *clusters_picture(X, anchors, labels, weight))

    if session is not None:
        params = {name: plain(value) for name, value in model.get_params().items()}
        file.hyperparameters(params, session)
    recall = best_possible_recall_score(X, anchors, sample_weight=weight)
    file.scalar("final/train_mean_iou", model.mean_iou_, len(anchors))
    file.scalar("final/train_best_possible_recall", recall, len(anchors))
    if session is not None:
        file.end_session()


def side_names(n_sides: int) -> list[str]:
    """Names of the columns of boxes."""
    if n_sides > len(_SIDES):
        return [f"side_{i}" for i in range(n_sides)]
    return list(_SIDES[:n_sides])


def anchors_table(
    anchors: np.ndarray,
    labels: np.ndarray,
    iou: np.ndarray,
    sample_weight: np.ndarray | None,
) -> str:
    """Anchors, their share of the boxes, and how well they serve them, in Markdown.

    Parameters are those of `anchor_rows`.
    """
    header = ["anchor", *side_names(anchors.shape[1]), "share of boxes", "mean IoU"]
    lines = ["| " + " | ".join(header) + " |", "|" + " ---: |" * len(header)]
    for row in anchor_rows(anchors, labels, iou, sample_weight):
        mean = row["mean_iou"]
        cells = [
            str(row["anchor"]),
            *(f"{side:.4g}" for side in row["sides"]),
            f"{row['share']:.1%}",
            "none" if mean is None else f"{mean:.4f}",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def clusters_picture(
    X: np.ndarray,
    anchors: np.ndarray,
    labels: np.ndarray,
    sample_weight: np.ndarray | None = None,
) -> tuple[bytes, int, int]:
    """Boxes by cluster as the bytes of a PNG file, its width and its height.

    Small and dense, as TensorBoard shows it small: so the legend can be read. Drawn
    without pyplot, which is neither for threads nor for worker processes.

    Parameters
    ----------
    X : ndarray of shape (n_boxes, n_sides)
    anchors : ndarray of shape (n_anchors, n_sides)
    labels : ndarray of shape (n_boxes,)
    sample_weight : ndarray of shape (n_boxes,) or None
    """
    figure = require("matplotlib.figure", extra="tensorboard").Figure(
        figsize=(5.92, 4.16), dpi=125, layout="constrained"
    )
    AnchorClustersDisplay.from_boxes(
        X,
        anchors,
        labels=labels,
        sample_weight=sample_weight,
        ax=figure.subplots(),
    )
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    width, height = figure.get_size_inches() * figure.dpi
    return buffer.getvalue(), int(width), int(height)
