"""From annotation files to anchors inside scikit-learn's own tools."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, KFold, cross_validate
from sklearn.pipeline import Pipeline

from skanchors import IoUKMeans, VOCBoxExtractor
from skanchors.datasets import list_annotations, load_sample_paths
from skanchors.metrics import iou_silhouette_score, mean_iou_score
from skanchors.model_selection import mean_iou_scorer, silhouette_scorer


@pytest.fixture(scope="module", params=["sample", "raccoon"])
def paths(request, shared_data):
    if request.param == "sample":
        return load_sample_paths()
    folder = shared_data("raccoon")
    return sorted(map(str, folder.rglob("*.xml"))) or list_annotations(folder)


def pipeline(n_clusters=9, **parameters):
    km = IoUKMeans(n_clusters, random_state=0, **parameters)
    return Pipeline([("boxes", VOCBoxExtractor()), ("km", km)])


# Quick enough to fit dozens of times.
QUICK = {"n_init": 1, "max_iter": 20}


def test_fits_predicts_and_scores(paths):
    pipe = pipeline()
    with pytest.raises(NotFittedError):
        pipe.predict(paths)
    assert pipe.fit(paths) is pipe
    X = VOCBoxExtractor().transform(paths)
    alone = IoUKMeans(9, random_state=0).fit(X)
    np.testing.assert_array_equal(pipe["km"].cluster_centers_, alone.cluster_centers_)
    np.testing.assert_array_equal(pipe.predict(paths), alone.labels_)
    np.testing.assert_array_equal(pipe.transform(paths), alone.transform(X))
    np.testing.assert_array_equal(clone(pipe).fit_predict(paths), alone.labels_)
    assert pipe.score(paths) == alone.score(X)
    expected = mean_iou_score(X, alone.cluster_centers_)
    assert pipe.score(paths) == pytest.approx(expected, abs=1e-14)
    assert alone.mean_iou_ == pytest.approx(expected, abs=1e-14)
    assert pipe.get_feature_names_out().tolist() == [f"ioukmeans{i}" for i in range(9)]
    assert pipe.predict(paths[:1]).shape == (
        len(VOCBoxExtractor().transform(paths[:1])),
    )


def test_pickles_and_clones(paths):
    pipe = pipeline(5).fit(paths)
    again = pickle.loads(pickle.dumps(pipe))
    np.testing.assert_array_equal(again.predict(paths), pipe.predict(paths))
    np.testing.assert_array_equal(again.transform(paths), pipe.transform(paths))
    twin = clone(pipe).fit(paths)
    np.testing.assert_array_equal(
        twin["km"].cluster_centers_, pipe["km"].cluster_centers_
    )
    assert not hasattr(clone(pipe)["km"], "cluster_centers_")


@pytest.mark.parametrize("scoring", [None, silhouette_scorer, mean_iou_scorer])
def test_cross_validate(paths, scoring):
    result = cross_validate(
        pipeline(3, **QUICK), paths, cv=3, scoring=scoring, return_estimator=True
    )
    folds = KFold(3).split(paths)
    for pipe, score, (_, test) in zip(
        result["estimator"], result["test_score"], folds, strict=True
    ):
        X = VOCBoxExtractor().transform([paths[i] for i in test])
        anchors = pipe["km"].cluster_centers_
        if scoring is silhouette_scorer:
            expected = iou_silhouette_score(X, pipe["km"].predict(X))
        else:
            expected = mean_iou_score(X, anchors)
        assert score == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("scoring", [None, silhouette_scorer, mean_iou_scorer])
def test_grid_search_in_two_processes(paths, scoring):
    search = GridSearchCV(
        pipeline(**QUICK),
        {"km__n_clusters": [2, 5], "km__metric": ["iou", "ratio", "euclidean"]},
        scoring=scoring,
        cv=2,
        n_jobs=2,
    )
    search.fit(paths)
    scores = search.cv_results_["mean_test_score"]
    assert np.isfinite(scores).all()
    serial = clone(search).set_params(n_jobs=None).fit(paths)
    np.testing.assert_array_equal(serial.cv_results_["mean_test_score"], scores)
    assert search.best_params_ == serial.best_params_
    np.testing.assert_array_equal(
        search.best_estimator_["km"].cluster_centers_,
        serial.best_estimator_["km"].cluster_centers_,
    )
    if scoring is not silhouette_scorer:
        # More anchors always fit better.
        assert search.best_params_["km__n_clusters"] == 5


def test_several_scores_at_once(paths):
    search = GridSearchCV(
        pipeline(**QUICK),
        {"km__n_clusters": [2, 4]},
        scoring={"mean_iou": mean_iou_scorer, "silhouette": silhouette_scorer},
        refit="mean_iou",
        cv=2,
    ).fit(paths)
    assert {"mean_test_mean_iou", "mean_test_silhouette"} <= set(search.cv_results_)
    assert search.best_params_ == {"km__n_clusters": 4}


def test_anchors_in_pixels_of_the_network_input(paths):
    pipe = pipeline(5).set_params(boxes__scaling="letterbox", boxes__input_size=416)
    anchors = pipe.fit(paths)["km"].cluster_centers_
    assert anchors.max() <= 416
    assert anchors.max() > 20
    fractions = pipeline(5).set_params(boxes__scaling="letterbox").fit(paths)
    assert pipe.score(paths) == pytest.approx(fractions.score(paths), abs=2e-3)


def test_pandas_output(paths):
    pytest.importorskip("pandas")
    pipe = pipeline(4, **QUICK).set_output(transform="pandas").fit(paths)
    frame = pipe.transform(paths)
    assert list(frame.columns) == [
        "ioukmeans0",
        "ioukmeans1",
        "ioukmeans2",
        "ioukmeans3",
    ]
    assert pipe["km"].feature_names_in_.tolist() == ["width", "height"]
    assert set(frame.index) <= set(map(str, paths))
