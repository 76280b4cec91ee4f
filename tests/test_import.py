"""Importing skanchors warns of nothing and loads nothing that it does not need."""

import os
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
SCIKIT_LEARN = "import sklearn.base, sklearn.cluster, sklearn.model_selection"
# Each code runs in a copy of a process in which what takes long is imported already.
EACH_ALONE = """
import os, warnings
for code in codes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of copies of processes that have threads
        child = os.fork()
    if child == 0:
        exec(code)
        sys.stdout.flush()
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        sys.exit(code)
"""
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
    return loaded_by(SCIKIT_LEARN)


def test_no_optional_dependency_is_loaded(loaded_by_scikit_learn):
    codes = [f"import {package}\n{SHOW}" for package in PACKAGES]
    if hasattr(os, "fork"):
        lines = run(f"{SCIKIT_LEARN}\ncodes = {codes}\n{EACH_ALONE}").splitlines()
    else:
        lines = [run(code) for code in codes]
    for package, line in zip(PACKAGES, lines, strict=True):
        assert not {*line.split()} & OPTIONAL - loaded_by_scikit_learn, package


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
