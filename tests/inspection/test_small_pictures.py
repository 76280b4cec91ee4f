"""Pictures in a column, on a slide and on a poster: nothing is cut or lacks numbers."""

from itertools import pairwise

import numpy as np
import pytest

from skanchors.datasets import make_boxes
from skanchors.inspection import (
    AnchorClustersDisplay,
    AssignmentDisplay,
    BoxSizeDisplay,
    ClusterCountDisplay,
    IoUDistributionDisplay,
)

pyplot = pytest.importorskip("matplotlib.pyplot")

X = 640 * make_boxes(300, random_state=0)
ANCHORS = [[30, 60], [90, 90], [200, 160], [400, 400]]
# Lists of sizes in inches.
SIZES = [(3, 2), (6, 4), (12, 8)]


def clusters(ax):
    return AnchorClustersDisplay.from_boxes(X, ANCHORS, ax=ax)


def box_sizes(ax):
    return BoxSizeDisplay.from_boxes(X, ax=ax)


def counts(ax):
    k = np.arange(2, 12)
    rise = (1 - 1 / k)[:, None] + np.linspace(-0.05, 0.05, 5)
    scores = {"mean_iou": rise, "matched": rise}
    found = ClusterCountDisplay(n_clusters=k, scores=scores, chosen=8, rule="gain")
    return found.plot(ax)


def distributions(ax):
    return IoUDistributionDisplay.from_boxes(X, {"fitted": ANCHORS}, ax=ax)


def assignments(ax):
    n_positive = np.arange(len(X)) % 60
    return AssignmentDisplay(
        sizes=np.sqrt(X.prod(axis=1)),
        n_positive=n_positive,
        level=np.where(n_positive, np.arange(len(X)) % 5, -1),
        forced=n_positive == 1,
        strides=(8, 16, 32, 64, 128),
        name="retinanet_resnet50_fpn",
    ).plot(ax)


DRAWERS = [clusters, box_sizes, counts, distributions, assignments]


@pytest.fixture(params=SIZES, ids=str)
def ax(request):
    figure, ax = pyplot.subplots(figsize=request.param, layout="constrained")
    yield ax
    pyplot.close(figure)


@pytest.mark.parametrize("draw", DRAWERS)
def test_titles_and_labels_are_not_cut(draw, ax):
    draw(ax)
    ax.figure.canvas.draw()
    canvas = ax.figure.bbox
    for text in (ax.title, ax.xaxis.label, ax.yaxis.label):
        extent = text.get_window_extent()
        assert extent.x0 >= canvas.x0 - 1 and extent.x1 <= canvas.x1 + 1, text
        assert extent.y0 >= canvas.y0 - 1 and extent.y1 <= canvas.y1 + 1, text


@pytest.mark.parametrize("draw", [clusters, box_sizes, assignments])
def test_axes_have_two_numbers_or_more_that_do_not_touch(draw, ax):
    draw(ax)
    ax.figure.canvas.draw()
    for axis in (ax.xaxis, ax.yaxis):
        low, high = sorted(axis.get_view_interval())
        extents = [
            tick.label1.get_window_extent()
            for tick in axis.get_major_ticks()
            if low <= tick.get_loc() <= high and tick.label1.get_text()
        ]
        assert len(extents) >= 2
        for one, other in pairwise(extents):
            assert not one.overlaps(other)


def test_a_legend_does_not_lie_on_most_of_small_axes(ax):
    legend = assignments(ax).legend_
    ax.figure.canvas.draw()
    if legend is not None:
        inside = legend.get_window_extent()
        width, height = ax.get_window_extent().size
        beside = inside.x0 >= ax.get_window_extent().x1
        assert beside or inside.width * inside.height < 0.4 * width * height
