"""``skanchors convert``."""

import io
from pathlib import Path

import pytest

from skanchors.cli import main, parse_arguments
from skanchors.export import default_anchors, format_anchors, parse_anchors, style_names

YOLOV3 = default_anchors("yolov3")


def parse(*argv):
    return parse_arguments(["convert", *map(str, argv)])


def run(*argv):
    args = parse(*argv)
    return args.run(args)


@pytest.fixture
def cfg(tmp_path):
    path = tmp_path / "yolov3.cfg"
    path.write_text(format_anchors(YOLOV3, "darknet", n_classes=20), encoding="utf-8")
    return path


def test_darknet_to_yolov5(cfg, capsys):
    assert run("--from", "darknet", "--to", "yolov5", cfg) == 0
    assert capsys.readouterr().out == format_anchors(YOLOV3, "yolov5", n_classes=20)


def test_the_style_of_the_file_is_recognised(cfg, capsys):
    run("--to", "mmyolo", cfg)
    assert capsys.readouterr().out == format_anchors(YOLOV3, "mmyolo")


def test_standard_input(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("[[10, 13], [16, 30], [33, 23]]"))
    run("--to", "darknet", "--classes", "1", "-")
    out = capsys.readouterr().out
    assert "anchors = 10,13,  16,30,  33,23\n" in out
    assert "filters=6\n" in out


@pytest.mark.parametrize("style", style_names())
def test_every_style_can_be_asked_for(style, cfg, capsys):
    strides = ["--strides", "32"] if style == "darknet-v2" else []
    assert run("--to", style, "--input-size", "416", *strides, cfg) == 0
    out = capsys.readouterr().out
    assert out.endswith("\n")
    assert len(parse_anchors(out, style, input_size=416)) == 9


def test_options(cfg, capsys):
    run("--to", "yolov5", "--precision", "1", "--strides", "16,32,64", cfg)
    out = capsys.readouterr().out
    assert "[10.0, 13.0," in out and "# P6/64" in out


def test_rule_holds_where_the_file_has_no_levels(tmp_path, capsys):
    path = tmp_path / "anchors.json"
    path.write_text(format_anchors(YOLOV3, "json"))
    run("--to", "darknet", "--rule", "size", path)
    assert "mask = 0,1,2,3\n" in capsys.readouterr().out
    run("--to", "darknet", path)
    assert "mask = 0,1,2\n" in capsys.readouterr().out


def test_byte_order_mark(tmp_path, capsys):
    path = tmp_path / "anchors.csv"
    path.write_text("width,height\n3,4\n", encoding="utf-8-sig")
    run("--to", "json", path)
    assert capsys.readouterr().out == "[[3, 4]]\n"


def test_warnings_go_to_standard_error_in_one_line_each(tmp_path, capsys):
    path = tmp_path / "tiny.cfg"
    path.write_text(format_anchors(default_anchors("yolov4-tiny"), "darknet"))
    run("--to", "darknet", path)
    out, err = capsys.readouterr()
    assert err.splitlines() == [
        "skanchors convert: warning: In the masks no level uses anchor 0, and more "
        "than one level uses anchor 3."
    ]
    assert "warning" not in out


@pytest.mark.parametrize(
    ("text", "message"),
    [("hello", "not recognised"), ("[[1, 2, 3], [4, 5, 6]]", "transposed")],
)
def test_what_cannot_be_read_is_a_value_error(text, message, tmp_path):
    path = tmp_path / "file"
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        run("--to", "yolov5", path)


def test_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        run("--to", "yolov5", tmp_path / "none.cfg")


def test_unknown_style_is_wrong_usage(capsys):
    with pytest.raises(SystemExit) as stop:
        parse("--to", "yolov9", "-")
    assert stop.value.code == 2
    assert "'yolov9' has no anchors" in capsys.readouterr().err


def test_help_lists_the_styles(capsys):
    with pytest.raises(SystemExit):
        parse("--help")
    words = " ".join(capsys.readouterr().out.split())
    for name, summary in style_names().items():
        assert f"{name} {summary}" in words


def test_check_says_equal_with_exit_code_0(cfg, tmp_path, capsys):
    other = tmp_path / "deployed.h"
    other.write_text(format_anchors(YOLOV3, "c"), encoding="utf-8")
    assert run("--check", cfg, other) == 0
    assert capsys.readouterr().out == "equal: the same 9 anchors.\n"


def test_check_says_what_differs_with_exit_code_1(cfg, tmp_path, capsys):
    other = tmp_path / "deployed.json"
    text = format_anchors(YOLOV3.anchors * 640 / 416, "json")
    other.write_text(text, encoding="utf-8")
    assert run("--check", cfg, other) == 1
    assert "scaled: the second is the first times 1.5384" in capsys.readouterr().out


def test_check_names_the_file_that_cannot_be_read(cfg, tmp_path):
    other = tmp_path / "notes.txt"
    other.write_text("hello", encoding="utf-8")
    with pytest.raises(ValueError, match=r"notes.txt: The style of the text"):
        run("--check", cfg, other)


@pytest.mark.parametrize(
    "argv", [["--check", "a", "b", "--to", "json"], ["a"], ["--to", "json"]]
)
def test_wrong_usage_of_check(argv, capsys):
    with pytest.raises(SystemExit) as error:
        run(*argv)
    assert error.value.code == 2
    assert "--check" in capsys.readouterr().err


def test_one_of_several_named_sets(tmp_path, capsys):
    file = tmp_path / "anchors.yaml"
    file.write_text("anchors_a:\n- [10,13]\nanchors_b:\n- [16,30]\n", encoding="utf-8")
    run("--to", "json", "--name", "b", file)
    assert capsys.readouterr().out == "[[16, 30]]\n"
    with pytest.raises(ValueError, match="2 sets of anchors: anchors_a, anchors_b"):
        run("--to", "json", file)


def test_devices_are_refused():
    if not Path("/dev/zero").exists():
        pytest.skip("no devices here")
    with pytest.raises(ValueError, match="/dev/zero is a device"):
        run("--to", "json", "/dev/zero")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_configurations_in_other_encodings(tmp_path, capsys, encoding):
    path = tmp_path / "a.cfg"
    text = "[yolo]\r\nmask=0,1\r\nanchors = 10,13, 16,30\r\nnum=2\r\n"
    path.write_bytes(text.encode(encoding))
    assert main(["convert", "--to", "json", str(path)]) == 0
    assert "[10, 13]" in capsys.readouterr().out.replace(".0", "")
    path.write_bytes("# é\n".encode("latin-1") + text.encode())
    assert main(["convert", "--to", "json", str(path)]) == 1
    assert "is not a text file in UTF-8; save it as UTF-8" in capsys.readouterr().err
