"""``skanchors.show_versions``."""

import sys
import tomllib
from importlib import metadata
from pathlib import Path

import numpy as np
import sklearn

import skanchors

ROOT = Path(__file__).resolve().parents[1]


def shown(capsys):
    skanchors.show_versions()
    lines = capsys.readouterr().out.splitlines()
    rows = [line.strip().partition(": ") for line in lines]
    return {name: value for name, colon, value in rows if colon}


def test_versions(capsys):
    found = shown(capsys)
    assert found["python"].startswith(sys.version.split()[0])
    assert found["executable"] == sys.executable
    assert found["skanchors"] == skanchors.__version__
    assert found["numpy"] == np.__version__
    assert found["scikit-learn"] == sklearn.__version__


def test_every_dependency_is_shown_and_no_tool_of_the_project(capsys):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    work = {"all", "testing", "test", "docs", "lint"}
    used = [*project["dependencies"]]
    used += [line for name in {*extras} - work for line in extras[name]]
    expected = {line.partition(">=")[0] for line in used}
    names = set(shown(capsys))
    assert expected <= names
    assert not names & {"sphinx", "ruff", "pytest", "hypothesis"}


def test_what_is_not_installed_is_said(monkeypatch, capsys):
    version = metadata.version

    def without_rich(name):
        if name == "rich":
            raise metadata.PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr(metadata, "version", without_rich)
    assert shown(capsys)["rich"] == "not installed"
