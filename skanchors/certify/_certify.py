"""The public function: check, prove, wrap up."""

import numbers
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_scalar

from skanchors._anchors_like import meet
from skanchors._boxes import check_pair, check_weight, merge_equal, sort_by_volume
from skanchors._checks import check_verbose
from skanchors.certify._certificate import Certificate
from skanchors.certify._demand import Demand
from skanchors.certify._incumbent import Incumbent
from skanchors.certify._proof import Proof
from skanchors.certify._restriction import restriction_of

# Beyond this ratio of two sizes of one side, products of sides overflow.
_MAX_LOG_RANGE = 150.0
_SMALLEST = 1e-100
_MAX_SIDES = 4


def certify_anchors(
    X: ArrayLike,
    anchors: Any,
    *,
    sample_weight: ArrayLike | None = None,
    tol: float = 0.005,
    max_time: float = 60,
    random_state: int | np.random.RandomState | None = None,
    verbose: int = 0,
    callback: Callable[[float, float, float], Any] | None = None,
) -> Certificate:
    """Prove how far from the best possible anchors are.

    Computes an upper bound of the mean IoU that *any* set of as many anchors can reach
    with these boxes, and looks for better anchors on the way. The bound is proven: it
    comes from branch and bound over all places an anchor can have, not from trials, and
    is rounded up. See :doc:`/certifying` for the derivation.

    Parameters
    ----------
    X : array-like of shape (n_boxes, n_sides)
        Sizes of the boxes, 0 or larger. 1 to 4 sides.
    anchors : array-like of shape (n_anchors, n_sides), AnchorSet or fitted estimator
        The anchors in the same unit: sizes, or what holds them. The bound is over all
        anchors of that number, also where these are sizes crossed with ratios or
        partly fixed: then the difference is at most what that restriction costs.
    sample_weight : array-like of shape (n_boxes,), default=None
        Weights of the boxes; None gives each the weight 1.
    tol : float, default=0.005
        Stop once upper and lower bound differ by at most this.
    max_time : float, default=60
        Stop after about so many seconds with the best bounds so far. They are valid
        whenever it stops; where the time runs out, they depend on the machine.
    random_state : int, RandomState instance or None, default=None
        For the search for better anchors. Pass an int for the same result each time.
    verbose : int, default=0
        If above 0, print the bounds as they close in.
    callback : callable, default=None
        ``callback(elapsed, lower, upper)`` with the seconds so far and the two bounds,
        at the start and each time one of them changed. A true return value ends the
        work as if the time were over.

    Returns
    -------
    Certificate
        The bounds, and the best anchors known.

    Raises
    ------
    ValueError
        If a size or weight is negative or not finite, the numbers of sides differ or
        are above 4, or one side's sizes span more than a factor of 1e65.
    TypeError
        If `anchors` holds no anchors.
    NotFittedError
        If `anchors` is an estimator that has not been fitted.

    See Also
    --------
    skanchors.metrics.mean_iou_score : The mean IoU of given anchors.

    Examples
    --------
    >>> from skanchors.certify import certify_anchors
    >>> X = [[10, 10], [11, 10], [30, 20], [32, 20], [20, 30], [21, 30]]
    >>> certificate = certify_anchors(X, [[10, 10], [20, 20]], random_state=0)
    >>> round(certificate.given_score, 3), round(certificate.lower, 3)
    (0.75, 0.812)
    >>> certificate.upper - certificate.lower <= 0.005
    True
    """
    check_verbose(verbose)
    start, cpu_start = time.monotonic(), time.process_time()
    restriction = restriction_of(anchors)
    pair = check_pair(*meet(X, anchors), names=("X", "anchors"))
    boxes, given = (sizes.astype(np.float64, copy=False) for sizes in pair)
    if boxes.shape[1] > _MAX_SIDES:
        raise ValueError(
            f"X has {boxes.shape[1]} sides a box; boxes of at most {_MAX_SIDES} sides "
            "can be certified."
        )
    for name, value in (("tol", tol), ("max_time", max_time)):
        check_scalar(value, name, numbers.Real, min_val=0)
        if np.isnan(value):  # which no comparison refuses, and no clock reaches
            raise ValueError(f"{name} == {value}, must be a number.")
    if callback is not None and not callable(callback):
        raise TypeError(f"callback must be callable or None, got {callback!r}.")
    rng: np.random.RandomState = check_random_state(random_state)
    unit = _unit_of(boxes, given)
    weight = check_weight(sample_weight, boxes)
    boxes, weight = merge_equal(boxes / unit, weight)
    given = given / unit
    weight = weight / weight.sum()
    is_empty = (boxes == 0).any(axis=1)
    demand = Demand(boxes[~is_empty], weight[~is_empty])
    order = np.flatnonzero(is_empty)
    order = order[np.argsort(-weight[order], kind="stable")]
    deadline = start + float(max_time)
    incumbent = Incumbent(demand, boxes[order], weight[order], given, rng, deadline)
    log = _Log(start, verbose, callback)
    proof = Proof(demand, incumbent, tol=float(tol), deadline=deadline, report=log)
    proof.tell()
    given_score = proof.lower
    certain = incumbent.settle()
    if certain is not None:
        proof.set_upper(certain)
    else:
        _check_range(demand.boxes * unit)
        proof.run()
    return Certificate(
        lower=proof.lower,
        upper=float(proof.upper),
        anchors=sort_by_volume(incumbent.anchors) * unit,
        given_score=given_score,
        converged=bool(proof.upper - proof.lower <= tol),
        elapsed=time.monotonic() - start,
        n_nodes=proof.n_nodes,
        n_cells=proof.n_cells,
        history=np.array(log.history),
        boxes=demand.boxes * unit,
        weight=demand.weight,
        multipliers=proof.multipliers,
        cpu_time=time.process_time() - cpu_start,
        restriction=restriction,
    )


def _unit_of(boxes: np.ndarray, anchors: np.ndarray) -> np.ndarray:
    """A power of two for each side, about as large as the largest box.

    Grids have their origin there, so that the result does not depend on the unit of the
    sizes. Broken sizes keep theirs: messages about them come later.
    """
    largest = boxes.max(axis=0)
    if largest.min() < _SMALLEST or max(largest.max(), anchors.max()) > 1 / _SMALLEST:
        return np.ones(boxes.shape[1])
    return 2.0 ** np.floor(np.log2(largest))


def _check_range(boxes: np.ndarray) -> None:
    log_range = np.ptp(np.log(boxes), axis=0).max()
    if log_range > _MAX_LOG_RANGE:
        side = np.ptp(np.log(boxes), axis=0).argmax()
        raise ValueError(
            f"Column {side} of X spans from {boxes[:, side].min():.3g} to "
            f"{boxes[:, side].max():.3g}, more than a factor of "
            f"{np.exp(_MAX_LOG_RANGE):.0e}. Leave out the boxes with broken sizes."
        )
    if boxes.min() < _SMALLEST or boxes.max() > 1 / _SMALLEST:
        raise ValueError(
            f"X holds sizes from {boxes.min():.3g} to {boxes.max():.3g}; choose a unit "
            f"in which all lie between {_SMALLEST:.0e} and {1 / _SMALLEST:.0e}."
        )


class _Log:
    """Keeps the history of the bounds, prints it and passes it on if wanted."""

    def __init__(self, start: float, verbose: int, callback: Callable | None) -> None:
        self.start, self.verbose, self.callback = start, verbose, callback
        self.history: list[tuple[float, float, float]] = []
        self.is_stopped = False

    def __call__(self, lower: float, upper: float) -> bool:
        if self.history and self.history[-1][1:] == (lower, upper):
            return self.is_stopped
        elapsed = time.monotonic() - self.start
        self.history.append((elapsed, lower, upper))
        if self.verbose:
            print(
                f"[certify_anchors] {elapsed:6.1f} s: mean IoU {lower:.5f}, "
                f"bound {upper:.5f}, gap {upper - lower:.5f}"
            )
        if self.callback is not None:
            self.is_stopped |= bool(self.callback(elapsed, lower, upper))
        return self.is_stopped
