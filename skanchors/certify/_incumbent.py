"""The best anchors known, and the search for better ones on the way."""

import numpy as np

from skanchors.certify._demand import STEPS, Demand, condense
from skanchors.certify._search import (
    mean_iou,
    polish,
    round_relaxation,
    spread_out,
)

# The search works on so many boxes or nodes at most ...
_MAX_SEARCH_BOXES = 10_000
_STARTS = 8
# ... and carries over to all boxes what is better by this, or the best at the start.
_PROGRESS = 1e-5
_CARRIED = 2
_FINE_ITER = 40
# Anchors that differ less than this in log size are taken to be tried already.
_SAME = 1e-3


class Incumbent:
    """The best anchors known.

    Parameters
    ----------
    demand : Demand
        Distinct boxes that all have a volume.
    flat, flat_weight : ndarray
        Distinct boxes without volume and their shares, the heaviest first. Only an
        anchor equal to one of them earns anything from it, and nothing else.
    anchors : ndarray of shape (n_anchors, n_sides)
        The anchors to start with.
    random_state : RandomState
    """

    def __init__(self, demand, flat, flat_weight, anchors, random_state):
        self.demand, self.random_state = demand, random_state
        self.flat, self.flat_weight = flat, flat_weight
        self.n_anchors = len(anchors)
        self.everything = Demand(
            np.concatenate([demand.boxes, flat]),
            np.concatenate([demand.weight, flat_weight]),
        )
        self.anchors = anchors
        self.value = mean_iou(self.everything, anchors)
        self._coarse = self._fine = demand
        self._coarse_values = {}
        self._tried = set()

    def flat_gains(self):
        """What the heaviest boxes without volume earn: of none, of one, of two, ..."""
        most = min(self.n_anchors, len(self.flat))
        return [self.flat_weight[:n] for n in range(most + 1)]

    def start(self, finest):
        """Climb from the given anchors and from random ones.

        Parameters
        ----------
        finest : Demand
            All boxes, or the finest grid.

        Returns
        -------
        ndarray of shape (n_candidates, n_sides)
            All anchors found; the first `n_anchors` are the best set.
        """
        self._fine = Demand(finest.boxes, finest.weight)
        self._coarse = _condense_to(self._fine, _MAX_SEARCH_BOXES)
        low, high = np.exp(self._coarse.lower), np.exp(self._coarse.upper)
        sets = [np.clip(self.anchors, low, high)]
        sets += [
            spread_out(self._coarse, self.n_anchors, self.random_state)
            for _ in range(_STARTS)
        ]
        found = [polish(self._coarse, anchors) for anchors in sets]
        values = [mean_iou(self._coarse, anchors) for anchors in found]
        found = [found[i] for i in np.argsort(values)[::-1]]
        self._coarse_values[0] = max(values)
        for anchors in found[:_CARRIED]:
            self._carry(anchors)
        for gains in self.flat_gains()[1:]:
            # So many anchors on boxes without volume, the others on the rest.
            self._carry(found[0][: self.n_anchors - len(gains)])
        if (self.anchors > 0).all():
            found.insert(0, self.anchors)
        low, high = np.exp(self.demand.lower), np.exp(self.demand.upper)
        return np.clip(np.concatenate(found), low, high)

    def improve(self, case):
        """Round what the relaxation of a case uses to whole anchors, and climb."""
        for anchors in round_relaxation(
            case.candidates, case.use, case.region, case.counts, self.random_state
        ):
            self._offer(anchors)
            self._offer(polish(self._coarse, anchors))

    def _offer(self, anchors):
        """Keep anchors, if they are better than the best; the rest are flat boxes."""
        key = np.round(np.sort(np.log(anchors), axis=0) / _SAME).tobytes()
        if key in self._tried:
            return
        self._tried.add(key)
        n_flat = self.n_anchors - len(anchors)
        value = mean_iou(self._coarse, anchors)
        if value < self._coarse_values.get(n_flat, -np.inf) + _PROGRESS:
            return
        self._coarse_values[n_flat] = value
        self._carry(anchors)

    def _carry(self, anchors):
        """Fit anchors to all boxes and keep them, if they are better than the best."""
        if len(anchors) and self._fine is not self._coarse:
            anchors = polish(self._fine, anchors, _FINE_ITER)
        flat = self.flat[: self.n_anchors - len(anchors)]
        anchors = np.concatenate([flat, anchors])
        value = mean_iou(self.everything, anchors)
        if value > self.value:
            self.anchors, self.value = anchors, value


def _condense_to(demand, most):
    """Nodes of the finest grid that has at most so many."""
    for step in STEPS:
        if len(demand.boxes) <= most:
            break
        nodes, _ = condense(demand, step)
        if len(nodes.boxes) <= most or step == STEPS[-1]:
            demand = Demand(nodes.boxes, nodes.weight)
    return demand
