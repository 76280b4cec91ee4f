"""A parser whose errors are one line that says what to do next."""

import argparse
import re
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from skanchors._near import did_you_mean, why_no_anchors
from skanchors.cli._arguments import tell


class Parser(argparse.ArgumentParser):
    """An `argparse.ArgumentParser` that names the mistake and not the whole usage."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, what was probably meant and where help is; exit with 2."""
        found = re.search(
            r"invalid choice: '(.*?)' \(choose from (.*)\)", message, re.S
        )
        if found:
            choices = re.findall(r"[^\s,']+", found[2])
            near = did_you_mean(found[1], choices)
            names = near or f" It is one of {', '.join(choices)}."
            where = message[: found.start()].removeprefix("argument ").rstrip(": ")
            why = (
                why_no_anchors(found[1]).lstrip()
                or f"{found[1]!r} is not known.{names}"
            )
            message = f"{where}: {why}".removeprefix(": ")
        message = message.removeprefix("argument ")
        message = message.replace("the following arguments are required", "missing")
        if message == "missing: command":
            listed = re.search(r"\{(.*?)\}", self.format_usage())
            message = f"name a command: {listed[1] if listed else ''}"
            message = message.replace(",", ", ")
        end = "" if message.endswith((".", "?")) else "."
        tell(f"{self.prog}: error: {message}{end} See '{self.prog} --help'.")
        self.exit(2)

    def options(self) -> list[str]:
        """Names of the options, as the usage shows them."""
        return sorted(set(re.findall(r"(?<![\w-])--?[a-z][\w-]*", self.format_usage())))

    def refuse_unknown(self, words: Sequence[str]) -> NoReturn:
        """End with an error about words that are no arguments of this command."""
        unknown = next((word for word in words if word.startswith("-")), words[0])
        name = unknown.partition("=")[0]
        near = did_you_mean(name, self.options())
        kind = "option" if name.startswith("-") else "argument"
        self.error(f"there is no {kind} {name}.{near}")


def _is_option(word: str, parser: Parser) -> bool:
    """Whether a parser has this option, also where its name is not written out."""
    return any(option.startswith(word) for option in ("--help", *parser.options()))


def parse(
    parser: Parser, commands: Any, argv: Sequence[str] | None
) -> argparse.Namespace:
    """Parse, with unknown words blamed on the command that was given them.

    Parameters
    ----------
    parser : Parser
        The top-level one.
    commands : mapping of str to Parser
        Those of the subcommands.
    argv : sequence of str or None
        The arguments without the program's name; None reads ``sys.argv``.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    if words and words[0].startswith("--") and not _is_option(words[0], parser):
        parser.refuse_unknown(words)  # rather than ask for a command
    args, unknown = parser.parse_known_args(words)
    if unknown:
        commands.get(args.command, parser).refuse_unknown(unknown)
    return args
