"""Wrong usage: one line that names the mistake and what was probably meant."""

import pytest

from skanchors._near import did_you_mean
from skanchors.cli import main


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("fti",), "'fti' is not known. Did you mean fit?"),
        (("fit", "--inputsize", "4"), "no option --inputsize. Did you mean --input-si"),
        (("fit", "--input_size=4"), "no option --input_size. Did you mean --input-siz"),
        (("fit", "--metric", "iuo"), "--metric: 'iuo' is not known. Did you mean iou"),
        (("fit", "--format", "yolo5"), "Did you mean yolov5"),
        (("fit", "--detector", "faster-rcnn"), "Did you mean"),
        (("fit", "--detector", "yolov8"), "has no anchors"),
        (("fit", "--format", "yolov8"), "'yolov8' has no anchors"),
        (("evaluate", "--preset", "yolo3"), "Did you mean yolov3"),
        (("cost",), "missing: -k/--anchors, --classes, --input-size"),
        (("convert", "--form", "x"), "Did you mean --from"),
        ((), "name a command: fit, evaluate, report, select"),
    ],
)
def test_one_line_and_what_was_meant(argv, said, refuse):
    code, err = refuse(*argv)
    assert code == 2
    assert err.count("\n") == 1
    assert said in err
    assert err.rstrip().endswith("--help'.")
    assert "usage:" not in err


def test_nothing_close_lists_what_there_is(refuse):
    _, err = refuse("fit", "--scaling", "qqqq")
    assert "It is one of stretch, letterbox, shortest-edge, pixels." in err


@pytest.mark.parametrize(
    ("word", "expected"),
    [("YOLOV3", " Did you mean yolov3?"), ("input_size", " Did you mean input-size?")],
)
def test_case_and_hyphens_do_not_count(word, expected):
    assert did_you_mean(word, ["yolov3", "input-size"]) == expected


def test_a_right_call_is_not_disturbed(capsys):
    assert main(["cost", "-k", "9", "--classes", "2", "--input-size", "416"]) == 0
    assert capsys.readouterr().err == ""


def test_an_input_that_is_no_multiple_is_said(capsys):
    assert main(["cost", "-k", "9", "--classes", "2", "--input-size", "415"]) == 0
    assert "415 x 415 is not a multiple of the largest stride, 32" in (
        capsys.readouterr().err
    )


@pytest.mark.parametrize("word", ["--verion", "--detector"])
def test_an_option_before_the_command_that_is_not_there(word, refuse):
    code, err = refuse(word, "yolov5")
    assert (code, f"there is no option {word}" in err) == (2, True)


@pytest.mark.parametrize("word", ["--version", "--vers"])
def test_options_before_the_command_that_are_there(word, capsys):
    with pytest.raises(SystemExit) as stop:
        main([word])
    assert stop.value.code == 0
    assert capsys.readouterr().out
