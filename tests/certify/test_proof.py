"""The bound against an exhaustive search."""

from itertools import pairwise

import numpy as np
import pytest

from skanchors.certify import _proof, certify_anchors
from skanchors.certify._demand import Demand, condense
from skanchors.certify._proof import make_resolutions
from skanchors.certify._relaxation import tighten
from skanchors.metrics import mean_iou_score, pairwise_iou


def best_by_exhaustion(boxes, weight, n_anchors):
    """Mean IoU of the best anchors on a fine grid and on all peaks.

    Tries every way to share the boxes out among the anchors.
    """
    n_boxes, n_sides = boxes.shape
    solid = boxes[(boxes > 0).all(axis=1)]
    n_steps = {1: 200, 2: 30, 3: 8}[n_sides]
    axes = [
        np.union1d(side, np.geomspace(side.min(), side.max(), n_steps))
        for side in solid.T
    ]
    anchors = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, n_sides)
    gain = pairwise_iou(boxes, np.concatenate([anchors, boxes])) * weight[:, None]
    groups = np.arange(1 << n_boxes)
    member = (groups[:, None] >> np.arange(n_boxes)) & 1
    one = (member @ gain).max(axis=1)
    best = one
    for _ in range(n_anchors - 1):
        more = best.copy()
        for group in groups[1:]:
            part = group
            while part:
                more[group] = max(more[group], one[part] + best[group ^ part])
                part = (part - 1) & group
        best = more
    # No mean IoU is above 1; sums of rounded weights may be.
    return min(1.0, best[-1])


def small_instance(seed):
    rng = np.random.default_rng(seed)
    n_boxes, n_anchors = rng.integers(2, 7), rng.integers(1, 4)
    n_sides = rng.choice([1, 2, 2, 2, 3])
    size = (n_boxes, n_sides)
    boxes = [
        lambda: np.exp(rng.normal(size=size) * rng.choice([0.2, 0.6, 1.5])),
        lambda: rng.integers(1, 6, size=size).astype(float),
        lambda: rng.random(size),
        lambda: rng.integers(0, 4, size=size).astype(float),
    ][rng.integers(4)]()
    boxes[0] = np.maximum(boxes[0], 0.5)
    weight = rng.random(n_boxes) + 5 * (rng.random(n_boxes) < 0.2)
    return boxes, weight, n_anchors


def only_grids(demand):
    """In place of `make_resolutions`: two grids, and never the boxes themselves."""
    fine, boxes_by_fine = condense(demand, 0.06)
    coarse, fine_by_coarse = condense(fine, 0.48)
    return [coarse, fine], [fine_by_coarse, boxes_by_fine]


@pytest.mark.parametrize("seed", range(0, 60, 2))
def test_bound_from_grids_is_never_below_the_best(seed, monkeypatch):
    boxes, weight, n_anchors = small_instance(seed)
    best = best_by_exhaustion(boxes, weight / weight.sum(), n_anchors)
    monkeypatch.setattr(_proof, "make_resolutions", only_grids)
    reports = []
    certificate = certify_anchors(
        boxes,
        boxes[:1].repeat(n_anchors, axis=0),
        sample_weight=weight,
        tol=1e-4,
        random_state=0,
        callback=lambda elapsed, lower, upper: reports.append(upper),
    )
    assert min(reports) == certificate.upper >= best
    if (boxes > 0).all() and len(np.unique(boxes, axis=0)) > n_anchors:
        assert best < certificate.upper < best + 0.1


@pytest.mark.parametrize("seed", range(60))
def test_bound_is_never_below_the_best_and_closes_to_it(seed):
    boxes, weight, n_anchors = small_instance(seed)
    reference = best_by_exhaustion(boxes, weight / weight.sum(), n_anchors)
    certificate = certify_anchors(
        boxes,
        boxes[:1].repeat(n_anchors, axis=0),
        sample_weight=weight,
        tol=1e-4,
        random_state=0,
    )
    assert certificate.converged
    assert certificate.upper >= reference
    assert certificate.lower >= reference - 1e-4
    assert certificate.lower == pytest.approx(
        mean_iou_score(boxes, certificate.anchors, sample_weight=weight)
    )
    assert certificate.gap <= 1e-4


def broken_relaxation():
    """Boxes whose relaxation is fractional: three pairs of boxes, one anchor less."""
    rng = np.random.default_rng(11)
    return np.exp(rng.normal(size=(12, 2)))


def test_cases_are_split_where_the_relaxation_leaves_a_gap():
    n_nodes, gaps = [], []
    for seed in range(12):
        boxes = np.exp(np.random.default_rng(seed).normal(size=(14, 2)))
        certificate = certify_anchors(boxes, boxes[:4], tol=2e-5, random_state=0)
        n_nodes.append(certificate.n_nodes)
        gaps.append(certificate.gap)
    assert max(n_nodes) > 1
    assert max(gaps) <= 2e-5


def test_grids_and_boxes_prove_the_same(monkeypatch):
    rng = np.random.default_rng(0)
    boxes = np.exp(rng.normal(scale=0.4, size=(400, 2)))
    exact = certify_anchors(boxes, boxes[:3], tol=1e-3, random_state=0)
    # Many boxes, too many to work on one by one: only their condensed form is.
    monkeypatch.setattr(_proof, "_FEW_BOXES", 10)
    monkeypatch.setattr(_proof, "_MAX_BOXES", 390)
    condensed = certify_anchors(boxes, boxes[:3], tol=1e-3, random_state=0)
    assert condensed.upper >= exact.lower
    assert exact.upper <= condensed.upper <= exact.upper + 0.1
    assert len(condensed.multipliers) == 400
    # Through a grid to the boxes themselves.
    monkeypatch.setattr(_proof, "_MAX_BOXES", 1000)
    both = certify_anchors(boxes, boxes[:3], tol=1e-3, random_state=0)
    assert both.gap <= 1e-3
    assert both.upper >= exact.lower


def test_resolutions_go_from_coarse_to_fine(monkeypatch):
    rng = np.random.default_rng(0)
    boxes = np.exp(rng.normal(size=(3000, 2)))
    demand = Demand(boxes, np.full(3000, 1 / 3000))
    monkeypatch.setattr(_proof, "_FEW_BOXES", 3000)
    resolutions, shares = make_resolutions(demand)
    assert resolutions == [demand]
    assert shares == []
    monkeypatch.setattr(_proof, "_FEW_BOXES", 30)
    resolutions, shares = make_resolutions(demand)
    assert resolutions[-1] is demand
    assert len(resolutions) > 1
    assert [share.shape for share in shares] == [
        (len(fine.boxes), len(coarse.boxes)) for coarse, fine in pairwise(resolutions)
    ]
    monkeypatch.setattr(_proof, "_MAX_BOXES", 2500)
    resolutions, shares = make_resolutions(demand)
    assert resolutions[-1].reach > 0
    assert shares[-1].shape == (3000, len(resolutions[-1].boxes))


def test_finer_resolutions_start_from_the_multipliers_of_coarser_ones(monkeypatch):
    boxes = np.exp(np.random.default_rng(0).normal(scale=0.6, size=(2000, 2)))
    starts = []

    def watched(case, demand, **options):
        starts.append(float(demand.weight @ case.multipliers))
        n_cells = tighten(case, demand, **options)
        ends.append(float(demand.weight @ case.multipliers))
        return n_cells

    ends = []
    monkeypatch.setattr(_proof, "tighten", watched)
    monkeypatch.setattr(_proof, "_FEW_BOXES", 300)
    certify_anchors(boxes, boxes[:3], tol=0.01, random_state=0)
    assert len(starts) > 1
    # Shared out among boxes, multipliers keep their weighted mean.
    np.testing.assert_allclose(starts[1:], ends[:-1], rtol=1e-9)
