"""Every figure in the introduction of an example is one that the example prints.

Introductions say what was found, such as 0.724 or 15 %. Where a change moves what an
example prints, the build fails until its introduction is true again.
"""

import re
from pathlib import Path

from sphinx.errors import ExtensionError

# Decimals, and whole percents; no versions, no parts of words.
FIGURE = re.compile(r"(?<![\w.])(\d+\.\d+|\d+(?= ?%))(?![\w.]*\w)")
_OUTPUT = re.compile(r"^ \.\. code-block:: none\n\n((?: .*\n|\n)+)", re.MULTILINE)
_START = ".. GENERATED FROM PYTHON SOURCE LINES"


def unprinted(page):
    """Figures of an introduction that no output has, also when rounded.

    Parameters
    ----------
    page : str
        What sphinx-gallery made of an example that ran.
    """
    # The first source is the introduction itself.
    introduction = page.split(_START)[0]
    title = introduction.rfind("====")
    printed = FIGURE.findall("".join(_OUTPUT.findall(page)))
    return [
        figure
        for figure in FIGURE.findall(introduction[title:])
        if not any(_rounds_to(number, figure) for number in printed)
    ]


def _rounds_to(number, figure):
    digits = len(figure.partition(".")[2])
    return f"{float(number):.{digits}f}" == figure


def check(app):
    """Fail the build for the first figures that are not printed."""
    folder = Path(app.srcdir) / app.config.sphinx_gallery_conf["gallery_dirs"]
    for path in sorted(folder.glob("plot_*.rst")):
        if found := unprinted(path.read_text(encoding="utf-8")):
            raise ExtensionError(f"{path.stem} does not print {', '.join(found)}.")


def setup(app):
    # After the examples have run.
    app.connect("builder-inited", check, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
