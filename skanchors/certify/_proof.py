"""The proof: coarse to fine, then case by case, until the gap or the time is spent."""

import heapq
import time
from itertools import count

import numpy as np
from threadpoolctl import threadpool_limits

from skanchors.certify._branching import branch
from skanchors.certify._demand import STEPS, Demand, condense
from skanchors.certify._multipliers import initial_multipliers
from skanchors.certify._pricing import find_best
from skanchors.certify._relaxation import Case, dual_bound, rounding, tighten

# Each grid is so much coarser than the next.
_COARSER = 4
# With so few boxes or nodes, nothing coarser is needed to begin with.
_FEW_BOXES = 5_000
# Boxes are only condensed where that leaves at most one in so many.
_WORTHWHILE = 8
# Above this number, boxes are only worked on as nodes of a grid.
_MAX_BOXES = 100_000
# Condensing raises the mean IoU by about a quarter of the squared step: less than this
# share of the squared step need not be gained before the next grid.
_ENOUGH_OF_STEP = 0.25
# The pricing of a grid takes at most so many times as long a box as that of the last.
_RESERVE = 3.0
# A case is split once so little of its distance from the target is left to gain.
_PATIENCE = 0.1


class Proof:
    """Upper bound of the mean IoU of any k anchors, as it closes in on the lower.

    Parameters
    ----------
    demand : Demand
        Distinct boxes that all have a volume.
    incumbent : Incumbent
    tol, start, max_time : float
        The gap to reach, and the time to do it in, from `time.monotonic` on.
    report : callable
        Called with this object when a bound may have changed.
    """

    def __init__(self, demand, incumbent, *, tol, start, max_time, report):
        self.start = start
        self.deadline = start + max_time
        self.tol, self.report = tol, report
        self.demand, self.incumbent = demand, incumbent
        # No IoU is above 1.
        self.upper = 1.0
        self.multipliers = None
        self.n_nodes = self.n_cells = 0
        # Of a round, and of the pricing of a grid.
        self._round_per_box = self._price_per_box = 0.0

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

    def _has_time(self):
        """Whether another round with all boxes is likely to end in time."""
        round_time = self._round_per_box * len(self.demand.boxes)
        return time.monotonic() + round_time < self.deadline

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
        candidates = self.incumbent.start(levels[-1])
        self.report(self)
        cases = self._first_cases(candidates, levels[0])
        for i, case in enumerate(cases):
            others = max((c.bound for c in cases if c is not case), default=0.0)
            left = self.deadline - time.monotonic()
            until = time.monotonic() + left / (len(cases) - i)
            if case.counts.sum():
                self._refine(case, levels, shares, others, until)
        self.multipliers = self._spread(cases[0].multipliers, levels, shares)
        self._set_upper(max(case.bound for case in cases))
        if is_exact:
            self._divide(cases)

    def _first_cases(self, candidates, level):
        """One case for each number of anchors that equal boxes without volume."""
        cases = []
        total = self.demand.weight.sum() + rounding(len(self.demand.boxes), 1)
        for earned in self.incumbent.flat_gains():
            n_anchors = self.incumbent.n_anchors - len(earned)
            offset = float(earned.sum() + rounding(len(earned), 1))
            cases.append(
                Case(
                    lower=self.demand.lower[None],
                    upper=self.demand.upper[None],
                    counts=np.array([n_anchors]),
                    multipliers=initial_multipliers(level, candidates[:n_anchors]),
                    candidates=candidates,
                    region=np.zeros(len(candidates), dtype=np.intp),
                    bound=offset + total if n_anchors else offset,
                    offset=offset,
                )
            )
        return cases

    def _refine(self, case, levels, shares, others, until):
        """Bound a first case level by level, coarse to fine."""
        for i, level in enumerate(levels):
            if level.reach == 0:
                self._tighten(case, level, others, until)
                return
            # What the rounds arrive at only counts once the pricing is done.
            round_time = self._round_per_box * len(level.boxes)
            price_time = _RESERVE * self._price_per_box * len(level.boxes)
            if i and time.monotonic() + round_time + price_time > until:
                return
            self._tighten_on_grid(case, level, others, until - price_time)
            if self._is_late() or max(case.bound, others) <= self._target():
                return
            if i < len(shares):
                case.multipliers = shares[i] @ case.multipliers

    def _spread(self, multipliers, levels, shares):
        """Multipliers of a level's nodes as multipliers of all boxes."""
        sizes = [len(level.boxes) for level in levels]
        if len(multipliers) == len(self.demand.boxes):
            return multipliers
        for share in shares[sizes.index(len(multipliers)) :]:
            multipliers = share @ multipliers
        return multipliers

    def _tighten_on_grid(self, case, level, others, until):
        """Solve for the nodes, then turn that into a bound for all boxes."""
        nodes = Demand(level.boxes, level.weight)
        enough = max(_ENOUGH_OF_STEP * level.reach**2, 0.1 * self.tol)
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
        start = time.monotonic()
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
        self._price_per_box = (time.monotonic() - start) / len(level.boxes)
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
            self._round_per_box = (time.monotonic() - last) / len(level.boxes)
            self.incumbent.improve(case)
            if others is None:
                self.report(self)
            else:
                self._set_upper(max(case.bound, others))
            last = time.monotonic()

        return note

    def _divide(self, cases):
        """Split cases, the one with the largest bound first."""
        order = count()
        heap = [(-case.bound, next(order), True, case) for case in cases]
        heapq.heapify(heap)
        closed = 0.0
        while heap and self._has_time():
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
            # Once late, a case stays whole: its children would need work first.
            may_branch = self._has_time() and case.use is not None
            children = branch(case) if may_branch else []
            if not children:
                closed = max(closed, case.bound)
            for child in children:
                heapq.heappush(heap, (-child.bound, next(order), False, child))
        left = max((-bound for bound, *_ in heap), default=0.0)
        self._set_upper(max(closed, left))


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
    most = n_boxes / _WORTHWHILE if is_exact else _MAX_BOXES
    levels, shares = [demand], []
    step = 0.0
    for candidate in STEPS:
        if len(levels[0].boxes) <= _FEW_BOXES:
            break
        if candidate < _COARSER * step:
            continue
        level, share = condense(levels[0], candidate)
        if len(level.boxes) <= most:
            levels.insert(0, level)
            shares.insert(0, share)
            step = candidate
    if not is_exact and len(levels) > 1:
        levels.pop()
    return levels, shares
