import numpy as np
import pytest

from skanchors.certify._branching import branch
from skanchors.certify._relaxation import Case


def a_case(use, width=2.0):
    candidates = np.exp([[0.1, 0.2], [0.9, 0.2], [1.9, 1.5], [3.0, 0.5]])
    return Case(
        lower=np.array([[0.0, 0.0], [2.0, 0.0]]),
        upper=np.array([[width, width], [4.0, 2.0]]),
        counts=np.array([2, 1]),
        multipliers=np.zeros(1),
        candidates=candidates,
        region=np.array([0, 0, 0, 1]),
        bound=0.7,
        offset=0.1,
        use=np.array(use),
    )


def allows(case, anchors):
    """Whether some way to tell anchors on an edge apart makes the counts right."""
    inside = [
        ((anchors >= low) & (anchors <= high)).all(axis=1)
        for low, high in zip(case.lower, case.upper, strict=True)
    ]
    return sum(case.counts) == len(anchors) and all(
        count == mask.sum() for count, mask in zip(case.counts, inside, strict=True)
    )


@pytest.mark.parametrize("use", [[0.5, 0.5, 1, 1], [1, 0, 1, 1.0], [0.7, 0.8, 0.5, 1]])
def test_children_cover_the_case(use):
    case = a_case(use)
    children = branch(case)
    assert len(children) == 3  # 0, 1 or 2 anchors of the first region below the cut
    rng = np.random.default_rng(0)
    for _ in range(200):
        placed = np.concatenate(
            [rng.uniform(0, 2, (2, 2)), rng.uniform([2, 0], [4, 2])[None]]
        )
        assert sum(allows(child, placed) for child in children) == 1
    for child in children:
        assert child.bound == case.bound
        assert child.offset == case.offset
        assert (child.counts > 0).all()
        # Every region has candidates, and they lie in it.
        assert set(child.region) == set(range(len(child.counts)))
        log_sides = np.log(child.candidates)
        assert (log_sides >= child.lower[child.region] - 1e-12).all()
        assert (log_sides <= child.upper[child.region] + 1e-12).all()


def test_cut_lies_where_the_relaxation_is_broken():
    # 0.4 anchors left of the gap from 0.1 to 0.9, 1 left of that up to 1.9.
    children = branch(a_case([0.4, 0.6, 1.0, 1.0]))
    edges = {float(edge) for child in children for edge in child.upper[:, 0]}
    assert any(0.1 < edge < 0.9 for edge in edges)


def test_regions_without_width_are_not_cut():
    case = a_case([1.0, 0, 1, 1])
    case.upper = case.lower.copy()
    assert branch(case) == []
