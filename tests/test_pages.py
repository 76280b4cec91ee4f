"""What the documentation does with its pages, on small ones."""

import importlib.util
import re
import tomllib
from pathlib import Path

import pytest

from skanchors._doc_link import DOCS_URL

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(
    path
    for path in (ROOT / "docs").rglob("*.rst")
    if not {"generated", "auto_examples", "_build", "_templates"} & set(path.parts)
)
# Where what is true is the message.
TRUE_IS_SAID = {"pipelines.rst": 1}

pytest.importorskip("sphinx")


def load(name):
    path = ROOT / "docs" / "_ext" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"docs_{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_ellipses_are_filled_in():
    shown = load("shown")
    text = (
        ">>> x = 2\n\n.. Checked without being shown:\n   >>> x + 1\n   3\n\n"
        ">>> 1 / 3  # doctest: +ELLIPSIS\n0.3...\n"
        ">>> for i in range(x):\n...     i\n0\n1\n"
    )
    outputs = shown.printed(text, "page")
    block = ">>> 1 / 3\n0.3...\n>>> for i in range(x):\n...     i\n0\n1"
    assert shown.filled(block, outputs) == block.replace("0.3...", f"{1 / 3}")
    assert shown.printed(">>> 1 + 1\n2\n", "page") == []


def test_prose_is_broken_and_tables_are_not():
    shown = load("shown")
    prose, table = "some words " * 20, "a  b " * 40
    text = f">>> print({prose!r})\nsome ...\n>>> print({table!r})\na ...\n"
    lines = shown.filled(text, shown.printed(text, "page")).splitlines()
    assert lines[-1].rstrip() == table.rstrip()
    assert max(map(len, lines[1:-2])) <= 88


def test_an_example_that_fails_stops_the_build():
    with pytest.raises(ZeroDivisionError):
        load("shown").printed(">>> 1 / 0\n...\n>>> 2\n2...\n", "page")


def test_notes_of_commands_are_broken_and_configurations_are_not():
    run = load("run")
    note, text = "skanchors fit: note: " + "word " * 30, "anchors = " + "10,13, " * 30
    assert max(map(len, run.as_shown(note))) <= run.WIDTH
    assert run.as_shown(text) == [text]


def test_docstrings_are_filled_in_too():
    shown = load("shown")
    lines = ["It.", "", ">>> print('a\\n\\nb')", "a", "...", ">>> 1 / 0", "Traceback"]
    lines[-1:] = [
        "Traceback (most recent call last):",
        "    ...",
        "ZeroDivisionError: x",
    ]
    found = [*lines]
    shown.fill_docstring(None, "function", "a.b", None, None, found)
    assert found == [*lines[:4], "<BLANKLINE>", "b", *lines[5:]]
    found = [*lines]
    shown.fill_docstring(None, "function", "skanchors.show_versions", None, None, found)
    assert found == lines


def test_a_command_is_shown_from_a_line_on():
    run = load("run")
    assert run.part(["a", "For you", "b"], "For") == ["For you", "b"]
    with pytest.raises(ValueError, match="No line begins with 'To'"):
        run.part(["a"], "To")


@pytest.mark.parametrize("command", ["skanchors fit away", "skanchors fit --away"])
def test_a_command_that_fails_stops_the_build(command, tmp_path):
    with pytest.raises(RuntimeError, match=r"ended with [12]: [\s\S]*away"):
        load("run").run(command, tmp_path)


def test_other_programs_are_not_run(tmp_path):
    with pytest.raises(ValueError, match="no command of skanchors"):
        load("run").run("rm -r my_dataset", tmp_path)


def test_tables_of_names_have_headers():
    autosummary = pytest.importorskip("sphinx.ext.autosummary")
    from docutils import nodes

    body = nodes.tbody("", nodes.row("", nodes.entry(), nodes.entry()))
    specs = [nodes.colspec(), nodes.colspec()]
    group = nodes.tgroup("", *specs, body, cols=2)
    table = autosummary.autosummary_table()
    table.append(nodes.table("", group))
    load("api_tables").name_columns(None, table)
    kinds = [type(child) for child in group.children]
    assert kinds == [nodes.colspec, nodes.colspec, nodes.thead, nodes.tbody]
    assert [cell.astext() for cell in group[2][0]] == ["Name", "In short"]


PAGE = """
====
1.25
====

Version 1.2.3 gains 0.09, from {}; 15 % are lost, of 100 boxes.

.. GENERATED FROM PYTHON SOURCE LINES 11-12

It is 0.5.

.. rst-class:: sphx-glr-script-out

 .. code-block:: none

    by +0.0943, from 0.6785
    to {}
"""


def test_introductions_say_what_examples_print():
    unprinted = load("gallery_figures").unprinted
    assert unprinted(PAGE.format("0.68", "0.85, 15%")) == []
    assert unprinted(PAGE.format("0.67", "15.0 %")) == ["0.67"]
    assert unprinted(PAGE.format("0.68", "0.85, 14%")) == ["15"]


def test_the_changelog_becomes_a_page():
    text = "# A [b]\n\n- `c\n  d` and [e](https://f.org/g)\n"
    assert load("generate").as_rst(text) == (
        "A b\n===\n\n- ``c\n  d`` and `e <https://f.org/g>`__\n"
    )


def write(folder, name, body):
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(body, encoding="utf-8")


def test_pages_without_faults(tmp_path):
    write(tmp_path, "a.html", "<a href='b/c.html#here'>x</a><a href='#'>top</a>")
    write(
        tmp_path,
        "b/c.html",
        "<p id='here'><a href='../a.html'>y</a><a href='https://example.org'>z</a>"
        "<a href='#here'>h</a></p><img src='d.png' alt='D'>",
    )
    write(tmp_path, "b/d.png", "")
    write(tmp_path, "_static/of_theme.html", "<a href='{{ away }}'>x</a>")
    assert load("check_pages").problems(tmp_path) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<a href='away.html'>x</a>", "away.html leads nowhere"),
        ("<a href='b.html#away'>x</a>", "b.html#away names no place"),
        ("<a href='#away'>x</a>", "#away names no place"),
        ("<img src='away.png' alt='A'>", "away.png leads nowhere"),
        ("<img src='b.html' alt=' '>", "no text for picture b.html"),
        ("<img src='b.html'>", "no text for picture b.html"),
    ],
)
def test_faults_of_pages_are_found(body, said, tmp_path):
    write(tmp_path, "a.html", body)
    write(tmp_path, "b.html", "<p id='here'></p>")
    (found,) = load("check_pages").problems(tmp_path)
    assert found.startswith("a.html: ") and said in found


def test_pages_of_estimators_are_missed(tmp_path):
    found = load("check_pages").missing_pages(tmp_path)
    assert len(found) == 7
    write(tmp_path, "generated/skanchors.IoUKMeans.html", "")
    assert len(load("check_pages").missing_pages(tmp_path)) == 6


def test_diagrams_lead_to_the_documentation_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["urls"]["Documentation"] == DOCS_URL


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_pages_show_values_in_place_of_checks(path):
    shown = re.findall(r"^(?:True|False)$", path.read_text("utf-8"), re.MULTILINE)
    assert len(shown) == TRUE_IS_SAID.get(path.name, 0)
