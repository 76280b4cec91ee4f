"""Slots that targets are written to, one after the other."""

import numpy as np

from skanchors.assignment._grid import Grid
from skanchors.assignment._owners import last_of_each
from skanchors.assignment._rule import Matches


def target_matches(
    grid: Grid,
    obj: np.ndarray,
    shape: np.ndarray,
    slot: np.ndarray,
    *,
    n_ignored: int | None = 0,
) -> Matches:
    """Matches where each target is written to its slot, and the last one stays.

    Parameters
    ----------
    grid : Grid
        Objects and anchors.
    obj, shape, slot : ndarray of shape (n_targets,)
        In the order of writing within each image.
    n_ignored : int or None, default=0
        None where predictions decide what is ignored or negative.
    """
    n = len(grid)
    last = last_of_each(slot)
    owner = obj[last][np.searchsorted(slot[last], slot)]
    # A slot that an object wants twice is one slot.
    own, first = np.unique(np.stack([obj, slot], axis=1), axis=0, return_index=True)
    lost = owner[first] != own[:, 0]
    return Matches(
        obj=obj,
        shape=shape,
        slot=slot,
        forced=np.zeros(len(obj), dtype=bool),
        n_slots=np.bincount(own[:, 0], minlength=n),
        n_lost=np.bincount(own[lost, 0], minlength=n),
        n_ignored=n_ignored,
        has_negatives=n_ignored is not None,
    )
