"""The reference names everything that is public, and its docstrings are complete."""

import dataclasses
import importlib
import importlib.util
import inspect
import pkgutil
import sys
from pathlib import Path
from types import ModuleType

import pytest

import skanchors

DOCS = Path(__file__).resolve().parents[1] / "docs"

numpydoc_validate = pytest.importorskip("numpydoc.validate")
NumpyDocString = pytest.importorskip("numpydoc.docscrape").NumpyDocString

# Checks of numpydoc that are not made, with the reason.
NOT_CHECKED = {
    "GL01": "where the summary starts is a matter of taste; numpydoc 1.8 minds",
    "ES01": "a summary of one line is often enough",
    "SA01": "See Also only where it helps",
    "SS05": "takes nouns that end in s, such as 'Names', for verbs",
}
# Methods are shown in the example of their class.
NOT_CHECKED_IN_METHODS = {**NOT_CHECKED, "EX01": "the class has the example"}


def _public_packages():
    """Every package whose name has no underscore, whatever it is called tomorrow."""
    found = [info.name for info in pkgutil.iter_modules(skanchors.__path__)]
    return ["skanchors"] + [f"skanchors.{n}" for n in found if not n.startswith("_")]


def _public_names():
    for package in _public_packages():
        for name in importlib.import_module(package).__all__:
            if not name.startswith("__"):
                yield package, name


def _methods():
    found = set()
    for package, name in _public_names():
        owner = getattr(importlib.import_module(package), name)
        if not inspect.isclass(owner):
            continue
        for method, _ in inspect.getmembers(owner, inspect.isroutine):
            # scikit-learn writes the setters of requests for metadata.
            if method.startswith("_") or method.endswith("_request"):
                continue
            definitions = [base for base in owner.__mro__ if method in vars(base)]
            # A method without a docstring of its own has that of the base class.
            home = next(
                (base for base in definitions if vars(base)[method].__doc__),
                definitions[0],
            )
            # The docstrings of scikit-learn's classes and of tuple are theirs.
            if home.__module__.startswith("skanchors"):
                found.add(f"{home.__module__}.{home.__qualname__}.{method}")
    return sorted(found)


def _problems(name, not_checked):
    errors = numpydoc_validate.validate(name)["errors"]
    return [f"{code}: {text}" for code, text in errors if code not in not_checked]


def _fields_in_attributes(documented):
    """What the section Attributes of a dataclass describes."""
    if not dataclasses.is_dataclass(documented):
        return set()
    attributes = NumpyDocString(inspect.getdoc(documented))["Attributes"]
    return {name for row in attributes for name in row.name.split(", ")}


@pytest.fixture(scope="module")
def table():
    spec = importlib.util.spec_from_file_location("api_table", DOCS / "api_table.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_packages_are_found():
    assert {"skanchors.metrics", "skanchors.cli"} < set(_public_packages())


def test_the_table_lists_every_public_name_once(table):
    homes = {}
    for package in table.API:
        for name in table.names(package):
            key = id(getattr(importlib.import_module(package), name))
            assert key not in homes, f"{package}.{name} is listed in {homes[key]} too"
            homes[key] = package
    missing = [
        f"{package}.{name}"
        for package, name in _public_names()
        # The command line has a page of its own.
        if id(getattr(importlib.import_module(package), name)) not in homes
        and package != "skanchors.cli"
    ]
    assert not missing


def test_the_table_lists_nothing_private(table):
    for package in table.API:
        public = importlib.import_module(package).__all__
        assert set(table.names(package)) <= set(public)


def test_short_names_have_one_home(table):
    listed = [name for package in table.API for name in table.names(package)]
    assert sorted(listed) == sorted(table.homes())


def test_pages_hold_every_name(table, tmp_path):
    table.write_pages(tmp_path)
    for package in table.API:
        lines = (tmp_path / f"{package}.rst").read_text(encoding="utf-8").splitlines()
        stripped = {line.strip() for line in lines}
        assert set(table.names(package)) <= stripped
        assert package in (tmp_path / "api.rst").read_text(encoding="utf-8")


@pytest.mark.parametrize("package, name", list(_public_names()))
def test_docstring(package, name):
    problems = _problems(f"{package}.{name}", NOT_CHECKED)
    documented = getattr(importlib.import_module(package), name)
    if fields := _fields_in_attributes(documented):
        # Nobody calls the class of a result: it has Attributes in place of Parameters.
        assert fields >= {field.name for field in dataclasses.fields(documented)}
        problems = [text for text in problems if not text.startswith("PR01")]
    assert problems == []


@pytest.mark.parametrize("name", _methods())
def test_docstring_of_method(name):
    assert _problems(name, NOT_CHECKED_IN_METHODS) == []


def test_a_bad_docstring_is_found(monkeypatch):
    def undocumented(X):
        return X

    module = ModuleType("module_of_a_test")
    module.undocumented = undocumented
    monkeypatch.setitem(sys.modules, module.__name__, module)
    problems = _problems("module_of_a_test.undocumented", NOT_CHECKED)
    assert any(problem.startswith("GL08") for problem in problems)


def test_a_section_of_examples_is_asked_of_every_public_name():
    assert "EX01" not in NOT_CHECKED


def test_citation_has_the_version():
    lines = (DOCS.parent / "CITATION.cff").read_text(encoding="utf-8").splitlines()
    assert f"version: {skanchors.__version__}" in lines


def test_changelog_has_the_version():
    text = (DOCS.parent / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"\n## {skanchors.__version__} - " in text


def test_every_page_is_run():
    """No page hides from the doctests behind the list of optional packages."""
    spec = importlib.util.spec_from_file_location("docs_conftest", DOCS / "conftest.py")
    conftest = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(conftest)
    pages = {str(page.relative_to(DOCS)) for page in DOCS.rglob("*.rst")}
    assert set(conftest._NEEDS) <= pages | {"how_to/tensorboard.rst"}
