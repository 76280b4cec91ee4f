"""Rows of comma-separated values, whatever is wrong with their quotation marks."""

import csv
from collections.abc import Collection, Iterable, Iterator


class Rows:
    """Iterates over the rows, with the number of the line where each begins.

    A quotation mark that nobody closes would make one cell of all that follows. Where
    marks do not match, or a cell goes over several lines that never does, each line is
    a row of its own.

    Parameters
    ----------
    lines : iterable of str
        Lines of the text.
    delimiter : str
        What is between the cells.
    short : collection of int
        Numbers of the columns whose cells go over one line alone.

    Attributes
    ----------
    n_open, first_open : int
        How many lines were read by themselves, and the number of the first.
    too_long : list of int
        Numbers of the lines that cannot be read.
    """

    def __init__(
        self, lines: Iterable[str], delimiter: str, short: Collection[int]
    ) -> None:
        self.n_open = self.first_open = 0
        self.too_long: list[int] = []
        self._lines = iter(lines)
        self._delimiter = delimiter
        self._short = short
        self._taken: list[str] = []

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        rows = csv.reader(self._take(), delimiter=self._delimiter, strict=True)
        number = 1
        while True:
            self._taken.clear()
            try:
                row = next(rows)
            except StopIteration:
                return
            except csv.Error:
                row = None
            if row is not None and (len(self._taken) == 1 or self._is_whole(row)):
                yield number, row
            else:
                yield from self._apart(number)
            number += len(self._taken)

    def _is_whole(self, row: list[str]) -> bool:
        return not any("\n" in row[i] for i in self._short if i < len(row))

    def _take(self) -> Iterator[str]:
        for line in self._lines:
            self._taken.append(line)
            yield line

    def _apart(self, number: int) -> Iterator[tuple[int, list[str]]]:
        """Each of the lines that were taken as a row."""
        for i, line in enumerate(self._taken, number):
            try:
                row = next(_alone(line, self._delimiter))
            except csv.Error:  # a cell longer than any of a table of boxes
                self.too_long.append(i)
                continue
            self.n_open += 1
            self.first_open = self.first_open or i
            yield i, row


def _alone(line: str, delimiter: str) -> Iterator[list[str]]:
    """A reader of one line; an odd mark in it is a letter like others."""
    if line.count('"') % 2:
        return csv.reader([line], delimiter=delimiter, quoting=csv.QUOTE_NONE)
    return csv.reader([line], delimiter=delimiter)
