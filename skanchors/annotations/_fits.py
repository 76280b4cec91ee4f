"""Whether boxes fit their images, and as what."""

import numpy as np

# A box may stick out of its image by this much without being cut: half a pixel,
# or where only fractions are known, half a pixel of a 500 pixel image. Rounding of
# coordinates does that.
_SLACK_PIXELS = 0.5
_SLACK_FRACTION = 1e-3


def uncentre(boxes: np.ndarray, image: np.ndarray) -> None:
    """Make low corners and pixels of centres and fractions, in place."""
    with np.errstate(over="ignore", invalid="ignore"):
        boxes[:, :2] -= boxes[:, 2:] / 2
        boxes[:, :2] *= image
        boxes[:, 2:] *= image


def fit_as_corners(boxes: np.ndarray, index: np.ndarray) -> np.ndarray:
    """Whether all fractions of the image of a box could be low and high corners.

    Parameters
    ----------
    boxes : ndarray of shape (n_boxes, 4)
        The four columns.
    index : ndarray of int, of shape (n_boxes,)
        The image.
    """
    return all_of_image(_corners_inside(boxes, 1.0, slack=0.0), index)


def _corners_inside(
    boxes: np.ndarray, border: np.ndarray | float, *, slack: float
) -> np.ndarray:
    """Whether four columns are a low and a high corner inside of an image."""
    low, high = boxes[:, :2], boxes[:, 2:]
    fit = (low < high) & (low >= -slack) & (high <= border + slack)
    return fit[:, 0] & fit[:, 1]


def all_of_image(fit: np.ndarray, index: np.ndarray) -> np.ndarray:
    """For each box, whether a mask holds for all boxes of its image."""
    if not fit.any():
        return fit
    return np.bincount(index, weights=~fit)[index] == 0


def fit_if_swapped(
    boxes: np.ndarray, image: np.ndarray, index: np.ndarray
) -> np.ndarray:
    """Whether all boxes of the image of a box fit only with its sides swapped.

    Parameters
    ----------
    boxes : ndarray of shape (n_boxes, 4)
        Low corner and size.
    image : ndarray of shape (n_boxes, 2)
        Size of the image of each box.
    index : ndarray of int, of shape (n_boxes,)
        The image.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        high = boxes[:, :2] + boxes[:, 2:]
        fit = high <= image[:, ::-1] + _SLACK_PIXELS
        fit &= boxes[:, :2] >= -_SLACK_PIXELS
    fit = fit[:, 0] & fit[:, 1]
    return all_of_image(fit, index)


def in_one_pixel(boxes: np.ndarray, image: np.ndarray, index: np.ndarray) -> np.ndarray:
    """Whether all boxes of the image of a box are in its first pixel, this in part.

    Parameters
    ----------
    boxes : ndarray of shape (n_boxes, 4)
        Low corner and size.
    image : ndarray of shape (n_boxes, 2)
        Size of the image of each box, 0 where it is unknown.
    index : ndarray of int, of shape (n_boxes,)
        The image.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        high = boxes[:, :2] + boxes[:, 2:]
        fit = (high <= 1 + _SLACK_FRACTION) & (boxes[:, :2] >= -_SLACK_FRACTION)
        # An image of one pixel has such boxes, and whole numbers may be meant.
        fit &= (image != 1) & (boxes[:, 2:] > 0)
        in_part = (boxes % 1 != 0).any(axis=1)
    return all_of_image(fit[:, 0] & fit[:, 1], index) & in_part


def inside(
    boxes: np.ndarray, image: np.ndarray, unknown: np.ndarray, relative: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Low corners and sizes of the parts inside the image, and which had to be cut.

    Parameters
    ----------
    boxes : ndarray of shape (n_boxes, 4)
        Low corner and size.
    image : ndarray of shape (n_boxes, 2)
        Size of the image of each box.
    unknown, relative : ndarray of bool, of shape (n_boxes,)
        Where the size of the image is unknown; where the box is a fraction of it.
    """
    low, size = boxes[:, :2], boxes[:, 2:]
    border = np.where(unknown[:, None], np.inf, image)
    border[relative] = 1.0
    slack = np.where(relative, _SLACK_FRACTION, _SLACK_PIXELS)[:, None]
    with np.errstate(over="ignore", invalid="ignore"):
        high = low + size
        beyond = (low < -slack) | (high > border + slack)
        inside = np.minimum(high, border) - np.maximum(low, 0.0)
    low = np.where(beyond, np.maximum(low, 0.0), low)
    return low, np.where(beyond, inside, size), beyond.any(axis=1)


def fit_as_two_corners(
    boxes: np.ndarray, image: np.ndarray, file: np.ndarray
) -> np.ndarray:
    """Whether all boxes of the file of a box fit if their columns are two corners.

    Parameters
    ----------
    boxes : ndarray of shape (n_boxes, 4)
        The four columns.
    image : ndarray of shape (n_boxes, 2)
        Size of the image of each box.
    file : ndarray of int, of shape (n_boxes,)
        The file, -1 where the columns are known not to be corners.
    """
    fit = _corners_inside(boxes, image, slack=_SLACK_PIXELS)
    return (file >= 0) & all_of_image(fit, file + 1)
