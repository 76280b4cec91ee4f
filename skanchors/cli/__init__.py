"""The ``skanchors`` command: each subcommand is one module of this package."""

import importlib
import os
import sys
import traceback
import warnings
from typing import TYPE_CHECKING

from skanchors._version import __version__

# All else is imported in functions, so that Ctrl-C is answered from the first moment.
if TYPE_CHECKING:
    from argparse import Namespace

    from skanchors.cli._parser import Parser

__all__ = ["main"]

# One row a subcommand; its module `_name.py` has `add_parser(subparsers)`, which sets
# the default `run`, a function of the parsed arguments that returns the exit code.
COMMANDS = ("fit", "evaluate", "report", "select", "convert", "cost")


# What a shell expects of a program that Ctrl-C ended.
INTERRUPTED = 130


def build_parser() -> "tuple[Parser, dict[str, Parser]]":
    """The parser of the command line, and those of its subcommands by name."""
    from skanchors.cli._parser import Parser

    parser = Parser(
        prog="skanchors",
        description="Anchor boxes from object-detection annotations.",
        epilog=(
            "Exit codes: 0 done, 1 the input could not be used, 2 wrong usage, 130 "
            "interrupted. 'skanchors COMMAND --help' explains a command and shows "
            "examples."
        ),
    )
    parser.add_argument("--version", action="version", version=__version__)
    subparsers = parser.add_subparsers(dest="command", required=True)
    for name in COMMANDS:
        importlib.import_module(f"skanchors.cli._{name}").add_parser(subparsers)
    return parser, subparsers.choices


def main(argv: list[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    argv : list of str or None, default=None
        The arguments without the program's name; None reads ``sys.argv``.

    Returns
    -------
    int
        0 if all went well, 1 if the input could not be used, 130 if Ctrl-C ended it.
        Wrong usage exits with 2.

    Examples
    --------
    >>> from skanchors.cli import main
    >>> main(["cost", "-k", "9", "--classes", "80", "--input-size", "416"])
    level   stride   grid  anchors  output channels ...
    """
    return run_command(parse_arguments(argv))


def parse_arguments(argv: list[str] | None = None) -> "Namespace":
    """What the words mean; what the commands need is loaded by then."""
    from skanchors.cli._parser import parse

    return parse(*build_parser(), argv)


def run_command(args: "Namespace") -> int:
    """Run a command; what goes wrong is one line on standard error, and a code."""
    from skanchors._plain_text import one_line
    from skanchors.cli._arguments import (
        UsageError,
        in_words_of_the_shell,
        tell,
        with_its_option,
    )

    def say(kind: str, message: object) -> None:
        message = in_words_of_the_shell(str(message), args)
        message = one_line(" ".join(message.splitlines()))
        tell(f"skanchors {args.command}: {kind}: {message}")

    with warnings.catch_warnings():
        # A user of the command has no use for the line of code that warned.
        warnings.showwarning = lambda message, *_: say("warning", message)
        try:
            code = args.run(args)
            sys.stdout.flush()
            return code
        except BrokenPipeError:
            # The reader has left, as in `skanchors fit | head`: nothing went wrong,
            # but what is still in the buffer has nowhere to go.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        except (ValueError, TypeError, OSError, ImportError) as error:
            traceback.clear_frames(error.__traceback__)
            message = str(error)
            if isinstance(error, OSError) and error.strerror:
                where = "" if error.filename is None else f"{error.filename}: "
                message = f"{where}{error.strerror}"
            say("error", with_its_option(message, args))
            return 2 if isinstance(error, UsageError) else 1
        except KeyboardInterrupt as error:
            # What was under way ends, a bar on the terminal as well, which would wipe
            # what is said while it is there.
            traceback.clear_frames(error.__traceback__)
            print(f"\nskanchors {args.command}: interrupted", file=sys.stderr)
            return INTERRUPTED
