"""How the commands read arguments, explain them, and refuse what cannot be used."""

import argparse
import math
import re
import sys
import textwrap
from collections.abc import Callable
from typing import Any

from skanchors._regular import read_regular
from skanchors._tables import counted, only, wrapped
from skanchors.annotations._findings import WHERE_LISTED


class UsageError(ValueError):
    """Arguments that do not go together: wrong usage, found after parsing."""


def tell(text: str) -> None:
    """Say something beside the results: a line, which a terminal gets in whole words.

    Where nobody reads along, in logs and for programs, a message stays one line.
    """
    print(wrapped(text) if sys.stderr.isatty() else text, file=sys.stderr)


class HelpFormatter(argparse.HelpFormatter):
    """Fill text to the width of the terminal, but keep indented lines as they are.

    Indented are commands to copy and tables of names; the explanations of a table,
    set apart from its names by two spaces or more, are filled too.
    """

    def _split_lines(self, text: str, width: int) -> list[str]:
        # Names with hyphens are whole, so that they can be copied.
        return textwrap.wrap(" ".join(text.split()), width, break_on_hyphens=False)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        filled, paragraph = [], []
        for line in [*text.splitlines(), ""]:
            if line[:1].strip():
                paragraph.append(line)
                continue
            if paragraph:
                filled.append(
                    textwrap.fill(" ".join(paragraph), width, break_on_hyphens=False)
                )
                paragraph = []
            row = re.match(r"\s+\S+\s{2,}(?=\S)", line)
            if row:
                line = textwrap.fill(
                    line,
                    width,
                    subsequent_indent=" " * row.end(),
                    break_on_hyphens=False,
                )
            filled.append(line)
        return textwrap.indent("\n".join(filled).rstrip(), indent)


def whole_numbers(text: str) -> tuple[int, ...]:
    """Read whole numbers above 0 set apart by commas: the type of an argument."""
    try:
        numbers = tuple(int(part) for part in text.split(","))
    except ValueError:
        numbers = (0,)
    if min(numbers) < 1:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not whole numbers above 0 set apart by commas, such as "
            "8,16,32"
        )
    return numbers


def positive_numbers(text: str) -> tuple[float, ...]:
    """Read numbers above 0 set apart by commas: the type of an argument."""
    try:
        numbers = tuple(float(part) for part in text.split(","))
    except ValueError:
        numbers = (0.0,)
    if not all(0 < number < math.inf for number in numbers):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not numbers above 0 set apart by commas, such as 8,16,32"
        )
    return tuple(int(n) if n == int(n) else n for n in numbers)


# Pixels; no input is so large.
_LARGEST = 10**9


def width_height(text: str) -> tuple[int, int]:
    """Read one whole number, or WIDTHxHEIGHT: the type of an argument."""
    try:
        sides = [int(part) for part in text.lower().replace(",", "x").split("x")]
    except ValueError:
        sides = []
    if len(sides) not in (1, 2) or not 0 < min(sides) <= max(sides) <= _LARGEST:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a size such as 416 or 640x384 (width x height)"
        )
    return sides[0], sides[-1]


def at_least(
    low: float, kind: Any = int, *, high: float = math.inf
) -> Callable[[str], Any]:
    """The type of an argument that is a number, whole if `kind` is int, from `low`."""

    def number(text: str) -> Any:
        try:
            value = kind(text)
        except ValueError:
            value = math.nan
        if not (low <= value <= high and value < math.inf):
            name = "whole number" if kind is int else "number"
            limits = f"of at most {high}" if value > high else f"of at least {low}"
            raise argparse.ArgumentTypeError(f"{text!r} is not a {name} {limits}")
        return value

    return number


def whole(text: str) -> int:
    """Read any whole number: the type of an argument."""
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None


# The type of an argument that seeds NumPy's random numbers.
seed = at_least(0, high=2**32 - 1)


def say_of_unused(args: Any, defaults: dict[str, Any], when: str) -> None:
    """Name options that were given and change nothing.

    Parameters
    ----------
    args : Namespace
    defaults : dict of str to object
        The options that have no effect now, with the values that nobody gave.
    when : str
        The end of the sentence, such as "without --detector".
    """
    for name, default in defaults.items():
        if getattr(args, name, default) != default:
            option = "--" + name.replace("_", "-")
            command = getattr(args, "command", "")
            tell(f"skanchors {command}: note: {option} has no effect {when}.")


def check_counts(largest: int, n_boxes: int) -> None:
    """Say before the work that there are fewer boxes than anchors to find."""
    if largest > n_boxes:
        raise ValueError(
            f"-k asks for {counted(largest, 'anchor')}, but there "
            f"{only(n_boxes, 'box')} to find them in. Ask for fewer anchors, or name "
            "more files."
        )


def read_text(file: str) -> str:
    """The text of a file, or which file is no text."""
    try:
        return read_regular(file)
    except ValueError as error:
        raise ValueError(f"{file} {error}") from None


# Options whose value is one path.
_PATHS = ("anchors_file", "class_names", "image_sizes", "output", "plot", "tensorboard")


def with_its_option(message: str, args: Any) -> str:
    """Begin a message about a file with the option that named the file.

    Examples
    --------
    >>> from argparse import Namespace
    >>> args = Namespace(image_sizes="sizes.csv")
    >>> with_its_option("sizes.csv: No such file or directory", args)
    '--image-sizes sizes.csv: No such file or directory'
    """
    for name in _PATHS:
        path = getattr(args, name, None)
        if path and message.startswith((f"{path}: ", f"{path} ")):
            return f"--{name.replace('_', '-')} {message}"
    return message


# Parameters of Python whose options are called otherwise.
_OTHER_NAMES = {"n_anchors": "--anchors", "random_state": "--seed"}


def in_words_of_the_shell(message: str, args: Any) -> str:
    """Name parameters of Python as the options that they come from.

    Examples
    --------
    >>> from argparse import Namespace
    >>> args = Namespace(input_size=None, rule="even")
    >>> in_words_of_the_shell("Give input_size, or rule='size'.", args)
    'Give --input-size, or --rule size.'
    """
    message = message.replace(WHERE_LISTED, "")
    message = message.replace("; see image_ids", "; name more files")
    message = message.replace("duplicate points in X", "boxes that are equal")
    message = message.replace("'shortest_edge'", "'shortest-edge'")
    for name, option in _OTHER_NAMES.items():
        if name in vars(args):
            message = re.sub(rf"(?<![\w/\\]){name}(?!\w|\.\w)", option, message)
    for name in vars(args):
        option = "--" + name.replace("_", "-")
        message = re.sub(rf"\b{name}='([\w-]+)'", rf"{option} \1", message)
        message = re.sub(rf"\b{name}=(?!\S)", option, message)
        # Names of one word, such as format or rule, are words of sentences too.
        if "_" in name and name not in _OTHER_NAMES:
            # Nor is a part of a path one, such as image_sizes.csv.
            message = re.sub(rf"(?<![\w/\\]){name}(?!\w|\.\w)", option, message)
    return message


def add_seed_argument(group: Any) -> None:
    """Add ``--seed``."""
    group.add_argument(
        "--seed",
        type=seed,
        default=0,
        metavar="N",
        help="seed of the random numbers (default: %(default)s)",
    )
