"""MMYOLO config."""

import ast

import numpy as np
import pytest

from skanchors.export import format_anchors, parse_anchors

YOLOV3 = [
    [10, 13], [16, 30], [33, 23], [30, 61], [62, 45], [59, 119], [116, 90], [156, 198],
    [373, 326],
]  # fmt: skip

SAMPLE = """\
anchors = [
    [(10, 13), (16, 30), (33, 23)],  # P3/8
    [(30, 61), (62, 45), (59, 119)],  # P4/16
    [(116, 90), (156, 198), (373, 326)]  # P5/32
]
# prior_generator=dict(type='mmdet.YOLOAnchorGenerator', base_sizes=anchors)
"""


def test_reads_sample():
    found = parse_anchors(SAMPLE)
    np.testing.assert_array_equal(found.anchors, YOLOV3)
    assert found.strides == (8, 16, 32)
    assert found.levels == ((0, 1, 2), (3, 4, 5), (6, 7, 8))


def test_writes_the_lines_of_the_sample():
    text = format_anchors(YOLOV3, "mmyolo")
    assert text.splitlines()[:5] == SAMPLE.splitlines()[:5]


def test_trap_small_to_large_for_python_too():
    names = {}
    for statement in ast.parse(format_anchors(YOLOV3[::-1], "mmyolo")).body:
        names[statement.targets[0].id] = ast.literal_eval(statement.value)
    assert names["anchors"][0] == [(10, 13), (16, 30), (33, 23)]
    assert names["strides"] == [8, 16, 32]


def test_a_flat_list_is_refused():
    with pytest.raises(ValueError, match="one list a level"):
        parse_anchors("anchors = [10, 13]", "mmyolo")
    with pytest.raises(ValueError, match="Found no"):
        parse_anchors("anchors = load()", "mmyolo")
