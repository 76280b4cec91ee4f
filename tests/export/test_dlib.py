"""dlib."""

import pytest

from skanchors.export import format_anchors, parse_anchors


def test_reads_lines():
    found = parse_anchors("100x20\n\n 3 x 4\n")
    assert found.anchors.tolist() == [[3, 4], [100, 20]]


def test_trap_width_comes_first():
    assert format_anchors([[100, 20], [3, 4]], "dlib") == "3x4\n100x20\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [("10x13\n10,13\n", "Line 2 is '10,13'"), ("10xa", "Line 1 holds 'a'")],
)
def test_refuses(text, message):
    with pytest.raises(ValueError, match=message):
        parse_anchors(text, "dlib")
