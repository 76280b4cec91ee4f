"""``skanchors select``."""

import json

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
    assert set(content["choices"]) == {"elbow", "one-se", "silhouette"}
    assert content["rule"] == "elbow"
    assert 2 < content["choices"]["elbow"] < 7
    assert (
        content["n_clusters"] == len(content["anchors"]) == content["choices"]["elbow"]
    )
    assert max(max(anchor) for anchor in content["anchors"]) > 1
    # Scored on other images than it was fitted to, a number of anchors gets less.
    assert content["mean_iou"] > scores[content["n_clusters"]]


@pytest.mark.filterwarnings("default:No number of clusters reaches")
def test_rules_and_target(folder, capsys):
    arguments = (folder, "-k", "2,3,4", "--folds", "2")
    content = run_json(capsys, *arguments, "--target", "0.1")
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
    assert lines[0].split()[:4] == ["k", "mean", "IoU", "silhouette"]
    assert lines[0].endswith("stability")
    # The silhouette of one cluster is not defined.
    assert lines[1].split()[2] == "-"
    assert captured.err == ""
    assert lines[-1].startswith("mean IoU 0.")


def test_same_again(folder, capsys):
    arguments = (folder, "-k", "2,3", "--folds", "2", "--seed", "3")
    arguments += ("--rule", "one-se")
    assert run_json(capsys, *arguments) == run_json(capsys, *arguments)


def test_plot(folder, tmp_path, capsys):
    pytest.importorskip("matplotlib").use("Agg")
    file = tmp_path / "k.png"
    arguments = ("-k", "2,4", "--folds", "2", "--rule", "one-se")
    assert main(["select", folder, *arguments, "--plot", str(file)]) == 0
    assert file.read_bytes()[:4] == b"\x89PNG"


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (("--rule", "target"), "needs --target"),
        (("-k", "2:3", "--folds", "2"), "The rule 'elbow' cannot choose among 2"),
        (("-k", "2:4", "--folds", "31"), "from 2 to the number of images, "),
        (("-k", "2:4", "--folds", "1"), "from 2 to the number of images, "),
    ],
)
def test_what_cannot_be_used_ends_with_1(argv, message, folder, capsys):
    assert main(["select", folder, *argv]) == 1
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
