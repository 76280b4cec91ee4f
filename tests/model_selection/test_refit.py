"""Rules that choose the number of clusters."""

import pickle

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

from skanchors.cluster import IoUKMeans
from skanchors.datasets import make_boxes
from skanchors.model_selection import (
    anchor_scorer,
    refit_elbow,
    refit_one_standard_error,
    refit_smallest_above,
)

RULES = [refit_elbow(), refit_one_standard_error(), refit_smallest_above("score", 0.6)]


def results(n_clusters, splits, *, metric="score", key="param_n_clusters"):
    splits = np.asarray(splits, dtype=float)
    table = {key: np.ma.masked_array(n_clusters, dtype=object)}
    for i, column in enumerate(splits.T):
        table[f"split{i}_test_{metric}"] = column
    table[f"mean_test_{metric}"] = splits.mean(axis=1)
    table["params"] = [{key.removeprefix("param_"): k} for k in n_clusters]
    return table


CURVE = results(
    [2, 3, 4, 5, 6],
    [[0.48, 0.52], [0.58, 0.62], [0.63, 0.65], [0.645, 0.66], [0.65, 0.665]],
)


def test_elbow_by_hand():
    # Line from (2, 0.5) to (6, 0.6575); above it by 0.0606, 0.0613, 0.0344.
    assert refit_elbow()(CURVE) == 2


def test_one_standard_error_by_hand():
    # The best has 0.6575 +- 0.0075, so 0.65 is enough: 5 clusters have 0.6525.
    assert refit_one_standard_error()(CURVE) == 3


def test_smallest_above_by_hand():
    assert refit_smallest_above("score", 0.6)(CURVE) == 1
    assert refit_smallest_above("score", 0.0)(CURVE) == 0
    assert refit_smallest_above("score", 0.65)(CURVE) == 3


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_candidates_does_not_matter(rule, seed):
    order = np.random.default_rng(seed).permutation(5)
    shuffled = {
        key: np.asarray(column, dtype=object)[order]
        for key, column in CURVE.items()
        if key != "params"
    }
    assert order[rule(shuffled)] == rule(CURVE)


@given(
    st.lists(st.floats(0.01, 1), min_size=3, max_size=12, unique=True),
    st.floats(0.1, 10),
    st.floats(-5, 5),
)
def test_elbow_law(steps, scale, shift):
    """Of a concave curve: where its slope falls below the mean slope; scale-free."""
    slopes = np.sort(steps)[::-1]
    scores = np.concatenate([[0], slopes.cumsum()])
    k = np.arange(2, 2 + len(scores))
    above = scores - np.linspace(scores[0], scores[-1], len(scores))
    # Steps that are nearly equal make a straight line, which has no elbow: see below.
    assume(above.max() > 1e-6 * max(1, scores[-1]))
    chosen = refit_elbow()(results(k, scores[:, None]))
    # The last point whose step up is steeper than the chord, up to ties.
    assert above[chosen] == pytest.approx(above.max(), abs=1e-9)
    assert slopes[chosen - 1] >= slopes.mean() - 1e-9
    assert slopes[chosen] <= slopes.mean() + 1e-9
    moved = results(k, (scale * scores + shift)[:, None])
    assert above[refit_elbow()(moved)] == pytest.approx(above.max(), abs=1e-9)


def test_the_best_of_several_candidates_with_as_many_clusters_counts():
    table = results([2, 2, 3, 3, 4, 4], np.array([[5, 6, 7, 6, 7.2, 7.1]]).T / 10)
    assert refit_elbow()(table) == 2
    assert refit_smallest_above("score", 0.55)(table) == 1


def test_candidates_without_a_score_are_left_out():
    table = results([1, 2, 3, 4], [[np.nan] * 2, [0.5, 0.5], [0.6, 0.6], [0.61, 0.61]])
    assert refit_elbow()(table) == 2
    assert refit_one_standard_error()(table) == 3
    nothing = results([1, 2, 3], np.full((3, 2), np.nan))
    for rule in RULES:
        with pytest.raises(ValueError, match="No candidate has a score"):
            rule(nothing)


def test_candidates_without_a_number_of_clusters_are_left_out():
    """As when a list of grids also tries a clusterer that has no such parameter."""
    table = results([2, 3, 4, 9], [[0.5] * 2, [0.6] * 2, [0.61] * 2, [0.9] * 2])
    for hidden in (9, "?", None):
        column = np.ma.masked_array([2, 3, 4, hidden], mask=[0, 0, 0, 1], dtype=object)
        table["param_n_clusters"] = column
        assert refit_elbow()(table) == 1
        assert refit_one_standard_error()(table) == 2


@pytest.mark.parametrize("scores", [[0.5, 0.6, 0.7], [0.5, 0.51, 0.7], [0.5] * 3])
def test_a_curve_without_an_elbow_warns_and_takes_the_best(scores):
    with pytest.warns(UserWarning, match="no elbow"):
        chosen = refit_elbow()(results([2, 3, 4], np.array([scores]).T))
    assert scores[chosen] == max(scores)


def test_a_target_out_of_reach_warns_and_takes_the_best():
    with pytest.warns(UserWarning, match=r"reaches score 0.9; the highest, 0.6575"):
        assert refit_smallest_above("score", 0.9)(CURVE) == 4


def test_too_little_to_choose_from():
    with pytest.raises(ValueError, match="3 numbers of clusters or more, got 2"):
        refit_elbow()(results([2, 3], [[0.5], [0.6]]))
    with pytest.raises(ValueError, match="2 splits or more, got 1"):
        refit_one_standard_error()(results([2, 3], [[0.5], [0.6]]))


@pytest.mark.parametrize("rule", RULES)
def test_wrong_tables_are_refused(rule):
    with pytest.raises(ValueError, match=r"exactly one parameter .* got none"):
        rule({"param_tol": [1], "mean_test_score": [1]})
    two = CURVE | {"param_a__n_clusters": CURVE["param_n_clusters"]}
    with pytest.raises(ValueError, match=r"exactly one parameter .*_a__n_clusters"):
        rule(two)
    other = results([2, 3, 4], np.ones((3, 2)), metric="mean_iou")
    with pytest.raises(ValueError, match=r"no scores of 'score'; it has \['mean_iou'"):
        rule(other)


def test_bad_arguments():
    for make in (refit_elbow, refit_one_standard_error):
        with pytest.raises(TypeError, match="metric must be the name of a score"):
            make(len)
    for target in (None, "0.6", np.nan):
        with pytest.raises(ValueError, match="target must be"):
            refit_smallest_above("score", target)


@pytest.mark.parametrize("rule", RULES)
def test_rules_are_values(rule):
    assert pickle.loads(pickle.dumps(rule)) == rule
    search = GridSearchCV(IoUKMeans(), {"n_clusters": [2, 3]}, refit=rule)
    assert clone(search).refit == rule
    assert "metric='score'" in repr(rule)


@pytest.mark.parametrize(
    "refit",
    [
        refit_elbow("mean_iou"),
        refit_one_standard_error("silhouette"),
        refit_smallest_above("best_possible_recall", 0.9),
    ],
)
def test_in_a_search_by_several_metrics(refit):
    X = make_boxes(100, random_state=0)
    grid = {"n_clusters": [2, 4, 7]}
    model = IoUKMeans(n_init=1, random_state=0)
    search = GridSearchCV(model, grid, scoring=anchor_scorer, refit=refit, cv=2).fit(X)
    assert search.best_index_ == refit(search.cv_results_)
    assert (
        len(search.best_estimator_.cluster_centers_)
        == search.best_params_["n_clusters"]
    )


def test_in_a_search_by_the_default_score():
    X = make_boxes(100, random_state=0)
    grid = {"n_clusters": [2, 3, 4, 5, 6, 8, 10]}
    model = IoUKMeans(n_init=1, random_state=0)
    search = GridSearchCV(model, grid, cv=2, refit=refit_elbow()).fit(X)
    assert np.argmax(search.cv_results_["mean_test_score"]) == 6
    assert 2 < search.best_params_["n_clusters"] < 10
