"""The directive ``run``: a command of the shell, with what it really prints.

The command runs while the documentation is built, in a folder where ``my_dataset`` is a
small data set. tests/test_recipes.py runs the same commands.
"""

import functools
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
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


class Run(Directive):
    """``.. run:: skanchors fit my_dataset``, with the option ``lines``."""

    required_arguments = 1
    final_argument_whitespace = True
    option_spec = {"lines": directives.positive_int}  # noqa: RUF012 -- docutils'

    def run(self):
        command = " ".join(self.arguments[0].split())
        output = run(command, data_folder()).rstrip()
        lines = output.splitlines()
        most = self.options.get("lines", len(lines))
        if len(lines) > most:
            lines = [*lines[:most], "..."]
        text = "\n".join([f"$ {command}", *lines])
        block = nodes.literal_block(text, text, language="console")
        return [block]


def setup(app):
    app.add_directive("run", Run)
    return {"parallel_read_safe": True}
