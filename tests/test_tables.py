"""Tables for terminals and notebooks, and numbers for JSON."""

import json
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skanchors import _tables
from skanchors._tables import html_page, html_table, rounded, text_table, wrapped

COLUMNS = {
    "name": ("name", "{}"),
    "count": ("boxes", _tables.count_text),
    "share": ("share", _tables.percent),
}
ROWS = [
    {"name": "a <b> & 'c'", "count": 12345, "share": 0.5},
    {"name": "d", "count": 1.25, "share": None},
]


def test_text_by_hand():
    assert text_table(ROWS, COLUMNS, width=80).splitlines() == [
        "name          boxes   share",
        "a <b> & 'c'  12,345  50.0 %",
        "d               1.2       -",
    ]


def test_columns_that_no_row_has_are_left_out():
    assert text_table([{"name": "a"}], COLUMNS, width=80) == "name\na"
    assert html_table([], COLUMNS).count("<tr>") == 0


@given(st.integers(12, 80), st.lists(st.integers(0, 10**6), min_size=1, max_size=9))
def test_wide_tables_go_on_below(width, values):
    columns = {str(i): (f"column {i}"[: width // 2], "{}") for i in range(len(values))}
    rows = [{str(i): value for i, value in enumerate(values)}]
    text = text_table(rows, columns, width=max(width, 18))
    assert max(map(len, text.splitlines())) <= max(width, 18)
    for value in values:
        assert str(value) in text.split()


def test_html_is_escaped_and_well_formed():
    page = html_page(html_table(ROWS, COLUMNS, caption="1 < 2"))
    root = ElementTree.fromstring(page)
    cells = ["".join(cell.itertext()) for cell in root.iter("td")]
    assert cells == ["a <b> & 'c'", "12,345", "50.0 %", "d", "1.2", "-"]
    assert [head.get("scope") for head in root.iter("th")] == ["col"] * 3
    assert next(root.iter("caption")).text == "1 < 2"


def test_no_number_breaks():
    text = "The mean IoU rises by 0.0123 (95 % interval +0.0100 to +0.0150)."
    for width in (20, 30, 60):
        lines = wrapped(text, width).splitlines()
        assert max(map(len, lines)) <= width
        assert " ".join(lines) == text


@pytest.mark.parametrize("columns", ["60", "not a number", ""])
def test_the_width_is_that_of_the_terminal(columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", columns)
    assert _tables.terminal_width() == (60 if columns == "60" else 80)


def test_rounded_is_plain_and_has_no_noise():
    value = {
        "a": 20.150000000000002,
        "b": [np.float64(1 / 3), np.int64(3), True, None, "1.50000000001"],
        "c": (float("inf"), 1e-20 / 3),
    }
    assert rounded(value) == {
        "a": 20.15,
        "b": [0.33333333, 3, True, None, "1.50000000001"],
        "c": [float("inf"), 3.3333333e-21],
    }
    assert json.dumps(rounded(value["b"])) == (
        '[0.33333333, 3, true, null, "1.50000000001"]'
    )


def test_what_json_does_not_know_is_none_where_asked_for():
    content = {"a": [float("nan"), (float("inf"), 1.5)], "b": np.float64("-inf")}
    assert rounded(content, finite=True) == {"a": [None, [None, 1.5]], "b": None}
    assert np.isinf(rounded(content)["b"])
