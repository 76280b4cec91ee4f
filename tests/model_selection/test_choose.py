"""The number of anchors by what one level more of them gains."""

import json
import pickle

import numpy as np
import pytest

from skanchors.datasets import make_boxes
from skanchors.inspection import ClusterCountDisplay
from skanchors.metrics import mean_iou_score
from skanchors.model_selection import (
    choose_n_clusters,
    refit_gain,
    refit_one_standard_error,
    refit_smallest_above,
)
from skanchors.model_selection._choose import _rows

X = make_boxes(400, random_state=0)
IMAGES = np.arange(400) // 4


def curve(n_clusters, scores):
    return {"param_n_clusters": n_clusters, "mean_test_score": scores}


def test_the_interval_of_a_gain_is_that_of_a_mean_over_images():
    iou = np.random.default_rng(0).uniform(size=(2, 12))
    change = iou[1] - iou[0]
    error = change.std(ddof=1) / np.sqrt(12)
    row, last = _rows(iou, np.ones(12), np.arange(12), [2, 3], np.zeros(2))
    assert row["gain"] == pytest.approx(change.mean())
    assert row["gain_low"] == pytest.approx(change.mean() - 1.96 * error)
    assert row["gain_high"] == pytest.approx(change.mean() + 1.96 * error)
    assert row["next"] == 3 and "gain" not in last


# The rule.


def test_gain_by_hand():
    table = curve([2, 3, 4, 5, 6], [0.50, 0.60, 0.62, 0.625, 0.64])
    assert refit_gain(min_gain=0.05)(table) == 1
    assert refit_gain(min_gain=0.01)(table) == 2
    # Only multiples of 2 count: 2, 4, 6, with gains of 0.12 and 0.02.
    assert refit_gain(step=2, min_gain=0.05)(table) == 2
    assert refit_gain(step=2, min_gain=0.2)(table) == 0


def test_a_gain_over_several_steps_is_shared_out():
    # 0.03 over three steps of 3 are 0.01 a step.
    table = curve([3, 6, 15], [0.5, 0.6, 0.63])
    assert refit_gain(step=3, min_gain=0.011)(table) == 1
    with pytest.warns(UserWarning, match="15 were taken"):
        assert refit_gain(step=3, min_gain=0.009)(table) == 2


@pytest.mark.parametrize("last", range(9, 20))
def test_the_answer_does_not_move_with_the_range(last):
    k = np.arange(2, last)
    assert refit_gain(min_gain=0.02)(curve(k, 1 - 1 / k)) == 5  # 1/7 - 1/8 < 0.02


def test_the_end_of_the_range_is_said():
    table = curve([2, 3, 4], [0.5, 0.6, 0.7])
    with pytest.warns(UserWarning, match="Up to 4 clusters, the end of the range"):
        assert refit_gain()(table) == 2
    assert refit_gain(warn=False)(table) == 2
    # A pair of numbers is enough.
    assert refit_gain(min_gain=0.2)(curve([3, 6], [0.5, 0.6])) == 0
    assert refit_gain(warn=False)(curve([9], [0.5])) == 0


def test_bad_rules():
    with pytest.raises(ValueError, match="step must be"):
        refit_gain(step=0)
    with pytest.raises(ValueError, match="min_gain must be a number"):
        refit_gain(min_gain=np.nan)
    with pytest.raises(ValueError, match="n_clusters is empty; pass numbers"):
        choose_n_clusters(np.ones((9, 2)), [])
    with pytest.raises(ValueError, match=r"None of .*, \[2, 4\], is a multiple"):
        refit_gain(step=3)(curve([2, 4], [0.5, 0.6]))
    assert pickle.loads(pickle.dumps(refit_gain())) == refit_gain()
    assert refit_gain().name == "gain"


# The choice.


@pytest.fixture(scope="module")
def choice():
    return choose_n_clusters(X, range(1, 10), image_ids=IMAGES, random_state=0)


def test_it_is_the_smallest_after_which_one_more_gains_less(choice):
    gains = {row["n_clusters"]: row["gain"] for row in choice.rows[:-1]}
    assert gains[choice.n_clusters] < 0.01
    assert all(gains[k] >= 0.01 for k in range(1, choice.n_clusters))
    for row, following in zip(choice.rows, choice.rows[1:], strict=False):
        assert row["gain"] == pytest.approx(following["held_out"] - row["held_out"])
        assert row["gain_low"] < row["gain"] < row["gain_high"]
    assert not choice.at_end


def test_fitted_and_held_out(choice):
    for row in choice.rows:
        fitted = mean_iou_score(X, choice.paths[row["n_clusters"]])
        assert row["fitted"] == pytest.approx(fitted, abs=1e-6)
        assert row["held_out"] < row["fitted"] + 1e-3
    assert choice.rows[-1]["held_out"] < choice.rows[-1]["fitted"]
    np.testing.assert_array_equal(choice.anchors, choice.paths[choice.n_clusters])


def test_held_out_boxes_do_not_see_themselves():
    """Two images of equal boxes: each is judged by anchors of the other."""
    boxes = np.repeat([[1.0, 1.0], [4.0, 4.0]], 3, axis=0)
    found = choose_n_clusters(
        boxes, [1], image_ids=[0, 0, 0, 1, 1, 1], cv=2, random_state=0
    )
    assert found.rows[0]["held_out"] == pytest.approx(1 / 16)
    assert found.rows[0]["matched"] == 0


@pytest.mark.parametrize("step", [2, 3])
def test_multiples_only(step):
    found = choose_n_clusters(X, range(1, 10), step=step, random_state=0)
    assert all(row["n_clusters"] % step == 0 for row in found.rows)
    assert found.n_clusters % step == 0


def test_weights_and_seeds():
    weight = np.random.default_rng(0).integers(0, 3, size=len(X))
    options = {"n_clusters": [2, 4, 6], "random_state": 3}
    one = choose_n_clusters(X, sample_weight=weight, image_ids=IMAGES, **options)
    again = choose_n_clusters(X, sample_weight=weight, image_ids=IMAGES, **options)
    assert one.rows == again.rows
    plain = choose_n_clusters(X, image_ids=IMAGES, **options)
    assert one.rows != plain.rows
    repeated = choose_n_clusters(
        np.repeat(X, weight, axis=0), image_ids=np.repeat(IMAGES, weight), **options
    )
    for row, other in zip(one.rows, repeated.rows, strict=True):
        assert row == pytest.approx(other, abs=2e-3)


def test_another_rule_and_its_target(choice):
    found = choose_n_clusters(
        X,
        range(1, 10),
        rule=refit_smallest_above("matched", 0.9),
        image_ids=IMAGES,
        random_state=0,
    )
    row = next(row for row in found.rows if row["n_clusters"] == found.n_clusters)
    before = [r for r in found.rows if r["n_clusters"] < found.n_clusters]
    assert row["matched"] >= 0.9 > max(r["matched"] for r in before)
    assert "chosen by smallest above" in str(found)
    assert 0 <= refit_one_standard_error("mean_iou")(choice.cv_results) < 9


def test_text_json_and_html(choice, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    text = str(choice)
    lines = text.splitlines()
    assert max(map(len, lines)) <= 80
    assert "held out" in lines[0] and "fitted" in lines[0]
    assert sum("<- chosen" in line for line in lines) == 1
    sentence = " ".join(text.split())
    assert "on the boxes fitted to, " in sentence and "held out" in sentence
    # The gain that was not worth it, with its interval.
    chosen = next(row for row in choice.rows if row["n_clusters"] == choice.n_clusters)
    assert f"less than 0.01, {chosen['gain']:+.4f} (95 % interval" in sentence
    as_much = "it may be as much" in sentence
    assert as_much == (chosen["gain_high"] >= 0.01)
    content = json.loads(json.dumps(choice.to_dict()))
    assert content["n_clusters"] == choice.n_clusters
    assert choice._repr_html_().count("<tr>") == 10
    short = choose_n_clusters(X, [2, 3], random_state=0)
    assert short.at_end and "the end of the range" in " ".join(str(short).split())


def test_picture(choice):
    pytest.importorskip("matplotlib")
    display = ClusterCountDisplay.from_cv_results(
        choice.cv_results, chosen=choice.n_clusters, rule="gain"
    )
    assert set(display.lines_) == {"mean_iou", "matched"}
    assert "'gain'" in display.ax_.get_title()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_clusters": [2], "step": 3}, "multiple of step=3"),
        ({"n_clusters": [0]}, "each of n_clusters"),
        ({"cv": 1}, "cv must be"),
        ({"min_gain": float("nan")}, "min_gain must be"),
        ({"image_ids": np.zeros(400)}, "5 folds need as many images with boxes, got 1"),
        ({"n_clusters": [390]}, "390 anchors need as many distinct boxes"),
    ],
)
def test_bad_arguments(options, message):
    with pytest.raises(ValueError, match=message):
        choose_n_clusters(X, **options)


def test_the_reason_fits_what_was_scored():
    X = make_boxes(200, random_state=0)
    one = choose_n_clusters(X, [4], random_state=0)
    assert one.rule == "the only number that was scored"
    assert not one.at_end and "gains" not in str(one)
    far = choose_n_clusters(X, [2, 5], min_gain=0.001, random_state=0)
    assert far.rule.endswith("each time, on average")
    near = choose_n_clusters(X, [2, 3], min_gain=0.001, random_state=0)
    assert near.rule.endswith("each time")
