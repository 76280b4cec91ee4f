"""Numbers and lists in configuration text."""

import pytest

from skanchors.export._text import (
    bracketed,
    count,
    level_comment,
    number,
    scalar,
    with_short_numbers,
)


def test_number():
    assert number(10.0, None) == "10"
    assert number(0.1, None) == "0.1"
    assert number(1e-7, None) == "0.0000001"
    assert number(2.345, 1) == "2.3"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("sizes=((1,), (2,))", ((1,), (2,))),
        ("sizes: [[1, 2],\n   [3, 4]]", [[1, 2], [3, 4]]),
        ('"sizes": [.5, 1e1]', [0.5, 10.0]),
        ("sizes = ((0.5, 1.0),) * 3", ((0.5, 1.0),) * 3),
        ("sizes=[1,  # ]\n 2]", [1, 2]),
        ("my_sizes=[1]; sizes=[2]", [2]),
        ("sizes=other", None),
        ("# sizes=[1]", None),
    ],
)
def test_bracketed(text, value):
    assert bracketed(text, "sizes") == value


def test_bracketed_runs_no_code():
    with pytest.raises(ValueError, match="numbers only"):
        bracketed("sizes=[print(1)]", "sizes")


def test_scalar():
    assert scalar("nc: 80  # classes", "nc") == 80
    assert scalar("func: 1", "nc") is None
    assert scalar("nc: 80x", "nc") is None


def test_level_comment():
    assert level_comment(8) == "P3/8"
    assert level_comment(12) == "stride 12"


def test_counts_and_repeats_are_limited():
    assert count("n: 3", "n", 1) == 3
    assert count("", "n", None) is None
    with pytest.raises(ValueError, match=r"'n' is 2\.5, not a whole number"):
        count("n: 2.5", "n", 1)
    for text in ("sizes=[1] * 1000000000", "sizes=[1] * 0"):
        with pytest.raises(ValueError, match="'sizes' counts"):
            bracketed(text, "sizes")


@pytest.mark.parametrize("text", ["sizes=[]", "sizes=[[1], []]", "sizes=[True, 1]"])
def test_bracketed_holds_numbers(text):
    with pytest.raises(ValueError, match="must hold numbers"):
        bracketed(text, "sizes")


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("[42.76073592510574, 102.27]", "[42.76074, 102.27]"),
        ("scales: 0.28126249999999997", "scales: 0.2812625"),
        ("ratio 1.8142235123367199;", "ratio 1.814224;"),
        ("w 0.00000123456789", "w 0.000001234568"),
        ("sizes=((16,), (123456.78,)) # v1.2.1234567", None),
        ("-0.5, 12345678, 1e-7, 20.15", None),
    ],
)
def test_short_numbers(text, short):
    assert with_short_numbers(text) == (text if short is None else short)
