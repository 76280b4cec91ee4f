import numpy as np
import pytest
from problems import draw_boxes as make
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV

from skanchors import SSDAnchors
from skanchors.export import default_anchors
from skanchors.metrics import grid_iou_score, matched_score, mean_iou_score

STRIDES = (8, 16, 40)
OBJECTIVES = ("iou", "grid_iou", "matched")


@pytest.fixture(scope="module")
def X():
    return make()


def boxes_of(size, following, ratios):
    """What the paper says that a level holds."""
    yield size, size
    yield (size * following) ** 0.5, (size * following) ** 0.5
    for ratio in ratios:
        yield size / ratio**0.5, size * ratio**0.5
        yield size * ratio**0.5, size / ratio**0.5


@pytest.mark.parametrize("ratios", ["shared", "level"])
@pytest.mark.parametrize("n_ratios", [1, (1, 2, 2), (2, 1, 3)])
def test_the_anchors_are_those_of_ssd(X, n_ratios, ratios):
    ssd = SSDAnchors(STRIDES, n_ratios=n_ratios, ratios=ratios, random_state=0).fit(X)
    assert ssd.sizes_.shape == (3, 2)
    np.testing.assert_array_equal(ssd.sizes_[1:, 0], ssd.sizes_[:-1, 1])
    assert (np.diff(ssd.sizes_, axis=1) >= 0).all()
    counts = np.broadcast_to(n_ratios, 3)
    if ratios == "shared":
        assert ssd.ratios_.shape == (max(counts),)
        rows = [ssd.ratios_[:n] for n in counts]
    else:
        rows = ssd.ratios_
        assert [len(row) for row in rows] == counts.tolist()
    assert all((row >= 1).all() for row in rows)
    np.testing.assert_array_equal(ssd.cluster_centers_, ssd.anchor_set_.anchors)
    assert ssd.anchor_set_.strides == STRIDES
    assert ssd.anchor_set_.form == "ssd"
    for sizes, row, group in zip(ssd.sizes_, rows, ssd.anchor_set_.groups, strict=True):
        wanted = sorted(boxes_of(*sizes, row), key=lambda box: np.log(box).round(9)[0])
        found = group[np.argsort(np.log(group[:, 0]).round(9), kind="stable")]
        np.testing.assert_allclose(
            sorted(found.prod(axis=1)), sorted(np.prod(wanted, axis=1))
        )
        np.testing.assert_allclose(found[:, 0], np.array(wanted)[:, 0])


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_no_fit_is_worse_than_what_is_published(objective):
    score = {
        "iou": lambda X, anchor_set: mean_iou_score(X, anchor_set.anchors),
        "grid_iou": grid_iou_score,
        "matched": matched_score,
    }[objective]
    default = default_anchors("ssd300_vgg16")
    ssd = SSDAnchors(objective=objective, random_state=0)
    if len(np.unique(default.anchors, axis=0)) < 30:
        with pytest.warns(ConvergenceWarning):
            ssd.fit(default.anchors)
    else:
        ssd.fit(default.anchors)
    assert ssd.objective_value_ >= score(default.anchors, default) - 1e-9
    assert ssd.objective_value_ == pytest.approx(
        score(default.anchors, ssd.anchor_set_), abs=1e-6
    )


def test_more_ratios_and_own_ones_are_no_worse(X):
    few = SSDAnchors(STRIDES, n_ratios=1, random_state=0).fit(X)
    more = SSDAnchors(STRIDES, n_ratios=2, random_state=0).fit(X)
    own = SSDAnchors(STRIDES, n_ratios=2, ratios="level", random_state=0).fit(X)
    assert few.mean_iou_ < more.mean_iou_ < own.mean_iou_ + 1e-4


def test_weights_repeat_and_the_order_does_not_matter():
    X = make(60, seed=2).round()
    rng = np.random.default_rng(0)
    weight = rng.integers(0, 4, size=60)
    ssd = SSDAnchors(STRIDES, n_ratios=1, random_state=3)
    sizes = ssd.fit(X, sample_weight=weight).sizes_
    repeated = rng.permutation(np.repeat(X, weight, axis=0))
    np.testing.assert_array_equal(ssd.fit(repeated).sizes_, sizes)
    np.testing.assert_array_equal(ssd.fit(repeated * 4).sizes_, sizes * 4)


@pytest.mark.parametrize("n_sides", [1, 3])
def test_any_number_of_sides(n_sides):
    ssd = SSDAnchors((8, 16), n_ratios=(1, 2), random_state=0)
    ssd.fit(make(80, n_sides=n_sides))
    assert ssd.ratios_.shape == (2, n_sides - 1)
    assert ssd.cluster_centers_.shape == (10, n_sides)
    assert not hasattr(ssd, "anchor_set_")


def test_a_search_over_numbers_of_ratios(X):
    grid = {"n_ratios": [1, (1, 2, 2)]}
    search = GridSearchCV(SSDAnchors(STRIDES, random_state=0), grid, cv=2).fit(X)
    assert search.best_params_["n_ratios"] == (1, 2, 2)


@pytest.mark.parametrize("n_ratios", [0, (1, 2), (1, 2, 0), (1, 2, 1.5), "abc"])
def test_numbers_of_ratios_that_are_none(X, n_ratios):
    with pytest.raises(ValueError, match="n_ratios"):
        SSDAnchors(STRIDES, n_ratios=n_ratios).fit(X)


def test_real_boxes_are_served_better_than_by_the_published_anchors(shared_data):
    from skanchors.annotations import read_annotations

    root = shared_data("voc2007_trainval")
    table = read_annotations(sorted(root.rglob("*.xml")))
    sides = np.stack([table.image_width, table.image_height], axis=1)
    X = 300 * np.stack([table.width, table.height], axis=1) / sides
    default = default_anchors("ssd300_vgg16")
    fits = [SSDAnchors(random_state=seed).fit(X) for seed in range(2)]
    assert fits[0].mean_iou_ > mean_iou_score(X, default) + 0.01
    assert fits[0].mean_iou_ == pytest.approx(fits[1].mean_iou_, abs=3e-4)


def test_the_default_that_does_not_suit_other_levels_says_whose_it_is(X):
    with pytest.raises(ValueError, match=r"a level \(4\).*six levels of SSD300"):
        SSDAnchors((8, 16, 32, 64)).fit(X)
