"""The proof: coarse to fine, then case by case, until the gap or the time is spent."""

import heapq
import time
from itertools import count

import numpy as np
from threadpoolctl import threadpool_limits

from skanchors.certify._branching import branch
from skanchors.certify._demand import Demand, condense
from skanchors.certify._incumbent import Incumbent
from skanchors.certify._multipliers import initial_multipliers
from skanchors.certify._pricing import find_best
from skanchors.certify._relaxation import Case, dual_bound, tighten

# Steps of the grids in log size, coarse to fine. 0.12 makes 1000 to 2000 nodes of
# natural data, and no more than so many nodes are needed to begin with.
_STEPS = (0.48, 0.24, 0.12, 0.06, 0.03, 0.015)
_FEW_BOXES = 2_000
# Above this number, boxes are only worked on as nodes of a grid.
_MAX_BOXES = 100_000
# Condensing raises the mean IoU by about a quarter of the squared step: less than this
# share of the squared step need not be gained before the next grid.
_ENOUGH_OF_STEP = 0.1
# A case is split once so little of its distance from the target is left to gain.
_PATIENCE = 0.25


class Proof:
    """Upper bound of the mean IoU of any k anchors, as it closes in on the lower.

    Parameters
    ----------
    demand : Demand
        Distinct boxes that all have a volume.
    incumbent : Incumbent
    tol, max_time : float
    report : callable
        Called with this object when a bound may have changed.
    """

    def __init__(self, demand, incumbent, *, tol, max_time, report):
        self.start = time.monotonic()
        self.deadline = self.start + max_time
        self.tol, self.report = tol, report
        self.demand, self.incumbent = demand, incumbent
        # No IoU is above 1.
        self.upper = 1.0
        self.multipliers = np.zeros(len(demand.boxes))
        self.n_nodes = self.n_cells = 0
        self._seconds_per_box = 0.0

    @property
    def elapsed(self):
        """Seconds since the start."""
        return time.monotonic() - self.start

    @property
    def lower(self):
        """Mean IoU of the best anchors known."""
        return self.incumbent.value

    @property
    def converged(self):
        """Whether the gap is small enough."""
        return self.upper <= self._target()

    def _target(self):
        return self.lower + self.tol

    def _is_late(self):
        return time.monotonic() >= self.deadline

    def _set_upper(self, bound):
        self.upper = max(self.lower, min(self.upper, bound))
        self.report(self)

    def run(self):
        """Work until the gap is at most `tol`, or the time is over."""
        # L-BFGS calls BLAS for tiny matrices: more threads only wait for each other.
        with threadpool_limits(1, user_api="blas"):
            self._run()

    def _run(self):
        self.report(self)
        if self.converged or self._is_late():
            return
        levels, shares = make_levels(self.demand)
        is_exact = levels[-1] is self.demand
        candidates = self.incumbent.start(levels)
        self.report(self)
        cases = self._first_cases(candidates, levels[0])
        for i, case in enumerate(cases):
            others = max((c.bound for c in cases if c is not case), default=0.0)
            left = self.deadline - time.monotonic()
            until = time.monotonic() + left / (len(cases) - i)
            if case.counts.sum():
                self._refine(case, levels, shares, others, until)
        self._set_upper(max(case.bound for case in cases))
        if is_exact:
            self._divide(cases)

    def _first_cases(self, candidates, level):
        """One case for each number of anchors that equal boxes without volume."""
        cases = []
        for earned in self.incumbent.flat_gains():
            n_anchors = self.incumbent.n_anchors - len(earned)
            cases.append(
                Case(
                    lower=self.demand.lower[None],
                    upper=self.demand.upper[None],
                    counts=np.array([n_anchors]),
                    multipliers=initial_multipliers(level, candidates[:n_anchors]),
                    candidates=candidates,
                    region=np.zeros(len(candidates), dtype=np.intp),
                    bound=earned.sum() + (self.demand.weight.sum() if n_anchors else 0),
                    offset=earned.sum(),
                )
            )
        return cases

    def _refine(self, case, levels, shares, others, until):
        """Bound a first case level by level, coarse to fine."""
        for level, share in zip(levels, [*shares, None], strict=True):
            passes = 1 if level.reach == 0 else 2
            predicted = passes * self._seconds_per_box * len(level.boxes)
            if time.monotonic() + predicted > until:
                break
            if level.reach == 0:
                self._tighten(case, level, others, until)
                self.multipliers = case.multipliers
                return
            self._tighten_on_grid(case, level, others, until - predicted / 2)
            if self._is_late() or max(case.bound, others) <= self._target():
                break
            if share is not None:
                case.multipliers = share @ case.multipliers

    def _tighten_on_grid(self, case, level, others, until):
        """Solve for the nodes, then turn that into a bound for all boxes."""
        nodes = Demand(level.boxes, level.weight)
        enough = _ENOUGH_OF_STEP * level.reach**2
        proven, case.bound = case.bound, 1.0
        self.n_cells += tighten(
            case,
            nodes,
            target=lambda: self.lower,
            accuracy=enough,
            enough=lambda estimate: enough,
            deadline=until,
            on_round=self._after_round(nodes, None),
        )
        prices = find_best(
            level,
            case.multipliers,
            case.lower,
            case.upper,
            known=np.zeros(1),
            precision=enough / case.counts.sum(),
            deadline=self.deadline,
        )
        self.n_cells += prices.n_cells
        bound = dual_bound(level, case.multipliers, case.counts, prices.ceiling)
        case.bound = min(proven, case.offset + bound)
        self._set_upper(max(case.bound, others))

    def _tighten(self, case, level, others, until):
        self.n_nodes += 1
        self.n_cells += tighten(
            case,
            level,
            target=self._target,
            accuracy=self.tol,
            enough=lambda estimate: max(
                _PATIENCE * (estimate - self._target()), 0.1 * self.tol
            ),
            deadline=until,
            on_round=self._after_round(level, others),
        )

    def _after_round(self, level, others):
        """What to do after each round: look for better anchors, and report."""
        last = time.monotonic()

        def note(case):
            nonlocal last
            self.incumbent.improve(case)
            if others is None:
                self.report(self)
            else:
                self._set_upper(max(case.bound, others))
            now = time.monotonic()
            self._seconds_per_box = (now - last) / len(level.boxes)
            last = now

        return note

    def _divide(self, cases):
        """Split cases, the one with the largest bound first."""
        order = count()
        heap = [(-case.bound, next(order), True, case) for case in cases]
        heapq.heapify(heap)
        closed = 0.0
        while heap and not self._is_late():
            _, _, is_tight, case = heapq.heappop(heap)
            others = max(closed, -heap[0][0] if heap else 0.0)
            if case.bound <= self._target():
                closed = max(closed, case.bound)
                continue
            if not is_tight:
                self._tighten(case, self.demand, others, self.deadline)
                if case.bound <= self._target():
                    closed = max(closed, case.bound)
                    self._set_upper(max(closed, others))
                    continue
                if self._is_late():
                    break
            children = branch(case) if case.use is not None else []
            if not children:
                closed = max(closed, case.bound)
            for child in children:
                heapq.heappush(heap, (-child.bound, next(order), False, child))
        else:
            self._set_upper(closed)


def make_levels(demand):
    """Grids of falling step, and the boxes themselves unless they are too many.

    Parameters
    ----------
    demand : Demand
        Real boxes.

    Returns
    -------
    levels : list of Demand
        Coarse to fine.
    shares : list of sparse array
        The i-th times multipliers of level i are multipliers of level i + 1, or of the
        boxes if that is the last.
    """
    n_boxes = len(demand.boxes)
    is_exact = n_boxes <= _MAX_BOXES
    levels, shares = [demand], []
    for step in reversed(_STEPS):
        if len(levels[0].boxes) <= _FEW_BOXES:
            break
        level, share = condense(levels[0], step)
        if len(level.boxes) <= (n_boxes / 2 if is_exact else _MAX_BOXES):
            levels.insert(0, level)
            shares.insert(0, share)
    if not is_exact and len(levels) > 1:
        levels.pop()
    return levels, shares
