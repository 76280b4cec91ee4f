"""The layer table of CONTRIBUTING.md holds."""

import ast
from pathlib import Path

import pytest

import skanchors

ROOT = Path(skanchors.__file__).parent
BASE = {
    "_array_api",
    "_boxes",
    "_cv_results",
    "_fitted",
    "_optional",
    "_progress",
    "_show_versions",
    "_threads",
    "_version",
}
LAYER_1 = {"metrics", "annotations", "export", "cost", "datasets"}
MAY_IMPORT = (
    dict.fromkeys(BASE | LAYER_1, BASE)
    | {"cluster": BASE | {"metrics"}}
    | {"certify": BASE | {"metrics", "cluster"}}
    | {"model_selection": BASE | {"metrics", "cluster"}}
    | {"inspection": BASE | {"metrics"}}
    | {"callbacks": BASE | {"metrics", "inspection"}}
)
ANYTHING = {"cli", "__init__", "__main__"}
OPTIONAL = {
    "matplotlib",
    "rich",
    "tensorboard",
    "dask",
    "distributed",
    "pandas",
    "numba",
    "torch",
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
    if part in ANYTHING:
        return
    allowed = MAY_IMPORT[part] | {part}
    for module in imported_modules(path):
        names = module.split(".")
        if names[0] == "skanchors" and len(names) > 1:
            assert names[1] in allowed, f"{part} must not import {module}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_optional_dependencies_go_through_require(path):
    roots = {module.partition(".")[0] for module in imported_modules(path)}
    assert not roots & OPTIONAL, "use skanchors._optional.require"


def test_every_part_of_the_package_is_in_the_table():
    assert {part_of(path) for path in FILES} == set(MAY_IMPORT) | ANYTHING
