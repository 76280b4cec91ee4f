"""Who owns an anchor: steps that several rules share."""

from typing import NamedTuple

import numpy as np

from skanchors.assignment._grid import Pairs


class Owners(NamedTuple):
    """Anchors that some pair reaches, each once, in the order of their slots.

    `slot` and `shape` are of the anchor, `obj` is the object with the best IoU, the
    first of the file where several have it, and `iou` that IoU.
    """

    slot: np.ndarray
    shape: np.ndarray
    obj: np.ndarray
    iou: np.ndarray

    def find(self, slots: np.ndarray) -> np.ndarray:
        """Rows of slots that are there."""
        return np.searchsorted(self.slot, slots)


def find_owners(pairs: Pairs) -> Owners:
    """The best object of each anchor."""
    if not len(pairs.slot):
        return Owners(pairs.slot, pairs.shape, pairs.obj, pairs.iou)
    # One integer a pair: slots upwards, within each IoU downwards. The bits of floats
    # that are not negative are in the order of the floats, and below 2 ** 31.
    bits = pairs.iou.view(np.int32).astype(np.int64)
    key = ((pairs.slot - pairs.slot.min()) << 31) + (2**31 - 1 - bits)
    order = np.argsort(key)
    key = key[order]
    slot = key >> 31
    starts = np.flatnonzero(np.concatenate([[True], slot[1:] != slot[:-1]]))
    # Of equally good objects the first of the file.
    best = key == np.repeat(key[starts], np.diff(starts, append=len(key)))
    obj = np.where(best, pairs.obj[order], pairs.obj.max())
    lead = order[starts]
    return Owners(
        pairs.slot[lead],
        pairs.shape[lead],
        np.minimum.reduceat(obj, starts),
        pairs.iou[lead],
    )


def best_pairs(pairs: Pairs, n_objects: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows of `pairs` that have the best IoU of their object, and that IoU.

    Parameters
    ----------
    pairs : Pairs
        With the best of each object among them.
    n_objects : int
        Number of objects.

    Returns
    -------
    rows : ndarray of int
        In the order of `pairs`.
    best : ndarray of shape (n_objects,)
        float32; 0 for an object without a pair.
    """
    best = np.zeros(n_objects, dtype=np.float32)
    np.maximum.at(best, pairs.obj, pairs.iou)
    return np.flatnonzero(pairs.iou == best[pairs.obj]), best


def last_of_each(keys: np.ndarray) -> np.ndarray:
    """Rows of the last occurrence of each key, ordered by key."""
    order = np.argsort(keys, kind="stable")
    last = np.ones(len(keys), dtype=bool)
    np.not_equal(keys[order][1:], keys[order][:-1], out=last[:-1])
    return order[last]
