"""``python -m skanchors`` is the ``skanchors`` command."""

import atexit
import io
import os
import signal
import sys
from types import FrameType

from skanchors.cli import INTERRUPTED, parse_arguments, run_command


def program() -> int:
    """The command as a program of its own, which Ctrl-C ends cleanly at any moment.

    Returns
    -------
    int
        The exit code.
    """
    for stream in (sys.stdout, sys.stderr):
        # Names of classes and files may hold what the terminal cannot show.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    ended: list[int] = []
    # Registered first, so called last. Python exits by the signal itself, and not with
    # the code, where the interruption has passed through `exec`, as in an import.
    atexit.register(lambda: _leave(INTERRUPTED) if INTERRUPTED in ended else None)
    by_default = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if by_default:
        signal.signal(signal.SIGINT, _interrupted)
    args = parse_arguments()
    if by_default:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        ended.append(run_command(args))
    except KeyboardInterrupt:  # while the command was about to say something else
        ended.append(INTERRUPTED)
    if by_default:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is done
    return ended[0]


def _interrupted(number: int, frame: FrameType | None) -> None:
    """End at once: while modules are loaded, there is nothing to clean up.

    As an exception, what is loaded would take it for a fault of its own.
    """
    print("\nskanchors: interrupted", file=sys.stderr)
    _leave(INTERRUPTED)


def _leave(code: int) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    sys.exit(program())
