"""Anchors however they come: an estimator, a set of a detector, sizes, or a name."""

import importlib
import os
from typing import Any

import numpy as np
from sklearn.exceptions import NotFittedError

from skanchors._array_api import to_numpy
from skanchors._boxes import is_table
from skanchors._fitted import anchors_of, last_step
from skanchors._regular import read_regular
from skanchors._tables import excerpt, scaling_text


def looked_up(anchors: Any) -> Any:
    """The published set of a name, or the set that a file holds; all else as it is.

    The room that holds them is loaded when somebody asks, by name, so that rooms beside
    it take names too.
    """
    if not isinstance(anchors, str | os.PathLike):
        return anchors
    export = importlib.import_module("skanchors.export")
    path = os.fspath(anchors)
    if path in export.default_anchor_names() or not os.path.isfile(path):
        if isinstance(anchors, os.PathLike):
            raise FileNotFoundError(f"There is no file {path} with anchors.")
        return export.default_anchors(anchors)
    try:
        return export.parse_anchors(read_regular(path))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def holder_of(anchors: Any) -> Any:
    """The set behind a name, an estimator or a fit for a detector, if it has one.

    Returns
    -------
    object
        What was given where there is no such set.
    """
    anchors = looked_up(anchors)
    model = last_step(anchors) if _is_estimator(anchors) else anchors
    found = getattr(model, "anchor_set_", None)
    return anchors if found is None else found


def as_anchors(anchors: Any, *, name: str = "anchors") -> Any:
    """The sizes of anchors, whatever holds them.

    Parameters
    ----------
    anchors : estimator, AnchorSet, array-like of shape (n_anchors, n_sides) or str
        A fitted estimator, Pipeline or search with ``cluster_centers_``; anything with
        ``anchors``, or with an ``anchor_set_`` of that kind; sizes; the name of a
        published set; or a file in a style that `parse_anchors` knows.
    name : str, default="anchors"
        What messages call them.

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
    ValueError
        If no published set has this name.
    """
    anchors = looked_up(anchors)
    if hasattr(anchors, "anchor_set_") and not hasattr(anchors, "cluster_centers_"):
        anchors = anchors.anchor_set_
    if _is_estimator(anchors):
        _check_fitted(anchors, name)
        return np.asarray(anchors_of(anchors))
    if hasattr(anchors, "anchors"):
        anchors = anchors.anchors
    if not isinstance(anchors, dict | type):
        try:
            # Of arrays of other libraries, `check_boxes` takes care.
            if hasattr(anchors, "shape") or np.asarray(anchors, dtype=float).ndim:
                return anchors
        except ValueError:  # rows of several lengths, or texts: it says so, too
            return anchors
        except TypeError:
            pass
    raise TypeError(
        f"{name} must be sizes of shape (n_anchors, n_sides), a fitted estimator, an "
        f"AnchorSet, or the name of a published set; got {type(anchors).__name__} "
        f"{excerpt(repr(anchors))}."
    )


def anchors_for(anchors: Any, X: Any, *, name: str = "anchors") -> Any:
    """Sizes of anchors in the unit of the boxes, however the anchors come.

    A published set, or an AnchorSet, is in pixels of the network's input; where the
    boxes are fractions of the image it is divided by the size of that input.

    Parameters
    ----------
    anchors : anchors in any form, see `as_anchors`
    X : array-like of shape (n_boxes, n_sides) or AnnotationTable
        A table stands for fractions of its images.
    name : str, default="anchors"
        What messages call the anchors.

    Returns
    -------
    ndarray of shape (n_anchors, n_sides)

    Raises
    ------
    TypeError, ValueError
        If the anchors are pixels, and nothing says how boxes become pixels: neither a
        table, nor a set for an input of no fixed size.
    """
    anchors = looked_up(anchors)
    sizes = as_anchors(anchors, name=name)
    if not (_largest(sizes) > 1 and (is_table(X) or _largest(X) <= 1)):
        return sizes
    # NumPy's arrays have strides as well.
    if isinstance(anchors, np.ndarray) or getattr(anchors, "strides", None) is None:
        if is_table(X):
            raise TypeError(
                f"{name} has sides above 1, so these are pixels, and how a detector "
                "scales the images is not in a table of annotations. Pass "
                "table.sizes('letterbox', 640), or whatever the detector does."
            )
        return sizes
    if anchors.input_size is None:
        raise ValueError(
            f"X holds fractions of the image, but {anchors.name or name} is in pixels "
            "of an input of no fixed size. Pass boxes in pixels of the input, such as "
            "table.sizes('shortest_edge', (800, 1333))."
        )
    return np.asarray(sizes) / anchors.input_size


def scaling_of(anchors: Any) -> tuple[str, Any] | None:
    """How the detector of these anchors scales images, and to what.

    Returns
    -------
    scaling : str
    input_size : (int, int)
    None
        If these are the anchors of no detector that is known by name.
    """
    anchors = looked_up(anchors)
    found = getattr(anchors, "detector_", None)
    if found is not None:
        return found.scaling, found.input_size
    # Arrays have no name, estimators may have any.
    name = getattr(anchors, "name", None) if hasattr(anchors, "input_size") else None
    if not isinstance(name, str):
        return None
    detectors = importlib.import_module("skanchors.detectors")
    # Some sets are of another size of a detector, such as yolov5-p7.
    near = [known for known in detectors.detector_names() if name.startswith(known)]
    if not near:
        return None
    row = detectors.get_detector(max(near, key=len))
    return row.scaling, anchors.input_size or row.input_size


def in_words(scaling: tuple[str, Any] | None) -> str:
    """How the boxes of a table were scaled, from what `scaling_of` says."""
    if scaling is None:
        return "as fractions of the images, as if stretched"
    return f"scaled by {scaling_text(*scaling)}"


def meet(X: Any, anchors: Any, *, name: str = "anchors") -> tuple[Any, Any]:
    """Boxes and anchors in one unit, however both come.

    A table is scaled as the detector of the anchors scales images, where that is known;
    else it stands for fractions of its images.

    Parameters
    ----------
    X : array-like of shape (n_boxes, n_sides) or AnnotationTable
    anchors : anchors in any form, see `as_anchors`
    name : str, default="anchors"
        What messages call the anchors.

    Returns
    -------
    X : array-like of shape (n_boxes, n_sides) or AnnotationTable
    anchors : array-like of shape (n_anchors, n_sides)
    """
    anchors = looked_up(anchors)
    scaling = scaling_of(anchors) if is_table(X) else None
    if scaling is None:
        return X, anchors_for(anchors, X, name=name)
    return X.sizes(*scaling), as_anchors(anchors, name=name)


def _largest(sizes: Any) -> float:
    """The largest side; fractions of an image have none above 1."""
    try:
        return float(np.max(np.asarray(to_numpy(sizes), dtype=float), initial=0))
    except (TypeError, ValueError, RuntimeError):
        return np.nan  # whoever checks them says what is wrong


def _is_estimator(anchors: Any) -> bool:
    has_steps = hasattr(anchors, "fit") or hasattr(anchors, "steps")
    return has_steps and not isinstance(anchors, type)


def _check_fitted(estimator: Any, name: str) -> None:
    searched = hasattr(estimator, "estimator") and not hasattr(
        estimator, "best_estimator_"
    )
    model = last_step(estimator)
    fitted = any(key.endswith("_") and key[0] != "_" for key in vars(model))
    if searched or not fitted:
        raise NotFittedError(
            f"{name} is a {type(estimator).__name__} that has no anchors "
            "yet: call its fit first" + (", with refit=True." if searched else ".")
        )
