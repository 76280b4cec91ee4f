"""OpenVINO Training Extensions."""

import ast

import pytest

from skanchors.export import format_anchors, parse_anchors

SAMPLE = """
anchor_generator=dict(
    type="SSDAnchorGeneratorClustered",
    strides=(16, 32),
    widths=[[8.02, 21.42], [122.03, 66.05, 109.91]],
    heights=[[12.8, 33.79], [194.13, 139.01, 106.24]]),
"""


def test_reads_sample():
    found = parse_anchors(SAMPLE)
    assert found.strides == (16, 32)
    assert found.groups[0].tolist() == [[8.02, 12.8], [21.42, 33.79]]
    assert [122.03, 194.13] in found.groups[1].tolist()


def test_trap_widths_and_heights_stay_paired():
    text = format_anchors([[100, 2], [3, 50], [5, 5]], "otx", strides=8, precision=0)
    call = ast.parse(text).body[0].value.elts[0]
    found = {keyword.arg: ast.literal_eval(keyword.value) for keyword in call.keywords}
    assert found["widths"] == [[5, 3, 100]] and found["heights"] == [[5, 50, 2]]
    assert found["strides"] == (8,)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("widths=[[1, 2]]", "Found no widths"),
        ("widths=[[1, 2]], heights=[[1, 2, 3]]", "as many in one as in the other"),
        ("widths=[[1], [2]], heights=[[1]]", "as many in one as in the other"),
        ("widths=[1, 2], heights=[1, 2]", "one list of numbers a level"),
    ],
)
def test_refuses(text, message):
    with pytest.raises(ValueError, match=message):
        parse_anchors(text, "otx")
