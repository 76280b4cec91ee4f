import copy
import pickle
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.exceptions import NotFittedError

from skanchors import BoxHistogram, IoUKMeans
from skanchors.metrics import iou_distances, mean_iou_score


def boxes(n_boxes=3000, seed=0, n_sides=2, zeros=False):
    rng = np.random.default_rng(seed)
    X = rng.lognormal(size=(n_boxes, n_sides))
    return X * rng.choice([0, 1, 1, 1], X.shape) if zeros else X


def assert_same(one, other, *, rtol=0.0):
    np.testing.assert_array_equal(one.sizes_, other.sizes_)
    np.testing.assert_allclose(one.counts_, other.counts_, rtol=rtol)
    assert one.n_seen_ == other.n_seen_
    assert one.cell_width_ == other.cell_width_
    assert one.error_bound_ == other.error_bound_


def pairs_of(histogram):
    return dict(
        zip(map(tuple, histogram.sizes_), histogram.counts_.tolist(), strict=True)
    )


def test_exact_while_few_sizes_were_seen():
    X = np.random.default_rng(0).integers(0, 6, (1000, 2))
    histogram = BoxHistogram(max_boxes=36).fit(X)
    expected, counts = np.unique(X, axis=0, return_counts=True)
    assert pairs_of(histogram) == dict(
        zip(map(tuple, expected), counts.tolist(), strict=True)
    )
    assert histogram.error_bound_ == histogram.cell_width_ == 0
    assert histogram.n_seen_ == 1000
    assert len(expected) == 36
    assert BoxHistogram(max_boxes=35).fit(X).error_bound_ > 0


@pytest.mark.parametrize("max_boxes", [50, 500, 100_000])
@pytest.mark.parametrize("weighted", [True, False])
def test_batches_and_merging_in_any_order_give_the_same(max_boxes, weighted):
    X = boxes()
    weight = np.random.default_rng(1).integers(0, 5, 3000) if weighted else None
    whole = BoxHistogram(max_boxes=max_boxes).fit(X, sample_weight=weight)
    parts = np.array_split(np.random.default_rng(2).permutation(3000), 7)

    def part(rows):
        each = None if weight is None else weight[rows]
        return BoxHistogram(max_boxes=max_boxes).fit(X[rows], sample_weight=each)

    one_by_one = BoxHistogram(max_boxes=max_boxes)
    for rows in parts:
        each = None if weight is None else weight[rows]
        one_by_one.partial_fit(X[rows], sample_weight=each)
    assert_same(one_by_one, whole)

    merged = BoxHistogram(max_boxes=max_boxes)
    for rows in parts:
        merged.merge(part(rows))
    assert_same(merged, whole)

    first, second, *rest = map(part, reversed(parts))
    tree = first.merge(second)
    for other in rest:
        tree = other.merge(tree)
    assert_same(tree, whole)


@settings(deadline=None, max_examples=40)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 3),
    st.sampled_from([1, 3, 20, 100]),
    st.sampled_from([0.004, 0.1, 0.9]),
    st.booleans(),
    st.floats(0.01, 3),
)
def test_the_bound_holds(seed, n_sides, max_boxes, cell_width, weighted, spread):
    rng = np.random.default_rng(seed)
    X = np.exp(spread * rng.normal(size=(200, n_sides)))
    X *= rng.choice([0, 1, 1, 1], X.shape)
    weight = 10.0 ** rng.uniform(-6, 6, 200) if weighted else None
    histogram = BoxHistogram(max_boxes, cell_width=cell_width).fit(
        X, sample_weight=weight
    )
    total = 200 if weight is None else weight.sum()
    assert histogram.counts_.sum() == pytest.approx(total)
    for n_anchors in (1, 2, 5):
        anchors = np.exp(spread * rng.normal(size=(n_anchors, n_sides)))
        exact = mean_iou_score(X, anchors, sample_weight=weight)
        summed = mean_iou_score(
            histogram.sizes_, anchors, sample_weight=histogram.counts_
        )
        assert abs(exact - summed) <= histogram.error_bound_ + 1e-12


def test_the_bound_is_not_far_from_what_happens():
    """A box in the corner of its cell, and an anchor of its own size."""
    histogram = BoxHistogram(1, cell_width=0.1)
    X = np.exp([[0.501, 0.501], [0.699, 0.699]])
    histogram.fit(X)
    worst = max(
        abs(
            mean_iou_score(X, [box])
            - mean_iou_score(histogram.sizes_, [box], sample_weight=histogram.counts_)
        )
        for box in (*X, *histogram.sizes_)
    )
    assert worst <= histogram.error_bound_
    assert worst > histogram.error_bound_ / 20


@pytest.mark.parametrize("max_boxes", [1, 2, 3])
@pytest.mark.parametrize(
    "X",
    [
        [[0.5, 0.5], [2, 2], [0.5, 2], [2, 0.5]],
        [[1e-300, 1], [1e300, 1], [1, 1e-300], [1e300, 1e300]],
        [[5e-324, 1.7e308]] * 2 + [[1.7e308, 5e-324]] * 2,
        10.0 ** np.arange(-300, 301, 50)[:, None] * [1, 1],
    ],
)
def test_as_few_cells_as_wanted(X, max_boxes):
    histogram = BoxHistogram(max_boxes).fit(X)
    assert 1 <= len(histogram.sizes_) <= max_boxes
    assert np.isfinite(histogram.sizes_).all()
    assert (histogram.sizes_ > 0).all()
    assert histogram.counts_.sum() == len(X)
    assert histogram.error_bound_ <= 1


def test_sides_of_0_are_never_merged_with_others():
    X = [[0, 1], [0, 2], [1, 0], [1, 1], [2, 2], [0, 0]]
    histogram = BoxHistogram(1).fit(X)
    flat = [tuple(box) for box in histogram.sizes_ == 0]
    assert sorted(flat) == [(False, False), (False, True), (True, False), (True, True)]
    assert sorted(histogram.counts_) == [1, 1, 2, 2]
    assert np.isfinite(histogram.sizes_).all()
    # And one that is full goes on counting.
    again = histogram.partial_fit([[3, 3], [0, 7]])
    assert sorted(again.counts_) == [1, 1, 3, 3]


def test_memory_is_bounded():
    histogram = BoxHistogram(2000).partial_fit(boxes(20_000))
    tracemalloc.start()
    for seed in range(1, 11):
        histogram.partial_fit(boxes(20_000, seed))
    held, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(histogram.sizes_) <= 2000
    assert histogram.n_seen_ == histogram.counts_.sum() == 220_000
    assert held < 200_000
    assert peak < 20 * boxes(20_000).nbytes


def test_anchors_of_a_histogram_are_anchors_of_the_boxes():
    X = boxes(20_000)
    histogram = BoxHistogram(3000).fit(X)
    assert 0 < histogram.error_bound_ < 0.2
    km = IoUKMeans(5, random_state=0)
    km.fit(histogram.sizes_, sample_weight=histogram.counts_)
    best = IoUKMeans(5, random_state=0).fit(X)
    assert km.score(X) > best.score(X) - 3e-3


def test_float32_and_integers_are_counted_as_they_are():
    X = np.random.default_rng(0).integers(0, 9, (200, 3))
    for dtype in (np.float32, np.int8, np.uint16, np.float64):
        assert_same(BoxHistogram().fit(X.astype(dtype)), BoxHistogram().fit(X))


def test_fit_forgets_and_merge_leaves_the_other_alone():
    one = BoxHistogram().fit(boxes(100))
    other = BoxHistogram().fit(boxes(50, 1))
    before = copy.deepcopy(other)
    one.merge(other)
    assert_same(other, before)
    assert one.n_seen_ == 150
    assert one.fit(boxes(10)).n_seen_ == 10
    one.partial_fit(boxes(5))
    assert one.n_seen_ == 15
    one.merge(one)
    assert one.n_seen_ == one.counts_.sum() == 30


def test_fit_may_change_the_number_of_sides_but_not_partial_fit():
    histogram = BoxHistogram().fit(boxes(10))
    with pytest.raises(ValueError, match="3 features"):
        histogram.partial_fit(boxes(10, n_sides=3))
    assert histogram.fit(boxes(10, n_sides=3)).sizes_.shape == (10, 3)
    with pytest.raises(ValueError, match="3 and 2 sides do not merge"):
        histogram.merge(BoxHistogram().fit(boxes(10)))


def test_histogram_of_nothing_is_neutral():
    """A part of the data may hold no boxes, the first one too."""
    some = BoxHistogram().fit(boxes(10))
    merged = BoxHistogram().merge(BoxHistogram())
    assert not hasattr(merged, "sizes_")
    merged = merged.merge(some).merge(BoxHistogram())
    np.testing.assert_array_equal(merged.sizes_, some.sizes_)
    np.testing.assert_array_equal(merged.counts_, some.counts_)
    with pytest.raises(ValueError, match="different parameters do not merge"):
        some.merge(BoxHistogram(3))


def test_errors():
    histogram = BoxHistogram()
    with pytest.raises(NotFittedError):
        histogram.error_bound_  # noqa: B018
    with pytest.raises(ValueError, match="different parameters do not merge"):
        histogram.merge(BoxHistogram(3).fit(boxes(5)))
    with pytest.raises(ValueError, match="Negative values"):
        histogram.fit([[1, -1]])
    with pytest.raises(ValueError, match="NaN"):
        histogram.partial_fit([[1, np.nan]])
    for parameters in ({"max_boxes": 0}, {"cell_width": 0.0}, {"cell_width": 1.0}):
        with pytest.raises(ValueError, match=next(iter(parameters))):
            BoxHistogram(**parameters).fit(boxes(5))


def test_pickles_and_keeps_names():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(boxes(20), columns=["width", "height"])
    histogram = pickle.loads(pickle.dumps(BoxHistogram().fit(frame)))
    assert histogram.feature_names_in_.tolist() == ["width", "height"]
    merged = BoxHistogram().merge(histogram)
    assert merged.feature_names_in_.tolist() == ["width", "height"]
    assert_same(merged, histogram)


@pytest.mark.parametrize("n_sides", [1, 2, 3])
def test_the_error_bound_is_nearly_attained(n_sides):
    """By a box in the corner of its cell, with an anchor that equals it."""
    X = np.random.default_rng(0).lognormal(sigma=0.3, size=(30_000, n_sides))
    histogram = BoxHistogram(max_boxes=300).fit(X)
    sizes = histogram.sizes_
    worst = max(
        iou_distances(some, sizes).min(axis=1).max() for some in np.split(X, 10)
    )
    assert 0.85 * histogram.error_bound_ < worst <= histogram.error_bound_
