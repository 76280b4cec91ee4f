"""A real browser, where there is one."""

import importlib.util
from pathlib import Path

import pytest

# A program, which imports what lies beside it.
collect_ignore = ["look.py"]


def _load(name):
    path = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(f"browser_{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """A headless browser with one page, ended after the tests."""
    chrome = _load("chrome")
    program = chrome.find()
    if program is None:
        pytest.skip(f"no browser is here: none of {', '.join(chrome.NAMES)}")
    try:
        found = chrome.Chrome(program, tmp_path_factory.mktemp("profile"))
    except (OSError, TimeoutError) as error:
        pytest.skip(f"{program} does not start: {error}")
    yield found
    found.close()


@pytest.fixture(scope="session")
def problems():
    """Asks the browser what is wrong with the page that it shows."""
    probe = _load("probe")
    return lambda browser: browser.ask(probe.PROBLEMS)
