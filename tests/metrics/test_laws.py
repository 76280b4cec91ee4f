"""Laws that all metrics of this package obey, and an exact reference for each."""

import math
import pickle
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skanchors.metrics import (
    ciou_distance,
    giou_distance,
    iou_distance,
    pairwise_box_distances,
    ratio_distance,
)
from skanchors.metrics._registry import get_metric

NAMES = ["iou", "giou", "ciou", "ratio"]
SCALARS = {
    "iou": iou_distance,
    "giou": giou_distance,
    "ciou": ciou_distance,
    "ratio": ratio_distance,
}
WITH_SIDES = [
    (name, n_sides)
    for name in NAMES
    for n_sides in (1, 2, 3, 10)
    if name != "ciou" or n_sides == 2
]
LARGEST = {"iou": 1.0, "giou": 2.0, "ciou": 1.5, "ratio": 1.0}

# Sizes of every magnitude, with repeats and zeros.
sides = st.one_of(
    st.sampled_from([0.0, 1e-300, 1e-9, 0.5, 1.0, 2.0, 3.0, 1e9, 1e300]),
    st.floats(1e-3, 1e3),
    st.floats(-300, 300).map(lambda exponent: 10.0**exponent),
)


@st.composite
def box_pairs(draw, sides=sides, n_sides=None):
    """Two boxes; the second now and then nearly or wholly equal to the first."""
    n_sides = n_sides or draw(st.integers(1, 10))
    u = draw(st.lists(sides, min_size=n_sides, max_size=n_sides))
    v = draw(st.lists(sides, min_size=n_sides, max_size=n_sides))
    change = draw(st.sampled_from([None, 1.0, 1 + 1e-15, 1 - 1e-9]))
    return (u, v) if change is None else (u, [change * side for side in u])


def exact_iou(u, v):
    if u == v:
        return Fraction(1)
    both = math.prod(Fraction(min(a, b)) for a, b in zip(u, v, strict=True))
    union = math.prod(map(Fraction, u)) + math.prod(map(Fraction, v)) - both
    return both / union if union else Fraction(0)


def exact_giou(u, v):
    # By side ratios, so that the enclosing box has a volume wherever that has a limit.
    def share(w):
        return math.prod(
            Fraction(own) / Fraction(max(a, b)) if max(a, b) else Fraction(1)
            for own, a, b in zip(w, u, v, strict=True)
        )

    both = share([min(a, b) for a, b in zip(u, v, strict=True)])
    return exact_iou(u, v) - (1 - (share(u) + share(v) - both))


def exact_ratio(u, v):
    return min(
        Fraction(min(a, b)) / Fraction(max(a, b)) if max(a, b) else Fraction(1)
        for a, b in zip(u, v, strict=True)
    )


def exact_ciou(u, v):
    loss = 1 - float(exact_iou(u, v))
    # A point has no aspect ratio: it takes the middle.
    angles = [math.atan2(*box) if any(box) else math.pi / 4 for box in (u, v)]
    turn = angles[0] - angles[1]
    shape = 4 / math.pi**2 * turn**2
    return 1 - loss - (shape**2 / (loss + shape) if shape**2 else 0)


EXACT = {"iou": exact_iou, "giou": exact_giou, "ratio": exact_ratio, "ciou": exact_ciou}


def both_ways(name, u, v):
    """The distance by the scalar function, once it agrees with the matrix."""
    scalar = SCALARS[name](u, v)
    matrix = pairwise_box_distances([u], [v], name)
    assert matrix.shape == (1, 1)
    assert matrix[0, 0] == scalar
    return scalar


@pytest.mark.parametrize("name", NAMES)
@settings(deadline=None, max_examples=80)
@given(data=st.data())
def test_equals_the_exact_value(name, data):
    u, v = data.draw(box_pairs(n_sides=2 if name == "ciou" else None))
    assert both_ways(name, u, v) == pytest.approx(
        1 - float(EXACT[name](u, v)), rel=0, abs=1e-14
    )


@pytest.mark.parametrize("name", NAMES)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_symmetry_identity_and_bounds(name, data):
    u, v = data.draw(box_pairs(n_sides=2 if name == "ciou" else None))
    distance = both_ways(name, u, v)
    assert distance == both_ways(name, v, u)
    assert 0 <= distance <= LARGEST[name]
    assert both_ways(name, u, u) == 0
    if exact_ratio(u, v) < 1 - 1e-9:
        assert distance > 0


@pytest.mark.parametrize("name", NAMES)
@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_sides_may_change_places(name, data):
    u, v = data.draw(box_pairs(n_sides=2 if name == "ciou" else None))
    order = data.draw(st.permutations(range(len(u))))
    assert SCALARS[name]([u[i] for i in order], [v[i] for i in order]) == pytest.approx(
        SCALARS[name](u, v), rel=0, abs=1e-14
    )


def test_a_point_has_no_aspect_ratio_that_favours_a_side():
    """Found with a box of 0 x 0 under CIoU."""
    wide, high = [[0.0, 0.0], [2.0, 0.0]], [[0.0, 0.0], [0.0, 2.0]]
    assert SCALARS["ciou"](*wide) == SCALARS["ciou"](*high) < 1.5


@pytest.mark.parametrize("name", ["iou", "giou", "ratio"])
@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_each_axis_has_its_own_unit(name, data):
    u, v = data.draw(box_pairs(sides=st.floats(1e-3, 1e3) | st.just(0.0)))
    exponents = st.lists(st.integers(-400, 400), min_size=len(u), max_size=len(u))
    units = [2.0**exponent for exponent in data.draw(exponents)]
    scaled = [[side * c for side, c in zip(box, units, strict=True)] for box in (u, v)]
    assert SCALARS[name](*scaled) == pytest.approx(
        SCALARS[name](u, v), rel=0, abs=1e-14
    )


@settings(deadline=None, max_examples=40)
@given(box_pairs(n_sides=2), st.integers(-1000, 1000))
def test_ciou_does_not_depend_on_a_common_unit(boxes, exponent):
    u, v = (
        [min(max(side, 1e-3), 1e3) if side else 0.0 for side in box] for box in boxes
    )
    unit = 2.0**exponent
    assert ciou_distance(
        [unit * side for side in u], [unit * side for side in v]
    ) == pytest.approx(ciou_distance(u, v), rel=0, abs=1e-14)


@settings(deadline=None, max_examples=80)
@given(st.data())
def test_triangle_inequality(data):
    n_sides = data.draw(st.integers(1, 10))
    boxes = st.lists(sides, min_size=n_sides, max_size=n_sides)
    D = pairwise_box_distances([data.draw(boxes) for _ in range(4)])
    assert (D[:, :, None] <= D[:, None, :] + D.T[None, :, :] + 1e-14).all()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("scale", [1.0, 1e-30, 1e30])
def test_float32_is_kept_and_accurate(name, scale):
    rng = np.random.default_rng(0)
    n_sides = 2 if name == "ciou" else 10
    X = (scale * rng.lognormal(size=(50, n_sides))).astype(np.float32)
    A = (scale * rng.lognormal(size=(7, n_sides))).astype(np.float32)
    X[0] = A[0]
    D = pairwise_box_distances(X, A, name)
    assert D.dtype == np.float32
    assert D[0, 0] == 0
    reference = pairwise_box_distances(X.astype(float), A.astype(float), name)
    np.testing.assert_allclose(D, reference, rtol=0, atol=1e-5)
    assert pairwise_box_distances(X, A.astype(float), name).dtype == np.float64


@pytest.mark.parametrize(("name", "n_sides"), WITH_SIDES)
def test_blocks_of_rows_are_all_filled_and_equal_single_rows(name, n_sides):
    rng = np.random.default_rng(0)
    X = rng.lognormal(size=(1000, n_sides))
    A = rng.lognormal(size=(300, n_sides))
    D = pairwise_box_distances(X, A, name)
    for row in (0, 108, 109, 110, 999):
        alone = pairwise_box_distances(X[row : row + 1], A, name)[0]
        np.testing.assert_array_equal(D[row], alone)


@pytest.mark.parametrize(("name", "n_sides"), WITH_SIDES)
def test_gradient_equals_finite_differences(name, n_sides):
    rng = np.random.default_rng(0)
    x, a = rng.lognormal(sigma=0.5, size=(2, n_sides, 200))
    if name == "ratio":
        # Away from where another side becomes the worst one.
        worst = np.sort(np.abs(np.log(x / a)), axis=0)
        keep = np.ones(200, bool) if n_sides == 1 else worst[-1] - worst[-2] > 1e-3
        x, a = x[:, keep], a[:, keep]
    function = get_metric(name).gradient
    distance, gradient = function(x, a)
    block = get_metric(name).block
    np.testing.assert_allclose(distance, np.diag(block(x.T, a.T)), rtol=0, atol=1e-14)
    step = 1e-6
    for side in range(n_sides):
        factor = np.ones((n_sides, 1))
        factor[side] = np.exp(step)
        rise = function(x, a * factor)[0] - function(x, a / factor)[0]
        smooth = np.abs(np.log(x[side] / a[side])) > 10 * step
        np.testing.assert_allclose(
            gradient[side][smooth], (rise / (2 * step))[smooth], rtol=0, atol=1e-8
        )


@pytest.mark.parametrize(("name", "n_sides"), WITH_SIDES)
def test_gradient_does_not_depend_on_the_unit(name, n_sides):
    """Where products overflow or vanish it comes from ratios, and is the same."""
    rng = np.random.default_rng(0)
    x, a = rng.lognormal(sigma=0.5, size=(2, n_sides, 200))
    a[0, :40] = x[0, :40]
    gradient = get_metric(name).gradient
    # Products of 2 or of 3 sides lose digits with the second and the third unit.
    for unit in (2.0**-700, 2.0**-520, 2.0**-345, 2.0**700):
        for found, expected in zip(
            gradient(unit * x, unit * a), gradient(x, a), strict=True
        ):
            np.testing.assert_allclose(found, expected, rtol=0, atol=1e-13)


@pytest.mark.parametrize("name", NAMES)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_gradient_is_finite_everywhere_and_has_the_metrics_distance(name, data):
    u, v = data.draw(box_pairs(n_sides=2 if name == "ciou" else None))
    x, a = np.array(u)[:, None], np.array(v)[:, None]
    distance, gradient = get_metric(name).gradient(x, a)
    assert distance == pytest.approx(SCALARS[name](u, v), rel=0, abs=1e-14)
    assert gradient.shape == x.shape
    assert np.isfinite(gradient).all()


@pytest.mark.parametrize("name", NAMES)
def test_gradient_of_many_sets_at_once(name):
    rng = np.random.default_rng(0)
    x = rng.lognormal(size=(2, 1, 30))
    a = rng.lognormal(size=(2, 4, 30))
    distance, gradient = get_metric(name).gradient(x, a)
    assert distance.shape == (4, 30)
    for i in range(4):
        alone, alone_gradient = get_metric(name).gradient(x[:, 0], a[:, i])
        np.testing.assert_array_equal(distance[i], alone)
        np.testing.assert_array_equal(gradient[:, i], alone_gradient)


@pytest.mark.parametrize("name", NAMES)
def test_errors_name_the_fault(name):
    distance = SCALARS[name]
    with pytest.raises(ValueError, match="Negative values in data"):
        distance([1, -1], [1, 1])
    with pytest.raises(ValueError, match="v contains NaN"):
        distance([1, 1], [1, np.nan])
    with pytest.raises(ValueError, match="u contains infinity"):
        distance([1, np.inf], [1, 1])
    with pytest.raises(ValueError, match="same number of sides"):
        distance([1, 1], [1, 1, 1])
    with pytest.raises(ValueError, match="two boxes"):
        distance([[1, 1], [2, 2]], [[1, 1], [2, 2]])
    with pytest.raises(ValueError, match="X has 2 sides a box but Y has 3"):
        pairwise_box_distances([[1, 1]], [[1, 1, 1]], name)
    with pytest.raises(ValueError, match="Negative values"):
        pairwise_box_distances([[1, -1]], metric=name)


@pytest.mark.parametrize("name", NAMES)
def test_metrics_survive_pickling_as_equals(name):
    metric = get_metric(name)
    assert pickle.loads(pickle.dumps(metric)) == metric
