"""The picture of silhouettes."""

import numpy as np
import pytest

from skanchors.cluster import IoUKMeans
from skanchors.datasets import make_boxes
from skanchors.inspection import SilhouetteDisplay
from skanchors.metrics import iou_silhouette_samples

pytest.importorskip("matplotlib")


def test_bands_hold_the_silhouettes_of_their_clusters():
    X = make_boxes(200, random_state=0)
    model = IoUKMeans(4, random_state=0).fit(X)
    display = SilhouetteDisplay.from_estimator(model, X)
    labels = model.predict(X)
    silhouettes = iou_silhouette_samples(X, labels)
    np.testing.assert_array_equal(display.silhouettes, silhouettes)
    for i, text in enumerate(display.legend_.get_texts()):
        assert text.get_text() == f"cluster {i}, N = {(labels == i).sum()}"
    for i, band in display.bands_.items():
        shown = np.unique(
            np.concatenate([path.vertices for path in band.get_paths()])[:, 0]
        )
        values = silhouettes[labels == i]
        assert np.isin(values.round(12), shown.round(12)).all()
        assert set(shown.round(12)) <= {0.0, *values.round(12)}
    assert display.mean_line_.get_xdata()[0] == pytest.approx(silhouettes.mean())
    # Small clusters on top, bands one below the other.
    ticks = display.ax_.get_yticks()
    assert (np.diff(ticks) > 0).all() and display.ax_.yaxis_inverted()


def test_many_boxes_are_sampled():
    X = make_boxes(3000, random_state=0)
    labels = (X[:, 0] > np.median(X[:, 0])).astype(int)
    display = SilhouetteDisplay.from_boxes(X, labels, sample_size=400)
    assert len(display.silhouettes) == len(display.labels) == 400
    again = SilhouetteDisplay.from_boxes(X, labels, sample_size=400)
    np.testing.assert_array_equal(display.silhouettes, again.silhouettes)
    assert len(SilhouetteDisplay.from_boxes(X[:500], labels[:500]).labels) == 500


def test_one_cluster_is_refused():
    with pytest.raises(ValueError, match="compares 2 to n_boxes - 1 clusters"):
        SilhouetteDisplay.from_boxes([[1, 1], [2, 2]], [0, 0])
