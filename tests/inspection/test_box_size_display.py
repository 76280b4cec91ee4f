"""The picture of box sizes."""

import numpy as np
import pytest

from skanchors.inspection import BoxSizeDisplay

pytest.importorskip("matplotlib")


def test_few_boxes_are_points():
    X = np.random.default_rng(0).uniform(0.3, 0.6, size=(100, 2))
    display = BoxSizeDisplay.from_boxes(X)
    np.testing.assert_array_equal(display.boxes_artist_.get_offsets(), X)
    assert display.ax_.get_title() == "100 boxes"
    assert display.ax_.get_xscale() == "linear"
    assert display.ax_.get_xlabel() == "width (fraction of the image)"


def test_many_boxes_are_a_density_that_counts_each_box():
    X = np.random.default_rng(0).lognormal(3, 1, size=(20_000, 2))
    display = BoxSizeDisplay.from_boxes(X)
    assert display.boxes_artist_.get_array().sum() == 20_000
    assert display.ax_.get_xscale() == display.ax_.get_yscale() == "log"
    assert display.ax_.get_xlabel() == "width (pixels)"
    (x0, x1), (y0, y1) = display.ax_.get_xlim(), display.ax_.get_ylim()
    assert x0 < X[:, 0].min() and X[:, 0].max() < x1
    assert y0 < X[:, 1].min() and X[:, 1].max() < y1
    assert display.figure_.axes[1].get_ylabel() == "boxes"


def test_sides_of_zero_are_shown_on_log_axes():
    X = np.random.default_rng(0).lognormal(3, 2, size=(100, 2))
    X[0, 0] = 0
    display = BoxSizeDisplay.from_boxes(X)
    assert display.ax_.get_xscale() == "log"
    shown = display.boxes_artist_.get_offsets()
    assert shown[0, 0] == pytest.approx(display.ax_.get_xlim()[0])
    np.testing.assert_array_equal(shown[1:], X[1:])
