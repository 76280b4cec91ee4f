"""A progress bar for long work."""

import sys

from skanchors._optional import require


def track(iterable, *, total=None, description="Working", verbose=0):
    """Iterate, and show a progress bar on the terminal if `verbose` asks for one.

    Nothing is shown, and nothing is imported, if `verbose` is 0 or the standard
    error is not a terminal, as in a log file or under continuous integration.

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

    Raises
    ------
    ImportError
        If a bar is to be shown but rich is not installed.
    """
    if not verbose or not _is_terminal(sys.stderr):
        yield from iterable
        return
    progress = require("rich.progress", extra="progress")
    console = require("rich.console", extra="progress").Console(stderr=True)
    yield from progress.track(
        iterable, description=description, total=total, console=console, transient=True
    )


def _is_terminal(stream):
    # The stream is None under pythonw and closed under some test runners.
    return stream is not None and not stream.closed and stream.isatty()
