"""One word for the detector, on the command line."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from skanchors.cli import main
from skanchors.cli._detector import PLACES, rule
from skanchors.datasets import load_sample_paths
from skanchors.detectors import detector_names, get_detector
from skanchors.export import default_anchors, parse_anchors


def test_the_detector_decides_everything(capsys):
    assert main(["fit", "--detector", "yolov5"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert "letterbox to 640 x 640, strides 8 16 32, 3 free anchors a level" in out
    assert "fitted on 96 images, judged on 24 others" in out.replace("\n", " ")
    assert "Replace yolov5 defaults by fitted" in out
    assert "worst group: " in out
    text = out[out.index("nc: ") :]
    assert len(parse_anchors(text, "yolov5").anchors) == 9


def test_json(run_json):
    content = run_json("fit", "--detector", "retinanet_resnet50_fpn")
    assert content["scaling"] == "shortest_edge"
    assert content["input_size"] == [800, 1333]
    assert len(content["anchors"]) == 45
    assert content["verdict"].startswith(("Keep", "Replace"))
    assert set(content["comparison"]["criteria"]) >= {"matched", "forced"}
    assert "AnchorGenerator(" in content["text"]


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("--input-size", "320"), "letterbox to 320 x 320"),
        (("--scaling", "stretch"), "stretch to 640 x 640"),
        (("-k", "6"), "2 free anchors a level"),
        (("--strides", "4,8,16"), "strides 4 8 16"),
        (("--assignment", "SideRatio:threshold=2.5"), "SideRatio(threshold=2.5)"),
    ],
)
def test_each_part_can_be_overridden(argv, said, capsys):
    assert main(["fit", "--detector", "yolov5", *argv]) == 0
    assert said in capsys.readouterr().out.replace("\n", " ")


def test_another_format(capsys):
    assert main(["fit", "--detector", "yolov3", "--format", "c"]) == 0
    assert "{" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("argv", "code", "said"),
    [
        (("-k", "10"), 2, "-k 9 or 12 would"),
        (("--strides", "8,16"), 2, "--strides names 2 levels, but yolov5 has 3"),
        (("--scaling", "shortest-edge"), 2, "say --input-size too"),
        (("--objective", "matched"), 2, "free anchors"),
        (("--assignment", "Nearest"), 2, "no rule of assignment"),
        (("--balance", "colour"), 2, "is not class, size or class,size"),
        (("--holdout", "1.5"), 2, "--holdout: '1.5' is not a share from 0 to below 1"),
    ],
)
def test_what_does_not_fit(argv, code, said, refuse):
    found, err = refuse("fit", "--detector", "yolov5", *argv)
    assert found == code
    assert said in err


def test_options_that_need_a_detector(refuse):
    code, err = refuse("fit", "--objective", "matched")
    assert (code, "needs a --detector" in err) == (2, True)


# 2026-11-26: the shell prints the warning, and the test reads standard error.
@pytest.mark.filterwarnings("default:Groups with fewer")
def test_balance_and_objective(capsys):
    options = ("--balance", "class,size", "--objective", "matched")
    assert main(["fit", "--detector", "fasterrcnn_resnet50_fpn", *options]) == 0
    captured = capsys.readouterr()
    assert "AnchorGenerator(" in captured.out
    assert "warning: Groups with fewer" in captured.err


def test_fitted_on_and_evaluated_on_the_same(tmp_path, capsys):
    assert main(["fit", "--detector", "yolov5", "--json"]) == 0
    file = tmp_path / "mine.json"
    file.write_text(capsys.readouterr().out)
    options = ("--detector", "yolov5", "--anchors-file", str(file))
    assert main(["evaluate", *options]) == 0
    out, err = capsys.readouterr()
    # A fifth was held out to judge by.
    assert "80 % of these images were among those that the anchors were fitted" in err
    assert "yolov5 defaults" in out
    assert "Assignment" in out


def test_evaluate_the_defaults(run_json):
    content = run_json("evaluate", "--detector", "fasterrcnn_resnet50_fpn")
    assert content["assignment"]["detector"] == "fasterrcnn_resnet50_fpn"
    assert "comparison" not in content


def test_compare_with_a_file(tmp_path, run_json, refuse):
    file = tmp_path / "other.txt"
    file.write_text("[[20, 30], [100, 200]]")
    options = ("--preset", "yolov3", "--compare-with", str(file))
    content = run_json("evaluate", *options)
    assert content["comparison"]["names"] == ["yolov3", "other.txt"]
    code, err = refuse("evaluate", "--preset", "yolov3", "--compare-with", "yolo5")
    assert code == 1
    assert "Did you mean yolov5" in err


def test_what_a_comparison_with_a_fit_rests_on_is_said(tmp_path, capsys):
    """A fit must not look better for being the other set."""
    assert main(["fit", "--detector", "yolov5", "--json"]) == 0
    (tmp_path / "mine.json").write_text(capsys.readouterr().out)
    other = ("--compare-with", str(tmp_path / "mine.json"))
    assert main(["evaluate", "--preset", "yolov3", *other]) == 0
    err = capsys.readouterr().err
    assert "80 % of these images were among those that the anchors of mine.json" in err
    assert "are for boxes by letterbox to 640 x 640; these are by stretch to 416" in err
    assert main(["evaluate", "--detector", "yolov5", *other]) == 0
    err = capsys.readouterr().err
    assert "80 % of these images" in err and "are for boxes by" not in err
    alike = ("--preset", "yolov3", "--compare-with", "yolov3-tiny")
    assert main(["evaluate", *alike]) == 0
    assert capsys.readouterr().err == ""


def test_the_other_set_is_looked_for_before_the_boxes_are_read(tmp_path, refuse):
    nowhere = str(tmp_path / "nowhere")
    options = ("--preset", "yolov3", "--compare-with", "yolo5")
    assert "neither a published set" in refuse("evaluate", nowhere, *options)[1]


def test_labels_without_sizes_are_answered_with_options(tmp_path, refuse):
    (tmp_path / "labels").mkdir()
    for i in range(3):
        (tmp_path / "labels" / f"{i}.txt").write_text("0 0.5 0.5 0.2 0.1\n")
    for name, how in (
        ("yolov5", "letterbox"),
        ("fasterrcnn_resnet50_fpn", "shortest-edge"),
    ):
        code, err = refuse("fit", tmp_path, "--detector", name)
        assert code == 1
        assert f"--scaling {how} needs the sizes of the images" in err
        assert "Pass --image-sizes when reading, or have the images beside" in err


def write_splits(root, n_images):
    """Label files of train and val, three boxes each."""
    rng = np.random.default_rng(0)
    for split in ("train", "val"):
        (root / split / "labels").mkdir(parents=True)
        for i in range(n_images):
            sides = rng.uniform(0.05, 0.5, size=(3, 2))
            lines = [f"0 0.5 0.5 {w:.4f} {h:.4f}" for w, h in sides]
            (root / split / "labels" / f"{i}.txt").write_text("\n".join(lines))


def test_a_share_to_hold_out_that_has_no_effect(tmp_path, capsys):
    write_splits(tmp_path, n_images=12)
    fit = ("fit", str(tmp_path), "--detector", "yolov3", "--holdout", "0.5")
    assert main([*fit]) == 0
    said = "--holdout has no effect where the data set has a split to judge by"
    assert said in capsys.readouterr().err
    assert main([*fit, "--split", "train"]) == 0
    assert said not in capsys.readouterr().err


# 2026-11-26: the shell prints the warning, and the test reads standard error.
@pytest.mark.filterwarnings("default:Number of distinct")
def test_equal_boxes_are_told_of_in_the_words_of_the_shell(tmp_path, capsys):
    (tmp_path / "labels").mkdir()
    for i in range(20):
        (tmp_path / "labels" / f"{i}.txt").write_text("0 0.5 0.5 0.2 0.1\n")
    assert main(["fit", str(tmp_path), "-k", "3"]) == 0
    err = capsys.readouterr().err
    assert "Possibly due to boxes that are equal." in err and " X" not in err


def test_anchors_as_tables_print_them(run_json):
    one = run_json("evaluate", "--anchors", "10x13 16x30", "--input-size", "416")
    two = run_json("evaluate", "--anchors", "10,13 16,30", "--input-size", "416")
    assert one == two


def test_no_anchors_named(refuse):
    code, err = refuse("evaluate")
    assert code == 2
    assert "Name the anchors: --detector" in err


def test_a_format_without_a_detector_says_how_images_were_scaled(capsys):
    assert main(["fit", "--input-size", "640", "--format", "yolov5"]) == 0
    err = capsys.readouterr().err
    assert "scaled by --scaling stretch; detectors of yolov5 use letterbox" in err
    options = ("--input-size", "640", "--scaling", "letterbox")
    assert main(["fit", *options, "--format", "yolov5"]) == 0
    err = capsys.readouterr().err
    assert "scaled by --scaling letterbox; detectors of yolov5 use letterbox.\n" in err
    assert main(["fit", *options, "--format", "csv"]) == 0
    assert capsys.readouterr().err == ""


def test_the_split_to_judge_by_was_not_fitted_to(tmp_path, capsys):
    """Neither in place, nor moved, nor in a part."""
    root = tmp_path / "data"
    write_splits(root, n_images=30)
    sizes = "".join(f"{i},640,480\n" for i in range(30))
    (tmp_path / "sizes.csv").write_text(f"name,width,height\n{sizes}")
    options = ("--detector", "yolov5", "--image-sizes", str(tmp_path / "sizes.csv"))
    assert main(["fit", str(root), *options, "--json"]) == 0
    file = tmp_path / "mine.json"
    file.write_text(capsys.readouterr().out)

    def seen(where, *more, command="evaluate"):
        argv = (command, str(where), *options, "--anchors-file", str(file), *more)
        assert main([*argv]) == 0
        found = re.search(r"(\d+) % of these images", "".join(capsys.readouterr()))
        return int(found[1]) if found else 0

    assert seen(root, "--split", "train") == 100
    assert seen(root, "--split", "val") == 0
    assert seen(root) == 50
    moved = root.rename(tmp_path / "elsewhere")
    assert seen(moved, "--split", "train") == 100
    copied = shutil.copytree(moved / "train", tmp_path / "copy")
    assert seen(copied) == 100
    for i in range(20):
        (copied / "labels" / f"{i}.txt").unlink()
    assert seen(copied) == 100
    page = tmp_path / "page.html"
    seen(copied, "-o", str(page), command="report")
    assert "100 % of these images were among" in page.read_text(encoding="utf-8")


def test_places_are_known_for_each_detector():
    assert {get_detector(name).style for name in detector_names()} <= set(PLACES)


def test_rules_by_name():
    found = rule("MaxIoU:positive=0.6,low_quality=object")
    assert found.name == "MaxIoU"
    assert dict(found.parameters) == {"positive": 0.6, "low_quality": "object"}


def test_numbers_are_short(capsys):
    assert main(["fit", "-k", "3", "--input-size", "416", "--json"]) == 0
    content = capsys.readouterr().out
    assert json.loads(content)["anchors"]
    digits = [
        len(part.replace(".", "").strip("-0"))
        for line in content.splitlines()
        for part in line.replace(",", " ").split()
        if part.replace(".", "").isdigit()
    ]
    assert max(digits) <= 10
    np.testing.assert_equal(json.loads(content)["scaling"], "stretch")


def test_what_was_asked_for_is_said(capsys):
    argv = ["fit", "--detector", "mmdet-atss", "--objective", "matched"]
    assert main([*argv, "--balance", "class"]) == 0
    said = "fitted by --objective matched and --balance class"
    assert said in capsys.readouterr().out.replace("\n", " ")
    assert main(["fit", "-k", "2", "--balance", "class,size"]) == 0
    said = "fitted by --balance class,size"
    assert said in capsys.readouterr().out.replace("\n", " ")


@pytest.mark.parametrize(
    "name",
    [
        "yolov3",
        "yolov5",
        "fasterrcnn_resnet50_fpn",
        "ssd300_vgg16",
        "detectron2-retinanet",
        "mmdet-atss",
        "efficientdet-d0",
        "tf-ssd-mobilenet-v2-fpn",
        "paddle-yolov3",
        "mask-rcnn-matterport",
    ],
)
def test_the_json_of_a_fit_can_be_judged_converted_and_reported(name, tmp_path, capsys):
    assert main(["fit", "--detector", name, "--json"]) == 0
    file = tmp_path / "mine.json"
    file.write_text(capsys.readouterr().out)
    anchors = json.loads(file.read_text())["anchors"]
    for argv in (
        ["evaluate", "--anchors-file", str(file)],
        ["evaluate", "--anchors-file", str(file), "--detector", name],
        ["report", "--anchors-file", str(file), "--detector", name],
    ):
        assert main([*argv, "--json"]) == 0
        out, err = capsys.readouterr()
        assert "% of these images" in err + out
    assert main(["convert", str(file), "--to", "json"]) == 0
    out = capsys.readouterr().out
    np.testing.assert_allclose(np.sort(json.loads(out), 0), np.sort(anchors, 0))
    assert main(["convert", "--check", str(file), str(file)]) == 0


@pytest.mark.parametrize("name", detector_names())
def test_the_defaults_of_each_detector_can_be_judged_and_reported(name, run_json):
    folder = Path(load_sample_paths()[0]).parent
    files = [str(folder / f"{i:06}.xml") for i in range(1, 7)]
    argv = (*files, "--detector", name, "--on-invalid", "ignore")
    content = run_json("evaluate", *argv)
    anchors = default_anchors(name)
    assert content["n_anchors"] == len(anchors)
    page = run_json("report", *argv, "--preset", name)
    assert page["report"]["mean_iou"] == pytest.approx(content["mean_iou"])
