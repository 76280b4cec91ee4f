"""Corners given as boxes are noticed: four sides in place of two."""

import numpy as np
import pytest

from skanchors import IoUKMeans, PyramidAnchors
from skanchors.datasets import make_boxes


@pytest.fixture
def corners():
    sizes = make_boxes(40, random_state=0) * 100
    low = np.random.default_rng(0).uniform(0, 200, (40, 2))
    return np.hstack([low, low + sizes])


@pytest.mark.parametrize("model", [IoUKMeans(3), PyramidAnchors((8,), n_ratios=2)])
def test_corners_are_noticed(model, corners):
    message = r"if these are corners x1, y1, x2, y2, pass X\[:, 2:\] - X\[:, :2\]"
    with pytest.warns(UserWarning, match=message):
        model.fit(corners)


def test_four_sides_that_are_no_corners(corners):
    rng = np.random.default_rng(1)
    IoUKMeans(3).fit(rng.permuted(corners, axis=1))


def test_corners_turned_into_sizes(corners):
    assert IoUKMeans(3).fit(corners[:, 2:] - corners[:, :2]).n_features_in_ == 2
