"""The best anchors known, and the search for better ones on the way."""

import numpy as np

from skanchors.certify._demand import Demand
from skanchors.certify._search import (
    mean_iou,
    polish,
    round_relaxation,
    spread_out,
)

# The search works on so many boxes or nodes at most ...
_MAX_SEARCH_BOXES = 5_000
_STARTS = 8
# ... and carries over to all boxes what is this close to the best there, or better.
_PROMISING = 5e-4
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
        self._coarse_value = -np.inf
        self._tried = set()

    def flat_gains(self):
        """What the heaviest boxes without volume earn: of none, of one, of two, ..."""
        most = min(self.n_anchors, len(self.flat))
        return [self.flat_weight[:n] for n in range(most + 1)]

    def start(self, levels):
        """Climb from the given anchors and from random ones.

        Returns
        -------
        ndarray of shape (n_candidates, n_sides)
            All anchors found; the first `n_anchors` are the best set.
        """
        nodes = [Demand(level.boxes, level.weight) for level in levels]
        small = [level for level in nodes if len(level.boxes) <= _MAX_SEARCH_BOXES]
        self._coarse, self._fine = (small or nodes)[-1], nodes[-1]
        low, high = np.exp(self._coarse.lower), np.exp(self._coarse.upper)
        sets = [np.clip(self.anchors, low, high)]
        sets += [
            spread_out(self._coarse, self.n_anchors, self.random_state)
            for _ in range(_STARTS)
        ]
        found = [polish(self._coarse, anchors) for anchors in sets]
        values = [mean_iou(self._coarse, anchors) for anchors in found]
        for i in np.argsort(values)[::-1][:2]:
            self._offer(found[i])
        best = [self.anchors] if (self.anchors > 0).all() else []
        candidates = np.concatenate([*best, *sorted_by(found, values)])
        return np.clip(candidates, np.exp(self.demand.lower), np.exp(self.demand.upper))

    def improve(self, case):
        """Round what the relaxation of a case uses to whole anchors, and climb."""
        for anchors in round_relaxation(
            case.candidates, case.use, case.region, case.counts, self.random_state
        ):
            self._offer(anchors)
            self._offer(polish(self._coarse, anchors))

    def _offer(self, anchors):
        """Keep anchors, where they are better than the best; the rest are flat boxes."""
        key = np.round(np.sort(np.log(anchors), axis=0) / _SAME).tobytes()
        if key in self._tried:
            return
        self._tried.add(key)
        value = mean_iou(self._coarse, anchors)
        if len(anchors) == self.n_anchors:
            if value < self._coarse_value - _PROMISING:
                return
            self._coarse_value = max(value, self._coarse_value)
        if self._fine is not self._coarse:
            anchors = polish(self._fine, anchors)
        flat = self.flat[: self.n_anchors - len(anchors)]
        anchors = np.concatenate([flat, anchors])
        value = mean_iou(self.everything, anchors)
        if value > self.value:
            self.anchors, self.value = anchors, value


def sorted_by(items, values):
    """Items in order of falling value."""
    return [items[i] for i in np.argsort(values)[::-1]]
