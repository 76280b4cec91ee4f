"""``skanchors cost``."""

import json

import pytest

from skanchors.cli import parse_arguments


def parse(*argv):
    return parse_arguments(["cost", *argv])


def run(*argv):
    args = parse(*argv)
    return args.run(args)


def test_prints_the_table(capsys):
    assert run("-k", "9", "--classes", "80", "--input-size", "416") == 0
    out = capsys.readouterr().out
    assert out.splitlines()[0].startswith("level  stride  grid")
    assert out.splitlines()[-1].endswith("10,647")


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_narrow_terminal_gets_some_columns_below_the_others(
    width, capsys, monkeypatch
):
    monkeypatch.setenv("COLUMNS", str(width))
    assert run("-k", "9", "--classes", "80", "--input-size", "416") == 0
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= width
    numbers = ("52x52", "255", "457,725", "308,904,960", "617,809,920", "10,647")
    assert all(number in out.split() for number in numbers)


def test_json(capsys):
    run("-k", "2,3,4", "--classes", "20", "--input-size", "640x384", "--json")
    found = json.loads(capsys.readouterr().out)
    assert [row["anchors"] for row in found["rows"]] == [2, 3, 4]
    assert found["rows"][0]["grid"] == "80x48"


def test_strides_and_channels(capsys):
    run("-k", "6", "--classes", "20", "--input-size", "416", "--strides", "16,32",
        "--in-channels", "256", "--json")  # fmt: skip
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert [row["stride"] for row in rows] == [16, 32]
    assert rows[0]["params"] == rows[1]["params"] == 257 * 75


def test_what_cannot_be_used_is_a_value_error():
    with pytest.raises(ValueError, match="10 anchors"):
        run("-k", "10", "--classes", "20", "--input-size", "416")


@pytest.mark.parametrize(
    "argv",
    [
        ("-k", "nine", "--classes", "20", "--input-size", "416"),
        ("-k", "9", "--classes", "20", "--input-size", "4x4x4"),
        ("-k", "9", "--classes", "20", "--input-size", "wide"),
        ("-k", "9", "--classes", "20", "--input-size", "-3"),
        ("-k", "9", "--classes", "20"),
    ],
)
def test_wrong_usage(argv, capsys):
    with pytest.raises(SystemExit) as stop:
        parse(*argv)
    assert stop.value.code == 2
    assert "error:" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["640x384", "640X384", "640,384"])
def test_sizes(text):
    usual = ("-k", "9", "--classes", "80", "--input-size")
    assert parse(*usual, text).input_size == (640, 384)
    assert parse(*usual, "416").input_size == (416, 416)


def test_help_shows_examples(capsys):
    with pytest.raises(SystemExit):
        parse("--help")
    assert (
        "skanchors cost -k 9 --classes 20 --input-size 416" in capsys.readouterr().out
    )
