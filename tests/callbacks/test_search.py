from collections import defaultdict

import numpy as np
import pytest

from skanchors.callbacks._search import log_search


class Recorder:
    """Stands for an EventFile."""

    def __init__(self):
        self.calls = []

    def __getattr__(self, name):
        return lambda *args: self.calls.append((name, *args))

    def named(self, name):
        return [call[1:] for call in self.calls if call[0] == name]


def log(cv_results):
    files = defaultdict(Recorder)
    log_search(files.__getitem__, cv_results, session="fit_001")
    return files


def results(**columns):
    ks = [2, 4, 2, 4]
    return {
        "param_n_clusters": np.ma.array(ks),
        "params": [{"n_clusters": k, "tol": i} for i, k in enumerate(ks)],
        **{name: np.array(values, dtype=float) for name, values in columns.items()},
    }


def test_curves_take_the_best_candidate_at_each_k():
    files = log(
        results(
            mean_test_mean_iou=[0.5, 0.6, 0.55, 0.58],
            mean_train_mean_iou=[0.9, 0.8, 0.7, 0.6],
        )
    )
    assert files["test"].named("scalar") == [
        ("over_k/mean_iou", 0.55, 2),
        ("over_k/mean_iou", 0.6, 4),
    ]
    # Of the same candidates, though others have a higher score there.
    assert files["train"].named("scalar") == [
        ("over_k/mean_iou", 0.7, 2),
        ("over_k/mean_iou", 0.8, 4),
    ]


def test_without_train_scores_there_is_no_train_curve():
    files = log(results(mean_test_score=[0.5, 0.6, 0.55, 0.58]))
    assert "train" not in files
    assert len(files["test"].named("scalar")) == 2


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_scores_that_are_no_numbers_are_left_out(bad):
    files = log(results(mean_test_silhouette=[bad, 0.2, bad, 0.1]))
    assert files["test"].named("scalar") == [("over_k/silhouette", 0.2, 4)]
    assert files["candidate_000"].named("scalar") == []
    files = log(results(mean_test_silhouette=[bad] * 4))
    assert files["test"].calls == []


def test_every_candidate_is_a_session():
    files = log(results(mean_test_score=[0.5, 0.6, 0.55, 0.58]))
    for i, k in enumerate([2, 4, 2, 4]):
        file = files[f"candidate_{i:03}"]
        assert file.calls[0] == (
            "hyperparameters",
            {"n_clusters": k, "tol": i},
            f"fit_001 #{i}",
        )
        assert file.calls[-1] == ("end_session",)
        [(tag, score, _)] = file.named("scalar")
        assert tag == "final/test_score"
        assert score == [0.5, 0.6, 0.55, 0.58][i]


def test_search_over_something_else_has_no_curves():
    table = results(mean_test_score=[0.5, 0.6, 0.55, 0.58])
    del table["param_n_clusters"]
    files = log(table)
    assert set(files) == {f"candidate_{i:03}" for i in range(4)}
