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
    order = np.lexsort((pairs.obj, -pairs.iou, pairs.slot))
    slot = pairs.slot[order]
    first = np.ones(len(slot), dtype=bool)
    np.not_equal(slot[1:], slot[:-1], out=first[1:])
    order = order[first]
    return Owners(slot[first], pairs.shape[order], pairs.obj[order], pairs.iou[order])


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
