"""The directive ``run``: a command of the shell, with what it really prints.

The command runs while the documentation is built, in a folder where ``my_dataset`` is a
small data set. tests/test_recipes.py runs the same commands. A picture that a command
draws is shown below its output.
"""

import contextlib
import functools
import io
import os
import shlex
import shutil
import tempfile
import textwrap
import warnings
from pathlib import Path
from unittest import mock

from docutils import nodes
from docutils.parsers.rst import Directive, directives

WIDTH = 80
# Files that the commands name, with a published set and the style it is written in.
CONFIGURATIONS = (
    ("training.cfg", "yolov3-tiny", "darknet"),
    ("src/anchors.h", "yolov3-tiny", "c"),
    ("yolov3.cfg", "yolov3", "darknet"),
)


@functools.cache
def data_folder():
    """A folder with the data set that the commands name."""
    folder = Path(tempfile.mkdtemp(prefix="skanchors-docs-"))
    fill(folder)
    return folder


def fill(folder):
    """Put the bundled sample below a folder, as ``my_dataset``, and configurations."""
    from skanchors.datasets import load_sample_paths
    from skanchors.export import default_anchors, format_anchors

    folder = Path(folder)
    for name in ("my_dataset", "src"):
        (folder / name).mkdir()
    for path in load_sample_paths():
        shutil.copy(path, folder / "my_dataset")
    for name, anchors, style in CONFIGURATIONS:
        text = format_anchors(default_anchors(anchors), style, n_classes=6)
        (folder / name).write_text(text, encoding="utf-8")


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
    from skanchors.cli import main

    program, *words = shlex.split(command)
    if program != "skanchors":
        raise ValueError(f"{command!r} is no command of skanchors.")
    said = io.StringIO()
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(said),
        contextlib.redirect_stderr(said),
        mock.patch.dict(os.environ, {"COLUMNS": str(WIDTH), "MPLBACKEND": "Agg"}),
        warnings.catch_warnings(),
    ):
        # As in a program of its own, whoever runs it here.
        warnings.simplefilter("default")
        try:
            code = main(words)
        except SystemExit as error:  # wrong usage
            code = error.code
    if code:
        raise RuntimeError(f"{command!r} ended with {code}: {said.getvalue()}")
    return said.getvalue()


def as_shown(line):
    """Notes are broken as a terminal breaks them; what is to be pasted is not."""
    is_note = line.startswith("skanchors ") and len(line) > WIDTH
    return textwrap.wrap(line, WIDTH) if is_note else [line]


def part(lines, start):
    """The lines from the one on that begins so; there must be one."""
    for i, line in enumerate(lines):
        if line.startswith(start):
            return lines[i:]
    raise ValueError(f"No line begins with {start!r}.")


class Run(Directive):
    """``.. run:: skanchors fit my_dataset``.

    Options: ``lines``, the most lines to show; ``part``, how the first line begins that
    is shown; ``picture``, a file that the command draws, with ``alt``, what is to be
    seen in it.
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
            lines = ["...", *part(lines, self.options["part"])]
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
