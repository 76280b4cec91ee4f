"""The answer of a fit for a detector, read as a user would."""

import re
from dataclasses import replace

import numpy as np
import pytest

from skanchors import fit_detector
from skanchors.annotations import from_records
from skanchors.cli import main
from skanchors.cli._verdict import verdict_text
from skanchors.inspection import compare_anchors


@pytest.fixture(scope="module")
def table():
    """Large boxes, and some small ones that anchors fitted to all do not serve."""
    rng = np.random.default_rng(0)
    n = 900
    sizes = rng.uniform(90, 320, size=(n, 1)) * rng.lognormal(0, 0.3, size=(n, 2))
    sizes[:60] = rng.uniform(9, 28, size=(60, 1)) * rng.lognormal(0, 0.2, size=(60, 2))
    sizes = np.minimum(sizes, 500)
    image = rng.permutation(np.arange(n) % 150)
    return from_records(
        [
            {
                "width": 640,
                "height": 640,
                "objects": {
                    "bbox": [[0, 0, *sizes[row]] for row in np.flatnonzero(image == i)],
                    "category": [
                        "far" if row < 60 else "near"
                        for row in np.flatnonzero(image == i)
                    ],
                },
            }
            for i in range(150)
        ]
    )


@pytest.fixture(scope="module")
def fit(table):
    return fit_detector(table, "yolov5", random_state=0, holdout=0.5)


def test_each_row_adds_up(fit):
    """The worst group is the same objects before and after."""
    text = verdict_text(fit.comparison_)
    rows = [re.split(r"\s{2,}", line) for line in text.splitlines()[1:5]]
    assert [row[0].partition(",")[0] for row in rows] == [
        "mean IoU",
        "matched share",
        "positives an object",
        "worst group",
    ]
    for name, before, after, change, interval in rows:
        low, high = map(float, interval.split(" to "))
        assert low <= float(change) <= high, name
        rounding = 0.1 if name.startswith("positives") else 0.002
        assert float(after) - float(before) == pytest.approx(
            float(change), abs=rounding
        )
    entry = fit.comparison_.criteria["worst_group"]["fitted"]
    assert entry["gain_group"] in rows[-1][0]


def test_forced_matches_are_a_row_where_either_set_has_some(fit):
    none, some = ({"value": v, "low": v, "high": v} for v in (0.0, 0.25))
    change = {"gain": -0.25, "gain_low": -0.3, "gain_high": -0.2}
    for before, after, is_row in ((some, none, True), (none, none, False)):
        forced = {"yolov5 defaults": before, "fitted": after | change}
        criteria = fit.comparison_.criteria | {"forced": forced}
        text = verdict_text(replace(fit.comparison_, criteria=criteria))
        assert ("forced only" in text) is is_row


@pytest.mark.parametrize(
    "name, place",
    [
        (
            "retinanet_resnet50_fpn",
            "your script, as anchor_generator= of retinanet_resnet50_fpn",
        ),
        # Its function gives the model a generator by itself and refuses another.
        (
            "ssd300_vgg16",
            "your script, as the attribute anchor_generator of the model made by "
            "ssd300_vgg16",
        ),
    ],
)
def test_where_the_text_belongs(name, place, capsys):
    assert main(["fit", "--detector", name]) == 0
    out = " ".join(capsys.readouterr().out.split())
    keep = "" if "Replace " in out else ", to use the fitted ones all the same"
    assert f"For {place}{keep}: #" in out


def test_where_the_text_belongs_in_another_framework(capsys):
    assert main(["fit", "--detector", "yolov5", "--format", "torchvision"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert re.search(r"For your script(, to use the fitted ones all the same)?: #", out)


def test_the_advice_names_options_of_the_shell(fit):
    assert fit.verdict_.startswith("Keep yolov5 defaults: with fitted")
    assert "A fit with balance='size'" in fit.verdict_
    text = verdict_text(fit.comparison_).replace("\n", " ")
    assert "A fit with --balance size" in text
    assert "balance=" not in text


def test_nobody_is_told_to_do_what_was_done(table):
    kinds = ("size", "class")
    with pytest.warns(UserWarning, match="Groups with fewer"):
        fit = fit_detector(table, "yolov5", balance=kinds, random_state=0, holdout=0.5)
    assert not any("balance" in advice for advice in fit.comparison_.advice)
    assert "balance=" not in fit.verdict_
    form = fit_detector(
        table,
        "retinanet_resnet50_fpn",
        objective="matched",
        random_state=0,
        holdout=0.5,
    )
    assert "objective='matched'" not in form.verdict_
    # What was fitted for decides.
    assert next(iter(form.comparison_.criteria)) == "matched"
    assert "matched share" in form.verdict_.partition("%")[0]
    text = " ".join(verdict_text(form.comparison_).split())
    assert text.index("matched share") < text.index("mean IoU")


def test_what_the_worst_group_is_of_each_set(table):
    small, large = [[12, 12], [13, 13], [14, 14]], [[200, 200], [250, 250], [150, 150]]
    sets = {"fitted": large, "old": small}
    result = compare_anchors(
        table, sets, detector="yolov5", criteria=("matched", "worst_group")
    )
    text = verdict_text(result)
    assert re.search(
        r"worst group: .* \(0\.\d{3}\) by the defaults, .* by fitted", text
    )
    same = compare_anchors(
        table,
        {"fitted": large, "old": [[201, 201], [249, 249], [150, 150]]},
        detector="yolov5",
        criteria=("matched", "worst_group"),
    )
    assert "worst group: class far\n" in verdict_text(same) or (
        "worst group: size small\n" in verdict_text(same)
    )
