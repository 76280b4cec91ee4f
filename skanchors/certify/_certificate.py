"""What `certify_anchors` returns."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from skanchors._boxes import check_boxes
from skanchors._tables import counted, html_definitions
from skanchors.metrics._iou_kernels import iou_block

_ENTRIES_PER_BLOCK = 2_000_000
# With less work than this share of the time, others had the machine.
_BUSY_SHARE = 0.7
_BUSY_SECONDS = 2.0


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
        Cases of branch and bound that were solved with all boxes; at most 1 if no case
        had to be split.
    n_cells : int
        Rectangles of anchors that were bounded.
    history : ndarray of shape (n_steps, 3)
        Seconds since the start, `lower` and `upper` each time one changed.
    boxes, weight : ndarray of shape (n_distinct, n_sides) and (n_distinct,)
        The distinct boxes that have a volume, and their shares of the total weight.
    multipliers : ndarray of shape (n_distinct,)
        One IoU for each of them, above which anchors earn profit; see `profit`. They
        belong to the bound before cases were split.
    cpu_time : float
        Seconds that processors worked on it, the sum over threads. Much less than
        `elapsed` means that the machine was busy with something else, and that the
        bound would come closer in the same time on an idle one.
    restriction : str
        What the given anchors had to keep to, such as sizes crossed with ratios; empty
        if they were free, as far as one can tell.

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
    cpu_time: float = float("nan")
    restriction: str = ""

    @property
    def gap(self) -> float:
        """How much better than `anchors` others could be, at most."""
        return self.upper - self.lower

    def profit(self, anchors: ArrayLike) -> np.ndarray:
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
        sizes = check_boxes(anchors, name="anchors", dtype=np.float64)
        profit = np.empty(len(sizes))
        step = max(1, _ENTRIES_PER_BLOCK // max(1, len(self.boxes)))
        for low in range(0, len(sizes), step):
            excess = iou_block(sizes[low : low + step], self.boxes)
            excess -= self.multipliers
            profit[low : low + step] = np.maximum(excess, 0) @ self.weight
        return profit

    def to_dict(self) -> dict[str, Any]:
        """The bounds and the best anchors known, as plain values.

        Returns
        -------
        dict
            Ready for JSON.
        """
        return {
            "given_score": float(self.given_score),
            "lower": float(self.lower),
            "upper": float(self.upper),
            "gap": float(self.gap),
            "converged": bool(self.converged),
            "restriction": self.restriction,
            "anchors": self.anchors.tolist(),
        }

    def __str__(self) -> str:
        anchors = counted(len(self.anchors), "anchor")
        if self.gap == 0:
            text = (
                f"Mean IoU {self.lower:.4f}, and no {anchors} can reach "
                f"more ({self._time()})."
            )
        else:
            text = (
                f"Mean IoU {self.lower:.4f}; no {anchors} can reach more "
                f"than {rounded_up(self.upper)} (gap {self.gap:.4f}, {self._time()})."
            )
        if self.restriction:
            text += (
                f"\nThe given anchors ({self.restriction}) reach "
                f"{self.given_score:.4f}: they lack at most {self._price}, the price "
                "of that restriction and what is not proven."
            )
        return text

    @property
    def _price(self) -> str:
        """The most that the given anchors may lack."""
        return rounded_up(self.upper - self.given_score)

    def _time(self) -> str:
        """How long it took, and how much of that others had the machine."""
        text = f"{self.elapsed:.0f} s"
        if self.cpu_time < _BUSY_SHARE * self.elapsed - _BUSY_SECONDS:
            text += f", of which only {self.cpu_time:.0f} s of work on a busy machine"
        return text

    def _repr_html_(self) -> str:
        """A table for notebooks."""
        rows = {
            "anchors": f"{len(self.anchors)}",
            "mean IoU of the given anchors": f"{self.given_score:.4f}",
            "mean IoU of the best known": f"{self.lower:.4f}",
            "proven upper bound": rounded_up(self.upper),
            "gap": f"{self.gap:.4f}",
            "within the tolerance": "yes" if self.converged else "no",
            "time": self._time(),
        }
        if self.restriction:
            rows["the given anchors are"] = self.restriction
            rows["which costs, with what is not proven, at most"] = self._price
        return html_definitions(rows, "Certificate", with_caption=True)


def rounded_up(value: float) -> str:
    """Four digits, so that what is said to be a bound stays one."""
    return f"{np.ceil(value * 1e4) / 1e4:.4f}"
