"""Images to fit on, and others to judge by."""

from numbers import Real
from typing import Any, NamedTuple

import numpy as np
from sklearn.utils import check_random_state

from skanchors._tables import counted

# What data sets call the part that a detector is judged by while it is trained.
_TRAIN = ("train", "training")
_VALIDATION = ("val", "valid", "validation", "dev")
_TEST = ("test", "testing")


# Of so many images two are always left to judge by, unless none is wanted.
_ENOUGH = 10


class Parts(NamedTuple):
    """Two tables, and in words how they came about."""

    fitted: Any
    held_out: Any
    how: str


def check_holdout(share: float) -> None:
    """Refuse what is no share of the images."""
    if isinstance(share, bool) or not isinstance(share, Real) or not 0 <= share < 1:
        raise ValueError(f"holdout must be from 0 to below 1, got {share!r}.")


def hold_out(table: Any, share: float, random_state: Any) -> Parts:
    """Split a table by its own splits, else by images drawn at random.

    Parameters
    ----------
    table : AnnotationTable
        With the splits of its images, where they are known.
    share : float
        Of the images, to judge by where the data set says nothing; 0 judges on the
        images that were fitted.
    random_state : int, RandomState instance or None
        Draws the images.

    Returns
    -------
    Parts
        No image of a test split is in either, unless there is nothing else.

    Raises
    ------
    ValueError
        If `share` is not from 0 to below 1.
    """
    check_holdout(share)
    n_images = len(table.images.path)
    names = np.full(n_images, "", dtype=object)
    if table.images.split is not None:
        names[:] = [str(name or "").lower() for name in table.images.split]
    train, val, test = (np.isin(names, known) for known in (_TRAIN, _VALIDATION, _TEST))
    if _has_boxes(table, train) and _has_boxes(table, val):
        return Parts(
            table.take_images(train),
            table.take_images(val),
            f"fitted on the {counted(train.sum(), 'image')} of train, judged on the "
            f"{val.sum():,} of val{_left_alone(names, train | val)}",
        )
    usable = np.flatnonzero(~test) if _has_boxes(table, ~test) else np.arange(n_images)
    with_boxes = np.unique(table.image_index[np.isin(table.image_index, usable)])
    n_held = min(round(share * len(with_boxes)), len(with_boxes) - 1)
    if share and len(with_boxes) >= _ENOUGH:
        n_held = max(n_held, 2)
    if n_held < 2 or len(with_boxes) - n_held < 1:
        return Parts(
            table.take_images(usable),
            table.take_images(usable),
            f"fitted and judged on the same {counted(len(usable), 'image')}, so that "
            "the anchors look better than they are"
            + _left_alone(names, np.isin(np.arange(n_images), usable)),
        )
    rng = check_random_state(random_state)
    held = np.zeros(n_images, dtype=bool)
    # Images with boxes apart from those without, so that both parts have boxes.
    held[rng.permutation(with_boxes)[:n_held]] = True
    empty = np.setdiff1d(usable, with_boxes)
    held[rng.permutation(empty)[: round(share * len(empty))]] = True
    fitted = np.zeros(n_images, dtype=bool)
    fitted[usable] = True
    fitted &= ~held
    return Parts(
        table.take_images(fitted),
        table.take_images(held),
        f"fitted on {counted(fitted.sum(), 'image')}, judged on {held.sum():,} others, "
        f"drawn at random{_left_alone(names, fitted | held)}",
    )


def _left_alone(names: np.ndarray, used: np.ndarray) -> str:
    """The end of a sentence on the images that are in no part, by their splits.

    Parameters
    ----------
    names : ndarray of shape (n_images,)
        The split of each image, "" where there is none.
    used : ndarray of bool, shape (n_images,)
    """
    splits, counts = np.unique(names[~used].astype(str), return_counts=True)
    parts = [
        f"{count:,} of {split or 'no split'}"
        for split, count in zip(splits.tolist(), counts.tolist(), strict=True)
    ]
    return f"; not used: {', '.join(parts)}" if parts else ""


def _has_boxes(table: Any, images: np.ndarray) -> bool:
    return bool(images.any() and images[table.image_index].any())
