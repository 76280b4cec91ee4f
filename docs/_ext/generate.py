"""Pages made from other files: the changelog and the help of the commands."""

import os
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def write_all(folder):
    """Write what the pages include, below a folder."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    _write(folder / "changelog.txt", as_rst(changelog))
    for command, text in help_texts().items():
        _write(folder / f"help_{command}.txt", text)


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


def _write(path, text):
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
