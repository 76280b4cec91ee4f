"""A small table of counts that prints in aligned columns."""

from collections.abc import Collection, Iterator
from typing import Any

from skanchors._optional import require
from skanchors._tables import html_page, html_table, html_text


class CostTable:
    """Rows of counts and their totals.

    Parameters
    ----------
    rows : sequence of NamedTuple
        One a line, all of one type.
    total : NamedTuple
        The last line, of the same type, with "" where a sum has no meaning.
    note : str, default=""
        A line printed under the table.

    Attributes
    ----------
    columns : tuple of str
        Names of the fields of a row.

    Examples
    --------
    >>> from skanchors.cost import head_cost
    >>> table = head_cost(9, 80, 416)
    >>> len(table), table[0].grid, table.total.predictions
    (3, '52x52', 10647)
    """

    def __init__(self, rows: Any, total: Any, *, note: str = "") -> None:
        self.rows = tuple(rows)
        self.total = total
        self.note = note

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the fields of a row."""
        return self.total._fields

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.rows)

    def __getitem__(self, index: Any) -> Any:
        return self.rows[index]

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self)} rows>"

    def __str__(self) -> str:
        lines = [[name.replace("_", " ") for name in self.columns]]
        lines += [
            [cell_text(value) for value in row] for row in (*self.rows, self.total)
        ]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        # Numbers stand right under one another, names and shapes begin together.
        right = [not isinstance(value, str) for value in self.rows[0]]
        printed = [
            "  ".join(
                cell.rjust(width) if to_right else cell.ljust(width)
                for cell, width, to_right in zip(line, widths, right, strict=True)
            ).rstrip()
            for line in lines
        ]
        rule = "-" * max(map(len, printed))
        printed[1:1] = [rule]
        printed[-1:-1] = [rule]
        return "\n".join([*printed, self.note] if self.note else printed)

    def _repr_html_(self) -> str:
        rows = [row._asdict() for row in (*self.rows, self.total)]
        columns = {name: (name.replace("_", " "), cell_text) for name in self.columns}
        note = html_text(self.note) if self.note else ""
        return html_page(html_table(rows, columns), note)

    def to_dict(self) -> dict:
        """The table as a dict that JSON can hold.

        Returns
        -------
        dict
            ``"rows"``, a list of dicts, and ``"total"``, a dict.
        """
        total = {name: v for name, v in self.total._asdict().items() if v != ""}
        return {"rows": [row._asdict() for row in self.rows], "total": total}

    def to_pandas(self) -> Any:
        """The rows as a frame, without the totals.

        Returns
        -------
        pandas.DataFrame
            One row a line, one column a count.
        """
        pandas = require("pandas", extra="pandas")
        return pandas.DataFrame(self.to_dict()["rows"], columns=list(self.columns))


def add_up(rows: Any, row_type: Any, *, skip: Collection[str] = ()) -> Any:
    """Sum the columns of numbers, leaving those named by `skip` empty."""
    fields = row_type._fields
    sums = {
        name: ""
        if name in skip or isinstance(getattr(rows[0], name), str)
        else sum(getattr(row, name) for row in rows)
        for name in fields
    }
    return row_type(**{**sums, fields[0]: "total"})


def cell_text(value: Any) -> str:
    return value if isinstance(value, str) else f"{value:,}"
