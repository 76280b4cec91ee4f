"""What `certify_anchors` returns."""

from dataclasses import dataclass, field

import numpy as np

from skanchors._boxes import check_boxes
from skanchors.metrics._iou import iou_block

_ENTRIES_PER_BLOCK = 2_000_000


@dataclass(frozen=True)
class Certificate:
    """Proven bounds of the mean IoU that so many anchors can reach.

    Attributes
    ----------
    lower : float
        Mean IoU of `anchors`, the best known: the given ones or better ones.
    upper : float
        No set of as many anchors has a larger mean IoU.
    anchors : ndarray of shape (n_anchors, n_sides)
        The best anchors known, sorted by volume. ``IoUKMeans(init=...)`` takes them.
    given_score : float
        Mean IoU of the anchors that were given.
    converged : bool
        Whether the gap is within the tolerance.
    elapsed : float
        Seconds that it took.
    n_nodes : int
        Cases of branch and bound that were solved; 1 if no case had to be split.
    n_cells : int
        Rectangles of anchors that were bounded.
    history : ndarray of shape (n_steps, 3)
        Seconds since the start, `lower` and `upper` each time one changed.
    boxes, weight : ndarray of shape (n_distinct, n_sides) and (n_distinct,)
        The distinct boxes that have a volume, and their shares of the total weight.
    multipliers : ndarray of shape (n_distinct,)
        One IoU for each of them, above which anchors earn profit; see `profit`. They
        belong to the bound before cases were split.

    Examples
    --------
    >>> from skanchors.certify import certify_anchors
    >>> certificate = certify_anchors([[10, 10], [20, 30], [30, 20]], [[10, 10]])
    >>> certificate.given_score <= certificate.lower <= certificate.upper
    True
    """

    lower: float
    upper: float
    anchors: np.ndarray = field(repr=False)
    given_score: float
    converged: bool
    elapsed: float
    n_nodes: int
    n_cells: int
    history: np.ndarray = field(repr=False)
    boxes: np.ndarray = field(repr=False)
    weight: np.ndarray = field(repr=False)
    multipliers: np.ndarray = field(repr=False)

    @property
    def gap(self):
        """How much better than `anchors` others could be, at most."""
        return self.upper - self.lower

    def profit(self, anchors):
        """What single anchors earn above the multipliers.

        The weighted mean of the multipliers plus `n_anchors` times the largest profit
        that any anchor makes is an upper bound of the mean IoU.

        Parameters
        ----------
        anchors : array-like of shape (n, n_sides)
            Sizes of the anchors, in the unit of the boxes.

        Returns
        -------
        ndarray of shape (n,)
            The sum over boxes of weight times (IoU - multiplier), where positive.
        """
        anchors = check_boxes(anchors, name="anchors", dtype=np.float64)
        profit = np.empty(len(anchors))
        step = max(1, _ENTRIES_PER_BLOCK // max(1, len(self.boxes)))
        for low in range(0, len(anchors), step):
            excess = iou_block(anchors[low : low + step], self.boxes)
            excess -= self.multipliers
            profit[low : low + step] = np.maximum(excess, 0) @ self.weight
        return profit

    def __str__(self):
        n_anchors = len(self.anchors)
        if self.gap == 0:
            return (
                f"Mean IoU {self.lower:.4f}, and no {n_anchors} anchors can reach "
                f"more ({self.elapsed:.0f} s)."
            )
        # Rounded up, so that the sentence stays true.
        upper = np.ceil(self.upper * 1e4) / 1e4
        return (
            f"Mean IoU {self.lower:.4f}; no {n_anchors} anchors can reach more than "
            f"{upper:.4f} (gap {self.gap:.4f}, {self.elapsed:.0f} s)."
        )
