"""The picture of scores over the number of anchors."""

import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV

from skanchors.cluster import IoUKMeans
from skanchors.datasets import make_boxes
from skanchors.inspection import ClusterCountDisplay
from skanchors.model_selection import anchor_scorer, refit_elbow

pytest.importorskip("matplotlib")


@pytest.fixture(scope="module")
def search():
    return GridSearchCV(
        IoUKMeans(n_init=1, random_state=0),
        {"n_clusters": [6, 2, 4, 8], "n_init": [1, 2]},
        scoring=anchor_scorer,
        refit=refit_elbow("mean_iou"),
        cv=3,
    ).fit(make_boxes(150, random_state=0))


def test_from_a_search(search):
    display = ClusterCountDisplay.from_estimator(search)
    # The number of anchors above the threshold has another scale.
    assert set(display.lines_) == {"mean_iou", "silhouette", "best_possible_recall"}
    table = search.cv_results_
    for name, line in display.lines_.items():
        np.testing.assert_array_equal(line.get_xdata(), [2, 4, 6, 8])
        for k, score in zip(line.get_xdata(), line.get_ydata(), strict=True):
            candidates = table[f"mean_test_{name}"][table["param_n_clusters"] == k]
            assert score == pytest.approx(candidates.max())
    chosen = search.best_params_["n_clusters"]
    assert display.chosen_line_.get_xdata()[0] == chosen
    texts = [text.get_text() for text in display.legend_.get_texts()]
    assert texts[-1] == f"chosen: {chosen}"
    assert "mean IoU" in texts
    assert display.ax_.get_ylabel() == "score, mean and range of 3 splits"


def test_the_band_is_the_range_of_the_splits(search):
    display = ClusterCountDisplay.from_cv_results(
        search.cv_results_, metrics="mean_iou"
    )
    assert display.chosen_line_ is None
    assert set(display.bands_) == {"mean_iou"}
    values = display.scores["mean_iou"]
    assert values.shape == (4, 3)
    y = display.bands_["mean_iou"].get_paths()[0].vertices[:, 1]
    assert y.min() == pytest.approx(values.min())
    assert y.max() == pytest.approx(values.max())


def test_plain_curves_and_missing_values():
    display = ClusterCountDisplay(
        n_clusters=[1, 2, 3], scores={"silhouette": [np.nan, 0.4, 0.3]}
    ).plot()
    assert np.isnan(display.lines_["silhouette"].get_ydata()[0])
    assert display.bands_ == {}
    assert display.ax_.get_ylabel() == "score"


def test_a_candidate_without_a_score_is_a_gap():
    table = {
        "param_n_clusters": [1, 2, 3],
        "mean_test_silhouette": [np.nan, 0.4, 0.3],
        "split0_test_silhouette": [np.nan, 0.5, 0.3],
        "split1_test_silhouette": [np.nan, 0.3, 0.3],
    }
    display = ClusterCountDisplay.from_cv_results(table)
    np.testing.assert_allclose(
        display.lines_["silhouette"].get_ydata(), [np.nan, 0.4, 0.3]
    )


def test_bad_tables(search):
    with pytest.raises(ValueError, match="exactly one parameter"):
        ClusterCountDisplay.from_cv_results({"mean_test_score": [1]}, metrics=["score"])
    with pytest.raises(ValueError, match="no scores of 'f1'"):
        ClusterCountDisplay.from_cv_results(search.cv_results_, metrics=["f1"])
