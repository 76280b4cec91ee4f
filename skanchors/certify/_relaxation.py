"""The bound of one case: column generation between multipliers and pricing."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from skanchors.certify._demand import Demand
from skanchors.certify._multipliers import fit_multipliers
from skanchors.certify._pricing import Prices, find_best

# Steps of L-BFGS a pass.
_MAX_ITER = 25
# Of the time left, multipliers may take at most this share: they prove nothing alone.
_FIT_SHARE = 0.6
_MAX_ROUNDS = 40
_NEW_PER_ROUND = 30
# Candidates added together differ by this many times the gap in some log side.
_APART = 5
_EPS = np.finfo(float).eps


@dataclass
class Case:
    """Some of the ways to place the anchors: so many in each of some regions.

    Parameters
    ----------
    lower, upper : ndarray of shape (n_regions, n_sides)
        Regions of log sizes, disjoint but for their edges.
    counts : ndarray of shape (n_regions,)
        How many anchors lie in each; all above 0.
    multipliers : ndarray of shape (n_boxes,)
    candidates : ndarray of shape (n_candidates, n_sides)
        Sorted by region.
    region : ndarray of shape (n_candidates,)
        The region of each candidate.
    bound : float
        No such placement has a larger mean IoU.
    offset : float, default=0.0
        What is earned outside this case: by anchors equal to boxes with no volume.
    use : ndarray of shape (n_candidates,)
        How much of each candidate the relaxation uses; empty until it was solved.
    """

    lower: np.ndarray
    upper: np.ndarray
    counts: np.ndarray
    multipliers: np.ndarray
    candidates: np.ndarray
    region: np.ndarray
    bound: float
    offset: float = 0.0
    use: np.ndarray = field(default_factory=lambda: np.empty(0))

    def add_candidates(self, anchors: np.ndarray, region: np.ndarray) -> None:
        """Insert candidates that are not there yet."""
        anchors = np.concatenate([self.candidates, anchors])
        region = np.concatenate([self.region, region])
        rows = np.column_stack([region, anchors])
        _, first = np.unique(rows, axis=0, return_index=True)
        use = np.concatenate([self.use, np.zeros(len(rows) - len(self.use))])
        self.candidates, self.region = anchors[first], region[first]
        self.use = use[first]

    def keep_candidates(self, keep: np.ndarray) -> None:
        """Forget candidates, but never the last of a region."""
        for g in range(len(self.counts)):
            if not keep[self.region == g].any():
                keep[np.argmax(self.region == g)] = True
        self.candidates, self.region = self.candidates[keep], self.region[keep]
        self.use = self.use[keep]


def rounding(n_terms: int, size: float) -> float:
    """How far off a sum may be.

    A sum of n terms is off by at most n eps times the sum of their magnitudes. The
    weights' own rounding, the terms' and the logarithms' take a few eps each.
    """
    return 4 * (n_terms + 64) * _EPS * (1 + size)


def dual_bound(
    demand: Demand, multipliers: np.ndarray, counts: np.ndarray, ceiling: np.ndarray
) -> float:
    """The bound that multipliers prove, rounded up.

    Parameters
    ----------
    demand : Demand
    multipliers : ndarray of shape (n_boxes,)
    counts, ceiling : ndarray of shape (n_regions,)
        Number of anchors of each region, and a bound on the profit of one.

    Returns
    -------
    float
    """
    base = demand.weight @ multipliers
    size = demand.weight @ np.abs(multipliers) + counts @ ceiling
    return float(base + counts @ ceiling + rounding(demand.n_terms, size))


def tighten(
    case: Case,
    demand: Demand,
    *,
    target: Callable[[], float],
    accuracy: float,
    enough: Callable[[float], float],
    least_gain: float = -np.inf,
    deadline: float,
    on_round: Callable[[Case], bool | None],
) -> int:
    """Lower a case's bound until it is at most `target`, or nothing more is to gain.

    Parameters
    ----------
    case : Case
        Changed in place.
    demand : Demand
    target : callable
        Without arguments; a bound at most this needs no more work.
    accuracy : float
        Differences of the bound smaller than this do not matter.
    enough : callable
        Of about what the relaxation will yield in the end; stop once there is no
        more than this to gain.
    least_gain : float, default=-inf
        Stop also after a round that lowered the bound by no more than this.
    deadline : float
        Of `time.monotonic`.
    on_round : callable
        Called with the case after each round; a true value ends the work.

    Returns
    -------
    int
        Number of cells that the pricing looked at.
    """
    n_cells = 0
    n_anchors = case.counts.sum()
    # What condensing takes from the bound, no round can gain.
    lost = n_anchors * demand.slack
    values = case.multipliers
    best_proven = last = np.inf
    distance = min(max(case.bound - target(), accuracy), 0.01)
    for i in range(_MAX_ROUNDS):
        start = time.monotonic()
        soft = max(distance * 0.005, accuracy * 1e-3, 1e-8)
        fit = fit_multipliers(
            demand,
            values,
            case.candidates,
            case.region,
            case.counts,
            (10 * soft, 3 * soft, soft) if i == 0 else (3 * soft, soft),
            _MAX_ITER,
            start + _FIT_SHARE * (deadline - start),
        )
        values = fit.values
        known = np.zeros(len(case.counts))
        np.maximum.at(known, case.region, fit.profit)
        base = demand.weight @ values + case.offset
        estimate = base + case.counts @ known
        case.use = fit.use
        goal = target() - lost
        slack = max(0.1 * distance, 0.5 * (goal - estimate), 0.05 * accuracy, 1e-9)
        prices = find_best(
            demand,
            values,
            case.lower,
            case.upper,
            known=known,
            precision=slack / n_anchors,
            deadline=deadline,
        )
        n_cells += prices.n_cells
        proven = case.offset + dual_bound(demand, values, case.counts, prices.ceiling)
        if proven < best_proven:
            best_proven = proven
            case.multipliers = values
        case.bound = min(case.bound, proven)
        _renew_candidates(case, prices, fit.profit, known, distance)
        is_stopped = on_round(case)
        now = time.monotonic()
        # A round that would be cut short proves little.
        if is_stopped or case.bound <= target() or 2 * now - start > deadline:
            break
        left = best_proven - lost - estimate
        if left <= enough(estimate) or last - best_proven <= least_gain:
            break
        last = best_proven
        distance = max(min(left, best_proven - target()), accuracy)
    return n_cells


def _renew_candidates(
    case: Case,
    prices: Prices,
    profit: np.ndarray,
    known: np.ndarray,
    distance: float,
) -> None:
    """Add what the pricing found, and drop candidates far from being used.

    Parameters
    ----------
    case : Case
        Changed in place.
    prices : Prices
    profit : ndarray of shape (n_candidates,)
        Of the candidates so far.
    known : ndarray of shape (n_regions,)
        The largest of these in each region.
    distance : float
        About how far the bound still is from where it will end.
    """
    share = distance / case.counts.sum()
    case.keep_candidates(profit >= known[case.region] - max(10 * share, 1e-4))
    order = np.flatnonzero(prices.profit >= known[prices.region] - 0.1 * share)
    order = order[np.argsort(-prices.profit[order], kind="stable")]
    log_sides = np.log(prices.anchors)
    chosen: list[np.intp] = []
    for i in order:
        if len(chosen) == _NEW_PER_ROUND:
            break
        apart = np.abs(log_sides[chosen] - log_sides[i]).max(axis=1, initial=0)
        if (apart[prices.region[chosen] == prices.region[i]] > _APART * distance).all():
            chosen.append(i)
    case.add_candidates(prices.anchors[chosen], prices.region[chosen])
