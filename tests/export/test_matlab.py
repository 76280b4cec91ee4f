"""MATLAB matrix."""

import pytest

from skanchors.export import format_anchors, parse_anchors

SAMPLE = "[21 27;87 116;67 92;43 61;86 105]"
AS_WIDTH_HEIGHT = [[27, 21], [61, 43], [92, 67], [105, 86], [116, 87]]


@pytest.mark.parametrize(
    "text",
    [
        SAMPLE,
        f"anchorBoxes = {SAMPLE}; % [height width]",
        SAMPLE.replace(" ", ", "),
        SAMPLE.replace(";", "\n"),
        SAMPLE.replace(";", " ;\n  "),
    ],
)
def test_trap_height_comes_first(text):
    assert parse_anchors(text).anchors.tolist() == AS_WIDTH_HEIGHT


def test_trap_height_is_written_first():
    assert format_anchors([[100, 20], [3, 4]], "matlab") == (
        "anchorBoxes = [4 3;20 100]; % [height width]\n"
    )


@pytest.mark.parametrize("text", ["[1 2 3;4 5 6]", "[ ]", "[1;2]"])
def test_refuses_other_shapes(text):
    with pytest.raises(ValueError, match=r"must be \[height width\]"):
        parse_anchors(text, "matlab")


def test_no_matrix():
    with pytest.raises(ValueError, match="Found no matrix"):
        parse_anchors("anchors", "matlab")
