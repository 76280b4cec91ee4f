"""The arguments that say which boxes to read."""

import json
import sys

import pytest

from skanchors.cli import main
from skanchors.datasets import (
    list_annotations,
    load_sample_paths,
    make_voc_annotations,
)


@pytest.fixture(scope="module")
def devkit(tmp_path_factory):
    root = tmp_path_factory.mktemp("common") / "VOC2007"
    paths = make_voc_annotations(root / "Annotations", 12, random_state=0)
    sets = root / "ImageSets" / "Main"
    sets.mkdir(parents=True)
    names = [path.rpartition("/")[2].removesuffix(".xml") for path in paths[:5]]
    (sets / "train.txt").write_text("\n".join(names))
    return root


@pytest.fixture
def fit(run_json):
    return lambda *argv: run_json("fit", "-k", "1", *argv)


def test_folders_and_files(devkit, fit):
    files = list_annotations(devkit)
    by_folder = fit(devkit)
    assert by_folder["n_files"] == 12
    assert fit(devkit / "Annotations") == fit(*files) == by_folder
    assert fit(*files[:4])["n_files"] == 4
    assert fit(devkit, "--image-set", "train") == fit(*files[:5])


# 2026-11-26: the folder holds two formats on purpose.
@pytest.mark.filterwarnings("ignore:Read 1 annotation files, but left unread")
def test_the_ending_tells_the_format(tmp_path, fit):
    (tmp_path / "b.txt").write_text("0 0.5 0.5 0.2 0.4\n")
    assert fit(tmp_path)["anchors"] == [pytest.approx([0.2, 0.4])]
    coco = {
        "images": [{"id": 1, "file_name": "a.jpg", "width": 100, "height": 50}],
        "annotations": [
            {"id": 1, "image_id": 1, "category_id": 1, "bbox": [0, 0, 50, 10]}
        ],
        "categories": [{"id": 1, "name": "dog"}],
    }
    (tmp_path / "a.json").write_text(json.dumps(coco))
    assert fit(tmp_path)["anchors"] == [pytest.approx([0.5, 0.2])]
    labels = fit(tmp_path, "--input-format", "yolo")
    assert labels["anchors"] == [pytest.approx([0.2, 0.4])]


def test_sizes_of_images_in_a_file(tmp_path, fit):
    (tmp_path / "b.txt").write_text("0 0.5 0.5 0.5 0.5\n")
    csv = tmp_path / "sizes.csv"
    csv.write_text("name,width,height\nb.jpg,1280,720\n")
    options = ("--scaling", "letterbox", "--input-size", "640x384")
    found = fit(tmp_path / "b.txt", "--image-sizes", csv, *options)
    assert found["anchors"] == [pytest.approx([320, 180])]


def test_which_boxes(devkit, fit):
    every = fit(devkit)["n_boxes"]
    one = fit(devkit, "--classes", "person")["n_boxes"]
    two = fit(devkit, "--classes", "person", "car")["n_boxes"]
    assert 0 < one < two < every
    assert 0 < fit(devkit, "--no-difficult")["n_boxes"] < every
    assert 0 < fit(devkit, "--min-size", "0.2")["n_boxes"] < every


def test_input_as_fractions_or_pixels(devkit, fit):
    fractions = fit(devkit)
    pixels = fit(devkit, "--input-size", "200x100")
    (small,), (large,) = fractions["anchors"], pixels["anchors"]
    assert large == pytest.approx([200 * small[0], 100 * small[1]], rel=1e-6)
    assert pixels["input_size"] == [200, 100]


def test_a_terminal_needs_no_progress_bar(devkit, monkeypatch, fit):
    monkeypatch.setattr("skanchors._progress._is_terminal", lambda stream: True)
    for module in ("rich", "rich.progress", "rich.console"):
        monkeypatch.setitem(sys.modules, module, None)
    assert fit(devkit)["n_files"] == 12


# 2026-11-26: the shell prints the warning, and the test reads standard error.
@pytest.mark.filterwarnings("default")
def test_a_warning_is_one_line_without_code(devkit, tmp_path, capsys):
    broken = tmp_path / "broken.xml"
    broken.write_text("not xml")
    assert main(["fit", "-k", "1", str(devkit), str(broken)]) == 0
    err = capsys.readouterr().err
    assert err.startswith("skanchors fit: warning: Left out 0 of ")
    assert "broken.xml" in err
    assert "--on-invalid raise stops at the first" in err
    assert err.count("\n") == 1
    assert (
        main(["fit", "-k", "1", str(devkit), str(broken), "--on-invalid=ignore"]) == 0
    )
    assert capsys.readouterr().err == ""


# 2026-11-26: the shell prints the warning, and the test reads standard error.
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize(
    ("name", "content", "options", "message"),
    [
        ("a.xml", "not xml", (), "can be used. Left out: not well-formed XML"),
        ("a.xml", "not xml", ("--on-invalid", "raise"), "a.xml: not well-formed XML"),
        ("a.json", '{"a": 1}', (), "not a COCO file: 1"),
        ("a.json", "[1", (), "not JSON: 1"),
        ("a.data", "", (), "a.data names no lists of images"),
        ("a.dat", "", (), "tells of no format; name the format, one of voc, coco, yo"),
        ("a.txt", "0 .5 .5 .1 .1", ("--min-size", ".2"), "that --min-size let pass"),
        ("a.txt", "0 .5 .5 .1 .1", ("--image-sizes", "none.csv"), "none.csv"),
    ],
)
def test_files_that_cannot_be_used(name, content, options, message, tmp_path, refuse):
    path = tmp_path / name
    path.write_text(content)
    code, err = refuse("fit", "-k", "1", path, *options)
    assert (code, message in err) == (1, True), err


@pytest.mark.parametrize(
    ("options", "expected", "message"),
    [
        (("nowhere",), 1, "nowhere does not exist"),
        (("--classes", "unicorn"), 1, "the classes of the sample that comes with"),
        (("--scaling", "pixels", "--input-size", "9"), 2, "--input-size has no mean"),
        (("--n-jobs", "0"), 1, "n_jobs == 0"),
    ],
)
def test_options_that_cannot_be_used(options, expected, message, refuse):
    code, err = refuse("fit", *options)
    found = message in err.replace("--n-jobs", "n_jobs")
    assert (code, found) == (expected, True), err


def test_folders_that_cannot_be_used(devkit, tmp_path, refuse):
    code, err = refuse("fit", tmp_path)
    assert code == 1
    assert "There is no annotation file in" in err
    images = tmp_path / "images"
    images.mkdir()
    (images / "a.jpg").write_text("")
    (tmp_path / "labels").mkdir()
    assert "probably in " + str(tmp_path / "labels") in refuse("fit", images)[1]
    code, err = refuse("fit", devkit, "--image-set", "nosuch")
    assert code == 1
    assert "no ImageSets/Main/nosuch.txt" in err
    code, err = refuse("fit", devkit, "--classes", "unicorn")
    assert code == 1
    assert "No box has the class unicorn; the classes are" in err


def test_the_root_of_a_data_set(tmp_path, fit):
    for split, size in {"train": 0.2, "valid": 0.4}.items():
        labels = tmp_path / split / "labels"
        labels.mkdir(parents=True)
        (labels / "a.txt").write_text(f"1 0.5 0.5 {size} {size}\n")
    (tmp_path / "data.yaml").write_text(
        "train: ../train/images\nval: ../valid/images\nnames: [cat, dog]\n"
    )
    assert fit(tmp_path)["n_boxes"] == 2
    assert fit(tmp_path / "data.yaml", "--classes", "dog")["n_boxes"] == 2
    for option in ("--split", "--image-set"):
        found = fit(tmp_path, option, "valid")["anchors"]
        assert found == [pytest.approx([0.4, 0.4])]
    both = fit(tmp_path / "train", tmp_path / "valid" / "labels" / "a.txt")
    assert both["n_boxes"] == 2


@pytest.mark.parametrize("value", ["nan", "-1", "small"])
def test_smallest_sizes_that_are_none(value, refuse):
    code, err = refuse("fit", "--min-size", value)
    assert code == 2
    assert "is not a number of at least 0" in err


def test_one_number_for_two_edges_is_said(capsys):
    argv = ["fit", "-k", "1", "--scaling", "shortest-edge", "--input-size"]
    assert main([*argv, "800"]) == 0
    assert "say --input-size SHORTEST,LONGEST" in capsys.readouterr().err
    assert main([*argv, "800,1333"]) == 0
    assert capsys.readouterr().err == ""


def test_a_comparison_of_one_image_says_what_to_do(refuse):
    file = load_sample_paths()[0]
    argv = (
        "--detector",
        "yolov5",
        "--compare-with",
        "yolov7",
        "--on-invalid",
        "ignore",
    )
    code, err = refuse("evaluate", file, *argv)
    assert (code, "got 1; name more files" in err) == (1, True)
