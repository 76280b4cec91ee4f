"""The picture of the distribution of the best IoU."""

import numpy as np
import pytest

from skanchors.datasets import make_boxes
from skanchors.inspection import IoUDistributionDisplay
from skanchors.metrics import mean_iou_score, pairwise_iou

pytest.importorskip("matplotlib")


@pytest.mark.parametrize("n_boxes", [1, 50, 20_000])
def test_curves_are_the_cumulative_distribution(n_boxes):
    X = make_boxes(n_boxes, random_state=0)
    sets = {"few": [[0.3, 0.3]], "more": [[0.2, 0.2], [0.4, 0.4]]}
    display = IoUDistributionDisplay.from_boxes(X, sets)
    for name, anchors in sets.items():
        best = np.sort(pairwise_iou(X, anchors).max(axis=1))
        x, y = display.lines_[name].get_data()
        assert len(x) <= 1002
        assert (x[0], y[0], x[-1], y[-1]) == (0, 0, 1, 1)
        # At each point, the share of boxes with at most this IoU; ties aside.
        share = np.searchsorted(best, x[1:-1] + 1e-12) / n_boxes
        np.testing.assert_allclose(y[1:-1], share, atol=2 / n_boxes)
        # The area above the curve is the mean IoU.
        area = 1 - np.sum(np.diff(x) * y[:-1])
        score = mean_iou_score(X, anchors)
        assert area == pytest.approx(score, abs=1e-3 if n_boxes > 1000 else 1e-9)
        assert display.lines_[name].get_label() == f"{name}: mean IoU {score:.4f}"


def test_bad_sets():
    for sets in ({}, [[1, 2]]):
        with pytest.raises(ValueError, match="anchor_sets must be a dictionary"):
            IoUDistributionDisplay.from_boxes([[1, 2]], sets)
    with pytest.raises(ValueError, match="'a' has 3"):
        IoUDistributionDisplay.from_boxes([[1, 2]], {"a": [[1, 2, 3]]})
