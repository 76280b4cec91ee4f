"""``skanchors fit``."""

import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from skanchors.annotations import read_annotations
from skanchors.cli import main
from skanchors.cluster import IoUKMeans
from skanchors.datasets import load_sample_paths
from skanchors.export import parse_anchors
from skanchors.metrics import best_possible_recall_score, mean_iou_score


@pytest.fixture(scope="module")
def sizes():
    return read_annotations(load_sample_paths()).sizes(input_size=416)


def test_the_sample(sizes, run_json):
    content = run_json("fit", "-k", "5", "--input-size", "416")
    anchors = np.array(content["anchors"])
    assert anchors.shape == (5, 2)
    assert (np.diff(anchors.prod(axis=1)) > 0).all()
    assert content["n_boxes"] == sum(content["n_served"]) == len(sizes)
    assert content["n_files"] == len(load_sample_paths())
    assert content["n_dropped"] == 0
    assert content["mean_iou"] == pytest.approx(mean_iou_score(sizes, anchors))
    assert content["best_possible_recall"] == pytest.approx(
        best_possible_recall_score(sizes, anchors)
    )
    np.testing.assert_allclose(content["aspect_ratios"], anchors[:, 0] / anchors[:, 1])


def test_is_what_the_estimator_finds(sizes, run_json):
    content = run_json("fit", "-k", "3", "--input-size", "416", "--seed", "7")
    model = IoUKMeans(3, random_state=7).fit(sizes)
    np.testing.assert_allclose(content["anchors"], model.cluster_centers_, rtol=1e-9)


def test_metric_and_center(sizes, run_json):
    options = ("--metric", "sqeuclidean", "--center", "mean")
    content = run_json("fit", "-k", "3", "--input-size", "416", *options)
    model = IoUKMeans(3, metric="sqeuclidean", center="mean", random_state=0).fit(sizes)
    np.testing.assert_allclose(content["anchors"], model.cluster_centers_, rtol=1e-9)


@pytest.mark.parametrize(
    ("options", "unit"),
    [
        ((), "sizes as fractions of the image (stretch)"),
        (("--input-size", "640x384"), "sizes in pixels of a 640 x 384 input (stretch)"),
        (("--scaling", "pixels"), "sizes in pixels of the images"),
    ],
)
def test_text(options, unit, capsys):
    assert main(["fit", "-k", "2", *options]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    lines = out.splitlines()
    assert lines[0].endswith(unit)
    assert lines[2].split() == ["anchor", "width", "height", "w/h", "boxes"]
    assert [line.split()[0] for line in lines[3:5]] == ["0", "1"]
    assert any(line.startswith("mean IoU              0.") for line in lines)


def test_configuration_of_a_detector(run_json, capsys):
    anchors = run_json("fit", "--input-size", "416")["anchors"]
    assert main(["fit", "--input-size", "416", "--format", "yolov5"]) == 0
    found = parse_anchors(capsys.readouterr().out, "yolov5")
    np.testing.assert_allclose(np.sort(found.anchors), np.sort(anchors), atol=0.51)
    assert found.n_classes == 6


def test_classes_that_do_not_occur_count(tmp_path, capsys):
    (tmp_path / "a.txt").write_text("7 .5 .5 .1 .1\n3 .5 .5 .2 .2\n")
    options = ("-k", "2", "--input-size", "416", "--strides", "8,16")
    assert main(["fit", str(tmp_path), *options, "--format", "yolov5"]) == 0
    assert parse_anchors(capsys.readouterr().out, "yolov5").n_classes == 8


def test_uneven_levels(capsys):
    options = ("-k", "5", "--input-size", "320", "--strides", "16,32")
    assert main(["fit", *options, "--format", "darknet", "--rule", "size"]) == 0
    assert len(parse_anchors(capsys.readouterr().out).anchors) == 5


def test_certificate(run_json, capsys):
    options = ("fit", "-k", "2", "--certify")
    content = run_json(*options)
    proof = content["certificate"]
    assert content["mean_iou"] <= proof["lower"] + 1e-12
    assert proof["lower"] <= proof["upper"] <= proof["lower"] + 0.01
    assert main([*options]) == 0
    proven = capsys.readouterr().out
    assert f"{proof['upper']:.4f}"[:5] in proven
    assert main([*options, "--format", "json"]) == 0
    out, err = capsys.readouterr()
    assert len(json.loads(out)) == 2
    assert "no 2 anchors can reach more than 0." in proven
    assert "no 2 anchors can reach more than 0." in err
    assert "better anchors" not in proven + err


def test_picture(tmp_path, capsys):
    pytest.importorskip("matplotlib")
    file = tmp_path / "anchors.png"
    assert main(["fit", "-k", "2", "--plot", str(file)]) == 0
    assert file.read_bytes()[:4] == b"\x89PNG"
    assert f"picture: {file}" in capsys.readouterr().out


def test_picture_without_matplotlib(monkeypatch, refuse):
    monkeypatch.setitem(sys.modules, "matplotlib.backend_bases", None)
    code, err = refuse("fit", "--plot", "anchors.png")
    assert code == 1
    assert "pip install 'skanchors[plot]'" in err


@pytest.mark.parametrize(
    ("argv", "code", "message"),
    [
        (("-k", "0"), 2, "'0' is not a whole number of at least 1"),
        (("-k", "nine"), 2, "'nine' is not a whole number of at least 1"),
        (("-k", "10000"), 1, "only 368 boxes"),
        (("--seed", "-1"), 2, "at least 0"),
        (("--format", "yolo5"), 2, "'yolo5' is not known. Did you mean yolov"),
        (("--format", "yolov5"), 1, "give --input-size"),
        (
            ("--format", "yolov5", "--input-size", "416", "-k", "8"),
            1,
            "Use 6 or 9 anchors, other strides, or --rule size",
        ),
    ],
)
def test_what_cannot_be_used(argv, code, message, refuse):
    found, err = refuse("fit", *argv)
    assert (found, message in err) == (code, True), err


@pytest.mark.parametrize(
    ("file", "message"),
    [("a.xyz", "use .png, .pdf or .svg"), ("nowhere/a.png", "folder nowhere")],
)
def test_a_picture_that_cannot_be_drawn_is_refused_first(
    file, message, monkeypatch, refuse
):
    pytest.importorskip("matplotlib")
    monkeypatch.setattr("skanchors.cli._fit.read_sizes", None)
    code, err = refuse("fit", "--plot", file)
    assert code == 1
    assert message in err


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("--holdout", "0.5"), "--holdout has no effect without --detector"),
        (("--rule", "size"), "--rule has no effect without --format"),
        (("--strides", "8,16"), "--strides has no effect without --format"),
        (("--max-time", "5"), "--max-time has no effect without --certify"),
        (
            ("--detector", "yolov5", "--metric", "ratio"),
            "--metric has no effect with --detector",
        ),
    ],
)
def test_options_without_effect_are_said(argv, said, capsys):
    assert main(["fit", *argv]) == 0
    assert said in capsys.readouterr().err


def test_text_has_digits_that_can_be_read(capsys):
    assert main(["fit", "--input-size", "416", "--format", "json"]) == 0
    text = capsys.readouterr().out
    assert not re.search(r"\d[.]\d{6}", text)
    assert main(["fit", "--input-size", "416", "--json"]) == 0
    exact = json.loads(capsys.readouterr().out)["anchors"]
    np.testing.assert_allclose(json.loads(text), exact, rtol=1e-5)


def test_anchors_below_a_pixel_are_not_taken_for_fractions(refuse):
    code, err = refuse("fit", "--input-size", "1", "--format", "yolov5")
    assert (code, "above one pixel of the input" in err) == (1, True)


def test_one_of_a_kind_is_singular(tmp_path, capsys):
    sample = Path(load_sample_paths()[0])
    (tmp_path / "only.xml").write_text(sample.read_text())
    assert main(["fit", str(tmp_path), "-k", "1", "--on-invalid", "ignore"]) == 0
    assert " of 1 file, " in capsys.readouterr().out
