"""``skanchors evaluate``."""

import json

import numpy as np
import pytest

from skanchors.annotations import read_annotations
from skanchors.cli import main
from skanchors.cli._named_anchors import pairs
from skanchors.datasets import list_annotations, make_voc_annotations
from skanchors.export import default_anchors
from skanchors.metrics import mean_iou_score

YOLOV3 = "10,13 16,30 33,23 30,61 62,45 59,119 116,90 156,198 373,326"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("evaluate") / "Annotations"
    make_voc_annotations(folder, 30, random_state=0)
    return str(folder)


@pytest.fixture(scope="module")
def table(folder):
    return read_annotations(list_annotations(folder))


def run_json(capsys, *argv):
    assert main(["evaluate", *argv, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    "source", [("--preset", "yolov3"), ("--anchors", YOLOV3, "--input-size", "416")]
)
def test_scores(source, folder, table, capsys):
    content = run_json(capsys, folder, *source)
    sizes = table.sizes("stretch", 416)
    expected = mean_iou_score(sizes, default_anchors("yolov3").anchors)
    assert content["mean_iou"] == pytest.approx(expected)
    assert content["input_size"] == [416, 416]
    assert content["n_boxes"] == len(table)
    assert content["n_images"] == len(set(table.path))
    assert ("off_stride" in content) == ("--preset" in source)
    assert {row["class"] for row in content["classes"]} == set(table.label)
    assert content["worst"][0]["path"] in set(table.path)


def test_sizes_of_objects_are_those_in_the_image(folder, table, capsys):
    content = run_json(capsys, folder, "--preset", "yolov3", "--input-size", "2000")
    small = sum(table.width * table.height < 32**2)
    assert content["sizes"][0]["n_boxes"] == small


def test_scaling_and_a_rectangular_input(folder, table, capsys):
    content = run_json(
        capsys, folder, "--anchors", YOLOV3, "--input-size", "640x384",
        "--scaling", "letterbox", "--strides", "8,16,32",
    )  # fmt: skip
    sizes = table.sizes("letterbox", (640, 384))
    expected = mean_iou_score(sizes, default_anchors("yolov3").anchors)
    assert content["mean_iou"] == pytest.approx(expected)
    assert [row["stride"] for row in content["anchors"]] == [8] * 3 + [16] * 3 + [
        32
    ] * 3


def test_a_configuration_file(folder, tmp_path, capsys):
    cfg = tmp_path / "mine.cfg"
    cfg.write_text(
        "[net]\nwidth=416\nheight=416\n"
        + "".join(
            f"[yolo]\nmask = {mask}\nanchors = 10,13, 16,30, 33,23, 30,61, 62,45, "
            "59,119, 116,90, 156,198, 373,326\nclasses=20\nnum=9\n"
            for mask in ("6,7,8", "3,4,5", "0,1,2")
        )
    )
    content = run_json(capsys, folder, "--anchors-file", str(cfg))
    preset = run_json(capsys, folder, "--preset", "yolov3")
    assert content["mean_iou"] == preset["mean_iou"]


def test_fractions_need_no_input_size(folder, table, capsys):
    content = run_json(capsys, folder, "--anchors", "0.2,0.3; 0.5,0.6")
    expected = mean_iou_score(table.sizes(), [[0.2, 0.3], [0.5, 0.6]])
    assert content["mean_iou"] == pytest.approx(expected)


def test_text(folder, table, capsys):
    assert main(["evaluate", folder, "--preset", "yolov3", "--n-worst", "2"]) == 0
    text = capsys.readouterr().out
    n_images = len(set(table.path))
    assert f"{len(table)} boxes in {n_images} images, 9 anchors: mean IoU 0." in text
    start = text.index("Worst-served boxes")
    assert text[start:].split("\n\n")[0].count(".xml") == 2


def test_comparison_with_a_published_set(folder, capsys):
    anchors = ("--anchors", "2,2", "--input-size", "416")
    arguments = ("evaluate", folder, *anchors, "--compare-with", "yolov3")
    assert main([*arguments]) == 0
    text = capsys.readouterr().out
    assert "Keep yolov3: the anchors given would change" in text
    assert main([*arguments, "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert content["comparison"]["replace"] is False
    assert content["comparison"]["n_images"] == content["n_images"]


def test_certificate(folder, capsys):
    arguments = (folder, "--anchors", "0.2,0.3 0.5,0.6", "--certify")
    content = run_json(capsys, *arguments)
    found = content["certificate"]
    assert content["mean_iou"] == pytest.approx(found["given_score"])
    assert found["given_score"] <= found["lower"] <= found["upper"] <= 1
    assert main(["evaluate", *arguments]) == 0
    out = capsys.readouterr().out
    assert "no 2 anchors can reach more than 0." in out
    better = ",".join(f"{side:.6g}" for side in found["anchors"][0])
    assert f"better anchors found  {better}" in out


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (("--anchors", YOLOV3), "say with --input-size"),
        (("--preset", "yolov3", "--compare-with", "yolov3"), "the anchors themselves"),
        (("--preset", "yolov3", "--strides", "8,16"), "9 anchors cannot be shared out"),
        (("--anchors-file", "nowhere.cfg"), "nowhere.cfg"),
    ],
)
def test_what_cannot_be_used_ends_with_1(argv, message, folder, capsys):
    assert main(["evaluate", folder, *argv]) == 1
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    "argv",
    [
        (),
        ("--anchors", "10,13", "--preset", "yolov3"),
        ("--preset", "yolov99"),
        ("--anchors", "10,13,16"),
        ("--anchors", "ten by thirteen"),
        ("--anchors", ""),
    ],
)
def test_wrong_usage_ends_with_2(argv, folder, capsys):
    try:
        code = main(["evaluate", folder, *argv])
    except SystemExit as stop:
        code = stop.code
    assert code == 2
    assert "error:" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["1,2 3,4", "1,2, 3,4", " 1 2\n3 4 ", "1,2;3,4"])
def test_pairs(text):
    np.testing.assert_array_equal(pairs(text), [[1, 2], [3, 4]])


def test_two_units_are_said(capsys):
    cells = "1.3221,1.73145 3.19275,4.00944 5.05587,8.09892"
    assert main(["evaluate", "--anchors", cells, "--input-size", "416"]) == 0
    err = capsys.readouterr().err
    assert "note: these anchors hardly overlap with the boxes: half of them" in err
    assert "YOLOv2 has cells" in err
    assert main(["evaluate", "--preset", "yolov3"]) == 0
    assert capsys.readouterr().err == ""


def test_a_file_without_anchors_is_named_and_what_to_do(tmp_path, capsys):
    file = tmp_path / "data.yaml"
    file.write_text("train: images\nnc: 1\nnames: [a]\n")
    assert main(["evaluate", "--anchors-file", str(file), "--input-size", "416"]) == 1
    err = capsys.readouterr().err
    assert (
        f"error: --anchors-file {file}: The style of the text is not recognised" in err
    )
    assert f"'skanchors convert {file} --from STYLE --to json'" in err


def test_all_classes(tmp_path, capsys):
    labels = tmp_path / "labels"
    labels.mkdir()
    lines = [f"{i} 0.5 0.5 0.{i + 10} 0.2" for i in range(14)]
    (labels / "a.txt").write_text("\n".join(lines))
    words = ("evaluate", str(labels), "--anchors", "0.1,0.2")
    assert main([*words]) == 0
    out = capsys.readouterr().out
    assert "10 of 14 (all: --all-classes)" in out
    assert main([*words, "--all-classes"]) == 0
    every = capsys.readouterr().out
    assert "n_class_rows" not in out + every
    assert len(every.splitlines()) == len(out.splitlines()) + 4


def test_help_shows_examples(capsys):
    with pytest.raises(SystemExit):
        main(["evaluate", "--help"])
    assert "skanchors evaluate VOC2007 --preset yolov3" in capsys.readouterr().out


def test_scaling_is_said(folder, capsys):
    assert main(["evaluate", folder, "--preset", "yolov5"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("sizes in pixels of a 640 x 640 input (stretch)\n")
    assert "the detector of yolov5 uses letterbox; --detector yolov5" in err
    argv = ["evaluate", folder, "--preset", "yolov5-p7", "--scaling", "letterbox"]
    assert main(argv) == 0
    out, err = capsys.readouterr()
    assert (out.partition("\n")[0].endswith("(letterbox)"), err) == (True, "")
    assert main(["evaluate", folder, "--preset", "yolov3"]) == 0
    assert capsys.readouterr().err == ""


def test_the_json_of_a_fit_says_how_its_boxes_were_scaled(folder, tmp_path, capsys):
    argv = ["fit", folder, "--scaling", "letterbox", "--input-size", "320", "--json"]
    assert main(argv) == 0
    file = tmp_path / "mine.json"
    file.write_text(capsys.readouterr().out)
    fitted = json.loads(file.read_text())["mean_iou"]
    content = run_json(capsys, folder, "--anchors-file", str(file))
    assert (content["scaling"], content["input_size"]) == ("letterbox", [320, 320])
    assert content["mean_iou"] == pytest.approx(fitted)
    argv = ("--anchors-file", str(file), "--scaling", "stretch", "--input-size", "320")
    content = run_json(capsys, folder, *argv)
    assert (content["scaling"], content["input_size"]) == ("stretch", [320, 320])
    assert content["mean_iou"] < fitted


def test_a_set_without_a_size_of_its_input_names_its_detector(folder, capsys):
    assert main(["evaluate", folder, "--preset", "mmdet-retinanet"]) == 2
    assert "by --detector mmdet-retinanet" in capsys.readouterr().err
