"""The ``skanchors`` command: each subcommand is one module of this package."""

import argparse
import importlib
import os
import sys
import warnings

from skanchors._version import __version__
from skanchors.cli._arguments import in_words_of_the_shell

__all__ = ["main"]

# One row a subcommand; its module `_name.py` has `add_parser(subparsers)`, which sets
# the default `run`, a function of the parsed arguments that returns the exit code.
COMMANDS = ("fit", "evaluate", "select", "convert", "cost")


def build_parser():
    """The parser of the command line with all subcommands."""
    parser = argparse.ArgumentParser(
        prog="skanchors",
        description="Anchor boxes from object-detection annotations.",
        epilog=(
            "Exit codes: 0 done, 1 the input could not be used, 2 wrong usage. "
            "'skanchors COMMAND --help' explains a command and shows examples."
        ),
    )
    parser.add_argument("--version", action="version", version=__version__)
    subparsers = parser.add_subparsers(dest="command", required=True)
    for name in COMMANDS:
        importlib.import_module(f"skanchors.cli._{name}").add_parser(subparsers)
    return parser


def main(argv=None):
    """Run the command line.

    Parameters
    ----------
    argv : list of str or None, default=None
        The arguments without the program's name; None reads ``sys.argv``.

    Returns
    -------
    int
        0 if all went well, 1 if the input could not be used. Wrong usage exits with 2.

    Examples
    --------
    >>> from skanchors.cli import main
    >>> main(["cost", "-k", "9", "--classes", "80", "--input-size", "416"])
    level   stride   grid  anchors  output channels ...
    """
    args = build_parser().parse_args(argv)

    def say(kind, message):
        message = in_words_of_the_shell(str(message), args)
        print(f"skanchors {args.command}: {kind}: {message}", file=sys.stderr)

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
            if isinstance(error, OSError) and error.strerror:
                error = f"{error.filename}: {error.strerror}"
            say("error", error)
            return 1
