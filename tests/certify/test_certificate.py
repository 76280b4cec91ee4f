import numpy as np
import pytest

from skanchors.certify import certify_anchors


@pytest.fixture(scope="module")
def certificate():
    boxes = np.exp(np.random.default_rng(0).normal(size=(60, 2)))
    return certify_anchors(boxes, boxes[:3], random_state=0)


def test_sentence(certificate):
    text = str(certificate)
    assert text.startswith(f"Mean IoU {certificate.lower:.4f}; no 3 anchors can reach")
    assert f"(gap {certificate.gap:.4f}, " in text
    assert text.count(".") == 4  # one sentence, three numbers
    # What it says is rounded up, thus true.
    assert float(text.split("more than ")[1].split()[0]) >= certificate.upper


def test_sentence_where_nothing_is_left_to_gain():
    certificate = certify_anchors([[1, 1], [2, 2]], [[1, 1], [1, 1]])
    assert str(certificate) == (
        "Mean IoU 1.0000, and no 2 anchors can reach more (0 s)."
    )


def test_profit_and_multipliers_make_the_bound(certificate):
    assert certificate.n_nodes == 1
    sides = np.geomspace(certificate.boxes.min(0), certificate.boxes.max(0), 80).T
    grid = np.stack(np.meshgrid(*sides), axis=-1).reshape(-1, 2)
    most = certificate.profit(np.concatenate([grid, certificate.anchors])).max()
    base = certificate.weight @ certificate.multipliers
    assert certificate.upper - 0.005 <= base + 3 * most <= certificate.upper
    # An optimal set of anchors sits on the highest peaks.
    assert certificate.profit(certificate.anchors) == pytest.approx(most, abs=5e-3)


def test_history_closes_in(certificate):
    elapsed, lower, upper = certificate.history.T
    assert (np.diff(elapsed) >= 0).all()
    assert (np.diff(lower) >= 0).all()
    assert (np.diff(upper) <= 0).all()
    assert (lower <= upper).all()
    assert (lower[-1], upper[-1]) == (certificate.lower, certificate.upper)
    assert lower[0] == certificate.given_score
