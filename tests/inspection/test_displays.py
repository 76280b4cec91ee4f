"""What all pictures must keep to: nothing overlaps, nothing is cut, nothing is global.

What each shows is tested in the file of its own name.
"""

import sys
from itertools import combinations

import numpy as np
import pytest

from skanchors.datasets import make_boxes
from skanchors.inspection import (
    AnchorClustersDisplay,
    AnchorShapesDisplay,
    BoxSizeDisplay,
    ClusterCountDisplay,
    IoUDistributionDisplay,
    SilhouetteDisplay,
)

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
pyplot = pytest.importorskip("matplotlib.pyplot")


def make(n_boxes, n_clusters):
    rng = np.random.default_rng(n_boxes + n_clusters)
    anchors = rng.lognormal(-1.5, 0.8, size=(n_clusters, 2)).clip(0.01, 1)
    labels = rng.integers(n_clusters, size=n_boxes)
    X = anchors[labels] * rng.lognormal(0, 0.3, size=(n_boxes, 2))
    return X.clip(0.005, 1), anchors[np.argsort(anchors.prod(axis=1))]


def box_sizes(X, anchors, ax):
    return BoxSizeDisplay.from_boxes(X, ax=ax)


def clusters(X, anchors, ax):
    return AnchorClustersDisplay.from_boxes(X, anchors, ax=ax)


def shapes(X, anchors, ax):
    return AnchorShapesDisplay.from_boxes(anchors, input_size=(640, 384), ax=ax)


def counts(X, anchors, ax):
    k = np.arange(2, 3 + len(anchors))
    rise = (1 - 1 / k)[:, None] + np.linspace(-0.05, 0.05, 5)
    scores = {"mean_iou": rise, "silhouette": 1 - rise, "best_possible_recall": rise}
    return ClusterCountDisplay(n_clusters=k, scores=scores, chosen=3).plot(ax=ax)


def distributions(X, anchors, ax):
    sets = {f"the first {i + 1}": anchors[: i + 1] for i in range(len(anchors))}
    return IoUDistributionDisplay.from_boxes(X, sets, ax=ax)


def silhouettes(X, anchors, ax):
    labels = np.arange(len(X)) % len(anchors)
    return SilhouetteDisplay.from_boxes(X, labels, sample_size=500, ax=ax)


DRAWERS = [box_sizes, clusters, shapes, counts, distributions, silhouettes]


def visible_texts(figure):
    """All texts that are drawn; ticks outside the limits are not."""
    texts = list(figure.texts)
    for ax in figure.axes:
        texts += [ax.title, ax.xaxis.label, ax.yaxis.label, *ax.texts]
        if ax.get_legend() is not None:
            texts += ax.get_legend().get_texts()
        for axis in (ax.xaxis, ax.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
                if low <= tick.get_loc() <= high:
                    texts += [tick.label1]
    return [text for text in texts if text.get_visible() and text.get_text().strip()]


@pytest.fixture(autouse=True)
def close_figures():
    yield
    pyplot.close("all")


@pytest.mark.parametrize("own_axes", [True, False])
@pytest.mark.parametrize(("n_boxes", "k"), [(60, 20), (6000, 9)])
@pytest.mark.parametrize("draw", DRAWERS)
def test_no_text_is_cut_or_overlaps(draw, n_boxes, k, own_axes):
    ax = None if own_axes else pyplot.subplots(figsize=(8, 6))[1]
    display = draw(*make(n_boxes, k), ax)
    figure = display.figure_
    figure.canvas.draw()
    canvas = figure.bbox
    shown = []
    for text in visible_texts(figure):
        # Without its box and its line to the point.
        extent = matplotlib.text.Text.get_window_extent(text)
        if text.axes is not None and text in text.axes.texts:
            assert text.axes.get_window_extent().contains(*extent.get_points().mean(0))
        assert extent.x0 >= canvas.x0 and extent.x1 <= canvas.x1, text
        assert extent.y0 >= canvas.y0 and extent.y1 <= canvas.y1, text
        shown.append((text.get_text(), extent.padded(-0.5)))
    assert len(shown) > 5
    for (name, extent), (other_name, other) in combinations(shown, 2):
        assert not extent.overlaps(other), (name, other_name)


@pytest.mark.parametrize("draw", DRAWERS)
def test_axes_given_are_used_and_no_figure_is_made(draw):
    figure, (left, right) = pyplot.subplots(1, 2, layout="constrained", figsize=(14, 5))
    display = draw(*make(60, 3), right)
    assert display.ax_ is right
    assert display.figure_ is figure
    assert not left.has_data()
    assert pyplot.get_fignums() == [figure.number]


@pytest.mark.parametrize("draw", DRAWERS)
def test_a_display_can_be_drawn_again(draw):
    first = draw(*make(60, 3), None)
    figure = first.figure_
    again = first.plot()
    assert again is first
    assert again.figure_ is not figure
    assert again.ax_.get_title() == figure.axes[0].get_title()


@pytest.mark.parametrize("draw", DRAWERS)
def test_init_holds_data_only(draw):
    display = draw(*make(60, 3), None)
    names = {name for name in vars(display) if not name.endswith("_")}
    data = {name: getattr(display, name) for name in names}
    try:
        fresh = type(display)(**data)
    except TypeError:
        fresh = type(display)(*data.values())
    assert set(vars(fresh)) == names


@pytest.mark.parametrize("draw", DRAWERS)
def test_without_matplotlib(draw, monkeypatch):
    X, anchors = make(60, 3)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    for module in ("pyplot", "colors", "patches", "ticker", "lines"):
        monkeypatch.setitem(sys.modules, f"matplotlib.{module}", None)
    with pytest.raises(ImportError, match=r"skanchors\[plot\]"):
        draw(X, anchors, None)


@pytest.mark.parametrize("draw", [box_sizes, clusters, shapes])
def test_three_sides_cannot_be_drawn(draw):
    X = make_boxes(20, n_sides=3, random_state=0)
    with pytest.raises(ValueError, match="Pictures show boxes of 2 sides"):
        draw(X, X[:2], None)


@pytest.mark.parametrize("draw", DRAWERS[:3])
@pytest.mark.parametrize(
    ("X", "repeats"),
    [
        ([[0, 0], [1, 2], [100, 100]], 1),
        ([[0, 0], [1, 2], [100, 100]], 2000),
        ([[5, 5]] * 4, 2000),
        ([[1e-6, 1], [1, 1e-6]], 1),
        ([[0, 0], [0, 0]], 3000),
    ],
)
def test_odd_sizes_can_be_drawn(draw, X, repeats):
    X = np.array(X, dtype=float)
    display = draw(np.repeat(X, repeats, axis=0), X[:2], None)
    display.figure_.canvas.draw()
