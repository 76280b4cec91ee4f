"""A small data set, and writers of it in every format and layout."""

import importlib.util
from pathlib import Path

import pytest

_spec = importlib.util.spec_from_file_location(
    "skanchors_test_writers", Path(__file__).with_name("writers.py")
)
_writers = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_writers)


@pytest.fixture(scope="session")
def writers():
    return _writers


@pytest.fixture
def photos():
    """Twelve images with boxes of three classes; the last has none."""
    return _writers.draw(12)
