"""Objects that no anchor touches: then all anchors of the image tie, at an IoU of 0.

That happens to anchors smaller than their stride. Both ways of matching at low quality
then hand out the whole grid, which is counted here, not built.
"""

from typing import NamedTuple

import numpy as np

from skanchors.assignment._grid import Grid
from skanchors.assignment._owners import Owners
from skanchors.assignment._rule import Matches


class Rest(NamedTuple):
    """Anchors that are in no pair: how many of each shape an object has.

    Arrays of one length.
    """

    obj: np.ndarray
    shape: np.ndarray
    amount: np.ndarray


def find_untouched(grid: Grid, best: np.ndarray) -> np.ndarray:
    """Usable objects whose `best` IoU, of shape (n_objects,), is 0."""
    return np.flatnonzero((best == 0) & grid.usable)


def rest_of(grid: Grid, owners: Owners, takers: np.ndarray) -> Rest:
    """All anchors of the images of some objects that no pair reaches.

    Parameters
    ----------
    grid : Grid
        Objects and anchors.
    owners : Owners
        The anchors that some pair reaches.
    takers : ndarray of int
        Objects, one an image, that get them.
    """
    n_shapes = len(grid.shapes.level)
    image = grid.image[takers]
    count = grid.cells[image].prod(axis=2)[:, grid.shapes.level]
    row = np.full(int(grid.image.max()) + 1, -1)
    row[image] = np.arange(len(takers))
    reached = row[grid.image[owners.obj]]
    inside = reached >= 0
    np.subtract.at(count, (reached[inside], owners.shape[inside]), 1)
    return Rest(
        np.repeat(takers, n_shapes),
        np.tile(np.arange(n_shapes), len(takers)),
        count.ravel(),
    )


def add_rest(grid: Grid, found: Matches, rest: Rest, alone: np.ndarray) -> None:
    """Add to what a rule found the anchors that no pair reaches, all of them forced.

    Parameters
    ----------
    grid : Grid
        Objects and anchors.
    found : Matches
        Changed in place.
    rest : Rest
        The anchors.
    alone : ndarray of int, of shape (n_alone,)
        The objects that no anchor touches; each calls for all anchors of its image.
    """
    n = len(rest.obj)
    found.count = np.concatenate([np.ones(len(found.obj), dtype=int), rest.amount])
    found.obj = np.concatenate([found.obj, rest.obj])
    found.shape = np.concatenate([found.shape, rest.shape])
    found.slot = np.concatenate([found.slot, np.full(n, -1)])
    found.forced = np.concatenate([found.forced, np.ones(n, dtype=bool)])
    own = np.zeros(len(grid), dtype=np.int64)
    np.add.at(own, found.obj, found.count)
    every = np.diff(grid.first_slot)[grid.image[alone]]
    found.n_slots[alone] = every
    found.n_lost[alone] = every - own[alone]
