"""What a fitted estimator, Pipeline or search holds."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.cluster import KMeans
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from skanchors._fitted import anchors_of, boxes_and_anchors, last_step, unwrap

X = np.random.default_rng(0).uniform(1, 2, size=(30, 2))


class Double(BaseEstimator):
    def fit(self, X, y=None):
        self.n_features_in_ = 2
        return self

    def transform(self, X):
        return 2 * np.asarray(X)


def search(estimator):
    name = "n_clusters" if isinstance(estimator, KMeans) else "kmeans__n_clusters"
    return GridSearchCV(estimator, {name: [2, 3]}, cv=2).fit(X)


def nested(model):
    return make_pipeline(Double(), make_pipeline(Double(), model))


@pytest.mark.parametrize(
    ("wrap", "factor"),
    [
        (lambda model: model.fit(X), 1),
        (lambda model: make_pipeline(model).fit(X), 1),
        (lambda model: make_pipeline(Double(), model).fit(X), 2),
        (
            lambda model: make_pipeline(Double(), make_pipeline(Double(), model)).fit(
                X
            ),
            4,
        ),
        (lambda model: search(model), 1),
        (lambda model: search(make_pipeline(Double(), model)), 2),
    ],
)
def test_boxes_and_anchors_are_in_one_space(wrap, factor):
    fitted = wrap(KMeans(2, n_init=1, random_state=0))
    model, boxes = unwrap(fitted, X)
    assert isinstance(model, KMeans)
    assert last_step(fitted) is model
    np.testing.assert_array_equal(boxes, factor * X)
    anchors = boxes_and_anchors(fitted, X)[1]
    assert anchors is model.cluster_centers_ is anchors_of(fitted)


def test_no_anchors():
    with pytest.raises(TypeError, match="Double has no anchors"):
        anchors_of(make_pipeline(Double(), Double()))
    with pytest.raises(TypeError, match="GridSearchCV has no anchors"):
        anchors_of(GridSearchCV(KMeans(), {}))
