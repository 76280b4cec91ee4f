import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from skanchors.certify import certify_anchors
from skanchors.cluster import IoUKMeans
from skanchors.metrics import mean_iou_score

LOGNORMAL = np.exp(np.random.default_rng(0).normal(size=(150, 2)))


@settings(deadline=None, max_examples=25)
@given(
    arrays(
        float,
        st.tuples(st.integers(1, 8), st.integers(1, 3)),
        elements=st.sampled_from([0.0, 0.01, 1, 2, 3, 1e3]),
    ),
    st.integers(1, 4),
    st.integers(0, 99),
)
def test_any_boxes_give_a_valid_certificate(boxes, n_anchors, seed):
    rng = np.random.default_rng(seed)
    anchors = boxes[rng.integers(len(boxes), size=n_anchors)]
    certificate = certify_anchors(boxes, anchors, tol=1e-4, random_state=0, max_time=9)
    score = mean_iou_score(boxes, anchors)
    assert certificate.given_score == pytest.approx(score, abs=1e-12)
    assert score - 1e-12 <= certificate.lower <= certificate.upper <= 1 + 1e-9
    assert mean_iou_score(boxes, certificate.anchors) == pytest.approx(
        certificate.lower
    )
    # No box without volume is lost, and no other set found here is better.
    for _ in range(20):
        trial = boxes[rng.integers(len(boxes), size=n_anchors)]
        assert mean_iou_score(boxes, trial) <= certificate.upper
    assert certificate.converged


@pytest.mark.parametrize("n_sides", [1, 2, 3])
def test_any_number_of_sides(n_sides):
    boxes = np.exp(np.random.default_rng(1).normal(scale=0.5, size=(60, n_sides)))
    certificate = certify_anchors(boxes, boxes[:3], random_state=0)
    assert certificate.converged
    assert certificate.anchors.shape == (3, n_sides)


def test_weight_is_repetition_and_order_does_not_matter():
    rng = np.random.default_rng(2)
    boxes, count = LOGNORMAL[:40], rng.integers(0, 4, size=40)
    count[0] = 1
    weighted = certify_anchors(boxes, boxes[:2], sample_weight=count, random_state=0)
    repeated = certify_anchors(
        rng.permutation(boxes.repeat(count, axis=0)), boxes[:2], random_state=0
    )
    assert weighted.upper == repeated.upper
    assert weighted.lower == repeated.lower
    scaled = certify_anchors(7 * boxes, 7 * boxes[:2], sample_weight=count, tol=1e-3)
    assert scaled.upper >= weighted.lower
    assert scaled.lower <= weighted.upper


@pytest.mark.parametrize("unit", [2.0, 1024.0, 2.0**-70, np.array([0.5, 16.0])])
def test_units_that_are_powers_of_two_change_nothing(unit):
    certificate = certify_anchors(LOGNORMAL, LOGNORMAL[:4], random_state=0)
    other = certify_anchors(unit * LOGNORMAL, unit * LOGNORMAL[:4], random_state=0)
    for name in ("lower", "upper", "given_score", "n_nodes", "n_cells"):
        assert getattr(certificate, name) == getattr(other, name)
    np.testing.assert_array_equal(certificate.anchors * unit, other.anchors)
    np.testing.assert_array_equal(certificate.boxes * unit, other.boxes)
    np.testing.assert_array_equal(certificate.multipliers, other.multipliers)


@pytest.mark.parametrize("unit", [1000.0, 1 / 416, np.array([1.0, 0.3])])
def test_in_any_unit_the_bounds_agree(unit):
    options = {"tol": 1e-3, "random_state": 0}
    certificate = certify_anchors(LOGNORMAL, LOGNORMAL[:4], **options)
    other = certify_anchors(unit * LOGNORMAL, unit * LOGNORMAL[:4], **options)
    assert certificate.given_score == pytest.approx(other.given_score, abs=1e-12)
    assert certificate.converged
    assert other.converged
    assert max(certificate.lower, other.lower) <= min(certificate.upper, other.upper)


def test_same_seed_same_certificate():
    a, b = (certify_anchors(LOGNORMAL, LOGNORMAL[:4], random_state=3) for _ in range(2))
    assert (a.upper, a.lower, a.n_nodes, a.n_cells) == (
        b.upper,
        b.lower,
        b.n_nodes,
        b.n_cells,
    )
    np.testing.assert_array_equal(a.anchors, b.anchors)


def test_poor_anchors_are_told_and_better_ones_found():
    poor = np.full((5, 2), LOGNORMAL.max())
    certificate = certify_anchors(LOGNORMAL, poor, random_state=0)
    assert certificate.given_score == pytest.approx(mean_iou_score(LOGNORMAL, poor))
    assert certificate.upper - certificate.given_score > 0.4
    assert certificate.gap <= 0.005
    assert (np.diff(certificate.anchors.prod(axis=1)) >= 0).all()


def test_best_of_the_given_and_the_found_anchors():
    first = certify_anchors(LOGNORMAL, LOGNORMAL[:4], tol=1e-3, random_state=0)
    again = certify_anchors(LOGNORMAL, first.anchors, random_state=1)
    assert again.lower >= again.given_score == pytest.approx(first.lower)


def test_clustering_takes_up_the_anchors_found():
    certificate = certify_anchors(LOGNORMAL, LOGNORMAL[:4], random_state=0)
    kmeans = IoUKMeans(4, init=certificate.anchors).fit(LOGNORMAL)
    assert certificate.lower - 1e-9 <= kmeans.mean_iou_ <= certificate.upper


@pytest.mark.parametrize("max_time", [0, 0.05])
def test_stopped_early_the_bound_is_weak_but_valid(max_time):
    boxes = LOGNORMAL
    certificate = certify_anchors(boxes, boxes[:6], tol=0, max_time=max_time)
    assert certificate.lower < certificate.upper <= 1
    better = certify_anchors(boxes, boxes[:6], random_state=0)
    assert certificate.upper >= better.lower


def test_input_is_left_alone():
    boxes, weight = LOGNORMAL[:30].copy(), np.ones(30)
    anchors = boxes[:2].copy()
    for array in (boxes, weight, anchors):
        array.setflags(write=False)
    certify_anchors(boxes, anchors, sample_weight=weight)
    certify_anchors(boxes.astype(np.float32), anchors.tolist())


class TestTrivial:
    def test_as_many_anchors_as_boxes(self):
        certificate = certify_anchors(
            [[1, 2], [1, 2], [3, 4]], [[5, 5], [6, 6], [7, 7]]
        )
        assert certificate.lower == certificate.upper == 1
        assert certificate.anchors.shape == (3, 2)
        assert mean_iou_score([[1, 2], [3, 4]], certificate.anchors) == 1

    def test_rounding_does_not_make_it_more_than_perfect(self):
        weight = np.random.default_rng(0).random(7)
        boxes = np.arange(1.0, 8)[:, None]
        for n_boxes in range(1, 8):
            certificate = certify_anchors(
                boxes[:n_boxes], boxes, sample_weight=weight[:n_boxes]
            )
            assert certificate.lower == certificate.upper == 1

    def test_one_box(self):
        assert certify_anchors([[3, 4]], [[1, 1]]).upper == 1

    def test_only_boxes_without_volume(self):
        boxes = [[0, 1], [0, 1], [0, 2], [3, 0]]
        certificate = certify_anchors(boxes, [[1, 1], [2, 2]])
        assert certificate.lower == pytest.approx(0.75, abs=1e-12)
        assert certificate.lower < certificate.upper <= 0.75 + 1e-12  # rounded up
        assert mean_iou_score(boxes, certificate.anchors) == 0.75

    def test_boxes_of_weight_zero_do_not_count(self):
        certificate = certify_anchors([[1, 1], [9, 9]], [[2, 2]], sample_weight=[1, 0])
        assert certificate.lower == certificate.upper == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"anchors": [[1, 1, 1]]}, "X has 2 sides a box but anchors has 3"),
        ({"X": [[1, -1], [2, 2]]}, "Negative values"),
        ({"X": [[1, np.nan], [2, 2]]}, "NaN"),
        ({"anchors": np.empty((0, 2))}, "minimum of 1 is required"),
        ({"sample_weight": [0, 0, 0]}, "non-zero"),
        ({"X": np.ones((3, 5)), "anchors": np.ones((1, 5))}, "at most 4 sides"),
        ({"X": [[1e-300, 1], [1, 1], [2, 1]]}, "Column 0 of X spans from 1e-300"),
        ({"X": np.array([[1, 2], [2, 2], [3, 2]]) * 1e-200}, "choose a unit"),
        ({"tol": -1}, "tol"),
        ({"max_time": -1}, "max_time"),
    ],
)
def test_errors(changes, message):
    arguments = {"X": [[1, 1], [2, 2], [3, 1]], "anchors": [[1, 1]]} | changes
    with pytest.raises(ValueError, match=message):
        certify_anchors(**arguments)


def test_verbose_prints_the_bounds(capsys):
    certify_anchors(LOGNORMAL, LOGNORMAL[:2], verbose=1)
    assert "bound 1.0" in capsys.readouterr().out.splitlines()[0]


@pytest.mark.parametrize(
    ("data", "n_anchors", "best_known", "gap"),
    [("raccoon", 5, 0.8286, 1e-3), ("raccoon", 9, 0.8667, 3e-3)],
)
def test_real_boxes(shared_data, data, n_anchors, best_known, gap):
    annotations = pytest.importorskip("skanchors.annotations")
    paths = sorted(shared_data(data).rglob("*.xml"))
    boxes = annotations.read_annotations(paths).sizes()
    start = boxes[np.linspace(0, len(boxes) - 1, n_anchors).astype(int)]
    certificate = certify_anchors(boxes, start, tol=gap, random_state=0)
    assert certificate.upper >= best_known - 5e-5
    assert certificate.gap <= gap
