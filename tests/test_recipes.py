"""The commands whose output the pages show run, on a small data set."""

import importlib.util
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[1] / "docs"
RECIPES = sorted((DOCS / "recipes").glob("*.rst"))
OTHERS = [*sorted(DOCS.glob("*.rst")), *sorted((DOCS / "user_guide").glob("*.rst"))]
DIRECTIVE = re.compile(r"^\.\. run:: (.+(?:\n   +[^:\s].*)*)", re.MULTILINE)


def commands(path):
    return [
        " ".join(found.split()) for found in DIRECTIVE.findall(path.read_text("utf-8"))
    ]


@pytest.fixture(scope="module")
def runner():
    pytest.importorskip("docutils")
    spec = importlib.util.spec_from_file_location("run", DOCS / "_ext" / "run.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def folder(runner, tmp_path_factory):
    folder = tmp_path_factory.mktemp("recipes")
    runner.fill(folder)
    return folder


@pytest.mark.parametrize(
    "path",
    [*RECIPES, *(path for path in OTHERS if commands(path))],
    ids=lambda path: f"{path.parent.name}/{path.stem}",
)
def test_the_commands_of_a_page(path, runner, folder):
    found = commands(path)
    assert found or path.stem == "index"
    if any("--plot" in command for command in found):
        pytest.importorskip("matplotlib")
    for command in found:
        assert runner.run(command, folder).strip()


def test_recipes_are_found():
    assert len(RECIPES) >= 7
