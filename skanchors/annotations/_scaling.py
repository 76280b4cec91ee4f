"""From boxes in an image to boxes as the network sees them."""

from typing import Any

import numpy as np

from skanchors._checks import check_choice, check_pair_of_counts
from skanchors._tables import counted


def check_scaling(scaling: str, input_size: Any) -> np.ndarray | None:
    """Validate the scaling and the network's input size.

    Returns
    -------
    ndarray of shape (2,) or None
        Width and height of the input; for "shortest_edge" the shortest and the longest
        side.
    """
    check_choice(scaling, sorted(_SCALERS), name="scaling")
    if scaling == "shortest_edge":
        return _check_edges(input_size)
    if input_size is None:
        return None
    if scaling == "pixels":
        raise ValueError(
            "scaling='pixels' leaves the sizes alone, so input_size has no meaning; "
            "pass scaling='stretch' or 'letterbox', or input_size=None."
        )
    pair = check_pair_of_counts(input_size, name="input_size")
    return np.array(pair, dtype=np.float64)


def _check_edges(input_size: Any) -> np.ndarray:
    if np.ndim(input_size) != 1 or len(input_size) != 2:
        raise ValueError(
            "scaling='shortest_edge' needs input_size=(shortest, longest) in whole "
            f"pixels, such as (800, 1333), got {input_size!r}."
        )
    edges = check_pair_of_counts(input_size, name="input_size")
    if edges[0] > edges[1]:
        raise ValueError(
            f"input_size=(shortest, longest) must not descend, got {input_size!r}; did "
            f"you mean {edges[::-1]}?"
        )
    return np.array(edges, dtype=np.float64)


def scale_sizes(
    size: np.ndarray, image: np.ndarray, scaling: str, input_size: Any = None
) -> np.ndarray:
    """Scale box sizes as a detector scales the image.

    Parameters
    ----------
    size : ndarray of shape (n_boxes, 2)
        Widths and heights in pixels of the image.
    image : ndarray of shape (n_boxes, 2)
        Width and height of the image of each box.
    scaling : {"stretch", "letterbox", "shortest_edge", "pixels"}
        How.
    input_size : int, (int, int) or None, default=None
        Width and height of the network's input; for "shortest_edge" the shortest and
        the longest side.

    Returns
    -------
    ndarray of shape (n_boxes, 2)
        The scaled sizes.
    """
    target = check_scaling(scaling, input_size)
    return _SCALERS[scaling](size, image, target)


def known_image_sizes(table: Any, scaling: str) -> np.ndarray:
    """Size of the image of each box, where the scaling needs it."""
    image = np.column_stack([table.image_width, table.image_height])
    unknown = table.image_width == 0
    if scaling == "stretch":
        lacking = unknown & ~table.relative
        image = np.where(table.relative[:, None], 1.0, image)
    elif scaling == "pixels":
        lacking = table.relative
    else:
        lacking = unknown
    if lacking.any():
        only = (
            "only scaling='stretch' is" if table.relative.any() else "only 'pixels' is"
        )
        raise ValueError(
            f"scaling={scaling!r} needs the sizes of the images, but "
            f"{counted(int(lacking.sum()), 'box')} "
            f"{'has' if lacking.sum() == 1 else 'have'} none, the first in "
            f"{table.path[lacking][0]}. Pass image_sizes= when reading, or have "
            f"the images beside the annotations; without them {only} possible."
        )
    return image


def scale_boxes(
    low: np.ndarray,
    size: np.ndarray,
    image: np.ndarray,
    scaling: str,
    input_size: Any = None,
    padding: str = "center",
) -> np.ndarray:
    """Place boxes in the network's input.

    Parameters
    ----------
    low : ndarray of shape (n_boxes, 2)
        Corners with the smallest coordinates, in pixels of the image.
    size, image, scaling, input_size
        See `scale_sizes`.
    padding : {"center", "top-left"}, default="center"
        Where "letterbox" puts the image.

    Returns
    -------
    ndarray of shape (n_boxes, 4)
        ``xmin, ymin, xmax, ymax``.
    """
    if padding not in ("center", "top-left"):
        raise ValueError(f"padding must be 'center' or 'top-left', got {padding!r}.")
    target = check_scaling(scaling, input_size)
    scale = _SCALERS[scaling]
    placed = scale(low, image, target)
    if scaling == "letterbox" and padding == "center":
        whole = 1.0 if target is None else target
        placed += (whole - scale(image, image, target)) / 2
    return np.hstack([placed, placed + scale(size, image, target)])


def _stretch(
    size: np.ndarray, image: np.ndarray, target: np.ndarray | None
) -> np.ndarray:
    fraction = size / image
    return fraction if target is None else fraction * target


def _letterbox(
    size: np.ndarray, image: np.ndarray, target: np.ndarray | None
) -> np.ndarray:
    # One factor an image, the largest with which all of it fits into the input.
    if target is None:
        return size / image.max(axis=1, keepdims=True)
    return size * (target / image).min(axis=1, keepdims=True)


def _shortest_edge(
    size: np.ndarray, image: np.ndarray, target: np.ndarray | None
) -> np.ndarray:
    # Rounding, as the frameworks do it each in its way, is left to them.
    return size * (target / np.sort(image, axis=1)).min(axis=1, keepdims=True)


def _pixels(
    size: np.ndarray, image: np.ndarray, target: np.ndarray | None
) -> np.ndarray:
    return size.copy()


_SCALERS = {
    "stretch": _stretch,
    "letterbox": _letterbox,
    "shortest_edge": _shortest_edge,
    "pixels": _pixels,
}
