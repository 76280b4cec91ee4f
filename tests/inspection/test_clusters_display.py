"""The picture of clusters."""

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skanchors.cluster import IoUKMeans
from skanchors.datasets import make_boxes
from skanchors.inspection import AnchorClustersDisplay
from skanchors.metrics import mean_iou_score

pyplot = pytest.importorskip("matplotlib.pyplot")


@pytest.fixture(scope="module")
def X():
    return make_boxes(300, random_state=0)


@pytest.fixture(scope="module")
def model(X):
    return IoUKMeans(5, random_state=0).fit(X)


def legend_texts(display):
    return [text.get_text() for text in display.legend_.get_texts()]


def test_each_cluster_has_its_boxes_and_colour(model, X):
    display = AnchorClustersDisplay.from_estimator(model, X)
    labels = model.predict(X)
    colors = set()
    for i, artist in enumerate(display.boxes_artists_):
        np.testing.assert_array_equal(artist.get_offsets(), X[labels == i])
        colors.add(tuple(artist.get_facecolor()[0, :3]))
    assert len(colors) == 5
    np.testing.assert_array_equal(
        display.anchors_artist_.get_offsets(), model.cluster_centers_
    )
    score = mean_iou_score(X, model.cluster_centers_)
    assert display.ax_.get_title() == f"5 anchors, mean IoU {score:.4f}"
    for i, text in enumerate(legend_texts(display)):
        assert text.startswith(f"cluster {i}, N = {(labels == i).sum()} (")
    assert [name.get_text() for name in display.names_] == list("01234")
    for name, anchor in zip(display.names_, model.cluster_centers_, strict=True):
        np.testing.assert_allclose(name.xy, anchor)


def test_a_pipeline_is_drawn_as_its_last_step(model, X):
    pipe = make_pipeline(FunctionTransformer(), model)
    display = AnchorClustersDisplay.from_estimator(pipe, X)
    np.testing.assert_array_equal(display.labels, model.predict(X))


def test_many_boxes_are_cells_in_the_colour_of_most_of_their_boxes():
    rng = np.random.default_rng(0)
    X = rng.lognormal(0, 1, size=(50_000, 2))
    anchors = np.array([[0.5, 0.5], [2.0, 2.0]])
    display = AnchorClustersDisplay.from_boxes(X, anchors)
    (mesh,) = display.boxes_artists_
    cells = np.asarray(mesh.get_array()).reshape(160, 160, 4)
    corners = np.asarray(mesh.get_coordinates())
    shown = cells[..., 3] > 0
    assert 500 < shown.sum() < 160**2
    # Away from the border between the clusters a cell has the colour of its cluster.
    middles = np.sqrt(corners[:-1, :-1] * corners[1:, 1:])
    first = display.legend_.legend_handles[0].get_color()
    small = shown & (middles.max(axis=2) < 0.4)
    large = shown & (middles.min(axis=2) > 2.5)
    assert small.any() and large.any()
    assert np.isclose(cells[small][:, :3], first).all()
    assert not np.isclose(cells[large][:, :3], first).all(axis=1).any()


def test_colours_of_twenty_clusters_differ():
    rng = np.random.default_rng(0)
    X = rng.lognormal(0, 1, size=(500, 2))
    display = AnchorClustersDisplay.from_boxes(X, X[:20])
    colors = [handle.get_color() for handle in display.legend_.legend_handles]
    assert len(set(colors)) == 20


def test_labels_may_be_given(X):
    anchors = X[:3]
    labels = np.arange(len(X)) % 3
    display = AnchorClustersDisplay.from_boxes(X, anchors, labels=labels)
    assert legend_texts(display)[0].startswith("cluster 0, N = 100")
    for wrong in (labels + 1, labels - 1, labels * 0.5):
        with pytest.raises(ValueError, match="indices of the 3 anchors, from 0 to 2"):
            AnchorClustersDisplay.from_boxes(X, anchors, labels=wrong)


def test_pixels_are_named_as_pixels(X):
    display = AnchorClustersDisplay.from_boxes(X * 416, [[12.4, 20.6], [300, 200]])
    assert legend_texts(display)[0].endswith("(12 x 21)")
    assert display.ax_.get_xlabel() == "width (pixels)"


def test_no_anchors_is_said(X):
    with pytest.raises(TypeError, match="has no anchors"):
        AnchorClustersDisplay.from_estimator(FunctionTransformer(), X)


@pytest.mark.parametrize("n_anchors", [20, 45, 60])
@pytest.mark.parametrize("largest", [9, 999])
def test_a_figure_of_our_own_grows_with_a_long_legend(n_anchors, largest):
    """Where no layout could make room for it, matplotlib warns."""
    X = np.exp(np.random.default_rng(0).uniform(0.1, np.log(largest), (80, 2)))
    display = AnchorClustersDisplay.from_boxes(X, X[:n_anchors])
    display.figure_.canvas.draw()
    legend = display.legend_.get_window_extent()
    assert len(legend_texts(display)) == n_anchors
    assert 0 <= legend.y0 < legend.y1 <= display.figure_.bbox.height
    assert display.ax_.get_position().width > 0.4


@pytest.mark.parametrize("n_anchors", [3, 30, 45])
def test_given_axes_are_not_crushed_by_a_long_legend(n_anchors):
    X = np.exp(np.random.default_rng(0).uniform(0.1, np.log(9), (80, 2)))
    figure = pyplot.figure(figsize=(5.92, 4.16), dpi=125, layout="constrained")
    ax = figure.subplots()
    display = AnchorClustersDisplay.from_boxes(X, X[:n_anchors], ax=ax)
    figure.canvas.draw()
    assert (display.legend_ is None) == (n_anchors > 3)
    assert figure.get_figheight() == 4.16
    assert ax.get_position().height > 0.6
