"""``skanchors select``."""

import json
import re

import pytest

from skanchors.cli import main, parse_arguments
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


def test_numbers_that_are_left_out_are_named(folder, capsys):
    arguments = ("select", folder, "--detector", "yolov5", "--folds", "2", "--json")
    assert main([*arguments, "-k", "3,7"]) == 0
    out, err = capsys.readouterr()
    assert [row["n_clusters"] for row in json.loads(out)["scores"]] == [3]
    assert "only the multiples of 3, one a level, are scored: 3." in err
    assert main([*arguments, "-k", "3,6"]) == 0
    assert "multiples" not in capsys.readouterr().err


# 2026-11-26: the shell prints the warning, and the test reads standard error.
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


# 2026-11-26: the shell prints the warning, and the test reads standard error.
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
        (("-k", "2:4", "--folds", "31"), "needs as many images with boxes, "),
        (("-k", "1000"), "asks for 1,000 anchors, but there are only "),
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
    assert parse_arguments(["select", "-k", text]).counts == expected


def write_boxes(folder, sides):
    """One VOC file a box, of these sides in images of 640 x 480."""
    for i, (width, height) in enumerate(sides):
        (folder / f"{i}.xml").write_text(
            "<annotation><size><width>640</width><height>480</height></size><object>"
            f"<name>cat</name><bndbox><xmin>{i}</xmin><ymin>20</ymin>"
            f"<xmax>{i + width}</xmax><ymax>{20 + height}</ymax></bndbox></object>"
            "</annotation>"
        )
    return str(folder)


@pytest.mark.parametrize(
    ("sides", "most", "said"),
    [
        ([(100, 200), (200, 100)], 1, "up to 1 anchor only"),
        ([(100, 200)] * 30, 1, "is only 1 different box."),
        ([(100 + 9 * i, 200) for i in range(6)], 4, "are only 4 different boxes."),
    ],
)
def test_few_boxes_make_the_usual_range_shorter(sides, most, said, tmp_path, capsys):
    assert main(["select", write_boxes(tmp_path, sides), "--json"]) == 0
    out, err = capsys.readouterr()
    assert [row["n_clusters"] for row in json.loads(out)["scores"]][-1] == most
    assert said in err


def test_what_was_asked_for_is_not_made_shorter(tmp_path, refuse):
    folder = write_boxes(tmp_path, [(100 + 9 * i, 200) for i in range(6)])
    code, err = refuse("select", folder, "-k", "2:6")
    assert (code, "only 4 different boxes" in err) == (1, True)
    code, err = refuse("select", folder, "--step", "5")
    assert (code, "5 anchors come together" in err) == (1, True)


def test_one_image_cannot_be_held_out(tmp_path, refuse):
    code, err = refuse("select", write_boxes(tmp_path, [(100, 200)]))
    assert (code, "only one image with boxes" in err) == (1, True)


def test_strides_count_in_levels(folder, capsys):
    content = run_json(capsys, folder, "--strides", "8,16", "--folds", "2")
    assert all(row["n_clusters"] % 2 == 0 for row in content["scores"])


@pytest.mark.parametrize(
    "argv",
    [
        ("--folds", "1"),
        ("--target", "2"),
        ("--target", "nan"),
        ("--seed", "4294967296"),
    ],
)
def test_numbers_out_of_range_are_wrong_usage(argv, refuse):
    code, err = refuse("select", *argv)
    assert (code, argv[0] in err, argv[1] in err) == (2, True, True)
