import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import check_grad, linprog

from skanchors.certify._demand import Demand
from skanchors.certify._multipliers import (
    _SoftBound,
    fit_multipliers,
    initial_multipliers,
)
from skanchors.metrics import pairwise_iou

SOFTNESS = (1e-3, 1e-4, 1e-5, 1e-6)


def instance(seed, n_boxes, n_candidates):
    rng = np.random.default_rng(seed)
    weight = rng.random(n_boxes)
    boxes = np.exp(rng.normal(size=(n_boxes, 2)))
    return Demand(boxes, weight / weight.sum()), np.exp(
        rng.normal(size=(n_candidates, 2))
    )


def relaxation(demand, candidates, group, counts):
    """The linear relaxation by a linear program: an oracle."""
    iou = pairwise_iou(demand.boxes, candidates)
    n, m = iou.shape
    box, candidate = np.divmod(np.arange(n * m), m)
    eye = sparse.csr_array(sparse.identity(n * m))
    box_of = sparse.csr_array((np.ones(n * m), (np.arange(n * m), box)))
    of_candidate = sparse.csr_array((demand.weight[box], (candidate, np.arange(n * m))))
    group_of = sparse.csr_array((np.ones(m), (np.arange(m), group)))
    result = linprog(
        np.concatenate([demand.weight, counts, np.zeros(n * m)]),
        A_ub=sparse.bmat(
            [[-box_of, None, -eye], [None, -group_of, of_candidate]], format="csr"
        ),
        b_ub=np.concatenate([-iou.ravel(), np.zeros(m)]),
        bounds=[(None, None)] * n + [(0, None)] * (len(counts) + n * m),
    )
    assert result.success
    return result.fun


@pytest.mark.parametrize("seed", range(6))
def test_meets_the_linear_program(seed):
    demand, candidates = instance(seed, 30, 25)
    group = np.repeat([0, 1], [10, 15])
    counts = np.array([1, 2])
    start = initial_multipliers(demand, candidates[:3])
    # A multiplier may only fall so far in one pass.
    for _ in range(4):
        fit = fit_multipliers(demand, start, candidates, group, counts, SOFTNESS, 200)
        start = fit.values
    best = [fit.profit[group == g].max() for g in (0, 1)]
    bound = demand.weight @ fit.values + counts @ best
    exact = relaxation(demand, candidates, group, counts)
    assert exact - 1e-9 <= bound <= exact + 1e-4


def test_profit_and_use_are_what_they_say():
    demand, candidates = instance(7, 40, 12)
    group, counts = np.zeros(12, dtype=int), np.array([3])
    start = initial_multipliers(demand, candidates[:3])
    fit = fit_multipliers(demand, start, candidates, group, counts, SOFTNESS, 100)
    excess = pairwise_iou(candidates, demand.boxes) - fit.values
    np.testing.assert_allclose(
        fit.profit, np.maximum(excess, 0) @ demand.weight, atol=1e-12
    )
    assert fit.use.sum() == pytest.approx(3)
    assert (fit.use >= 0).all()


def test_gradient():
    demand, candidates = instance(8, 30, 12)
    values = initial_multipliers(demand, candidates[:3])
    group = np.repeat([0, 1], 6)
    scale = np.sqrt(demand.weight / demand.weight.max())
    soft = _SoftBound(
        demand, values - 0.1, candidates, group, np.array([2, 1]), scale, 1e-2
    )
    x = values * scale
    assert check_grad(lambda x: soft(x)[0], lambda x: soft(x)[1], x) < 1e-6


def test_start_lies_between_best_and_second_best():
    demand, candidates = instance(9, 30, 4)
    iou = np.sort(pairwise_iou(demand.boxes, candidates), axis=1)
    np.testing.assert_allclose(
        initial_multipliers(demand, candidates), (iou[:, -1] + iou[:, -2]) / 2
    )
    # With one anchor, multipliers of zero make the bound exact.
    assert not initial_multipliers(demand, candidates[:1]).any()
