"""The directive ``run``: a command of the shell, with what it really prints.

The command runs while the documentation is built, in a folder where ``my_dataset`` is a
small data set. tests/test_recipes.py runs the same commands. A picture that a command
draws is shown below its output.
"""

import functools
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive, directives

WIDTH = 80


@functools.cache
def data_folder():
    """A folder with the data set that the commands name."""
    folder = Path(tempfile.mkdtemp(prefix="skanchors-docs-"))
    fill(folder)
    return folder


def fill(folder):
    """Put the bundled sample below a folder as ``my_dataset``."""
    from skanchors.datasets import load_sample_paths

    target = Path(folder) / "my_dataset"
    target.mkdir()
    for path in load_sample_paths():
        shutil.copy(path, target)


@functools.cache
def run(command, folder):
    """What a command prints, on both streams; it must end well.

    Parameters
    ----------
    command : str
        ``skanchors ...``.
    folder : path-like
        Where it runs.
    """
    program, *words = shlex.split(command)
    if program != "skanchors":
        raise ValueError(f"{command!r} is no command of skanchors.")
    done = subprocess.run(
        [sys.executable, "-m", "skanchors", *words],
        cwd=folder,
        env=os.environ | {"COLUMNS": str(WIDTH), "MPLBACKEND": "Agg"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{command!r} ended with {done.returncode}: {done.stdout}")
    return done.stdout


def as_shown(line):
    """Notes are broken as a terminal breaks them; what is to be pasted is not."""
    is_note = line.startswith("skanchors ") and len(line) > WIDTH
    return textwrap.wrap(line, WIDTH) if is_note else [line]


class Run(Directive):
    """``.. run:: skanchors fit my_dataset``.

    Options: ``lines``, the most lines to show; ``part``, the line from which on to show
    them; ``picture``, a file that the command
    draws, with ``alt``, what is to be seen in it.
    """

    required_arguments = 1
    final_argument_whitespace = True
    option_spec = {  # noqa: RUF012 -- docutils'
        "lines": directives.positive_int,
        "part": directives.unchanged_required,
        "picture": directives.path,
        "alt": directives.unchanged_required,
    }

    def run(self):
        command = " ".join(self.arguments[0].split())
        output = run(command, data_folder()).rstrip()
        lines = [broken for line in output.splitlines() for broken in as_shown(line)]
        if "part" in self.options:
            lines = ["...", *lines[lines.index(self.options["part"]) :]]
        most = self.options.get("lines", len(lines))
        if len(lines) > most:
            lines = [*lines[:most], "..."]
        text = "\n".join([f"$ {command}", *lines])
        shown = [nodes.literal_block(text, text, language="console")]
        if "picture" in self.options:
            shown.append(self.picture(data_folder() / self.options["picture"]))
        return shown

    def picture(self, drawn):
        settings = self.state.document.settings
        target = Path(settings.env.srcdir) / "generated" / drawn.name
        target.parent.mkdir(exist_ok=True)
        shutil.copy(drawn, target)
        return nodes.image(uri=f"/generated/{drawn.name}", alt=self.options["alt"])


def setup(app):
    app.add_directive("run", Run)
    return {"parallel_read_safe": True}
