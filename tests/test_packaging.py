"""Facts that are written down twice agree."""

import ast
import re
import subprocess
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

import skanchors

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
# Pinned for what needs them, not for skanchors: the reason stands beside them.
INDIRECT = {"pyparsing"}
# Extras whose tools the environment "oldest" does not run.
NOT_OLDEST = {"docs", "lint"}


def bounds(requirements):
    """Names to lowest versions, with all three parts of each version."""
    found = {}
    for requirement in requirements:
        name, _, version = requirement.partition(">=")
        if not name.startswith("skanchors["):
            assert version, f"{requirement} has no lower bound"
            found[name] = (version + ".0.0").split(".")[:3]
    return found


def test_the_oldest_versions_are_the_lower_bounds():
    extras = PROJECT["optional-dependencies"]
    expected = bounds(PROJECT["dependencies"])
    for extra in {*extras} - NOT_OLDEST:
        expected |= bounds(extras[extra])
    lines = (ROOT / "requirements" / "oldest.txt").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert all(line.count("==") == 1 for line in pins)
    found = bounds(line.replace("==", ">=") for line in pins)
    assert {name: found[name] for name in found if name not in INDIRECT} == expected


def test_one_bound_a_package():
    seen = {}
    every = [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
    for requirements in every:
        for name, version in bounds(requirements).items():
            assert seen.setdefault(name, version) == version, name


def test_the_readme_and_the_continuous_integration_run_one_command():
    script = (ROOT / ".ci" / "run").read_text()
    (line,) = re.findall(r"^command=\$\((.*)\)$", script, flags=re.M)
    done = subprocess.run(
        ["bash", "-c", line], cwd=ROOT, capture_output=True, text=True, check=True
    )
    block = re.search(
        r"<!-- the test command -->\n```shell\n(.+)\n```\n<!-- end -->",
        (ROOT / "README.md").read_text(),
    )
    assert done.stdout.strip() == block[1]
    assert "python -m pytest" in block[1]


def test_the_version_is_in_one_place():
    assert "version" not in PROJECT
    assert "version" in PROJECT["dynamic"]
    pattern = re.compile(rf"""["']{re.escape(skanchors.__version__)}["']""")
    files = [*(ROOT / "skanchors").rglob("*.py"), ROOT / "docs" / "conf.py"]
    named = [path.name for path in files if pattern.search(path.read_text("utf-8"))]
    assert named == ["_version.py"]


def test_the_classifiers_begin_with_the_lowest_python():
    listed = [
        line.rpartition(" ")[2]
        for line in PROJECT["classifiers"]
        if re.search(r"Python :: 3\.\d+$", line)
    ]
    assert PROJECT["requires-python"] == f">={listed[0]}"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_opens_with_a_title_and_its_finding(path):
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert text, f"{path.name} has no docstring"
    above, title, below, *rest = text.splitlines()
    assert above == below == "=" * len(above)
    assert len(title) <= len(above)
    assert len(" ".join(rest).split()) >= 10


def test_exemptions_from_warnings_as_errors_have_a_date_and_a_reason():
    """Above each mark, and each entry beside "error", a comment: date, colon, why."""
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    filters = tools["pytest"]["ini_options"]["filterwarnings"]
    assert filters[0] == "error"
    exemptions = [re.escape(f'"{entry}"') for entry in filters[1:]]
    exemptions.append(r"@pytest\.mark\.filterwarnings\(|pytestmark = .*filterwarnings")
    pattern = re.compile(rf"^\s*({'|'.join(exemptions)})")
    dated = re.compile(r"^\s*# \d{4}-\d\d-\d\d: \w.{15,}")
    missing = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in [ROOT / "pyproject.toml", *(ROOT / "tests").rglob("*.py")]
        for number, (above, line) in enumerate(
            pairwise(path.read_text(encoding="utf-8").splitlines()), start=2
        )
        if pattern.match(line) and not dated.match(above)
    ]
    assert not missing, f"no date and reason above {', '.join(missing)}"
