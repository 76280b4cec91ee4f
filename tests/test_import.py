"""Importing skanchors warns of nothing and loads nothing that it does not need."""

import pkgutil
import subprocess
import sys

import pytest

import skanchors

OPTIONAL = {
    "dask",
    "distributed",
    "matplotlib",
    "numba",
    "pandas",
    "rich",
    "tensorboard",
    "torch",
}
PACKAGES = ["skanchors"] + [
    f"skanchors.{info.name}"
    for info in pkgutil.iter_modules(skanchors.__path__)
    if not info.name.startswith("_")
]

BLOCK = f"""
import sys

class Block:
    def find_spec(self, name, path=None, target=None):
        if name in {OPTIONAL}:
            raise ModuleNotFoundError(name=name)

sys.meta_path.insert(0, Block())
"""


def loaded_by(code):
    """The top-level modules that are loaded after the code ran, warnings as errors."""
    code += "\nimport sys\nprint(*{name.partition('.')[0] for name in sys.modules})"
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    return set(done.stdout.split())


@pytest.fixture(scope="module")
def loaded_by_scikit_learn():
    """Releases of scikit-learn load some of them, pandas and rich, where they are."""
    return loaded_by("import sklearn.base, sklearn.cluster, sklearn.model_selection")


@pytest.mark.parametrize("package", PACKAGES)
def test_no_optional_dependency_is_loaded(package, loaded_by_scikit_learn):
    assert not loaded_by(f"import {package}") & OPTIONAL - loaded_by_scikit_learn


def test_no_optional_dependency_is_needed():
    loaded = loaded_by(f"{BLOCK}\nimport {', '.join(PACKAGES)}")
    assert {"skanchors", "sklearn", "scipy"} <= loaded


def test_the_bare_import_is_light():
    assert not loaded_by("import skanchors") & {"numpy", "scipy", "sklearn"}


def test_public_names():
    for name in skanchors.__all__:
        assert getattr(skanchors, name)
    assert {*skanchors.__all__} <= {*dir(skanchors)}
    with pytest.raises(AttributeError, match=r"'skanchors' has no attribute 'KMeans'"):
        _ = skanchors.KMeans
