"""Scorers, alone and inside scikit-learn's searches."""

import pickle
from functools import partial

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.linear_model import LinearRegression
from sklearn.metrics import silhouette_score
from sklearn.model_selection import GridSearchCV, KFold, cross_validate
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, MaxAbsScaler

from skanchors.annotations import VOCBoxExtractor
from skanchors.cluster import IoUKMeans, PyramidAnchors
from skanchors.datasets import list_annotations, load_sample_paths, make_boxes
from skanchors.metrics import (
    anchors_above_threshold_score,
    best_possible_recall_score,
    grid_iou_score,
    iou_distances,
    matched_score,
    mean_iou_score,
)
from skanchors.model_selection import (
    anchor_scorer,
    best_possible_recall_scorer,
    grid_iou_scorer,
    matched_scorer,
    mean_iou_scorer,
    refit_elbow,
    silhouette_scorer,
    stability_scorer,
)

SCORERS = [
    mean_iou_scorer,
    silhouette_scorer,
    best_possible_recall_scorer,
    anchor_scorer,
    partial(silhouette_scorer, sample_size=50, random_state=0),
]


def read_boxes(rows):
    return np.repeat(rows, 2, axis=0)


@pytest.fixture(scope="module")
def X():
    return make_boxes(150, random_state=0)


@pytest.fixture(scope="module")
def model(X):
    return IoUKMeans(4, n_init=1, random_state=0).fit(X)


@pytest.fixture(scope="module")
def pipeline(X):
    # Stands for an extractor: a row becomes two boxes. (A function of this file could
    # not be pickled into another process.)
    extractor = FunctionTransformer(np.repeat, kw_args={"repeats": 2, "axis": 0})
    steps = [("boxes", extractor), ("km", IoUKMeans(4, n_init=1, random_state=0))]
    return Pipeline(steps).fit(X)


def test_values(model, X):
    anchors = model.cluster_centers_
    assert mean_iou_scorer(model, X) == mean_iou_score(X, anchors)
    assert mean_iou_scorer(model, X) == pytest.approx(model.score(X))
    assert best_possible_recall_scorer(model, X) == best_possible_recall_score(
        X, anchors
    )
    assert best_possible_recall_scorer(
        model, X, threshold=1.5
    ) == best_possible_recall_score(X, anchors, threshold=1.5)
    expected = silhouette_score(
        iou_distances(X), model.predict(X), metric="precomputed"
    )
    assert silhouette_scorer(model, X) == pytest.approx(expected, abs=1e-12)


def test_all_scores_at_once(model, X):
    scores = anchor_scorer(model, X, threshold=1.5)
    assert scores == {
        "mean_iou": mean_iou_scorer(model, X),
        "best_possible_recall": best_possible_recall_scorer(model, X, threshold=1.5),
        "anchors_above_threshold": anchors_above_threshold_score(
            X, model.cluster_centers_, threshold=1.5
        ),
        "silhouette": silhouette_scorer(model, X),
    }


@pytest.mark.parametrize("scorer", SCORERS)
def test_a_pipeline_is_scored_on_what_its_steps_make(scorer, pipeline, X):
    assert scorer(pipeline, X) == scorer(pipeline["km"], read_boxes(X))


@pytest.mark.parametrize("scorer", SCORERS)
def test_a_pipeline_of_one_step_and_nested_pipelines(scorer, model, X):
    assert scorer(make_pipeline(model), X) == scorer(model, X)
    assert scorer(make_pipeline("passthrough", make_pipeline(model)), X) == scorer(
        model, X
    )


def test_anchors_live_in_the_space_of_the_last_step(X):
    pipe = make_pipeline(MaxAbsScaler(), IoUKMeans(3, random_state=0)).fit(X)
    boxes = pipe[0].transform(X)
    assert mean_iou_scorer(pipe, X) == mean_iou_score(boxes, pipe[1].cluster_centers_)


@pytest.mark.parametrize("scorer", SCORERS)
def test_any_clusterer_with_centres(scorer, X):
    model = KMeans(3, n_init=1, random_state=0).fit(X)
    scorer(model, X)


@pytest.mark.parametrize("scorer", [mean_iou_scorer, best_possible_recall_scorer])
def test_no_anchors_is_said(scorer, X):
    with pytest.raises(TypeError, match="LinearRegression has no anchors"):
        scorer(make_pipeline(LinearRegression()), X)


@pytest.mark.parametrize("scorer", SCORERS)
def test_pickle(scorer, model, X):
    assert pickle.loads(pickle.dumps(scorer))(model, X) == scorer(model, X)


def test_a_sample_no_smaller_than_the_boxes_is_all_of_them(model, X):
    assert silhouette_scorer(model, X, sample_size=10**6) == silhouette_scorer(model, X)
    assert silhouette_scorer(
        model, X, sample_size=40, random_state=1
    ) == silhouette_scorer(model, X, sample_size=40, random_state=1)


def test_an_undefined_silhouette_is_nan_and_warns(X):
    one = IoUKMeans(1, random_state=0).fit(X)
    with pytest.warns(UndefinedMetricWarning, match="150 boxes in 1 clusters"):
        assert np.isnan(silhouette_scorer(one, X))
    with pytest.warns(UndefinedMetricWarning, match="not defined"):
        scores = anchor_scorer(one, X)
    assert np.isnan(scores["silhouette"])
    assert scores["mean_iou"] == mean_iou_scorer(one, X)


def test_an_undefined_silhouette_does_not_end_a_search(X):
    search = GridSearchCV(
        IoUKMeans(n_init=1, random_state=0),
        {"n_clusters": [1, 2, 3]},
        scoring=silhouette_scorer,
        error_score="raise",
        cv=2,
    )
    with (
        pytest.warns(UndefinedMetricWarning),
        pytest.warns(UserWarning, match="test scores are non-finite"),
    ):
        search.fit(X)
    assert search.best_params_["n_clusters"] > 1
    assert search.cv_results_["rank_test_score"][0] == 3


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_grid_search_over_a_pipeline(pipeline, X, n_jobs):
    search = GridSearchCV(
        pipeline,
        {"km__n_clusters": [2, 4, 8]},
        scoring=anchor_scorer,
        refit=refit_elbow("mean_iou"),
        cv=2,
        n_jobs=n_jobs,
        error_score="raise",
    ).fit(X)
    means = search.cv_results_["mean_test_mean_iou"]
    assert (np.diff(means) > 0).all()
    assert search.best_params_["km__n_clusters"] < 8
    # A search stands for its best estimator, also after a round of pickling.
    assert mean_iou_scorer(search, X) == mean_iou_scorer(search.best_estimator_, X)
    again = pickle.loads(pickle.dumps(search))
    assert again.best_index_ == search.best_index_


def test_cross_validate_with_several_scorers(pipeline, X):
    results = cross_validate(
        pipeline,
        X,
        scoring={
            "iou": mean_iou_scorer,
            "silhouette": silhouette_scorer,
            "recall": best_possible_recall_scorer,
        },
        cv=2,
        n_jobs=2,
        error_score="raise",
    )
    for name in ("iou", "silhouette", "recall"):
        assert np.isfinite(results[f"test_{name}"]).all()


def test_nested_cross_validation(X):
    search = GridSearchCV(
        IoUKMeans(n_init=1, random_state=0),
        {"n_clusters": [2, 3, 4]},
        scoring=silhouette_scorer,
        cv=2,
        error_score="raise",
    )
    results = cross_validate(
        search, X, scoring=mean_iou_scorer, cv=2, error_score="raise"
    )
    assert (results["test_score"] > 0).all()


@pytest.mark.parametrize("output", ["default", "pandas"])
def test_from_annotation_files(output):
    if output == "pandas":
        pytest.importorskip("pandas")
    extractor = VOCBoxExtractor().set_output(transform=output)
    model = IoUKMeans(n_init=1, random_state=0)
    search = GridSearchCV(
        Pipeline([("boxes", extractor), ("km", model)]),
        {"km__n_clusters": [2, 4], "km__metric": ["iou", "ratio"]},
        scoring={
            "mean_iou": mean_iou_scorer,
            "silhouette": silhouette_scorer,
            "stability": stability_scorer,
        },
        refit="silhouette",
        cv=2,
        n_jobs=2,
        error_score="raise",
    ).fit(load_sample_paths()[:40])
    for name in ("mean_iou", "silhouette", "stability"):
        assert np.isfinite(search.cv_results_[f"mean_test_{name}"]).all()
    scores = anchor_scorer(search, load_sample_paths()[:40])
    assert scores["mean_iou"] == pytest.approx(search.best_estimator_["km"].mean_iou_)


def test_choosing_k_for_real_files(shared_data):
    """Neither by silhouette nor by the elbow of the mean IoU is it the largest."""
    model = IoUKMeans(n_init=1, random_state=0)
    search = GridSearchCV(
        Pipeline([("boxes", VOCBoxExtractor()), ("km", model)]),
        {"km__n_clusters": [2, 3, 4, 5, 6, 8, 10, 12]},
        scoring={"mean_iou": mean_iou_scorer, "silhouette": silhouette_scorer},
        refit=refit_elbow("mean_iou"),
        cv=3,
        error_score="raise",
    ).fit(list_annotations(shared_data("raccoon")))
    table = search.cv_results_
    assert table["mean_test_mean_iou"].argmax() >= 6
    assert 3 <= search.best_params_["km__n_clusters"] <= 6
    assert table["mean_test_silhouette"].argmax() <= 2


@pytest.mark.parametrize(
    "scorer",
    [
        mean_iou_scorer,
        best_possible_recall_scorer,
        silhouette_scorer,
        anchor_scorer,
        stability_scorer,
    ],
)
def test_weights_count_as_repetitions(scorer):
    rng = np.random.default_rng(0)
    X = make_boxes(80, random_state=0)
    weight = rng.integers(0, 4, size=len(X))
    model = IoUKMeans(4, n_init=1, random_state=0).fit(X)
    weighted = scorer(model, X, sample_weight=weight)
    assert weighted == pytest.approx(scorer(model, np.repeat(X, weight, axis=0)))
    if scorer is not best_possible_recall_scorer:
        assert weighted != pytest.approx(scorer(model, X))


def test_recall_weighs():
    model = IoUKMeans(1, random_state=0).fit([[1, 1]])
    score = best_possible_recall_scorer(model, [[1, 1], [9, 9]], sample_weight=[3, 1])
    assert score == 0.75


@pytest.mark.parametrize("scorer", [None, mean_iou_scorer, anchor_scorer])
def test_a_weighted_search_is_scored_with_its_weights(scorer):
    """Boxes of weight 0 in the test folds do not count."""
    rng = np.random.default_rng(0)
    X = make_boxes(60, random_state=0)
    weight = rng.integers(0, 3, size=len(X)).astype(float)
    search = GridSearchCV(
        IoUKMeans(n_init=1, random_state=0),
        {"n_clusters": [2, 3]},
        scoring=scorer,
        refit=False,
        cv=KFold(2),
    ).fit(X, sample_weight=weight)
    key = "mean_iou" if scorer is anchor_scorer else "score"
    for i, (train, test) in enumerate(KFold(2).split(X)):
        model = IoUKMeans(2, n_init=1, random_state=0)
        model.fit(X[train], sample_weight=weight[train])
        expected = model.score(X[test], sample_weight=weight[test])
        assert search.cv_results_[f"split{i}_test_{key}"][0] == pytest.approx(expected)
        assert expected != pytest.approx(model.score(X[test]))


@pytest.mark.parametrize(
    ("scorer", "score"),
    [(matched_scorer, matched_score), (grid_iou_scorer, grid_iou_score)],
)
def test_scorers_on_the_grid(scorer, score):
    X = 300 * make_boxes(120, random_state=0)
    model = PyramidAnchors((16, 32, 64), random_state=0).fit(X)
    weight = np.random.default_rng(0).integers(0, 3, size=len(X))
    assert scorer(model, X) == score(X, model.anchor_set_)
    weighted = scorer(model, X, sample_weight=weight)
    assert weighted == pytest.approx(scorer(model, np.repeat(X, weight, axis=0)))
    assert weighted != pytest.approx(scorer(model, X))
    search = GridSearchCV(
        PyramidAnchors((16, 32, 64), random_state=0),
        {"n_ratios": [1, 2]},
        scoring=scorer,
        cv=2,
    ).fit(X)
    assert 0 < search.best_score_ <= 1
    with pytest.raises(TypeError, match="knows nothing of levels"):
        scorer(IoUKMeans(2, random_state=0).fit(X), X)


def test_the_threshold_of_a_match():
    X = 300 * make_boxes(120, random_state=0)
    model = PyramidAnchors((16, 32, 64), random_state=0).fit(X)
    scores = [matched_scorer(model, X, threshold=t) for t in (0.3, 0.5, 0.8)]
    assert scores[0] > scores[1] > scores[2]


@pytest.mark.parametrize("sample_size", [0, -1, True, "all"])
def test_a_sample_is_a_number_of_boxes(sample_size):
    X = np.random.default_rng(0).lognormal(size=(30, 2))
    model = IoUKMeans(2, random_state=0).fit(X)
    with pytest.raises(ValueError, match="sample_size must be a whole number"):
        silhouette_scorer(model, X, sample_size=sample_size)
