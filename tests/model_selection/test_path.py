"""Anchors for a range of k at once."""

import numpy as np
import pytest

from skanchors import IoUKMeans, VOCBoxExtractor
from skanchors.datasets import list_annotations, make_boxes
from skanchors.metrics import mean_iou_score
from skanchors.model_selection import anchor_path


def test_mean_iou_never_falls_and_is_that_of_the_anchors():
    X = make_boxes(400, random_state=0)
    path = anchor_path(X, range(1, 9), random_state=0)
    np.testing.assert_array_equal(path.n_clusters, range(1, 9))
    assert (np.diff(path.mean_iou) >= 0).all()
    for k, anchors, mean_iou in zip(
        path.n_clusters, path.anchors, path.mean_iou, strict=True
    ):
        assert anchors.shape == (k, 2)
        assert (np.diff(anchors.prod(axis=1)) >= 0).all()
        assert mean_iou_score(X, anchors) == pytest.approx(mean_iou, abs=1e-12)


def test_comes_near_separate_fits():
    X = make_boxes(600, random_state=1)
    path = anchor_path(X, [2, 5, 9], random_state=0)
    for k, mean_iou in zip(path.n_clusters, path.mean_iou, strict=True):
        separate = IoUKMeans(k, random_state=0).fit(X).mean_iou_
        assert mean_iou > separate - 0.001


@pytest.mark.parametrize(("name", "limit"), [("raccoon", 0.8660), ("bccd", 0.8835)])
def test_real_boxes(shared_data, name, limit):
    paths = list_annotations(shared_data(name))
    X = VOCBoxExtractor(on_invalid="ignore").transform(paths)
    path = anchor_path(X, range(1, 10), random_state=0)
    assert (np.diff(path.mean_iou) > 0).all()
    assert path.mean_iou[-1] > limit - 0.0005


def test_same_seed_order_and_repetition_give_the_same():
    X = make_boxes(150, random_state=2)
    one = anchor_path(X, [3, 1], random_state=5)
    shuffled = np.random.default_rng(0).permutation(X)
    for other in (
        anchor_path(X, (1, 3), random_state=5),
        anchor_path(shuffled, [1, 3], random_state=5),
        anchor_path(np.repeat(X, 2, axis=0), [1, 3], random_state=5),
        anchor_path(X, [1, 3], sample_weight=np.full(150, 2), random_state=5),
    ):
        np.testing.assert_array_equal(other.n_clusters, [1, 3])
        for a, b in zip(one.anchors, other.anchors, strict=True):
            np.testing.assert_array_equal(a, b)


def test_as_many_anchors_as_boxes():
    X = [[1, 2], [3, 1], [2, 2]]
    path = anchor_path(X, [3], random_state=0)
    assert path.mean_iou[0] == pytest.approx(1)
    assert path.anchors[0].shape == (3, 2)


def test_boxes_without_volume_do_not_spoil_it():
    X = np.vstack([make_boxes(50, random_state=0), [[0, 1], [0, 0]]])
    path = anchor_path(X, range(1, 5), random_state=0)
    assert np.isfinite(np.concatenate(path.anchors)).all()
    assert (np.concatenate(path.anchors) > 0).all()


@pytest.mark.parametrize("n_clusters", [[], [0, 2], [2, 5]])
def test_numbers_that_cannot_be(n_clusters):
    with pytest.raises(ValueError, match="from 1 to the 3 distinct boxes"):
        anchor_path([[1, 2], [3, 1], [2, 2], [2, 2]], n_clusters)


def test_no_volume_at_all():
    with pytest.raises(ValueError, match="No box has a volume"):
        anchor_path([[0, 1], [0, 2], [0, 3]], [2])
