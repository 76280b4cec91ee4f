"""Sessions show what Python really printed, where the source has an ellipsis.

The tests compare the output of a page with an ellipsis where digits differ between
machines. A reader wants the digits: pages and docstrings with an ellipsis run while
the documentation is built, and their blocks show what came out. A check that nobody
wants to read stands in a comment, where the tests find it all the same.
"""

import contextlib
import doctest
import os
import re
import tempfile
import textwrap
from pathlib import Path

from docutils import nodes

_WIDTH = 88
# Its output tells where things are on this machine.
_OF_THE_MACHINE = {"skanchors.show_versions"}


class _Recorder(doctest.DocTestRunner):
    """Keeps what each example printed."""

    def __init__(self):
        super().__init__(verbose=False, optionflags=doctest.ELLIPSIS)
        self.printed = []

    def report_start(self, out, test, example):
        pass

    def report_success(self, out, test, example, got):
        self.printed.append((example.source, got))

    def report_failure(self, out, test, example, got):
        self.printed.append((example.source, got))

    def report_unexpected_exception(self, out, test, example, exc_info):
        raise exc_info[1]


def printed(text, name):
    """Sources and outputs of the examples of a page, in order.

    Parameters
    ----------
    text : str
        The source of the page.
    name : str
        Of the page, for messages.
    """
    test = doctest.DocTestParser().get_doctest(text, {}, name, name, 0)
    if not any(_is_cut(example.want) for example in test.examples):
        return []
    recorder = _Recorder()
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        recorder.run(test, clear_globs=True)
    return recorder.printed


def filled(block, outputs):
    """A block of a session with what was printed in place of ellipses.

    Parameters
    ----------
    block : str
        Prompts and expected output.
    outputs : list of (str, str)
        What `printed` gave; what was used up to here is taken from its front.
    """
    parts = []
    for part in doctest.DocTestParser().parse(block):
        if isinstance(part, str):
            parts.append(part)
            continue
        first, *others = part.source.rstrip("\n").split("\n")
        parts.append(f">>> {first}\n" + "".join(f"... {line}\n" for line in others))
        while outputs and _bare(outputs[0][0]) != _bare(part.source):
            outputs.pop(0)
        got = outputs.pop(0)[1] if outputs else part.want
        parts.append(_readable(got) if _is_cut(part.want) else part.want)
    return "".join(parts).rstrip("\n")


def _is_cut(output):
    """Whether an ellipsis stands for something; of an error it is the traceback."""
    return "..." in output and not output.startswith("Traceback")


def _readable(output):
    """Long lines of prose are broken; lines of tables and of code are not."""
    lines = [
        textwrap.fill(line, _WIDTH, break_long_words=False)
        if len(line) > _WIDTH and "  " not in line and line.count(" ") > 8
        else line
        for line in output.split("\n")
    ]
    return "\n".join(lines)


def _bare(source):
    """The source without the flags of doctest, which Sphinx trims too."""
    return "\n".join(
        line.split("# doctest:")[0].rstrip() for line in source.split("\n")
    )


def fill_page(app, doctree):
    """Fill in all sessions of a page."""
    path = Path(app.env.doc2path(app.env.docname))
    os.environ.setdefault("MPLBACKEND", "Agg")
    outputs = printed(path.read_text(encoding="utf-8"), app.env.docname)
    if not outputs:
        return
    for node in list(doctree.findall(nodes.doctest_block)):
        text = filled(node.astext(), outputs)
        node.replace_self(nodes.doctest_block(text, text))


def fill_docstring(app, what, name, obj, options, lines):
    """Fill in the sessions of a docstring, for the API reference."""
    if name in _OF_THE_MACHINE:
        return
    outputs = printed("\n".join(lines), name)
    if outputs:
        # An empty line would end the block.
        outputs = [
            (source, re.sub(r"^$(?=\n)", "<BLANKLINE>", got, flags=re.MULTILINE))
            for source, got in outputs
        ]
        lines[:] = filled("\n".join(lines), outputs).split("\n")


def setup(app):
    app.connect("doctree-read", fill_page)
    # Before numpydoc turns its sections into others.
    app.connect("autodoc-process-docstring", fill_docstring, priority=400)
    return {"parallel_read_safe": True}
