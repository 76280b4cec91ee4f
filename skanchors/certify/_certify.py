"""The public function: check, prove, wrap up."""

import numbers
import time

import numpy as np
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_scalar

from skanchors._boxes import check_boxes, check_weight, merge_equal
from skanchors.certify._certificate import Certificate
from skanchors.certify._demand import Demand
from skanchors.certify._incumbent import Incumbent
from skanchors.certify._proof import Proof
from skanchors.certify._relaxation import rounding
from skanchors.certify._search import mean_iou

# Beyond this ratio of two sizes of one side, products of sides overflow.
_MAX_LOG_RANGE = 150.0
_SMALLEST = 1e-100
_MAX_SIDES = 4


def certify_anchors(
    X,
    anchors,
    *,
    sample_weight=None,
    tol=0.005,
    max_time=60,
    random_state=None,
    verbose=0,
):
    """Prove how far from the best possible anchors are.

    Computes an upper bound of the mean IoU that *any* set of as many anchors can reach
    with these boxes, and looks for better anchors on the way. The bound is proven: it
    comes from branch and bound over all places an anchor can have, not from trials, and
    is rounded up. See :doc:`/certifying` for the derivation.

    Parameters
    ----------
    X : array-like of shape (n_boxes, n_sides)
        Sizes of the boxes, 0 or larger. 1 to 4 sides.
    anchors : array-like of shape (n_anchors, n_sides)
        The anchors in the same unit.
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

    Returns
    -------
    Certificate
        The bounds, and the best anchors known.

    Raises
    ------
    ValueError
        If a size or weight is negative or not finite, the numbers of sides differ or
        are above 4, or one side's sizes span more than a factor of 1e65.

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
    start = time.monotonic()
    X = check_boxes(X, dtype=np.float64)
    anchors = check_boxes(anchors, name="anchors", dtype=np.float64)
    if X.shape[1] != anchors.shape[1]:
        raise ValueError(
            f"X has {X.shape[1]} sides a box but anchors has {anchors.shape[1]}; "
            "both need the same number of columns."
        )
    if X.shape[1] > _MAX_SIDES:
        raise ValueError(
            f"X has {X.shape[1]} sides a box; boxes of at most {_MAX_SIDES} sides can "
            "be certified."
        )
    check_scalar(tol, "tol", numbers.Real, min_val=0)
    check_scalar(max_time, "max_time", numbers.Real, min_val=0)
    boxes, weight = merge_equal(X, check_weight(sample_weight, X))
    return _prove(
        boxes,
        weight / weight.sum(),
        anchors,
        tol=float(tol),
        start=start,
        max_time=float(max_time),
        random_state=check_random_state(random_state),
        verbose=verbose,
    )


def _prove(boxes, weight, anchors, *, tol, start, max_time, random_state, verbose):
    is_flat = (boxes == 0).any(axis=1)
    demand = Demand(boxes[~is_flat], weight[~is_flat])
    order = np.flatnonzero(is_flat)
    order = order[np.argsort(-weight[order], kind="stable")]
    incumbent = Incumbent(demand, boxes[order], weight[order], anchors, random_state)
    log = _Log(incumbent, start, verbose)
    multipliers, n_nodes, n_cells = np.zeros(len(demand.boxes)), 0, 0
    certain = _certain_best(boxes, demand, incumbent)
    if certain is not None:
        anchors, lower, upper = certain
        log.note(lower, upper)
    else:
        _check_range(demand.boxes)
        proof = Proof(
            demand, incumbent, tol=tol, start=start, max_time=max_time, report=log
        )
        proof.run()
        anchors, upper = incumbent.anchors, proof.upper
        if proof.multipliers is not None:
            multipliers = proof.multipliers
        n_nodes, n_cells = proof.n_nodes, proof.n_cells
    lower, upper = log.history[-1][1], float(upper)
    return Certificate(
        lower=lower,
        upper=upper,
        anchors=anchors[np.argsort(anchors.prod(axis=1), kind="stable")],
        given_score=log.history[0][1],
        converged=bool(upper - lower <= tol),
        elapsed=time.monotonic() - start,
        n_nodes=n_nodes,
        n_cells=n_cells,
        history=np.array(log.history),
        boxes=demand.boxes,
        weight=demand.weight,
        multipliers=multipliers,
    )


def _certain_best(boxes, demand, incumbent):
    """Best anchors, their mean IoU and the bound where no search is needed."""
    spare = incumbent.anchors
    if len(boxes) <= len(spare):
        return np.concatenate([boxes, spare[len(boxes) :]]), 1.0, 1.0
    if len(demand.boxes) == 0:
        # Each anchor can equal one of the boxes without volume, and gain nothing else.
        n_anchors = len(spare)
        anchors = incumbent.flat[:n_anchors]
        gain = mean_iou(incumbent.everything, anchors)
        return anchors, gain, min(1.0, gain + rounding(len(boxes), gain))
    return None


def _check_range(boxes):
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
    """Keeps the history of the bounds, and prints it if wanted."""

    def __init__(self, incumbent, start, verbose):
        self.start, self.verbose = start, verbose
        self.history = []
        self.note(incumbent.value, 1.0)

    def __call__(self, proof):
        self.note(proof.lower, proof.upper)

    def note(self, lower, upper):
        """Record the bounds if they changed."""
        if self.history and self.history[-1][1:] == (lower, upper):
            return
        elapsed = time.monotonic() - self.start
        self.history.append((elapsed, lower, upper))
        if self.verbose:
            print(
                f"[certify_anchors] {elapsed:6.1f} s: mean IoU {lower:.5f}, "
                f"bound {upper:.5f}, gap {upper - lower:.5f}"
            )
