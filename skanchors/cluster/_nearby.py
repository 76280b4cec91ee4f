"""Slopes for anchors that move little from one call to the next.

1 - IoU obeys the triangle inequality. Where the nearest anchor of a box is nearer than
any other by a margin, it stays the nearest while no anchor moves by more than half the
margin: the other anchors need not be looked at (compare Hamerly, "Making k-means even
faster", SDM 2010).
"""

import numpy as np

from skanchors.cluster._slopes import last_equal

# Margins are of use when the anchors move no farther than this, in IoU distance, and
# are chosen to last so many moves.
_SHORT = 0.03
_LASTING = 3
# More than what single precision can be wrong by.
_ROUNDING = 1e-5


class NearbySlopes:
    """What `Problem.slopes_function` returns for one set of anchors.

    Parameters
    ----------
    costs_and_slopes : callable
        The same, without a memory.
    block, rough_block : IoUSlopesBlock
        All boxes, and the same in single precision if that will do.
    """

    def __init__(self, costs_and_slopes, block, rough_block):
        self.costs_and_slopes = costs_and_slopes
        self.blocks = block, rough_block
        self.anchors = None
        self.margins = None

    def __call__(self, sets):
        previous, self.anchors = self.anchors, sets[0]
        if self.margins is None or not self.margins.cover(self.anchors):
            self.margins = None
            if previous is None:
                return self.costs_and_slopes(sets)
            move = _farthest(self.anchors, previous)
            if move > _SHORT:
                return self.costs_and_slopes(sets)
            self.margins = _Margins(*self.blocks, self.anchors, _LASTING * move)
        return self.margins.costs_and_slopes(sets)


def _farthest(one, other):
    """The largest IoU distance of a pair of anchors."""
    smaller = np.minimum(one, other)
    excess = (one / smaller).prod(axis=1) + (other / smaller).prod(axis=1)
    return 1 - 1 / (excess.max() - 1)


class _Margins:
    """Settled boxes, whose nearest anchor is known, and the others.

    Parameters
    ----------
    block, rough_block : IoUSlopesBlock
    anchors : ndarray of shape (n_clusters, n_sides)
    radius : float
        How far the anchors are going to move, in IoU distance.
    """

    def __init__(self, block, rough_block, anchors, radius):
        self.anchors = anchors
        self.radius = radius
        label, is_settled = _look(rough_block, anchors, radius)
        settled = np.flatnonzero(is_settled)
        label = label[settled]
        order = np.argsort(label.astype(np.uint16), kind="stable")
        self.settled = block.some(settled[order])
        self.others = block.some(np.flatnonzero(~is_settled))
        self.counts = np.bincount(label, minlength=len(anchors))
        self.used = np.flatnonzero(self.counts)
        self.starts = (np.cumsum(self.counts) - self.counts)[self.used]

    def cover(self, anchors):
        """Whether these anchors are as near as was foreseen."""
        return _farthest(anchors, self.anchors) <= self.radius

    def costs_and_slopes(self, sets):
        costs, slopes = self.others(sets)
        boxes = self.settled
        sides = sets[0].T.astype(boxes.volumes.dtype)
        volumes = np.repeat(sides.prod(axis=0), self.counts)
        sides = np.repeat(sides, self.counts, axis=1)
        shared = np.minimum(boxes.columns[0], sides[0])
        for x, a in zip(boxes.columns[1:], sides[1:], strict=True):
            shared *= np.minimum(x, a)
        both = volumes + boxes.volumes
        share = np.divide(volumes, both, out=volumes)
        both -= shared
        iou = np.divide(shared, both, out=shared)
        steep = np.add(iou, 1, out=both)
        steep *= iou
        steep *= boxes.weight
        share *= steep
        shrinks = np.add.reduceat(share, self.starts)
        for side, (x, a) in enumerate(zip(boxes.columns, sides, strict=True)):
            grows = np.multiply(steep, a < x, out=share)
            slopes[0, self.used, side] += shrinks - np.add.reduceat(grows, self.starts)
        distance = np.subtract(1, iou, out=iou)
        distance *= boxes.weight
        return costs + distance.sum(), slopes


def _look(block, anchors, radius):
    """Nearest anchor of each box, and whether it is by twice the radius."""
    sides = anchors.T.astype(block.weight.dtype)
    table = block.compare(sides, sides.prod(axis=0))
    best = table.max(axis=0)
    label = last_equal(table[None], best[None])[0]
    # What is compared is IoU / (1 + IoU), so that a limit for the IoU is one for it.
    limit = best / (1 - best) - (2 * radius + _ROUNDING)
    limit /= 1 + limit
    return label, np.greater(table, limit).sum(axis=0) == 1
