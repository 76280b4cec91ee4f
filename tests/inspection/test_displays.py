"""What all pictures must keep to: nothing overlaps, nothing is cut, nothing is global.

What each shows is tested in the file of its own name.
"""

import sys
from itertools import combinations

import numpy as np
import pytest

from skanchors import IoUKMeans
from skanchors.annotations import read_annotations
from skanchors.certify import CertificateDisplay
from skanchors.datasets import load_sample_paths, make_boxes
from skanchors.inspection import (
    AnchorClustersDisplay,
    AnchorShapesDisplay,
    AssignmentDisplay,
    BoxSizeDisplay,
    ClusterCountDisplay,
    IoUDistributionDisplay,
    SilhouetteDisplay,
)

matplotlib = pytest.importorskip("matplotlib")
pyplot = pytest.importorskip("matplotlib.pyplot")


def make(n_boxes, n_clusters):
    rng = np.random.default_rng(n_boxes + n_clusters)
    anchors = rng.lognormal(-1.5, 0.8, size=(n_clusters, 2)).clip(0.01, 1)
    labels = rng.integers(n_clusters, size=n_boxes)
    X = anchors[labels] * rng.lognormal(0, 0.3, size=(n_boxes, 2))
    return X.clip(0.005, 1), anchors[np.argsort(anchors.prod(axis=1))]


def box_sizes(X, anchors, ax, **options):
    return BoxSizeDisplay.from_boxes(X, ax=ax, **options)


def clusters(X, anchors, ax, **options):
    return AnchorClustersDisplay.from_boxes(X, anchors, ax=ax, **options)


def shapes(X, anchors, ax, **options):
    return AnchorShapesDisplay.from_boxes(
        anchors, input_size=(640, 384), ax=ax, **options
    )


def counts(X, anchors, ax, **options):
    k = np.arange(2, 3 + len(anchors))
    rise = (1 - 1 / k)[:, None] + np.linspace(-0.05, 0.05, 5)
    scores = {"mean_iou": rise, "silhouette": 1 - rise, "best_possible_recall": rise}
    return ClusterCountDisplay(n_clusters=k, scores=scores, chosen=3).plot(
        ax=ax, **options
    )


def distributions(X, anchors, ax, **options):
    sets = {f"the first {i + 1}": anchors[: i + 1] for i in range(len(anchors))}
    return IoUDistributionDisplay.from_boxes(X, sets, ax=ax, **options)


def silhouettes(X, anchors, ax, **options):
    labels = np.arange(len(X)) % len(anchors)
    return SilhouetteDisplay.from_boxes(X, labels, sample_size=500, ax=ax, **options)


def certificates(X, anchors, ax, **options):
    steps = np.arange(1, 1 + len(anchors))
    rise, fall = 0.65 + 0.01 * np.sqrt(steps), 0.7 + 0.3 / steps**2
    return CertificateDisplay(steps, rise, fall).plot(ax, **options)


def assignments(X, anchors, ax, **options):
    n_positive = np.arange(len(X)) % 7
    return AssignmentDisplay(
        sizes=400 * np.sqrt(X.prod(axis=1)),
        n_positive=n_positive,
        level=np.where(n_positive, np.arange(len(X)) % 3, -1),
        forced=n_positive == 1,
        strides=(8, 16, 32),
        name="retinanet",
    ).plot(ax, **options)


DRAWERS = [
    box_sizes,
    clusters,
    shapes,
    counts,
    distributions,
    silhouettes,
    certificates,
    assignments,
]
WITH_LEGEND = DRAWERS[1:]


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


def brightness(color):
    *rgb, _ = matplotlib.colors.to_rgba(color)
    return np.dot(rgb, (0.299, 0.587, 0.114))


@pytest.mark.parametrize("face", ["style", "figure alone"])
@pytest.mark.parametrize("draw", DRAWERS)
def test_everything_can_be_read_on_a_dark_background(draw, face):
    with pyplot.style.context("dark_background" if face == "style" else "default"):
        figure, ax = pyplot.subplots()
        if face == "figure alone":  # as notebooks with a dark theme have it
            figure.set_facecolor("0.1")
            ax.set_facecolor("none")
        display = draw(*make(60, 9), ax)
    for name in getattr(display, "names_", []):
        assert brightness(name.get_color()) > 0.8
        box = name.get_bbox_patch()
        assert brightness(box.get_facecolor()) < 0.2
    for line in ("mean_line_", "chosen_line_"):
        if hasattr(display, line):
            assert brightness(getattr(display, line).get_color()) > 0.8
    for patch in display.ax_.patches[:1]:  # the input's area
        assert brightness(patch.get_facecolor()) < 0.2
    if hasattr(display, "anchors_artist_"):
        assert brightness(display.anchors_artist_.get_facecolor()[0]) > 0.8


@pytest.mark.parametrize("draw", WITH_LEGEND)
def test_the_legend_may_be_left_out(draw):
    display = draw(*make(60, 3), None, legend=False)
    assert display.legend_ is None
    assert display.ax_.get_legend() is None
    again = display.plot()
    assert again.ax_.get_legend() is again.legend_ is not None


@pytest.mark.parametrize("layout", [None, "constrained"])
@pytest.mark.parametrize("draw", WITH_LEGEND)
def test_narrow_axes_are_not_crushed_by_the_legend(draw, layout):
    figure, (left, right) = pyplot.subplots(1, 2, layout=layout)
    draw(*make(60, 5), left)
    figure.canvas.draw()
    widths = [ax.get_position().width for ax in (left, right)]
    assert widths[0] > 0.7 * widths[1]
    # The legend does not lie on the neighbour.
    legend = left.get_legend().get_window_extent()
    assert not legend.overlaps(right.get_window_extent())


@pytest.mark.parametrize("draw", [clusters, distributions, silhouettes, box_sizes])
def test_weights_count_as_repetitions(draw):
    X, anchors = make(200, 4)
    weight = np.random.default_rng(0).integers(0, 4, size=len(X))
    if draw is silhouettes:
        labels = np.arange(len(X)) % 4
        weighted = SilhouetteDisplay.from_boxes(X, labels, sample_weight=weight)
        repeated = SilhouetteDisplay.from_boxes(
            np.repeat(X, weight, axis=0), np.repeat(labels, weight)
        )
    else:
        weighted = draw(X, anchors, None, sample_weight=weight)
        repeated = draw(np.repeat(X, weight, axis=0), anchors, None)
    assert weighted.ax_.get_title() == repeated.ax_.get_title()
    for one, other in zip(*map(legend_of, (weighted, repeated)), strict=True):
        assert one == other
    plain = draw(X, anchors, None)
    assert weighted.ax_.get_title() != plain.ax_.get_title() or legend_of(
        weighted
    ) != legend_of(plain)


def legend_of(display):
    legend = display.ax_.get_legend()
    return [] if legend is None else [text.get_text() for text in legend.get_texts()]


def test_many_weighted_boxes_are_a_weighted_density():
    X, anchors = make(6000, 4)
    weight = np.random.default_rng(0).integers(0, 4, size=len(X)).astype(float)
    weight[X[:, 0] > 0.5] = 0
    display = BoxSizeDisplay.from_boxes(X, sample_weight=weight)
    assert display.boxes_artist_.get_array().sum() == weight.sum()
    (mesh,) = AnchorClustersDisplay.from_boxes(
        X, anchors, sample_weight=weight
    ).boxes_artists_
    corners = np.asarray(mesh.get_coordinates())
    cells = np.asarray(mesh.get_array()).reshape(*corners[1:, 1:, 0].shape, 4)
    right = corners[:-1, :-1, 0] > 0.5
    assert not cells[right][:, 3].any() and cells[~right][:, 3].any()


def test_directions_counts_and_units_are_said():
    X, anchors = make(12_000, 4)
    assert "lower is better" in distributions(X, anchors, None).ax_.get_ylabel()
    sampled = silhouettes(X, anchors, None)
    assert "higher is better" in sampled.ax_.get_xlabel()
    assert sampled.ax_.get_title().startswith("500 of 12,000 boxes")
    assert "higher is better" in counts(X, anchors, None).ax_.get_title()
    assert "higher is better" in certificates(X, anchors, None).ax_.get_ylabel()
    assert box_sizes(X, anchors, None).ax_.get_title() == "12,000 boxes"


def test_twenty_anchors_share_a_corner():
    _, anchors = make(60, 20)
    display = shapes(None, anchors, None)
    corners = {(shape.get_x(), shape.get_y()) for shape in display.shapes_}
    assert corners == {(0.0, 0.0)}
    # Names lie at the corner where the anchors end, one each.
    ends = [(s.get_width(), s.get_height()) for s in display.shapes_]
    np.testing.assert_allclose([name.xy for name in display.names_], ends)


def test_the_gap_of_a_certificate_can_be_seen():
    display = CertificateDisplay(
        [0, 1, 2, 3], [0.66, 0.66, 0.665, 0.665], [1.0, 0.9, 0.67, 0.6655]
    ).plot()
    low, high = display.ax_.get_ylim()
    assert low < 0.66 and high > 0.6655
    assert high - low < 0.05
    closed = CertificateDisplay([0, 1], [0.5, 0.5], [1.0, 0.5]).plot()
    low, high = closed.ax_.get_ylim()
    assert low < 0.5 < high < 0.51


def test_the_picture_of_a_search_names_its_rule():
    k = [2, 3, 4]
    display = ClusterCountDisplay(
        n_clusters=k, scores={"score": [0.5, 0.6, 0.61]}, chosen=3, rule="elbow"
    ).plot()
    assert display.ax_.get_title().startswith("3 anchors chosen by the rule 'elbow'")


class TestLittleRoom:
    """Axes of a grid of small ones."""

    @pytest.fixture
    def small(self):
        figure, axes = pyplot.subplots(2, 4, figsize=(12, 5))
        return figure, axes[0, 0]

    def test_a_legend_that_would_hide_all_is_left_out(self, small):
        X = make_boxes(400, random_state=0)
        km = IoUKMeans(20, n_init=1, random_state=0).fit(X)
        display = AnchorClustersDisplay.from_estimator(km, X, ax=small[1])
        assert display.legend_ is None

    def test_a_short_one_stays(self, small):
        X = make_boxes(100, random_state=0)
        display = IoUDistributionDisplay.from_boxes(X, {"a": X[:2]}, ax=small[1])
        assert display.legend_ is not None

    def test_labels_fit_their_axes(self, small):
        figure, ax = small
        table = read_annotations(load_sample_paths())
        AssignmentDisplay.from_table(table, "yolov3", ax=ax, legend=False)
        figure.canvas.draw()
        room = 1.25 * ax.get_window_extent().width
        assert ax.xaxis.label.get_window_extent().width <= room
        assert ax.title.get_window_extent().width <= room

    def test_long_names_do_not_crush_a_figure_of_our_own(self):
        X = make_boxes(100, random_state=0)
        sets = {"a very long name of a set of anchors": X[:2]}
        display = IoUDistributionDisplay.from_boxes(X, sets)
        display.figure_.canvas.draw()
        share = display.ax_.get_window_extent().width / display.figure_.bbox.width
        assert share > 0.7

    def test_there_is_no_room_for_none_where_all_have_positives(self):
        table = read_annotations(load_sample_paths())
        display = AssignmentDisplay.from_table(table, "yolov3")
        assert display.ax_.get_ylim()[0] > 0.5
