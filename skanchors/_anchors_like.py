"""Anchors however they come: an estimator, a set of a detector, sizes, or a name."""

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.exceptions import NotFittedError

from skanchors._fitted import anchors_of, last_step


def as_anchors(
    anchors: Any,
    *,
    name: str = "anchors",
    published: Callable[[str], Any] | None = None,
) -> np.ndarray:
    """The sizes of anchors, whatever holds them.

    Parameters
    ----------
    anchors : estimator, AnchorSet, array-like of shape (n_anchors, n_sides) or str
        A fitted estimator, Pipeline or search with ``cluster_centers_``; anything with
        ``anchors``, or with an ``anchor_set_`` of that kind; sizes; or, where
        `published` is given, the name of a published set.
    name : str, default="anchors"
        What messages call them.
    published : callable, default=None
        Takes a name and returns the published set. Rooms that may import
        `skanchors.export` pass its `default_anchors`.

    Returns
    -------
    ndarray of shape (n_anchors, n_sides)
        As they are: whether the sizes are valid is left to `check_boxes`.

    Raises
    ------
    NotFittedError
        If an estimator has not been fitted.
    TypeError
        If these are no anchors at all.
    """
    if isinstance(anchors, str) and published is not None:
        anchors = published(anchors)
    if hasattr(anchors, "anchor_set_") and not hasattr(anchors, "cluster_centers_"):
        anchors = anchors.anchor_set_
    if hasattr(anchors, "fit") and not isinstance(anchors, type):
        _check_fitted(anchors, name)
        return np.asarray(anchors_of(anchors))
    if hasattr(anchors, "anchors"):
        anchors = anchors.anchors
    if not isinstance(anchors, str | dict | type):
        try:
            # Of arrays of other libraries, `check_boxes` takes care.
            if hasattr(anchors, "shape") or np.asarray(anchors, dtype=float).ndim:
                return anchors
        except ValueError:  # rows of several lengths, or texts: it says so, too
            return anchors
        except TypeError:
            pass
    wanted = "sizes of shape (n_anchors, n_sides), a fitted estimator, an AnchorSet"
    if published is not None:
        wanted += ", or the name of a published set"
    raise TypeError(f"{name} must be {wanted}; got {_described(anchors)}.")


def _check_fitted(estimator: Any, name: str) -> None:
    searched = hasattr(estimator, "estimator") and not hasattr(
        estimator, "best_estimator_"
    )
    model = last_step(estimator)
    fitted = any(key.endswith("_") and key[0] != "_" for key in vars(model))
    if searched or not fitted:
        raise NotFittedError(
            f"{name} is a {type(estimator).__name__} that has no anchors yet: call its "
            "fit first" + (", with refit=True." if searched else ".")
        )


def _described(value: Any) -> str:
    text = repr(value)
    if len(text) > 80:
        text = text[:77] + "..."
    return f"{type(value).__name__} {text}"
