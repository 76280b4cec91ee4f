"""``skanchors select``."""

import json
import re

import pytest

from skanchors.cli import _select, main
from skanchors.datasets import make_voc_annotations


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("select") / "Annotations"
    make_voc_annotations(folder, 30, random_state=0)
    return str(folder)


def run_json(capsys, *argv):
    assert main(["select", *argv, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_choices(folder, capsys):
    content = run_json(
        capsys, folder, "-k", "2,3,4,5,7", "--folds", "2", "--input-size", "416"
    )
    scores = {row["n_clusters"]: row["mean_iou"] for row in content["scores"]}
    assert list(scores) == [2, 3, 4, 5, 7]
    assert set(content["choices"]) >= {"gain", "elbow"}
    assert content["rule"] == "gain"
    assert (
        content["n_clusters"] == len(content["anchors"]) == content["choices"]["gain"]
    )
    assert max(max(anchor) for anchor in content["anchors"]) > 1
    # Scored on other images than it was fitted to, a number of anchors gets less.
    assert content["mean_iou"] > scores[content["n_clusters"]]
    assert content["mean_iou_held_out"] == scores[content["n_clusters"]]


def test_the_least_gain_decides(folder, capsys):
    arguments = (folder, "-k", "2:7", "--folds", "2")
    few = run_json(capsys, *arguments, "--min-gain", "0.5")
    many = run_json(capsys, *arguments, "--min-gain", "0")
    assert few["n_clusters"] == 2 < many["n_clusters"]
    assert not few["at_end"]


def test_levels_of_a_detector(folder, capsys):
    content = run_json(capsys, folder, "--detector", "yolov5", "--folds", "2")
    assert [row["n_clusters"] for row in content["scores"]] == [3, 6, 9, 12, 15, 18]
    assert content["n_clusters"] % 3 == 0
    assert content["input_size"] == [640, 640]


@pytest.mark.filterwarnings("default:No number of clusters reaches")
def test_rules_and_target(folder, capsys):
    arguments = (folder, "-k", "2,3,4", "--folds", "2")
    content = run_json(capsys, *arguments, "--target", "0.1")
    assert (content["rule"], content["n_clusters"]) == ("target", 2)
    content = run_json(capsys, *arguments, "--target-matched", "0.01")
    assert (content["rule"], content["n_clusters"]) == ("target", 2)
    content = run_json(capsys, *arguments, "--rule", "silhouette", "--target", "0.1")
    assert content["rule"] == "silhouette"
    assert main(["select", *arguments, "--target", "0.999"]) == 0
    captured = capsys.readouterr()
    assert "warning: No number of clusters reaches mean_iou 0.999" in captured.err
    assert "target      4  <- taken" in captured.out


def test_text_and_one_anchor(folder, capsys):
    assert main(["select", folder, "-k", "1:3", "--folds", "2", "--stability"]) == 0
    captured = capsys.readouterr()
    lines = captured.out.splitlines()
    assert lines[0].split()[:3] == ["k", "held", "out"]
    assert "stability" in captured.out
    assert captured.err == ""
    assert "Mean IoU 0." in captured.out
    assert "on images held out, with" in captured.out.replace("\n", " ")


@pytest.mark.filterwarnings("default:The rule 'elbow' cannot choose")
@pytest.mark.parametrize("numbers", ["9", "3,6"])
def test_few_numbers_show_their_table(folder, numbers, capsys):
    arguments = ("select", folder, "-k", numbers, "--folds", "2", "--rule", "elbow")
    assert main([*arguments]) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith("k  held out")
    assert "The rule 'elbow' cannot choose among" in captured.err
    # The rule that did is marked, not the one that could not.
    assert re.search(r"^gain +\d+  <- taken$", captured.out, re.MULTILINE)
    assert "elbow " not in captured.out


def test_the_end_of_the_range_is_said(folder, capsys):
    assert main(["select", folder, "-k", "2:4", "--folds", "2"]) == 0
    assert "end of the range: search more" in capsys.readouterr().out


def test_same_again(folder, capsys):
    arguments = (folder, "-k", "2,3", "--folds", "2", "--seed", "3")
    arguments += ("--rule", "one-se")
    assert run_json(capsys, *arguments) == run_json(capsys, *arguments)


def test_plot(folder, tmp_path, capsys):
    pytest.importorskip("matplotlib")
    file = tmp_path / "k.png"
    arguments = ("-k", "2,4", "--folds", "2", "--rule", "one-se")
    assert main(["select", folder, *arguments, "--plot", str(file)]) == 0
    assert file.read_bytes()[:4] == b"\x89PNG"


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (("--rule", "target"), "needs --target"),
        (("--detector", "ssd300_vgg16"), "crosses sizes with ratios"),
        (("-k", "4,5", "--step", "3"), "no multiple of --step 3"),
        (("-k", "2:4", "--folds", "31"), "from 2 to the number of images, "),
        (("-k", "2:4", "--folds", "1"), "from 2 to the number of images, "),
    ],
)
def test_what_cannot_be_used_ends_with_1(argv, message, folder, capsys):
    assert main(["select", folder, *argv]) in (1, 2)
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("text", ["0:3", "5:2", "two", "1:2:3", "", "3,-1"])
def test_wrong_usage_ends_with_2(text, folder, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["select", folder, "-k", text])
    assert stop.value.code == 2
    assert "is not numbers of anchors such as 2:16" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "expected"), [("2:4", (2, 3, 4)), ("9,3,6,3", (3, 6, 9)), ("5", (5,))]
)
def test_counts(text, expected):
    assert _select.counts(text) == expected
