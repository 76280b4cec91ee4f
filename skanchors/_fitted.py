"""What a fitted estimator, Pipeline or search holds: the boxes, anchors and labels."""

from typing import Any

import numpy as np


def unwrap(estimator: Any, X: Any) -> tuple[Any, Any]:
    """The estimator that holds the anchors, and `X` as that estimator sees it.

    A search stands for its best estimator. A Pipeline's steps before the last turn
    `X` (paths, for instance) into boxes.
    """
    if hasattr(estimator, "best_estimator_"):
        return unwrap(estimator.best_estimator_, X)
    if hasattr(estimator, "steps"):
        if len(estimator.steps) > 1:
            X = estimator[:-1].transform(X)
        return unwrap(estimator[-1], X)
    return estimator, X


def last_step(estimator: Any) -> Any:
    """The estimator that holds the anchors."""
    if hasattr(estimator, "best_estimator_"):
        return last_step(estimator.best_estimator_)
    return last_step(estimator[-1]) if hasattr(estimator, "steps") else estimator


def anchors_of(estimator: Any) -> np.ndarray:
    """The anchors of a fitted estimator, Pipeline or search.

    Raises
    ------
    TypeError
        If there are none.
    """
    model = last_step(estimator)
    anchors = getattr(model, "cluster_centers_", None)
    if anchors is None:
        raise TypeError(
            f"{type(model).__name__} has no anchors (cluster_centers_): pass a fitted "
            "IoUKMeans, a Pipeline that ends in one, or a search over one."
        )
    return anchors


def boxes_and_anchors(estimator: Any, X: Any) -> tuple[np.ndarray, np.ndarray]:
    """Boxes that `X` stands for, and the anchors of the fitted `estimator`.

    Raises
    ------
    TypeError
        If the estimator, or the last step of the Pipeline, has no anchors.
    """
    model, boxes = unwrap(estimator, X)
    return boxes, anchors_of(model)


def boxes_and_labels(estimator: Any, X: Any) -> tuple[np.ndarray, np.ndarray]:
    """Boxes that `X` stands for, and their clusters by the fitted `estimator`."""
    model, boxes = unwrap(estimator, X)
    return boxes, model.predict(boxes)
