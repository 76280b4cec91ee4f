"""The best anchors known, and the search for better ones on the way."""

import time
from collections.abc import Iterator

import numpy as np

from skanchors.certify._demand import STEPS, Demand, condense
from skanchors.certify._relaxation import Case, rounding
from skanchors.cluster._descent import descend, descend_sets
from skanchors.cluster._form import Form
from skanchors.cluster._problem import Problem
from skanchors.cluster._seeding import draw_set
from skanchors.metrics._iou import IOU

# The search starts on so many boxes or grid points at most, and goes on with more.
_FIRST_BOXES = 4_000
_MAX_SEARCH_BOXES = 10_000
# Random starts, fewer if they take more distances a step than this.
_STARTS = 8
_MAX_DISTANCES = 1_000_000
_COARSE_STEPS = 60
# What is better there by this, or the best at the start, is carried over to all boxes,
# where a few more steps do.
_PROGRESS = 1e-5
_CARRIED = 2
_FINE_STEPS = 40
_FINE_TOL = 1e-7
# Sets of whole anchors that a fractional solution suggests.
_ROUNDINGS = 2
# Anchors that differ less than this in log size are taken to be tried already.
_SAME = 1e-3


class Incumbent:
    """The best anchors known.

    Parameters
    ----------
    demand : Demand
        Distinct boxes that all have a volume.
    empty, empty_weight : ndarray of shape (n_empty, n_sides) and (n_empty,)
        Distinct boxes without volume and their shares, the heaviest first. Only an
        anchor equal to one of them earns anything from it, and nothing else.
    anchors : ndarray of shape (n_anchors, n_sides)
        The anchors to start with.
    random_state : RandomState
    deadline : float, default=inf
        Of `time.monotonic`; the search ends soon after.
    """

    def __init__(
        self,
        demand: Demand,
        empty: np.ndarray,
        empty_weight: np.ndarray,
        anchors: np.ndarray,
        random_state: np.random.RandomState,
        deadline: float = np.inf,
    ) -> None:
        self.demand, self.random_state = demand, random_state
        self.empty, self.empty_weight = empty, empty_weight
        self.deadline = deadline
        self.n_anchors = len(anchors)
        boxes = np.concatenate([demand.boxes, empty])
        weight = np.concatenate([demand.weight, empty_weight])
        self._everything = Problem(boxes, weight, IOU, {})
        self.anchors = anchors
        self.value = self.mean_iou(anchors)
        self._coarse = self._fine = _problem(demand)
        self._coarse_costs: dict[int, float] = {}
        self._tried: set[bytes] = set()

    def mean_iou(self, anchors: np.ndarray) -> float:
        """Mean IoU of all boxes."""
        return 1 - self._everything.cost(anchors)

    def empty_gains(self) -> list[np.ndarray]:
        """What the heaviest boxes without volume earn: of none, of one, of two, ..."""
        most = min(self.n_anchors, len(self.empty))
        return [self.empty_weight[:n] for n in range(most + 1)]

    def settle(self) -> float | None:
        """Take the best anchors and return their bound, where no search is needed."""
        boxes = self._everything.boxes
        if len(boxes) <= self.n_anchors:
            self.anchors = np.concatenate([boxes, self.anchors[len(boxes) :]])
            self.value = 1.0
            return 1.0
        if len(self.demand.boxes) == 0:
            # Each anchor can equal a box without volume, and gain nothing else.
            self.anchors = self.empty[: self.n_anchors]
            self.value = self.mean_iou(self.anchors)
            return self.value + rounding(len(boxes), self.value)
        return None

    def start(self, finest: Demand) -> np.ndarray:
        """Descend from the given anchors and from random ones.

        Parameters
        ----------
        finest : Demand
            All boxes, or the finest grid.

        Returns
        -------
        ndarray of shape (n_candidates, n_sides)
            All anchors found; the first `n_anchors` are the best set.
        """
        self._fine = _problem(finest)
        self._coarse = _problem(_condense_to(finest, _FIRST_BOXES))
        low, high = self._coarse.size_range
        distances = len(self._coarse) * self.n_anchors
        n_starts = int(np.clip(_MAX_DISTANCES // distances, 1, _STARTS))
        starts = [np.clip(self.anchors, low, high)]
        starts += [self._draw(self.n_anchors) for _ in range(n_starts)]
        sets, costs = self._descend(np.stack(starts))
        order = np.argsort(costs, kind="stable")
        self._coarse = _problem(_condense_to(finest, _MAX_SEARCH_BOXES))
        for anchors in sets[order[:_CARRIED]]:
            if not self._is_late():
                self._carry(anchors)
        for gains in self.empty_gains()[1:]:
            # So many anchors on boxes without volume, the others on the rest.
            self._carry(sets[order[0]][: self.n_anchors - len(gains)])
        found = list(sets[order])
        if (self.anchors > 0).all():
            found.insert(0, self.anchors)
        low, high = np.exp(self.demand.lower), np.exp(self.demand.upper)
        return np.clip(np.concatenate(found), low, high)

    def improve(self, case: Case) -> None:
        """Descend from whole anchors that the relaxation suggests, and from others."""
        if self._is_late():
            return
        rounded = list(round_relaxation(case, self.random_state))
        # The relaxation may never leave a valley: look elsewhere, too.
        sets = np.stack([*rounded, self._draw(case.counts.sum())])
        keys = [np.round(np.sort(np.log(s), axis=0) / _SAME).tobytes() for s in sets]
        new = [i for i, key in enumerate(keys) if key not in self._tried]
        self._tried.update(keys)
        if not new:
            return
        n_empty = self.n_anchors - sets.shape[1]
        sets, costs = self._descend(sets[new])
        best = costs.argmin()
        if costs[best] < self._coarse_costs.get(n_empty, np.inf) - _PROGRESS:
            self._carry(sets[best])

    def _is_late(self, *_: object) -> bool:
        return time.monotonic() > self.deadline

    def _descend(self, sets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Descend on the boxes of the search until it is late; then, none is good."""
        if self._is_late():
            return sets, np.full(len(sets), np.inf)
        return descend_sets(
            self._coarse,
            sets,
            max_iter=_COARSE_STEPS,
            tol=_PROGRESS,
            on_step=self._is_late,
        )

    def _draw(self, n_anchors: int) -> np.ndarray:
        """Boxes far from each other."""
        n_drawn = min(n_anchors, len(self._coarse))
        drawn = draw_set(self._coarse, n_drawn, self.random_state)
        return np.resize(drawn, (n_anchors, drawn.shape[1]))

    def _carry(self, anchors: np.ndarray) -> None:
        """Fit anchors to all boxes and keep them, if they are better than the best."""
        if len(anchors):
            form = Form(anchors)
            theta, _ = descend(
                self._fine,
                form,
                np.zeros(form.n_params),
                max_iter=_FINE_STEPS,
                tol=_FINE_TOL,
                on_step=self._is_late,
            )
            anchors = form.anchors(theta[None])[0]
            cost = self._coarse.cost(anchors)
            n_empty = self.n_anchors - len(anchors)
            known = self._coarse_costs.get(n_empty, np.inf)
            self._coarse_costs[n_empty] = min(cost, known)
        anchors = np.concatenate([self.empty[: self.n_anchors - len(anchors)], anchors])
        value = self.mean_iou(anchors)
        if value > self.value:
            self.anchors, self.value = anchors, value


def round_relaxation(
    case: Case, random_state: np.random.RandomState
) -> Iterator[np.ndarray]:
    """Sets of whole anchors that a fractional solution suggests.

    Yields the most used candidates of each region, then random ones in proportion to
    their use.
    """
    for trial in range(_ROUNDINGS):
        chosen: list[np.intp] = []
        for region, count in enumerate(case.counts):
            members = np.flatnonzero(case.region == region)
            # Gumbel noise turns the largest of the logarithms into draws without
            # replacement in proportion to use.
            score = np.log(np.maximum(case.use[members], 1e-12))
            if trial:
                score += random_state.gumbel(size=len(members))
            order = np.argsort(-score, kind="stable")[:count]
            chosen.extend(members[order])
            chosen.extend(members[order[:1]].repeat(count - len(order)))
        yield case.candidates[chosen]


def _problem(demand: Demand) -> Problem:
    return Problem(demand.boxes, demand.weight, IOU, {})


def _condense_to(demand: Demand, most: int) -> Demand:
    """The boxes, or the points of the finest grid that has at most so many."""
    for step in STEPS:
        if len(demand.boxes) <= most:
            break
        condensed = condense(demand, step, most if step < STEPS[-1] else np.inf)
        if condensed is not None:
            demand = condensed[0]
    return demand
