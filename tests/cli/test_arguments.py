"""How the commands read arguments and explain them."""

import argparse
import re

import pytest

from skanchors.cli import main
from skanchors.cli._arguments import (
    HelpFormatter,
    at_least,
    check_counts,
    read_text,
    whole_numbers,
    width_height,
)
from skanchors.detectors import detector_names


@pytest.mark.parametrize("text", ["640x384", "640X384", "640,384"])
def test_sizes(text):
    assert width_height(text) == (640, 384)
    assert width_height("416") == (416, 416)


def test_names_in_the_help_are_whole(capsys, monkeypatch):
    """They are there to be copied; a hyphen at the end of a line is none of theirs."""
    for width in (60, 80, 97):
        monkeypatch.setenv("COLUMNS", str(width))
        for command in ("fit", "evaluate", "report", "select"):
            with pytest.raises(SystemExit):
                main([command, "--help"])
            shown = capsys.readouterr().out
            for name in detector_names():
                assert re.search(rf"(?<![\w-]){name}(?![\w-])", shown)


def test_whole_numbers():
    assert whole_numbers("8,16, 32") == (8, 16, 32)
    assert whole_numbers("9") == (9,)


@pytest.mark.parametrize(
    ("read", "text"),
    [
        *((width_height, text) for text in ("", "0", "-3", "4x4x4", "640x", "wide")),
        *((whole_numbers, text) for text in ("", "0", "8,0", "8,,16", "8.5", "-1")),
        *((at_least(1), text) for text in ("", "0", "1.5", "-1", "one")),
        *((at_least(0, float), text) for text in ("nan", "inf", "-0.1", "small")),
    ],
)
def test_what_is_refused(read, text):
    with pytest.raises(argparse.ArgumentTypeError, match=f"^'{text}' is not "):
        read(text)


def test_numbers():
    assert at_least(1)("1") == 1
    assert at_least(0, float)("0.5") == 0.5


def test_help_fills_sentences_and_leaves_commands_alone():
    command = (
        "  skanchors fit VOCdevkit/VOC2007 -k 9 --input-size 416 --plot anchors.png"
    )
    text = (
        f"Examples:\n{command}\n\nFirst sentence of\nthe end.\n  name  what it is for"
    )
    filled = HelpFormatter("skanchors", width=20)._fill_text(text, 20, "")
    assert filled == (
        f"Examples:\n{command}\n\nFirst sentence of\nthe end.\n  name  what it is\n"
        "        for"
    )


def test_counts():
    check_counts(9, 9)
    with pytest.raises(ValueError, match="asks for 10 anchors, but there are only 9"):
        check_counts(10, 9)


def test_text_files(tmp_path):
    file = tmp_path / "anchors.txt"
    file.write_bytes(b"\xef\xbb\xbf10,13")
    assert read_text(file) == "10,13"
    file.write_bytes(b"\x89PNG")
    with pytest.raises(ValueError, match=r"anchors.txt is not a text file"):
        read_text(file)
