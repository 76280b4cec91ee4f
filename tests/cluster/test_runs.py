"""What the parameters ask of the solver."""

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

from skanchors import IoUKMeans
from skanchors.cluster._runs import middling_unit
from skanchors.datasets import make_boxes
from skanchors.metrics import register_metric, unregister_metric

X = make_boxes(60, random_state=0)


@pytest.mark.parametrize(
    ("metric", "center"),
    [("iou", "descent"), ("cosine", "normalized_mean"), ("cityblock", "median")],
)
def test_auto_is_the_center_of_the_metric(metric, center):
    km = IoUKMeans(3, metric=metric, random_state=0).fit(X)
    same = IoUKMeans(3, metric=metric, center=center, random_state=0).fit(X)
    other = IoUKMeans(3, metric=metric, center="medoid", random_state=0).fit(X)
    np.testing.assert_array_equal(km.cluster_centers_, same.cluster_centers_)
    assert not np.array_equal(km.cluster_centers_, other.cluster_centers_)


def test_a_center_that_does_not_go_with_the_metric():
    km = IoUKMeans(3, metric="cityblock", center="descent")
    with pytest.raises(ValueError, match="needs a metric with a gradient"):
        km.fit(X)
    assert not hasattr(km, "metric_params_")
    register_metric("odd", lambda u, v: abs(u - v).sum(), center="nowhere")
    try:
        with pytest.raises(ValueError, match="unknown centre rule 'nowhere'"):
            IoUKMeans(3, metric="odd").fit(X)
    finally:
        unregister_metric("odd")


@pytest.mark.parametrize("scale", [5e-324, 1e-200, 1.0, 416.0, 1e300])
def test_middling_unit_is_a_power_of_two_near_the_boxes(scale):
    boxes = np.array([[1.0, 2], [4, 3]]) * scale
    unit = middling_unit(boxes)
    assert np.frexp(unit)[0] == 0.5
    assert (boxes / unit).max() < 16
    np.testing.assert_array_equal(boxes / unit * unit, boxes)


@pytest.mark.parametrize("boxes", [[[0.0, 0.0]], [[1e-310, 1.7e308]]])
def test_middling_unit_leaves_what_it_cannot_hold(boxes):
    assert middling_unit(np.array(boxes)) == 1


def test_of_too_few_boxes_the_most_frequent_are_repeated():
    km = IoUKMeans(5)
    with pytest.warns(ConvergenceWarning, match="repeated"):
        km.fit(np.repeat([[1, 1], [2, 2], [3, 3]], [1, 5, 2], axis=0))
    assert km.cluster_centers_[:, 0].tolist() == [1, 2, 2, 3, 3]
