"""From sizes in an image to sizes as the network sees them."""

from numbers import Integral

import numpy as np


def check_input_size(scaling, input_size):
    """Validate the scaling and the network's input size.

    Returns
    -------
    ndarray of shape (2,) or None
        Width and height of the input.
    """
    if scaling not in _SCALERS:
        raise ValueError(f"scaling must be one of {sorted(_SCALERS)}, got {scaling!r}.")
    if input_size is None:
        return None
    if scaling == "pixels":
        raise ValueError(
            "scaling='pixels' leaves the sizes alone, so input_size has no meaning; "
            "pass scaling='stretch' or 'letterbox', or input_size=None."
        )
    pair = (input_size, input_size) if np.ndim(input_size) == 0 else tuple(input_size)
    if len(pair) != 2 or not all(
        isinstance(side, Integral) and not isinstance(side, bool) and side >= 1
        for side in pair
    ):
        raise ValueError(
            "input_size must be None, a whole number of pixels or (width, height), got "
            f"{input_size!r}."
        )
    return np.array(pair, dtype=np.float64)


def scale_sizes(size, image, scaling, input_size=None):
    """Scale box sizes as a detector scales the image.

    Parameters
    ----------
    size : ndarray of shape (n_boxes, 2)
        Widths and heights in pixels of the image.
    image : ndarray of shape (n_boxes, 2)
        Width and height of the image of each box.
    scaling : {"stretch", "letterbox", "pixels"}
        How.
    input_size : int, (int, int) or None, default=None
        Width and height of the network's input.

    Returns
    -------
    ndarray of shape (n_boxes, 2)
        The scaled sizes.
    """
    target = check_input_size(scaling, input_size)
    return _SCALERS[scaling](size, image, target)


def _stretch(size, image, target):
    fraction = size / image
    return fraction if target is None else fraction * target


def _letterbox(size, image, target):
    # One factor an image, the largest with which all of it fits into the input.
    if target is None:
        return size / image.max(axis=1, keepdims=True)
    return size * (target / image).min(axis=1, keepdims=True)


def _pixels(size, image, target):
    return size.copy()


_SCALERS = {"stretch": _stretch, "letterbox": _letterbox, "pixels": _pixels}
