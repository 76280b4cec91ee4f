"""Names next to points."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skanchors._plot_names import Rectangle, name_points

pyplot = pytest.importorskip("matplotlib.pyplot")
Text = pytest.importorskip("matplotlib.text").Text

numbers = st.integers(-5, 5)
rectangles = st.builds(
    lambda x, y, w, h: Rectangle(x, y, x + w, y + h),
    numbers,
    numbers,
    st.integers(0, 5),
    st.integers(0, 5),
)


@given(rectangles, rectangles)
def test_overlap_equals_counting_cells(a, b):
    def cells(r):
        return {(x, y) for x in range(r.x0, r.x1) for y in range(r.y0, r.y1)}

    assert a.overlap(b) == b.overlap(a) == len(cells(a) & cells(b))
    assert a.outside(b) == len(cells(a) - cells(b))


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 2**31), st.integers(2, 20))
def test_names_of_crowded_points_neither_overlap_nor_leave(seed, n_points):
    rng = np.random.default_rng(seed)
    figure, ax = pyplot.subplots(figsize=(5, 5))
    ax.set(xlim=(0, 1), ylim=(0, 1))
    points = rng.normal(0.9, 0.05, size=(n_points, 2)).clip(0, 1)
    names = [str(i) for i in range(n_points)]
    texts = name_points(ax, points, names, fontsize=8)
    figure.canvas.draw()
    pyplot.close(figure)
    frame = ax.get_window_extent()
    # Of the text alone: the line to its point may cross what it likes.
    shown = [Text.get_window_extent(text) for text in texts]
    for extent in shown:
        assert frame.x0 <= extent.x0 and extent.x1 <= frame.x1
        assert frame.y0 <= extent.y0 and extent.y1 <= frame.y1
    assert not any(a.overlaps(b) for a, b in combinations(shown, 2))


def test_names_stay_close_where_there_is_room():
    ax = pyplot.subplots()[1]
    points = [[0.2, 0.2], [0.5, 0.7]]
    texts = name_points(ax, points, ["first", "second"])
    for text, point in zip(texts, points, strict=True):
        assert text.xy == pytest.approx(point)
        assert text.arrow_patch is None
        x, y = text.get_position()
        assert 0 < x < 40 and 0 < y < 20


def test_no_room_at_all_is_no_error():
    ax = pyplot.subplots(figsize=(0.6, 0.6))[1]
    names = ["a long name"] * 4
    texts = name_points(ax, [[0.5, 0.5]] * 4, names)
    assert [text.get_text() for text in texts] == names
