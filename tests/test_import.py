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

SHOW = "print(*{name.partition('.')[0] for name in sys.modules})"
BLOCK = f"""
class Block:
    def find_spec(self, name, path=None, target=None):
        if name in {OPTIONAL}:
            raise ModuleNotFoundError(name=name)

sys.meta_path.insert(0, Block())
"""


def run(code):
    """What the code prints in a process of its own, warnings as errors."""
    command = [sys.executable, "-W", "error", "-c", f"import sys\n{code}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def loaded_by(code):
    """The top-level modules that are loaded after the code ran."""
    return set(run(f"{code}\n{SHOW}").split())


@pytest.fixture(scope="module")
def loaded_by_scikit_learn():
    """Releases of scikit-learn load some of them, pandas and rich, where they are."""
    return loaded_by("import sklearn.base, sklearn.cluster, sklearn.model_selection")


def test_no_optional_dependency_is_loaded(loaded_by_scikit_learn):
    # One after the other, so that the first one in the list is to blame.
    lines = run("\n".join(f"import {each}\n{SHOW}" for each in PACKAGES)).splitlines()
    loaded = {
        package: {*line.split()} & OPTIONAL - loaded_by_scikit_learn
        for package, line in zip(PACKAGES, lines, strict=True)
    }
    assert not any(loaded.values()), loaded


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
