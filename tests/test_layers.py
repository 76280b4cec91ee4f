"""The layer table of CONTRIBUTING.md holds."""

import ast
from pathlib import Path

import pytest

import skanchors

ROOT = Path(skanchors.__file__).parent
BASE = {
    "_array_api",
    "_boxes",
    "_checks",
    "_compat",
    "_cv_results",
    "_doc_link",
    "_fitted",
    "_hold_out",
    "_memory",
    "_near",
    "_anchors_like",
    "_optional",
    "_plot",
    "_plot_names",
    "_plain_text",
    "_tables",
    "_progress",
    "_regular",
    "_show_versions",
    "_threads",
    "_warnings",
    "_version",
    "_whole_file",
}
# Each layer may import those above it, and nothing beside itself but what is named.
LAYERS = [
    BASE,
    {"metrics", "annotations", "export", "cost", "datasets"},
    {"detectors", "cluster"},
    {"assignment", "certify"},
    {"model_selection", "inspection", "callbacks"},
    {"cli", "_detector_anchors", "_detector_fit", "__init__", "__main__"},
]
# Judges and listeners know estimators by what they have, not by their class.
BESIDE = {
    "callbacks": {"inspection"},
    # One search for annotation files serves both.
    "datasets": {"annotations"},
}


def allowed_for(part):
    """Parts of the package that this one may import."""
    for layer, parts in enumerate(LAYERS):
        if part in parts:
            above = set().union(*LAYERS[:layer])
            beside = parts if layer in (0, len(LAYERS) - 1) else set()
            return above | beside | {part} | BESIDE.get(part, set())
    raise AssertionError(f"{part} is in no layer of tests/test_layers.py")


OPTIONAL = {
    "matplotlib",
    "rich",
    "tensorboard",
    "dask",
    "distributed",
    "pandas",
    "numba",
    "torch",
    "PIL",
    "yaml",
}


def part_of(path):
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imported_modules(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write imports out in full"
            yield node.module
            if node.module == "skanchors":
                yield from (f"skanchors.{alias.name}" for alias in node.names)


FILES = sorted(ROOT.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_only_lower_layers(path):
    part = part_of(path)
    allowed = allowed_for(part)
    for module in imported_modules(path):
        names = module.split(".")
        if names[0] == "skanchors" and len(names) > 1:
            assert names[1] in allowed, f"{part} must not import {module}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_optional_dependencies_go_through_require(path):
    roots = {module.partition(".")[0] for module in imported_modules(path)}
    assert not roots & OPTIONAL, "use skanchors._optional.require"
