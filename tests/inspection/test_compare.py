"""Comparison of sets of anchors."""

import json
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skanchors.annotations import read_annotations
from skanchors.cluster import IoUKMeans
from skanchors.datasets import list_annotations
from skanchors.export import default_anchors
from skanchors.inspection import compare_anchors
from skanchors.metrics import mean_iou_score

YOLOV3 = np.reshape(
    [10, 13, 16, 30, 33, 23, 30, 61, 62, 45, 59, 119, 116, 90, 156, 198, 373, 326],
    (9, 2),
)
SMALL = {"a": [[20, 30], [40, 60]], "b": [[33, 23], [62, 45]]}


def boxes_by_image(n_images, rng, *, spread=0.6):
    """Boxes of one image are alike, and images differ in their number of boxes."""
    images = np.repeat(np.arange(n_images), 1 + rng.geometric(0.3, size=n_images))
    scale = rng.normal(3.6, spread, size=n_images)[images]
    return np.exp(scale[:, None] + rng.normal(0, 0.3, (len(images), 2))), images


def near_the_defaults(n_boxes, rng):
    """Boxes from the neighbourhood of the defaults."""
    centers = YOLOV3[rng.integers(len(YOLOV3), size=n_boxes)]
    return centers * rng.lognormal(0, 0.2, size=(n_boxes, 2))


def test_means_and_gains():
    X, images = boxes_by_image(40, np.random.default_rng(0))
    weight = np.random.default_rng(1).uniform(size=len(X))
    sets = SMALL | {"c": [[5, 5]]}
    comparison = compare_anchors(
        X, sets, image_ids=images, sample_weight=weight, baseline="a", random_state=0
    )
    for name, anchors in sets.items():
        expected = mean_iou_score(X, anchors, sample_weight=weight)
        assert comparison.mean_iou[name] == pytest.approx(expected)
        low, high = comparison.mean_iou_interval[name]
        assert low < expected < high
    assert list(comparison.gain) == ["b", "c"]
    assert comparison.gain["c"] == pytest.approx(
        comparison.mean_iou["c"] - comparison.mean_iou["a"]
    )
    assert comparison.best == "b"
    assert (comparison.n_images, comparison.n_boxes) == (40, len(X))


@pytest.mark.parametrize("by_name", [False, True])
def test_intervals_do_not_depend_on_how_boxes_are_listed(by_name):
    rng = np.random.default_rng(0)
    X, images = boxes_by_image(30, rng)
    first = compare_anchors(X, SMALL, image_ids=images, random_state=0)
    order = rng.permutation(len(X))
    names = np.array([f"{i:03d}.jpg" for i in images]) if by_name else images
    other = compare_anchors(
        X[order], SMALL, image_ids=names[order], random_state=np.random.RandomState(0)
    )
    assert other.gain_interval["a"] == pytest.approx(first.gain_interval["a"])
    # A set of its own kind: repeating each box changes nothing, nor does its weight.
    weighted = compare_anchors(
        X, SMALL, image_ids=images, sample_weight=np.full(len(X), 2.0), random_state=0
    )
    assert weighted.gain_interval["a"] == pytest.approx(first.gain_interval["a"])


def test_pairing_makes_intervals_narrow():
    X, images = boxes_by_image(60, np.random.default_rng(0), spread=1.2)
    sets = {"a": np.multiply(SMALL["a"], 1.02), "b": SMALL["a"]}
    comparison = compare_anchors(X, sets, image_ids=images, random_state=0)
    low, high = comparison.gain_interval["a"]
    alone_low, alone_high = comparison.mean_iou_interval["a"]
    assert high - low < (alone_high - alone_low) / 5


@pytest.mark.parametrize("n_images", [12, 60])
def test_intervals_cover_the_truth(n_images):
    """Of 95 % intervals about 95 % hold the gain of the source of the data."""
    rng = np.random.default_rng(n_images)
    X, _ = boxes_by_image(300_000, rng)
    truth = mean_iou_score(X, SMALL["a"]) - mean_iou_score(X, SMALL["b"])
    n_sets, hits = 300, 0
    for seed in range(n_sets):
        X, images = boxes_by_image(n_images, rng)
        low, high = compare_anchors(
            X, SMALL, image_ids=images, n_bootstrap=400, random_state=seed
        ).gain_interval["a"]
        hits += low <= truth <= high
    # Three standard errors of a share of 0.95 in 300 draws. Intervals that take each
    # box for an image of its own hold the truth in about 85 %.
    assert abs(hits / n_sets - 0.95) < 0.038


def test_replace_where_the_boxes_are_unlike_the_defaults():
    rng = np.random.default_rng(0)
    X = rng.lognormal(4.5, 0.3, size=(600, 2))
    fitted = IoUKMeans(9, random_state=0).fit(X[:300]).cluster_centers_
    comparison = compare_anchors(
        X[300:], {"fitted": fitted, "yolov3": YOLOV3}, random_state=0
    )
    assert comparison.replace
    assert comparison.verdict.startswith("Replace yolov3 by fitted: the mean IoU rises")


@pytest.mark.parametrize("scaling", ["stretch", "letterbox"])
def test_replace_the_defaults_on_real_images(shared_data, scaling):
    table = read_annotations(list_annotations(shared_data("raccoon")))
    X = table.sizes(scaling, 416)
    first_half = np.unique(table.path, return_inverse=True)[1] % 2 == 0
    fitted = IoUKMeans(9, random_state=0).fit(X[first_half]).cluster_centers_
    comparison = compare_anchors(
        X[~first_half],
        {"fitted": fitted, "yolov3": default_anchors("yolov3")},
        image_ids=table.path[~first_half],
        random_state=0,
    )
    assert comparison.replace
    assert comparison.gain_interval["fitted"][0] > 0.1


@pytest.mark.parametrize("n_boxes", [300, 5000])
def test_keep_where_the_boxes_are_like_the_defaults(n_boxes):
    rng = np.random.default_rng(0)
    X = near_the_defaults(2 * n_boxes, rng)
    fitted = IoUKMeans(9, random_state=0).fit(X[:n_boxes]).cluster_centers_
    comparison = compare_anchors(
        X[n_boxes:], {"fitted": fitted, "yolov3": YOLOV3}, random_state=0
    )
    assert not comparison.replace
    assert comparison.verdict.startswith("Keep yolov3")


def test_verdicts():
    rng = np.random.default_rng(0)
    X = rng.lognormal(4, 0.3, size=(400, 2))
    good, bad = {"good": [[50, 50], [70, 60]]}, {"bad": [[10, 10], [300, 300]]}
    near = {"near": [[50, 51], [70, 60]]}
    worse = compare_anchors(X, bad | good, random_state=0)
    assert "which is worse" in worse.verdict
    same = compare_anchors(X, near | good, random_state=0)
    assert "not the gain of 0.01" in same.verdict
    better = compare_anchors(X, good | near, min_gain=0, random_state=0)
    assert better.replace == (better.gain_interval["good"][0] > 0)
    few = compare_anchors(
        X[:6], {"new": [[50, 50], [70, 60]], "old": [[50, 70]]}, random_state=0
    )
    assert "more images could" in few.verdict


def test_equal_sets_gain_nothing_for_sure():
    X, images = boxes_by_image(10, np.random.default_rng(0))
    comparison = compare_anchors(
        X, {"a": SMALL["a"], "b": SMALL["a"]}, image_ids=images, random_state=0
    )
    assert comparison.gain_interval["a"] == (0, 0)
    assert not comparison.replace


@settings(deadline=None, max_examples=30)
@given(st.integers(2, 5), st.integers(0, 2**31), st.booleans())
def test_few_images_give_wide_finite_intervals(n_images, seed, zeros):
    rng = np.random.default_rng(seed)
    X, images = boxes_by_image(n_images, rng)
    if zeros:
        X[images == 0] = 0
    comparison = compare_anchors(
        X, SMALL, image_ids=images, n_bootstrap=100, random_state=0
    )
    for name in SMALL:
        low, high = comparison.mean_iou_interval[name]
        assert 0 <= low <= comparison.mean_iou[name] + 1e-12
        assert comparison.mean_iou[name] - 1e-12 <= high <= 1
    low, high = comparison.gain_interval["a"]
    assert -1 <= low <= comparison.gain["a"] + 1e-12
    assert comparison.gain["a"] - 1e-12 <= high <= 1


def test_images_of_weight_zero_do_not_count():
    X, images = boxes_by_image(20, np.random.default_rng(0))
    weight = (images < 12).astype(float)
    comparison = compare_anchors(
        X, SMALL, image_ids=images, sample_weight=weight, random_state=0
    )
    part = images < 12
    alone = compare_anchors(X[part], SMALL, image_ids=images[part], random_state=0)
    assert comparison.n_images == 12
    assert comparison.gain_interval == alone.gain_interval


def test_text_and_json():
    X, images = boxes_by_image(20, np.random.default_rng(0))
    comparison = compare_anchors(X, SMALL, image_ids=images, random_state=0)
    text = str(comparison)
    lines = text.splitlines()
    assert lines[0].split() == (
        ["anchors", "mean", "IoU", "95", "%", "interval", "gain", "95", "%", "interval"]
    )
    assert "(baseline)" in lines[2]
    assert " ".join(text.split()).endswith(comparison.verdict)
    assert max(map(len, lines)) <= 80
    content = json.loads(json.dumps(comparison.to_dict()))
    assert content["gain_interval"]["a"] == list(comparison.gain_interval["a"])
    assert content["verdict"] == comparison.verdict


def test_pandas():
    pytest.importorskip("pandas")
    X, images = boxes_by_image(20, np.random.default_rng(0))
    comparison = compare_anchors(X, SMALL, image_ids=images, random_state=0)
    frame = comparison.to_pandas()
    assert frame.loc["a", "gain"] == comparison.gain["a"]
    assert np.isnan(frame.loc["b", "gain"])


def test_pandas_missing(monkeypatch):
    X, images = boxes_by_image(20, np.random.default_rng(0))
    comparison = compare_anchors(X, SMALL, image_ids=images, random_state=0)
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r"skanchors\[pandas\]"):
        comparison.to_pandas()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"anchor_sets": {"a": [[1, 1]]}}, "two or more sets"),
        ({"anchor_sets": [[[1, 1]], [[2, 2]]]}, "two or more sets"),
        ({"baseline": "c"}, r"baseline must be one of the sets \['a', 'b'\]"),
        ({"image_ids": np.zeros(50)}, "needs 2 or more, got 1"),
        ({"image_ids": [1, 2]}, "X has 50 boxes, image_ids has 2"),
        ({"n_bootstrap": 10}, "n_bootstrap must be"),
        ({"confidence_level": 95}, "confidence_level must lie"),
        ({"min_gain": -1}, "min_gain must be"),
        ({"anchor_sets": {"a": [[1, 1, 1]], "b": [[1, 1]]}}, "X has 2 sides .* 'a'"),
    ],
)
def test_bad_arguments(arguments, message):
    X = np.random.default_rng(0).lognormal(size=(50, 2))
    with pytest.raises(ValueError, match=message):
        compare_anchors(**({"X": X, "anchor_sets": SMALL} | arguments))


def test_criteria_are_one_name_or_several():
    X = np.random.default_rng(0).lognormal(size=(50, 2))
    with pytest.raises(TypeError, match="criteria must be one name or several, got 5"):
        compare_anchors(X, SMALL, criteria=5)
