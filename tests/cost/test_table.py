"""The table prints aligned and goes to dict, JSON and pandas."""

import json
import re
import sys

import pytest

from skanchors.cost import ReLU, head_cost, profile_layers, vgg16_layers


@pytest.mark.parametrize(
    "table",
    [head_cost(9, 80, 416), profile_layers(vgg16_layers(), (3, 224, 224))],
    ids=["head", "vgg16"],
)
def test_columns_are_aligned(table):
    lines = str(table).splitlines()
    assert len(lines) == len(table) + 4  # header, two rules, total
    assert lines[0].split("  ")[0] == table.columns[0]
    # Every number ends where the heading of its column ends.
    heading_ends = {match.end() for match in re.finditer(r"\S+( \S+)*", lines[0])}
    for line in [*lines[2:-2], lines[-1]]:
        for match in re.finditer(r"(?<= )[\d,]+(?= |$)", line):
            text = match[0]
            if text not in ("25088", "4096", "1000"):  # shapes stand at the left
                assert match.end() in heading_ends, line


def test_prints_the_total_with_separators():
    assert "138,357,544" in str(profile_layers(vgg16_layers(), (3, 224, 224)))


def test_rows_can_be_iterated_and_indexed():
    table = head_cost(9, 80, 416)
    assert len(table) == len(list(table)) == 3
    assert table[-1].stride == 32
    assert repr(table) == "<CostTable of 3 rows>"


def test_to_dict_survives_json():
    table = head_cost(9, 80, 416)
    found = json.loads(json.dumps(table.to_dict()))
    assert found["rows"][0]["predictions"] == 8112
    assert found["total"]["predictions"] == 10647
    assert "grid" not in found["total"]


def test_to_pandas():
    pytest.importorskip("pandas")
    frame = head_cost(9, 80, 416).to_pandas()
    assert frame["predictions"].sum() == 10647
    assert list(frame["level"]) == ["P3", "P4", "P5"]


def test_to_pandas_without_pandas_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r"skanchors\[pandas\]"):
        profile_layers([ReLU()], (3,)).to_pandas()
