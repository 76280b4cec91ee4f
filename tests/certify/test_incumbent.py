import numpy as np
import pytest

from skanchors.certify import _incumbent
from skanchors.certify._demand import Demand
from skanchors.certify._incumbent import Incumbent, round_relaxation
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
    monkeypatch.setattr(_incumbent, "_FIRST_BOXES", 50)
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
    empty, empty_weight = np.array([[0.0, 3], [4, 0]]), np.array([0.5, 0.4])
    incumbent = Incumbent(
        demand, empty, empty_weight, np.ones((2, 2)), np.random.RandomState(0)
    )
    assert [len(gain) for gain in incumbent.empty_gains()] == [0, 1, 2]
    incumbent.start(demand)
    assert incumbent.value == pytest.approx(0.9)
    np.testing.assert_array_equal(incumbent.anchors, empty)


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


def test_rounding_takes_so_many_of_each_region():
    case = Case(
        lower=np.zeros((3, 2)),
        upper=np.ones((3, 2)),
        counts=np.array([2, 1, 3]),
        multipliers=np.zeros(1),
        candidates=np.arange(1.0, 15).reshape(7, 2),
        region=np.array([0, 0, 0, 0, 1, 1, 2]),
        bound=1.0,
        use=np.array([0.9, 0.1, 0.6, 0.4, 0.5, 0.5, 3.0]),
    )
    sets = list(round_relaxation(case, np.random.RandomState(0)))
    assert len(sets) == 2
    for anchors in sets:
        chosen = (case.candidates[:, 0] == anchors[:, :1]).argmax(axis=1)
        np.testing.assert_array_equal(np.bincount(case.region[chosen]), case.counts)
    # The first holds the most used.
    np.testing.assert_array_equal(sets[0][:2], case.candidates[[0, 2]])


def test_more_anchors_than_boxes_and_a_deadline_in_the_past():
    demand = instance(3, 4)
    none = np.empty((0, 2))
    given = np.ones((6, 2))
    incumbent = Incumbent(
        demand, none, none[:, 0], given, np.random.RandomState(0), -np.inf
    )
    candidates = incumbent.start(demand)
    # Nothing moved: these are the anchors given, and boxes.
    low, high = demand.boxes.min(axis=0), demand.boxes.max(axis=0)
    known = np.concatenate([given, np.clip(given, low, high), demand.boxes])
    assert (np.abs(candidates[:, None] - known).max(axis=2).min(axis=1) < 1e-12).all()
    np.testing.assert_array_equal(incumbent.anchors, given)
