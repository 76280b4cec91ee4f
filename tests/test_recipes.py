"""What the pages tell readers to run runs, on a small data set."""

import re
from pathlib import Path

import pytest

from skanchors.cli import COMMANDS
from skanchors.detectors import detector_names

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
MADE = {"generated", "auto_examples", "_build", "_templates"}
PAGES = [path for path in sorted(DOCS.rglob("*.rst")) if not MADE & {*path.parts}]
DIRECTIVE = re.compile(r"^\.\. run:: (.+(?:\n   +[^:\s].*)*)", re.MULTILINE)
# Commands in running text, and those of blocks, which begin a line.
WORDS = rf"skanchors\s+(?:{'|'.join(COMMANDS)})\s"
LITERAL = re.compile(rf"(?<!`)(`{{1,2}})({WORDS}[^`]+)\1(?!`)")
IN_BLOCK = re.compile(rf"^ *(?:\$ )?(?:[^|&\n]* && )?({WORDS}.+)$", re.MULTILINE)
PYTHON = re.compile(r"^\.\. code-block:: python\n\n((?:   .*\n|\n)+)", re.MULTILINE)
# What a reader puts in their place.
PLACEHOLDERS = {
    "FOLDER": "my_dataset",
    "path/to/annotations": "my_dataset",
    "path/to/my_dataset": "my_dataset",
    "DATA": "my_dataset",
    "NAME": "yolov5",
    "data.yaml": "training.cfg",
}


def commands(path):
    """Those of the directive ``run``, whose output the page shows."""
    return [
        " ".join(found.split()) for found in DIRECTIVE.findall(path.read_text("utf-8"))
    ]


def other_commands():
    """All others that say what to do, not only the command's name."""
    found = set()
    for path in [*PAGES, ROOT / "README.md"]:
        text = DIRECTIVE.sub("", path.read_text("utf-8"))
        found |= {literal for _, literal in LITERAL.findall(text)}
        found |= set(IN_BLOCK.findall(text))
    found = {" ".join(command.split(" > ")[0].split()) for command in found}
    # What ends with an option says too little to be run.
    return sorted(
        command for command in found if not command.split()[-1].startswith("-")
    )


def blocks():
    """Python that no doctest runs, by page."""
    return [
        (path, "".join(line[3:] or "\n" for line in block.splitlines(keepends=True)))
        for path in PAGES
        for block in PYTHON.findall(path.read_text("utf-8"))
    ]


def need_pictures(found):
    if any("--plot" in command for command in found):
        pytest.importorskip("matplotlib")


@pytest.mark.parametrize(
    "path",
    [path for path in PAGES if commands(path)],
    ids=lambda path: f"{path.parent.name}/{path.stem}",
)
def test_the_commands_of_a_page(path, run_command):
    found = commands(path)
    need_pictures(found)
    for command in found:
        assert run_command(command).strip()


@pytest.mark.parametrize("command", other_commands())
def test_a_command_that_is_named_only(command, run_command):
    need_pictures([command])
    for word, file in PLACEHOLDERS.items():
        command = re.sub(rf"(?<!\S){word}(?!\S)", file, command)
    assert run_command(command).strip()


def test_commands_are_found():
    recipes = [path for path in PAGES if path.parent.name == "recipes"]
    assert len([path for path in recipes if commands(path)]) == 7
    found = other_commands()
    assert "skanchors fit --input-size 416 --plot anchors.png" in found
    assert "skanchors fit path/to/my_dataset --detector yolov5" in found
    assert "skanchors cost -k 9 --classes 20 --input-size 416" in found


def test_each_detector_is_found_by_its_name():
    """The search of the documentation knows the entries of the index."""
    listed = [
        name.strip()
        for path in PAGES
        if path.parent.name == "recipes"
        for line in re.findall(r"^\.\. index:: (.+)$", path.read_text("utf-8"), re.M)
        for name in line.split(",")
    ]
    assert len(listed) == len({*listed})
    assert {*detector_names()} <= {*listed}
    index = (DOCS / "recipes" / "index.rst").read_text("utf-8")
    assert all(f"``{name}``" in index for name in detector_names())


def test_the_readme_in_python(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (block,) = re.findall(
        r"```python\n(.+?)```", (ROOT / "README.md").read_text(), re.S
    )
    names = {}
    exec(block, names)
    assert names["pipe"]["km"].cluster_centers_.shape == (9, 2)


def test_all_python_is_run():
    """What is not in a doctest is here, or where the tests of tensors are."""
    pages = [path.stem for path, _ in blocks()]
    assert set(pages) == {"torchvision", "scaling_out"}
    assert pages.count("scaling_out") == 1
    (tensors,) = [code for path, code in blocks() if path.stem == "scaling_out"]
    assert "import torch\n" in tensors
    compile(tensors, "scaling_out", "exec")
