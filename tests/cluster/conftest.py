"""What must hold of every fit."""

import itertools

import numpy as np
import pytest

from skanchors.metrics import iou_distances


@pytest.fixture(scope="session")
def check_fit():
    """``check_fit(km, X, weight)`` asserts all that holds whatever the data."""
    return _check_fit


def _check_fit(km, X, weight=None):
    X = np.asarray(X)
    anchors = km.cluster_centers_
    k = km.n_clusters
    assert anchors.shape == (k, X.shape[1])
    assert np.isfinite(anchors).all()
    assert (anchors >= 0).all()
    with np.errstate(divide="ignore"):
        log_volume = np.log(anchors.astype(float)).sum(axis=1)
    assert all(a <= b + 1e-9 or a == b for a, b in itertools.pairwise(log_volume))
    D = km.transform(X)
    assert D.shape == (len(X), k)
    assert np.isfinite(D).all()
    np.testing.assert_array_equal(km.labels_, km.predict(X))
    tolerance = 1e-12 if anchors.dtype == np.float64 else 1e-5
    np.testing.assert_allclose(
        D[np.arange(len(X)), km.labels_], D.min(axis=1), rtol=0, atol=tolerance
    )
    weight = np.ones(len(X)) if weight is None else np.asarray(weight, float)
    scale = tolerance * weight.sum() * max(1, D.max())
    assert km.inertia_ == pytest.approx(weight @ D.min(axis=1), rel=1e-6, abs=scale)
    best = 1 - iou_distances(X, anchors).min(axis=1)
    assert km.mean_iou_ == pytest.approx(
        np.average(best, weights=weight), abs=tolerance
    )
    assert km.score(X, sample_weight=weight) == pytest.approx(
        km.mean_iou_, abs=tolerance
    )
    assert 0 <= km.mean_iou_ <= 1
    assert km.n_iter_ >= 1
    assert km.labels_.dtype == np.int32
