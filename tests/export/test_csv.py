"""CSV."""

import pytest

from skanchors.export import format_anchors, parse_anchors


def test_columns_are_found_by_name():
    text = "id,Height, width\na,20,100\nb,4,3\n"
    assert parse_anchors(text).anchors.tolist() == [[3, 4], [100, 20]]


def test_trap_order_of_the_columns():
    assert format_anchors([[100, 20]], "csv") == "width,height\n100,20\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("10,13\n16,30\n", "must begin with a line that names"),
        ("width,height\n10,x\n", "Row 2 of the CSV, '10,x'"),
        ("width,height\n10,13\n10\n", "Row 3"),
        ("width,height\n", "shape"),
    ],
)
def test_refuses(text, message):
    with pytest.raises(ValueError, match=message):
        parse_anchors(text, "csv")


def test_pandas_reads_it():
    pandas = pytest.importorskip("pandas")
    import io

    frame = pandas.read_csv(io.StringIO(format_anchors([[3, 4], [9, 7]], "csv")))
    assert frame[["width", "height"]].to_numpy().tolist() == [[3, 4], [9, 7]]
