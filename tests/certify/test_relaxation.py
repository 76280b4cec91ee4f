import math
from fractions import Fraction

import numpy as np
import pytest

from skanchors.certify._demand import Demand
from skanchors.certify._multipliers import initial_multipliers
from skanchors.certify._relaxation import Case, dual_bound, tighten
from skanchors.cluster import IoUKMeans
from skanchors.metrics import mean_iou_score


def a_case(demand, anchors):
    return Case(
        lower=demand.lower[None],
        upper=demand.upper[None],
        counts=np.array([len(anchors)]),
        multipliers=initial_multipliers(demand, anchors),
        candidates=anchors,
        region=np.zeros(len(anchors), dtype=int),
        bound=1.0,
    )


def instance(seed, n_boxes=80):
    rng = np.random.default_rng(seed)
    boxes = np.exp(rng.normal(size=(n_boxes, 2)))
    return Demand(boxes, np.full(n_boxes, 1 / n_boxes))


@pytest.mark.parametrize("n_boxes", [1, 10, 1000])
def test_bound_is_rounded_up(n_boxes):
    rng = np.random.default_rng(n_boxes)
    weight = rng.random(n_boxes)
    demand = Demand(np.ones((n_boxes, 2)), weight / weight.sum())
    multipliers = rng.random(n_boxes)
    counts, ceiling = np.array([2, 1]), rng.random(2)
    total = sum(map(Fraction, weight))
    exact = sum(
        Fraction(w) / total * Fraction(m)
        for w, m in zip(weight, multipliers, strict=True)
    ) + sum(int(c) * Fraction(x) for c, x in zip(counts, ceiling, strict=True))
    bound = dual_bound(demand, multipliers, counts, ceiling)
    assert exact < Fraction(bound) < exact + Fraction(1e-11)


@pytest.mark.parametrize("seed", range(3))
def test_rounds_lower_the_bound_to_the_relaxation(seed):
    demand = instance(seed)
    anchors = IoUKMeans(3, random_state=seed).fit(demand.boxes).cluster_centers_
    score = mean_iou_score(demand.boxes, anchors)
    case = a_case(demand, anchors)
    bounds, estimates = [], []

    def enough(estimate):
        estimates.append(estimate)
        return 5e-4

    n_cells = tighten(
        case,
        demand,
        target=lambda: score,
        accuracy=1e-3,
        enough=enough,
        deadline=math.inf,
        on_round=lambda case: bounds.append(case.bound),
    )
    assert n_cells > 0
    assert bounds == sorted(bounds, reverse=True)
    assert case.bound >= score
    # The estimate is the relaxation over the candidates, which the bound came down to.
    assert case.bound <= max(estimates[-1], score) + 6e-4
    assert len(case.use) == len(case.candidates) == len(case.region)


def test_candidates_are_not_repeated_and_keep_their_use():
    demand = instance(0)
    case = a_case(demand, np.array([[1.0, 2], [3, 4]]))
    case.use = np.array([0.25, 0.75])
    case.add_candidates(np.array([[3.0, 4], [0.5, 9]]), np.array([0, 0]))
    assert sorted(map(tuple, case.candidates)) == [(0.5, 9), (1, 2), (3, 4)]
    use = dict(zip(map(tuple, case.candidates), case.use, strict=True))
    assert use == {(0.5, 9): 0, (1, 2): 0.25, (3, 4): 0.75}
    # A region never loses its last candidate.
    case.keep_candidates(np.zeros(3, dtype=bool))
    assert len(case.candidates) == len(case.use) == 1
