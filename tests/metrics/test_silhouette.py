"""The silhouette under the IoU distance."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import silhouette_samples, silhouette_score

from skanchors.annotations import VOCBoxExtractor
from skanchors.datasets import list_annotations
from skanchors.metrics import (
    iou_distances,
    iou_silhouette_samples,
    iou_silhouette_score,
)


def make(n_boxes, n_clusters, *, n_sides=2, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.lognormal(0, 1, (n_boxes, n_sides))
    return X, rng.integers(n_clusters, size=n_boxes)


def reference(X, labels):
    return silhouette_samples(iou_distances(X), labels, metric="precomputed")


@pytest.mark.parametrize("n_sides", [1, 2, 3])
@pytest.mark.parametrize("n_clusters", [2, 9, 150])
def test_equals_scikit_learn(n_clusters, n_sides):
    X, labels = make(300, n_clusters, n_sides=n_sides)
    np.testing.assert_allclose(
        iou_silhouette_samples(X, labels), reference(X, labels), rtol=0, atol=1e-12
    )


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([0, 1, 2, 3, 1e-9]), st.integers(0, 3), st.integers(0, 3)
        ),
        min_size=4,
        max_size=30,
    )
)
def test_equals_scikit_learn_with_repeats_zeros_and_singletons(rows):
    X = np.array([row[:2] for row in rows], dtype=float)
    labels = np.array([row[2] for row in rows])
    if not 2 <= len(set(labels)) < len(labels):
        with pytest.raises(ValueError, match="compares 2 to n_boxes - 1 clusters"):
            iou_silhouette_score(X, labels)
        return
    np.testing.assert_allclose(
        iou_silhouette_samples(X, labels), reference(X, labels), rtol=0, atol=1e-12
    )
    expected = silhouette_score(iou_distances(X), labels, metric="precomputed")
    assert iou_silhouette_score(X, labels) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_a_sample_is_the_one_of_scikit_learn(seed):
    X, labels = make(200, 4)
    expected = silhouette_score(
        iou_distances(X),
        labels,
        metric="precomputed",
        sample_size=70,
        random_state=seed,
    )
    score = iou_silhouette_score(X, labels, sample_size=70, random_state=seed)
    assert score == pytest.approx(expected, abs=1e-12)


def test_weights_of_the_score_are_repetitions():
    X, labels = make(60, 3)
    weight = np.random.default_rng(1).integers(0, 4, 60)
    score = iou_silhouette_score(X, labels, sample_weight=weight)
    repeated = np.repeat(X, weight, axis=0), np.repeat(labels, weight)
    assert score == pytest.approx(iou_silhouette_score(*repeated), abs=1e-12)
    assert score != pytest.approx(iou_silhouette_score(X, labels), abs=1e-3)


def test_a_sample_has_its_own_weights():
    X, labels = make(60, 3)
    weight = np.random.default_rng(1).uniform(0.1, 3, 60)
    chosen = np.random.RandomState(0).permutation(60)[:40]
    sampled = iou_silhouette_score(
        X, labels, sample_weight=weight, sample_size=40, random_state=0
    )
    expected = iou_silhouette_score(
        X[chosen], labels[chosen], sample_weight=weight[chosen]
    )
    assert sampled == pytest.approx(expected, abs=1e-12)


def test_invariances():
    X, labels = make(200, 3)
    values = iou_silhouette_samples(X, labels)
    order = np.random.default_rng(1).permutation(200)
    shuffled = iou_silhouette_samples(X[order], labels[order])
    np.testing.assert_allclose(shuffled, values[order], rtol=0, atol=1e-13)
    names = np.array(["cat", "dog", "horse"])[labels]
    np.testing.assert_array_equal(iou_silhouette_samples(X, names), values)
    scaled = iou_silhouette_samples(X * 416, labels)
    np.testing.assert_allclose(scaled, values, rtol=0, atol=1e-12)


def test_clusters_far_apart_score_near_one():
    X = np.repeat([[1.0, 1.0], [1e6, 1e6]], 10, axis=0)
    assert iou_silhouette_score(X, np.repeat([0, 1], 10)) == 1


def test_all_boxes_equal_score_zero():
    assert iou_silhouette_score(np.ones((6, 2)), [0, 0, 0, 1, 1, 1]) == 0


@pytest.mark.parametrize("n_boxes", [4_000, 8_000])
def test_memory_is_linear(n_boxes):
    X, labels = make(n_boxes, 9)
    iou_silhouette_score(X[:50], labels[:50])
    tracemalloc.start()
    iou_silhouette_score(X, labels)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # The blocks of some threads, and about a dozen arrays of n_boxes numbers; the
    # matrix of distances alone would be 128 MB and 512 MB.
    assert peak < 20e6


def test_bad_input_is_refused():
    X, labels = make(10, 2)
    with pytest.raises(ValueError, match="got 1 of 10 boxes"):
        iou_silhouette_score(X, np.zeros(10))
    with pytest.raises(ValueError, match="got 10 of 10 boxes"):
        iou_silhouette_score(X, np.arange(10))
    with pytest.raises(ValueError, match="inconsistent"):
        iou_silhouette_score(X, labels[:-1])
    with pytest.raises(ValueError, match="Negative values"):
        iou_silhouette_score(-X, labels)
    for sample_size in (0, 11, 2.5, True, "5"):
        with pytest.raises(ValueError, match="sample_size must be a"):
            iou_silhouette_score(X, labels, sample_size=sample_size)


def test_equals_scikit_learn_on_real_boxes(shared_data):
    X = VOCBoxExtractor(on_invalid="ignore").fit_transform(
        list_annotations(shared_data("bccd"))[:120]
    )
    labels = np.digitize(X.prod(axis=1), np.quantile(X.prod(axis=1), [0.3, 0.5, 0.8]))
    assert len(np.unique(X, axis=0)) < 0.9 * len(X)
    np.testing.assert_allclose(
        iou_silhouette_samples(X, labels), reference(X, labels), rtol=0, atol=1e-12
    )


def test_boxes_of_weight_0_are_not_there():
    rng = np.random.default_rng(0)
    X, labels = rng.lognormal(size=(40, 2)), np.arange(40) % 4
    weight = np.where(labels == 3, 0, rng.integers(1, 3, 40))  # a cluster of none
    weight[:3] = 0
    there = weight > 0
    assert iou_silhouette_score(X, labels, sample_weight=weight) == pytest.approx(
        iou_silhouette_score(X[there], labels[there], sample_weight=weight[there])
    )
