"""Ways to good anchors: climbing, seeding, and rounding of the relaxation."""

import numpy as np
from scipy.optimize import minimize

from skanchors.metrics._iou import iou_block
from skanchors.metrics._nearest import nearest_anchor

_ROUNDINGS = 2


def mean_iou(demand, anchors):
    """Share-weighted mean of each box's best IoU."""
    _, distance = nearest_anchor(demand.boxes, anchors)
    # The weights' rounding must not make it more than perfect.
    return min(1.0, float(demand.weight @ (1 - distance)))


def polish(demand, anchors, max_iter=100):
    """Climb from these anchors to a local maximum of the mean IoU.

    L-BFGS over all log sides. The result is never worse than the start.
    """
    shape = anchors.shape
    lower = np.broadcast_to(demand.lower, shape).ravel()
    upper = np.broadcast_to(demand.upper, shape).ravel()

    def loss(log_sides):
        value, slope = _value_and_slope(demand, np.exp(log_sides.reshape(shape)))
        return -value, -slope.ravel()

    start = np.clip(np.log(anchors).ravel(), lower, upper)
    result = minimize(
        loss,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=list(zip(lower, upper, strict=True)),
        options={"maxiter": max_iter},
    )
    polished = np.exp(result.x.reshape(shape))
    if mean_iou(demand, polished) > mean_iou(demand, anchors):
        return polished
    return anchors


def _value_and_slope(demand, anchors):
    """Mean IoU, and its derivative by the logarithm of each anchor's sides."""
    label, distance = nearest_anchor(demand.boxes, anchors)
    iou = 1 - distance
    value = demand.weight @ iou
    # IoU = overlap / (1 + volume - overlap), both in units of the box's volume, so
    # with v = volume / overlap and o = 1 / overlap, IoU = 1 / (o + v - 1).
    ratio = anchors[label] * demand.inverse.T
    overlap = np.minimum(ratio, 1).prod(axis=1)
    rise = demand.weight * iou**2 / overlap
    fall = rise * ratio.prod(axis=1)
    slope = np.empty_like(anchors)
    for side in range(anchors.shape[1]):
        change = np.where(ratio[:, side] < 1, rise, -fall)
        slope[:, side] = np.bincount(label, weights=change, minlength=len(anchors))
    return value, slope


def spread_out(demand, n_anchors, random_state):
    """Draw boxes far from each other: the seeding of k-means++."""
    chosen = [random_state.choice(len(demand.boxes), p=_normalise(demand.weight))]
    nearest = np.ones(len(demand.boxes))
    while len(chosen) < n_anchors:
        last = demand.boxes[chosen[-1:]]
        nearest = np.minimum(nearest, 1 - iou_block(demand.boxes, last)[:, 0])
        pull = demand.weight * np.maximum(nearest, 0)
        if not pull.sum() > 0:
            pull = demand.weight
        chosen.append(random_state.choice(len(demand.boxes), p=_normalise(pull)))
    return demand.boxes[chosen]


def round_relaxation(candidates, use, group, counts, random_state):
    """Sets of whole anchors that a fractional solution suggests.

    Yields the most used candidates of each group, then random ones in proportion to
    their use.
    """
    for trial in range(_ROUNDINGS):
        chosen = []
        for g, count in enumerate(counts):
            members = np.flatnonzero(group == g)
            # Gumbel noise turns the largest of the logarithms into draws without
            # replacement in proportion to use.
            score = np.log(np.maximum(use[members], 1e-12))
            if trial:
                score += random_state.gumbel(size=len(members))
            order = np.argsort(-score, kind="stable")[:count]
            chosen.extend(members[order])
            chosen.extend(members[order[:1]].repeat(count - len(order)))
        yield candidates[chosen]


def _normalise(weight):
    return weight / weight.sum()
