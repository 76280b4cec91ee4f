"""A sign of life for long work, on a terminal only."""

import sys
import time
from collections.abc import Iterable, Iterator, Sized
from importlib.util import find_spec
from typing import Any, TypeVar

from skanchors._checks import check_verbose
from skanchors._optional import require

Item = TypeVar("Item")

# Work that ends before this needs no sign; a line changes no more often than this.
_QUIET_SECONDS = 0.5


def track(
    iterable: Iterable[Item],
    *,
    total: int | None = None,
    description: str = "Working",
    verbose: int = 0,
) -> Iterator[Item]:
    """Iterate, and show on the terminal how far it is if `verbose` asks for it.

    A bar where rich is installed, else a line that counts. Nothing is shown, and
    nothing is imported, if `verbose` is 0 or the standard error is not a terminal, as
    in a log file or under continuous integration.

    Parameters
    ----------
    iterable : iterable
        What to iterate over.
    total : int or None, default=None
        Number of items. None asks the iterable for its length, if it has one.
    description : str, default="Working"
        Text before the bar.
    verbose : int, default=0
        Whether to show the bar.

    Yields
    ------
    object
        The items of `iterable`.
    """
    if not check_verbose(verbose) or not _is_terminal(sys.stderr):
        yield from iterable
        return
    if total is None and isinstance(iterable, Sized):
        total = len(iterable)
    if not has_rich():
        with Line(description, total) as line:
            for number, item in enumerate(iterable):
                line.show(number)
                yield item
        return
    progress = require("rich.progress", extra="progress")
    console = require("rich.console", extra="progress").Console(stderr=True)
    yield from progress.track(
        iterable, description=description, total=total, console=console, transient=True
    )


class Line:
    """One line on the terminal that is written anew, and wiped at the end.

    Parameters
    ----------
    description : str
        What is going on.
    total : int or None, default=None
        What counts go up to.
    """

    def __init__(self, description: str, total: int | None = None) -> None:
        self.description = description
        self.end = "" if total is None else f" of {total:,}"
        self.is_shown = _is_terminal(sys.stderr)
        self.next_time = time.monotonic() + _QUIET_SECONDS
        self.width = 0

    def show(self, state: Any) -> None:
        """Say how far it is: a number, or any text."""
        if not self.is_shown or time.monotonic() < self.next_time:
            return
        self.next_time = time.monotonic() + _QUIET_SECONDS
        if isinstance(state, int):
            state = f"{state:,}{self.end}"
        text = f"{self.description}: {state}"
        self._write(text)
        self.width = len(text)

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *error: object) -> None:
        if self.width:
            self._write("")
            sys.stderr.write("\r")

    def _write(self, text: str) -> None:
        sys.stderr.write(f"\r{text.ljust(self.width)}")
        sys.stderr.flush()


def has_rich() -> bool:
    """Whether there is a bar to show."""
    return find_spec("rich") is not None


def _is_terminal(stream: Any) -> bool:
    # The stream is None under pythonw and closed under some test runners.
    return stream is not None and not stream.closed and stream.isatty()
