import numpy as np
import pytest

from skanchors.certify import _incumbent
from skanchors.certify._demand import Demand
from skanchors.certify._incumbent import Incumbent
from skanchors.certify._relaxation import Case
from skanchors.metrics import mean_iou_score


def instance(seed, n_boxes=60):
    rng = np.random.default_rng(seed)
    boxes = np.exp(rng.normal(size=(n_boxes, 2)))
    return Demand(boxes, np.full(n_boxes, 1 / n_boxes))


def test_start_is_never_worse_than_the_given_anchors():
    demand = instance(0)
    given = np.array([[1.0, 1.0], [9.0, 9.0], [9.0, 9.1]])
    none = np.empty((0, 2))
    incumbent = Incumbent(demand, none, none[:, 0], given, np.random.RandomState(0))
    before = incumbent.value
    assert before == pytest.approx(mean_iou_score(demand.boxes, given))
    candidates = incumbent.start(demand)
    assert incumbent.value > before + 0.05
    assert incumbent.value == pytest.approx(
        mean_iou_score(demand.boxes, incumbent.anchors)
    )
    assert incumbent.anchors.shape == given.shape
    low, high = demand.boxes.min(axis=0), demand.boxes.max(axis=0)
    assert (candidates >= low * (1 - 1e-12)).all()
    assert (candidates <= high * (1 + 1e-12)).all()


def test_condensed_search_is_carried_over_to_all_boxes(monkeypatch):
    monkeypatch.setattr(_incumbent, "_MAX_SEARCH_BOXES", 50)
    demand = instance(1, 3000)
    none = np.empty((0, 2))
    given = np.ones((4, 2))
    incumbent = Incumbent(demand, none, none[:, 0], given, np.random.RandomState(0))
    incumbent.start(demand)
    assert len(incumbent._coarse.boxes) < 1000
    assert incumbent.value == pytest.approx(
        mean_iou_score(demand.boxes, incumbent.anchors)
    )
    assert incumbent.value > mean_iou_score(demand.boxes, given) + 0.1


def test_boxes_without_volume_get_anchors_if_they_are_heavy():
    demand = Demand(np.array([[1.0, 1], [2, 2]]), np.array([0.05, 0.05]))
    flat, flat_weight = np.array([[0.0, 3], [4, 0]]), np.array([0.5, 0.4])
    incumbent = Incumbent(
        demand, flat, flat_weight, np.ones((2, 2)), np.random.RandomState(0)
    )
    assert [len(gain) for gain in incumbent.flat_gains()] == [0, 1, 2]
    incumbent.start(demand)
    assert incumbent.value == pytest.approx(0.9)
    np.testing.assert_array_equal(incumbent.anchors, flat)


def test_rounding_a_solution_improves():
    demand = instance(2)
    none = np.empty((0, 2))
    given = np.full((2, 2), 0.1)
    incumbent = Incumbent(demand, none, none[:, 0], given, np.random.RandomState(0))
    candidates = demand.boxes[:10]
    case = Case(
        lower=demand.lower[None],
        upper=demand.upper[None],
        counts=np.array([2]),
        multipliers=np.zeros(60),
        candidates=candidates,
        region=np.zeros(10, dtype=int),
        bound=1.0,
        use=np.full(10, 0.2),
    )
    before = incumbent.value
    incumbent.improve(case)
    assert incumbent.value > before
