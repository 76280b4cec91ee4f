"""Positive by IoU with the best object: the rule of Faster R-CNN and RetinaNet."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from skanchors._checks import check_number
from skanchors.assignment._grid import Grid, Pairs
from skanchors.assignment._owners import Owners, best_pairs, find_owners
from skanchors.assignment._rule import Matches, check_iou
from skanchors.assignment._untouched import add_rest, find_untouched, rest_of

# Less than any IoU that is not 0.
SMALLEST = float(np.finfo(np.float32).tiny)


@dataclass(frozen=True)
class MaxIoU:
    """An anchor belongs to the object that it overlaps best, if it does so enough.

    An anchor whose best IoU is at least `positive` is positive, below `negative`
    negative, and between ignored. Besides, every anchor that attains the best IoU of
    some object is positive, however low that is: a low-quality match.

    Parameters
    ----------
    positive : float, default=0.5
        The least IoU of a positive.
    negative : float, default=0.4
        Below it an anchor is negative.
    low_quality : {"anchor", "object", False}, default="anchor"
        Whom a low-quality match serves. "anchor": the anchor's own best object
        (torchvision, Detectron2), so that an object can be left with none. "object":
        the object that called for it, in the order of the file, so that later ones take
        it from earlier ones (MMDetection). False: there are none.
    min_low_quality : float, default=0.0
        With "object", what the best IoU of an object must reach for that.

    Notes
    -----
    IoU is computed and compared in single precision, as in the frameworks. Ties for
    the best IoU are common where an object lies within several anchors, and with sides
    that are not whole numbers single precision breaks most of them.

    Examples
    --------
    >>> from skanchors.assignment import MaxIoU
    >>> MaxIoU(0.7, 0.3)
    MaxIoU(positive=0.7, negative=0.3, low_quality='anchor', min_low_quality=0.0)
    """

    positive: float = 0.5
    negative: float = 0.4
    low_quality: Literal["anchor", "object", False] = "anchor"
    min_low_quality: float = 0.0

    def __post_init__(self) -> None:
        check_iou(self.positive, "positive")
        check_iou(self.negative, "negative")
        if self.negative > self.positive:
            raise ValueError(
                f"negative must not be above positive, got {self.negative} and "
                f"{self.positive}."
            )
        check_number(self.min_low_quality, name="min_low_quality", maximum=1)
        if self.low_quality not in ("anchor", "object", False):
            raise ValueError(
                "low_quality must be 'anchor', 'object' or False, got "
                f"{self.low_quality!r}."
            )

    def match(self, grid: Grid) -> Matches:
        """Assign the anchors about the objects of some images.

        Parameters
        ----------
        grid : Grid
            Objects and anchors.

        Returns
        -------
        Matches
            The positives.
        """
        n = len(grid)
        best = grid.best_iou().max(axis=1, initial=0)
        alone = find_untouched(grid, best)
        if not self.low_quality or self.min_low_quality > 0:
            alone = alone[:0]
        wanted = lowest_wanted(best, self.negative)
        if self.low_quality == "anchor":
            # Every anchor of their images is called for, so all must find their best.
            wanted[np.isin(grid.image, grid.image[alone])] = SMALLEST
        pairs = grid.pairs(wanted)
        rows, best32 = best_pairs(pairs, n)
        owners = find_owners(pairs)
        if self.low_quality == "anchor":
            owners = _with_weak_rivals(grid, pairs, rows, owners, self.negative)
        owner = np.where(owners.iou >= np.float32(self.positive), owners.obj, -1)
        before = owner.copy()
        takers = alone[:0]
        if self.low_quality == "anchor":
            called = owners.find(pairs.slot[rows])
            owner[called] = owners.obj[called]
            if len(alone):
                here = np.isin(grid.image[owners.obj], grid.image[alone])
                owner[here] = owners.obj[here]
                # Where all are 0, the first object is the best.
                takers = np.unique(grid.first_of_image[alone])
        elif self.low_quality == "object":
            reach = best32[pairs.obj[rows]] >= np.float32(self.min_low_quality)
            calls = rows[reach]
            if len(alone):
                owner, calls, takers = _overrun(
                    grid, owners, owner, pairs, calls, alone
                )
            # Pairs come by object, so the last one to write is the last of the file.
            owner[owners.find(pairs.slot[calls])] = pairs.obj[calls]
        got = owner[owners.find(pairs.slot[rows])]
        lost = (got != pairs.obj[rows]) & (got >= 0)
        between = owners.iou >= np.float32(self.negative)
        n_ignored = int((between & (owner < 0)).sum())
        kept = np.flatnonzero(owner >= 0)
        found = Matches(
            obj=owner[kept],
            shape=owners.shape[kept],
            slot=owners.slot[kept],
            forced=owner[kept] != before[kept],
            n_slots=np.bincount(pairs.obj[rows], minlength=n),
            n_lost=np.bincount(pairs.obj[rows][lost], minlength=n),
            n_ignored=n_ignored,
        )
        if len(takers):
            add_rest(grid, found, rest_of(grid, owners, takers), alone)
        return found


def lowest_wanted(best: np.ndarray, threshold: float) -> np.ndarray:
    """For each object, an IoU that takes in the threshold and its best anchors.

    `best` is the best IoU of each object, of shape (n_objects,).
    """
    return np.clip(best * (1 - 1e-3), SMALLEST, threshold)


def _overrun(
    grid: Grid,
    owners: Owners,
    owner: np.ndarray,
    pairs: Pairs,
    calls: np.ndarray,
    alone: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Let objects that touch nothing take all anchors, in the order of the file.

    Parameters
    ----------
    grid : Grid
        Objects and anchors.
    owners : Owners
        The anchors that some pair reaches.
    owner : ndarray of shape (n_owners,)
        Who has them, -1 for nobody.
    pairs : Pairs
        All pairs.
    calls : ndarray of int
        Those of `pairs` by which an object calls for an anchor.
    alone : ndarray of int
        Objects that touch nothing.

    Returns
    -------
    owner, calls, takers
        Who has the anchors then, the calls that come later, and the last object of each
        image that takes all.
    """
    last = np.full(len(grid), -1)
    first = grid.first_of_image
    np.maximum.at(last, first[alone], alone)
    last = last[first]  # of the image of each object
    taker = last[owners.obj]
    owner = np.where(taker >= 0, taker, owner)
    calls = calls[pairs.obj[calls] > last[pairs.obj[calls]]]
    return owner, calls, np.unique(last[last >= 0])


def _with_weak_rivals(
    grid: Grid, pairs: Pairs, rows: np.ndarray, owners: Owners, threshold: float
) -> Owners:
    """Let anchors of weak matches find objects that they overlap better still.

    What an object overlaps below the threshold is not among its pairs, unless it is its
    best. But the anchor that another object calls for may overlap it so.

    Parameters
    ----------
    grid : Grid
        Objects and anchors.
    pairs : Pairs
        All above the threshold, and the best of each object.
    rows : ndarray of int, of shape (n_objects,)
        Those of `pairs` that are the best of their object.
    owners : Owners
        The best object of each anchor among `pairs`.
    threshold : float
        Below it pairs are missing.
    """
    weak = np.unique(owners.find(pairs.slot[rows]))
    weak = weak[owners.iou[weak] < np.float32(threshold)]
    if not len(weak):
        return owners
    first = grid.first_of_image
    count = np.bincount(first, minlength=len(grid))[first]
    begin = first[owners.obj[weak]]
    many = count[begin]
    which = np.repeat(np.arange(len(weak)), many)
    step = np.arange(len(which)) - (np.cumsum(many) - many)[which]
    rival = begin[which] + step
    rival, which = rival[grid.usable[rival]], which[grid.usable[rival]]
    anchor = weak[which]
    shape, slot = owners.shape[anchor], owners.slot[anchor]
    iou = grid.iou(rival, shape, *grid.locate(rival, shape, slot))
    found = find_owners(Pairs(rival, shape, slot, iou))
    obj, best = owners.obj.copy(), owners.iou.copy()
    obj[weak], best[weak] = found.obj, found.iou
    return owners._replace(obj=obj, iou=best)
