"""Private APIs of other libraries are touched in one room, and are as it expects."""

import ast
import inspect
from pathlib import Path

import pytest
import sklearn
from sklearn.base import BaseEstimator

import skanchors
from skanchors._compat import _sklearn

ROOT = Path(skanchors.__file__).parent
ROOM = ROOT / "_compat"
# With these versions the guards below were seen to hold; a failure with a newer one
# says which name to look up.
ADVICE = f"scikit-learn {sklearn.__version__} changed; adapt _compat/_sklearn.py"


def private_imports(path):
    """Imports of private modules or names of other libraries."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in found:
            parts = name.split(".")
            if parts[0] in ("skanchors", "__future__"):
                continue
            if any(part.startswith("_") for part in parts):
                yield name


FILES = [path for path in sorted(ROOT.rglob("*.py")) if ROOM not in path.parents]


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_other_file_imports_what_is_private(path):
    assert not list(private_imports(path))


def test_the_room_would_be_noticed():
    assert set(private_imports(ROOM / "_sklearn.py")) >= {
        "sklearn.base._fit_context",
        "sklearn.utils._array_api.move_to",
    }


def test_the_signatures_that_are_called():
    expected = {
        "fit_context": {"prefer_skip_nested_validation"},
        "check_sample_weight": {"sample_weight", "X", "dtype", "ensure_non_negative"},
        "get_output_config": {"method", "estimator"},
        "move_to": {"xp", "device"},
    }
    for name, parameters in expected.items():
        found = inspect.signature(getattr(_sklearn, name)).parameters
        assert parameters <= set(found), f"{ADVICE}: {name}{tuple(found)}"


def test_the_output_container_is_told():
    class Transformer(BaseEstimator):
        _sklearn_output_config = {"transform": "pandas"}  # noqa: RUF012

    assert _sklearn.get_output_config("transform", Transformer())["dense"] == "pandas"


def test_threads_are_counted():
    assert _sklearn.openmp_effective_n_threads() >= 1, ADVICE
