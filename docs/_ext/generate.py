"""What is made from other files: the changelog, and the help of the commands.

``.. options:: fit`` shows what ``skanchors fit --help`` says, for those who open it.
"""

import os
import re
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive

ROOT = Path(__file__).resolve().parents[2]


def write_all(folder):
    """Write what the pages include, below a folder."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    _write(folder / "changelog.txt", as_rst(changelog))


def as_rst(markdown):
    """Turn the little Markdown that a changelog needs into reStructuredText."""
    lines = []
    # What is literal may go on in the next line.
    markdown = re.sub(r"(?<!`)`([^`]+)`(?!`)", r"``\1``", markdown)
    for line in markdown.splitlines():
        line = re.sub(r"\[([^\]]+)\]\((https?://[^)]+)\)", r"`\1 <\2>`__", line)
        heading = re.match(r"(#+) (.*)", line)
        if heading is None:
            lines.append(line)
            continue
        level, title = len(heading[1]), heading[2].replace("[", "").replace("]", "")
        lines += [title, "=-~"[level - 1] * len(title)]
    return "\n".join(lines) + "\n"


def help_texts():
    """What each command says with --help, by the name of the command."""
    from skanchors.cli import build_parser

    os.environ.setdefault("COLUMNS", "80")
    _, commands = build_parser()
    return {name: command.format_help() for name, command in commands.items()}


class Options(Directive):
    """All options of a command, folded."""

    required_arguments = 1

    def run(self):
        name = self.arguments[0]
        text = help_texts()[name]
        opening = f"<details><summary>All options of {name}</summary>"
        return [
            nodes.raw("", opening, format="html"),
            nodes.literal_block(text, text, language="text"),
            nodes.raw("", "</details>", format="html"),
        ]


def setup(app):
    app.add_directive("options", Options)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _write(path, text):
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
