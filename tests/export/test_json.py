"""JSON."""

import json

import numpy as np
import pytest

from skanchors.export import format_anchors, parse_anchors


def test_reads_what_optimize_anchors_writes():
    text = json.dumps([[12, 19], [31, 46], [93, 55]])
    assert parse_anchors(text).anchors.tolist() == [[12, 19], [31, 46], [93, 55]]


def test_loses_no_digit():
    anchors = np.random.default_rng(0).uniform(2, 300, (20, 2))
    found = parse_anchors(format_anchors(anchors, "json")).anchors
    assert set(map(tuple, found)) == set(map(tuple, anchors))


def test_trap_ints_stay_ints():
    assert format_anchors([[10, 13], [16.5, 30]], "json") == "[[10, 13], [16.5, 30]]\n"


def test_a_dict_and_a_list_a_level_are_read():
    assert parse_anchors('{"anchors": [[3, 4], [1, 2]]}').anchors.tolist() == [
        [1, 2],
        [3, 4],
    ]
    found = parse_anchors("[[[30, 40]], [[100, 200], [300, 400]]]")
    assert found.levels == ((0,), (1, 2))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[1, 2]", "not JSON"),
        ('{"boxes": [[1, 2]]}', "must be"),
        ("[1, 2]", "shape"),
        ("[[1, 2, 3, 4], [1, 2, 3, 4]]", "transposed"),
        ("[]", "shape"),
    ],
)
def test_refuses(text, message):
    with pytest.raises(ValueError, match=message):
        parse_anchors(text, "json")
