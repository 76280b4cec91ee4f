"""Anchors however they come."""

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skanchors import IoUKMeans
from skanchors._anchors_like import as_anchors
from skanchors.datasets import make_boxes
from skanchors.export import AnchorSet, default_anchors

X = make_boxes(60, random_state=0)


def test_estimators():
    model = IoUKMeans(3, random_state=0).fit(X)
    search = GridSearchCV(IoUKMeans(random_state=0), {"n_clusters": [3]}, cv=2).fit(X)
    pipe = make_pipeline(FunctionTransformer(), IoUKMeans(3, random_state=0)).fit(X)
    for fitted in (model, search, pipe):
        np.testing.assert_array_equal(as_anchors(fitted), model.cluster_centers_)
    other = KMeans(2, random_state=0).fit(X)
    assert as_anchors(other) is other.cluster_centers_


def test_sets_arrays_and_names():
    anchor_set = AnchorSet([[30, 61], [10, 13]])
    np.testing.assert_array_equal(as_anchors(anchor_set), anchor_set.anchors)
    sizes = [[1, 2]]
    assert as_anchors(sizes) is sizes
    named = as_anchors("yolov3", published=default_anchors)
    np.testing.assert_array_equal(named, default_anchors("yolov3").anchors)

    class Fit:
        anchor_set_ = anchor_set

    np.testing.assert_array_equal(as_anchors(Fit()), anchor_set.anchors)


@pytest.mark.parametrize(
    "estimator",
    [
        IoUKMeans(3),
        make_pipeline(FunctionTransformer(), IoUKMeans(3)),
        GridSearchCV(IoUKMeans(), {"n_clusters": [3]}),
        GridSearchCV(IoUKMeans(n_init=1), {"n_clusters": [2]}, refit=False, cv=2).fit(
            X
        ),
    ],
    ids=["estimator", "pipeline", "search", "search without refit"],
)
def test_what_is_not_fitted_says_so(estimator):
    with pytest.raises(NotFittedError, match=r"mine is a .* call its fit first"):
        as_anchors(estimator, name="mine")


def test_estimators_without_anchors():
    with pytest.raises(TypeError, match="has no anchors"):
        as_anchors(FunctionTransformer().fit(X))


@pytest.mark.parametrize(
    "wrong", [None, 3, "yolov3", {"a": 1}, [IoUKMeans()], object()]
)
def test_what_are_no_anchors_is_described(wrong):
    with pytest.raises(TypeError, match=r"must be sizes of shape .*; got"):
        as_anchors(wrong)
