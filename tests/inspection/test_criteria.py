"""Sets of anchors compared by what training will see."""

import json
import re
from xml.etree import ElementTree

import numpy as np
import pytest

from skanchors import IoUKMeans
from skanchors.annotations import read_annotations
from skanchors.assignment import assign
from skanchors.datasets import load_sample_paths
from skanchors.inspection import compare_anchors
from skanchors.inspection._verdict import advice_on, may_replace, verdict

ALL = ("mean_iou", "matched", "positives", "forced", "worst_group")
# Nine anchors for yolov5; the first three serve small objects.
SMALL = [[10, 10], [14, 14], [20, 20]]
LARGE = [[60, 60], [90, 90], [120, 120], [160, 160], [220, 220], [300, 300]]
GOOD = np.array(SMALL + LARGE)
# A little better where most objects are, useless for small ones.
BIASED = np.array([[45, 45], [52, 52], [75, 75], *LARGE])


def draw_sizes(n_small, n_large, rng):
    small = rng.lognormal(np.log(14), 0.2, size=(n_small, 1))
    large = np.exp(rng.uniform(np.log(42), np.log(330), size=(n_large, 1)))
    size = np.concatenate([small, large])
    return (size * rng.lognormal(0, 0.05, size=(n_small + n_large, 2))).clip(1, 600)


@pytest.fixture(scope="module")
def table(make_table):
    """Two hundred images, with one small object among seven in each."""
    rng = np.random.default_rng(0)
    sizes = draw_sizes(200, 1200, rng)
    images = np.concatenate([np.arange(200), np.repeat(np.arange(200), 6)])
    labels = rng.choice(["a", "b"], size=len(sizes))
    return make_table(sizes, images, labels)


def compare(table, sets, detector="yolov5", criteria=ALL, **options):
    options = {"random_state": 0} | options
    return compare_anchors(table, sets, detector=detector, criteria=criteria, **options)


@pytest.mark.parametrize("detector", ["yolov5", "fasterrcnn_resnet50_fpn"])
def test_values_are_those_of_the_assignments(table, detector):
    sets = {"fitted": GOOD, "default": None}
    if detector != "yolov5":
        sets["fitted"] = np.repeat(GOOD[:5], 3, axis=0) * [[1, 1.01]]
    found = {name: assign(table, detector, anchors) for name, anchors in sets.items()}
    figures = compare(table, sets, detector).criteria
    threshold = 0.5 if detector == "yolov5" else 0.7
    for name, result in found.items():
        expected = {
            "matched": (result.best_iou >= threshold - 1e-6).mean(),
            "positives": result.n_positive.mean(),
            "forced": result.forced.mean(),
        }
        for criterion, value in expected.items():
            entry = figures[criterion][name]
            assert entry["value"] == pytest.approx(value, abs=1e-9)
            assert entry["low"] <= entry["value"] <= entry["high"]
    for of_sets in figures.values():
        entry = of_sets["fitted"]
        assert entry["gain_low"] <= entry["gain"] <= entry["gain_high"]
    for criterion in ALL[:4]:
        pair = figures[criterion]
        gain = pair["fitted"]["value"] - pair["default"]["value"]
        assert pair["fitted"]["gain"] == pytest.approx(gain)
        assert "gain" not in pair["default"]


def test_a_gain_that_hides_a_loss_is_no_reason_to_replace(table):
    result = compare(table, {"biased": BIASED, "good": GOOD}, min_gain=0)
    iou = result.criteria["mean_iou"]["biased"]
    worst = result.criteria["worst_group"]["biased"]
    assert worst["group"] == worst["gain_group"] == "size small"
    assert worst["gain_high"] < -0.5
    assert result.falls["biased"][0]["group"] == "size small"
    assert not result.replace
    assert result.verdict.startswith("Keep good: ")
    assert "small objects lose" in result.verdict
    if iou["gain_low"] > 0:
        assert "but small objects lose" in result.verdict
        assert "balance='size' may serve both" in result.verdict


def test_the_same_gain_without_the_criteria_says_replace(make_table):
    """What the first version said: an average alone does not see the loss."""
    rng = np.random.default_rng(1)
    sizes = draw_sizes(60, 1200, rng)
    sizes[60:] = rng.uniform(40, 85, size=(1200, 1)) * rng.lognormal(
        0, 0.05, size=(1200, 2)
    )
    images = np.concatenate([np.arange(60), np.repeat(np.arange(200), 6)])
    table = make_table(sizes, images)
    sets = {"biased": BIASED, "good": GOOD}
    average = compare(table, sets, criteria="mean_iou")
    assert average.replace and average.verdict.startswith("Replace good by biased")
    whole = compare(table, sets)
    assert whole.gain == average.gain
    assert not whole.replace
    assert whole.verdict.startswith("Keep good: with biased the mean IoU rises by 0.")
    assert "but 60 small objects lose" in whole.verdict
    # The detector holds free anchors, which cannot be fitted for matches.
    assert whole.verdict.endswith("A fit with balance='size' may serve both.")


def test_free_anchors_are_not_told_to_fit_for_matches():
    up = {"value": 0.7, "gain": 0.1, "gain_low": 0.05, "gain_high": 0.15}
    down = {"value": 0.4, "gain": -0.1, "gain_low": -0.15, "gain_high": -0.05}
    figures = {"mean_iou": {"new": up}, "matched": {"new": down}}
    assert advice_on(figures, [], "new") == ("objective='matched'",)
    assert advice_on(figures, [], "new", has_form=False) == ()
    assert advice_on({"mean_iou": {"new": up}}, [], "new") == ()


def test_what_rises_is_said_beside_what_falls():
    up = {"value": 0.9, "gain": 0.1, "gain_low": 0.05, "gain_high": 0.15}
    unsure = {"value": 0.7, "gain": 0.02, "gain_low": -0.1, "gain_high": 0.15}
    down = {"value": 10.44, "gain": -13.1, "gain_low": -14, "gain_high": -12}
    figures = {
        key: {"new": entry}
        for key, entry in zip(ALL[:3], (unsure, up, down), strict=True)
    }
    text = verdict(
        "new",
        "old",
        figures,
        [],
        level=0.95,
        min_gain=0.01,
        equal=False,
        advice=advice_on(figures, [], "new"),
    )
    assert text.endswith(
        "more images could. Besides, the number of positives an object falls from 23.5 "
        "to 10.4, while the matched share rises from 0.800 to 0.900. A fit with "
        "objective='matched' may serve both."
    )


@pytest.mark.parametrize("criterion", ALL[1:])
def test_no_fall_of_any_single_criterion_is_overlooked(criterion):
    up = {"value": 0.7, "gain": 0.1, "gain_low": 0.05, "gain_high": 0.15}
    down = {"value": 0.4, "gain": -0.1, "gain_low": -0.15, "gain_high": -0.05}
    if criterion == "forced":
        up, down = down, up
    first = {"value": 0.7, "gain": 0.1, "gain_low": 0.05, "gain_high": 0.15}
    for entry, expected in ((up, True), (down, False)):
        entry = entry | {"gain_group": "class dog", "gain_value": entry["value"]}
        figures = {"mean_iou": {"new": first}, criterion: {"new": entry}}
        assert may_replace(figures, [], "new", 0.01) is expected
        text = verdict(
            "new", "old", figures, [], level=0.95, min_gain=0.01, equal=False
        )
        assert text.startswith("Replace old by new" if expected else "Keep old")
        assert ("but the" in text) is not expected
        assert ("In training" in text) is expected
    # A fall that may be chance does not stand in the way.
    unsure = down | {"gain_low": -0.15, "gain_high": 0.15}
    figures = {"mean_iou": {"new": first}, criterion: {"new": unsure}}
    assert may_replace(figures, [], "new", 0.01)


@pytest.mark.parametrize(("low", "replaces"), [(6.0, True), (4.0, False)])
def test_positives_must_gain_a_share_of_what_they_were(low, replaces):
    """From 10 to 20 an object, where a gain of half is worth a change: above 5."""
    entry = {"value": 20.0, "gain": 10.0, "gain_low": low, "gain_high": 16.0}
    figures = {"positives": {"new": entry}}
    assert may_replace(figures, [], "new", 0.5) is replaces


def test_verdicts_never_speak_of_average_precision(table):
    for sets in ({"biased": BIASED, "good": GOOD}, {"good": GOOD, "biased": BIASED}):
        text = str(compare(table, sets)) + compare(table, sets).verdict
        assert " AP" not in text and "precision" not in text


def test_replace_where_all_of_it_gains(table):
    result = compare(table, {"good": GOOD, "biased": BIASED}, min_gain=0)
    entry = result.criteria["matched"]["good"]
    assert entry["gain_low"] > 0
    by_matched = compare(
        table, {"good": GOOD, "biased": BIASED}, criteria=("matched", "worst_group")
    )
    assert by_matched.replace
    assert by_matched.verdict.startswith(
        "Replace biased by good: the matched share rises by "
    )
    assert "In training, the matched share of small objects rises" in by_matched.verdict


def test_of_several_sets_one_that_loses_nothing_is_chosen(table):
    hardly = GOOD * 1.001
    sets = {"biased": BIASED, "same": hardly, "bad": GOOD * 4}
    result = compare(table, sets, criteria=("matched", "worst_group"))
    assert result.replace and result.best == "same"


def test_equal_sets_are_said(table):
    result = compare(table, {"yolov3": "yolov3", "yolov5": "yolov5"})
    assert result.equal == ("yolov3",)
    assert not result.replace
    assert result.verdict.startswith("Keep yolov5")
    assert "yolov3 against yolov5 (equal sets)" in result.verdict
    assert "(equal sets)" in str(result).splitlines()[2]
    sizes = table.sizes("letterbox", 640)
    assert compare_anchors(sizes, {"a": GOOD[::-1], "b": GOOD}).equal == ("a",)
    near = compare_anchors(sizes, {"a": GOOD * 1.01, "b": GOOD})
    assert near.equal == () and "equal" not in near.verdict


def test_weights_count_as_repetitions(table):
    weight = np.random.default_rng(0).integers(0, 3, size=len(table))
    sets = {"biased": BIASED, "good": GOOD}
    weighted = compare(table, sets, sample_weight=weight)
    found = {name: assign(table, "yolov5", anchors) for name, anchors in sets.items()}
    for name, result in found.items():
        expected = np.average(result.best_iou >= 0.5, weights=weight)
        assert weighted.criteria["matched"][name]["value"] == pytest.approx(expected)
        small = np.sqrt(table.sizes("letterbox", 640).prod(axis=1)) < 32
        share = np.average((result.best_iou >= 0.5)[small], weights=weight[small])
        if name == "biased":
            assert weighted.criteria["worst_group"][name]["value"] == pytest.approx(
                share
            )


def test_text_json_pandas_and_html(table, monkeypatch):
    pytest.importorskip("pandas")
    labels = np.where(table.label == "a", "<script>", table.label)
    named = table[:]
    named.label = labels
    result = compare(named, {"<b>": BIASED, "good": GOOD})
    content = json.loads(json.dumps(result.to_dict()))
    assert set(content["criteria"]) == set(ALL)
    frame = result.to_pandas()
    assert (
        frame.loc["<b>", "matched_gain"] == (result.criteria["matched"]["<b>"]["gain"])
    )
    page = result._repr_html_()
    assert "<script>" not in page and "<b>" not in page
    ElementTree.fromstring(page)
    for width in (60, 80):
        monkeypatch.setenv("COLUMNS", str(width))
        text = str(result)
        assert max(map(len, text.splitlines())) <= width
        # Wrapped between words: put together again it is the verdict.
        assert " ".join(text.split()).endswith(result.verdict)
        figures = re.findall(r"[-+]?\d[\d.,]*\d", result.verdict)
        assert set(figures) <= set(re.findall(r"[-+]?\d[\d.,]*\d", text))


def test_a_fitted_estimator_is_a_set(table):
    model = IoUKMeans(9, random_state=0).fit(table.sizes("letterbox", 640))
    result = compare(table, {"mine": model, "default": "yolov3"})
    same = compare(table, {"mine": model.cluster_centers_, "default": None})
    assert result.criteria == same.criteria
    sizes = table.sizes("letterbox", 640)
    alone = compare_anchors(sizes, {"mine": model, "default": "yolov3"})
    assert alone.gain["mine"] == pytest.approx(result.gain["mine"], abs=1e-5)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"criteria": ("iou",)}, ValueError, "criteria must be among .*'mean_iou'"),
        ({"criteria": ()}, ValueError, "criteria is empty"),
        ({"detector": None}, ValueError, "'matched' is about what training does"),
        (
            {"detector": None, "criteria": "mean_iou"},
            TypeError,
            r"Pass table.sizes\('letterbox', 640\)",
        ),
        ({"detector": "yolov6"}, ValueError, "yolov6"),
        (
            {"sets": {"few": GOOD[:8], "good": GOOD}},
            ValueError,
            "few: 8 anchors cannot be shared out evenly",
        ),
    ],
)
def test_bad_arguments(table, options, error, message):
    sets = options.pop("sets", {"biased": BIASED, "good": GOOD})
    with pytest.raises(error, match=message):
        compare(table, sets, **options)


def test_sizes_alone_know_nothing_of_training(table):
    with pytest.raises(TypeError, match="pass an AnnotationTable"):
        compare(table.sizes("letterbox", 640), {"biased": BIASED, "good": GOOD})


def test_a_fall_of_all_objects_is_named_as_such(make_table):
    # Fewer objects than a class or a size needs to be judged on its own: all together.
    sizes = np.tile([[20.0, 20.0], [110.0, 110.0]], (15, 1))
    table = make_table(sizes, np.repeat(np.arange(15), 2))
    good = [[20, 20], [110, 110], [300, 300]]
    bad = [[300, 300], [400, 400], [500, 500]]
    result = compare_anchors(
        table,
        {"bad": bad, "good": good},
        detector="yolov5",
        criteria=("mean_iou", "worst_group"),
        random_state=0,
    )
    assert "all objects lose" in result.verdict
    assert "class all" not in result.verdict


@pytest.mark.parametrize("n_images", [4, 8, 20])
def test_a_gain_is_no_more_than_there_is_and_no_less_than_there_was(n_images):
    table = read_annotations(load_sample_paths())
    table = table.take_images(np.arange(len(table.images.path)) < n_images)
    few = [[300, 300]] * 3
    compared = compare_anchors(
        table,
        {"few": few, "usual": None},
        detector="yolov5",
        criteria=("mean_iou", "positives"),
        random_state=0,
    )
    for of_sets in compared.criteria.values():
        assert of_sets["few"]["gain_low"] >= -of_sets["usual"]["high"]
        assert of_sets["few"]["gain_high"] <= of_sets["few"]["high"]
