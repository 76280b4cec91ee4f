"""The proof: coarse to fine, then case by case, until the gap or the time is spent."""

import heapq
import time
from collections.abc import Callable
from itertools import count

import numpy as np
from scipy import sparse

from skanchors._threads import single_threaded_blas
from skanchors.certify._branching import branch
from skanchors.certify._demand import STEPS, Demand, condense
from skanchors.certify._incumbent import Incumbent
from skanchors.certify._multipliers import initial_multipliers
from skanchors.certify._relaxation import Case, rounding, tighten

# A coarser grid, or the first, has at most so many times as many points as a finer one.
_FEWER = 0.6
# With so few boxes or points, nothing coarser is needed to begin with.
_FEW_BOXES = 1_500
# Above this number, boxes are only worked on as points of a grid.
_MAX_BOXES = 100_000
# A grid raises the bound by about twice its squared step: less than this share of the
# squared step need not be gained before the next grid.
_ENOUGH_OF_STEP = 0.3
# Candidates of which the relaxation uses less than this are not taken to the next grid.
_USED = 1e-3
# A case is split once so little of its distance from the target is left to gain.
_PATIENCE = 0.1


class Proof:
    """Upper bound of the mean IoU of any k anchors, as it closes in on the lower.

    Parameters
    ----------
    demand : Demand
        Distinct boxes that all have a volume.
    incumbent : Incumbent
    tol : float
        The gap to reach.
    deadline : float
        Of `time.monotonic`.
    report : callable
        ``report(lower, upper)`` when a bound may have changed; a true value ends the
        work.
    """

    def __init__(
        self,
        demand: Demand,
        incumbent: Incumbent,
        *,
        tol: float,
        deadline: float,
        report: Callable[[float, float], bool],
    ) -> None:
        self.deadline = deadline
        self.tol, self._report = tol, report
        self.demand, self.incumbent = demand, incumbent
        # No IoU is above 1.
        self.upper = 1.0
        self.multipliers = np.zeros(len(demand.boxes))
        self.n_nodes = self.n_cells = 0

    @property
    def lower(self) -> float:
        """Mean IoU of the best anchors known."""
        return self.incumbent.value

    @property
    def converged(self) -> bool:
        """Whether the gap is small enough."""
        return self.upper <= self._target()

    def _target(self) -> float:
        return self.lower + self.tol

    def _is_late(self) -> bool:
        return time.monotonic() >= self.deadline

    def set_upper(self, bound: float) -> None:
        """Take note of a bound that was proven."""
        self.upper = max(self.lower, min(self.upper, bound))
        self.tell()

    def tell(self) -> None:
        """Report the bounds."""
        if self._report(self.lower, self.upper):
            self.deadline = self.incumbent.deadline = -np.inf

    def run(self) -> None:
        """Work until the gap is at most `tol`, or the time is over."""
        # L-BFGS calls BLAS for tiny matrices: more threads only wait for each other.
        with single_threaded_blas():
            self._run()

    def _run(self) -> None:
        if self.converged or self._is_late():
            return
        resolutions, shares = make_resolutions(self.demand)
        candidates = self.incumbent.start(resolutions[-1])
        self.tell()
        if self._is_late():
            return
        cases = self._first_cases(candidates, resolutions[0])
        for i, demand in enumerate(resolutions):
            self._tighten_all(cases, demand)
            if self._is_late() or self.converged:
                break
            if i + 1 < len(resolutions):
                for case in cases:
                    if len(case.use) and resolutions[i + 1].reach:
                        case.keep_candidates(case.use > _USED)
                    case.multipliers = shares[i] @ case.multipliers
        self.multipliers = cases[0].multipliers
        for share in shares[i:]:
            self.multipliers = share @ self.multipliers
        if resolutions[-1] is self.demand:
            self._divide(cases)

    def _first_cases(self, candidates: np.ndarray, demand: Demand) -> list[Case]:
        """One case for each number of anchors that equal boxes without volume."""
        cases = []
        total = self.demand.weight.sum() + rounding(len(self.demand.boxes), 1)
        for earned in self.incumbent.empty_gains():
            n_anchors = self.incumbent.n_anchors - len(earned)
            offset = float(earned.sum() + rounding(len(earned), 1))
            cases.append(
                Case(
                    lower=self.demand.lower[None],
                    upper=self.demand.upper[None],
                    counts=np.array([n_anchors]),
                    multipliers=initial_multipliers(demand, candidates[:n_anchors]),
                    candidates=candidates,
                    region=np.zeros(len(candidates), dtype=np.intp),
                    bound=offset + total if n_anchors else offset,
                    offset=offset,
                )
            )
        return cases

    def _tighten_all(self, cases: list[Case], demand: Demand) -> None:
        """Bound the first cases at one resolution."""
        for i, case in enumerate(cases):
            if self._is_late():
                return
            if not case.counts.sum() or case.bound <= self._target():
                continue
            others = max((c.bound for c in cases if c is not case), default=0.0)
            now = time.monotonic()
            self._tighten(
                case, demand, others, now + (self.deadline - now) / (len(cases) - i)
            )

    def _tighten(
        self, case: Case, demand: Demand, others: float, deadline: float
    ) -> None:
        """Bound one case, while no bound of the others is above `others`."""

        def on_round(case: Case) -> bool:
            self.incumbent.improve(case)
            self.set_upper(max(case.bound, others))
            return self._is_late()

        of_step = _ENOUGH_OF_STEP * demand.reach**2

        def enough(estimate: float) -> float:
            left = of_step or _PATIENCE * (estimate - self._target())
            return max(left, 0.1 * self.tol)

        self.n_nodes += demand is self.demand
        self.n_cells += tighten(
            case,
            demand,
            target=self._target,
            accuracy=max(self.tol, of_step),
            enough=enough,
            least_gain=of_step or -np.inf,
            deadline=min(deadline, self.deadline),
            on_round=on_round,
        )

    def _divide(self, cases: list[Case]) -> None:
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
                    self.set_upper(max(closed, others))
                    continue
            # Once late, a case stays whole: its children would need work first.
            may_branch = not self._is_late() and len(case.use) > 0
            children = branch(case) if may_branch else []
            if not children:
                closed = max(closed, case.bound)
            for child in children:
                heapq.heappush(heap, (-child.bound, next(order), False, child))
        left = max((-bound for bound, *_ in heap), default=0.0)
        self.set_upper(max(closed, left))


def make_resolutions(demand: Demand) -> tuple[list[Demand], list[sparse.csr_array]]:
    """Grids of falling step, and the boxes themselves unless they are too many.

    Parameters
    ----------
    demand : Demand
        Real boxes.

    Returns
    -------
    resolutions : list of Demand
        Coarse to fine.
    shares : list of sparse array
        The i-th times multipliers of resolution i are multipliers of resolution i + 1,
        or of the boxes if that is the last.
    """
    n_boxes = len(demand.boxes)
    is_exact = n_boxes <= _MAX_BOXES
    resolutions = [demand]
    shares: list[sparse.csr_array] = []
    for step in STEPS:
        if len(resolutions[0].boxes) <= _FEW_BOXES:
            break
        most = _FEWER * len(resolutions[0].boxes)
        if not is_exact and len(resolutions) == 1:
            most = _MAX_BOXES
        condensed = condense(resolutions[0], step, most)
        if condensed is not None:
            resolutions.insert(0, condensed[0])
            shares.insert(0, condensed[1])
    if not is_exact and len(resolutions) > 1:
        resolutions.pop()
    return resolutions, shares
