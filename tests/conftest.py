"""Fixtures that several test folders share."""

import importlib.util
import os
import tarfile
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"

# Continuous integration tries the same examples each time, so that a change is not
# refused by chance or a busy machine; everyone else draws new ones. Newer versions of
# hypothesis have such a profile, the oldest that is allowed has none.
if os.environ.get("CI"):
    from hypothesis import HealthCheck, settings

    settings.register_profile(
        "ci",
        derandomize=True,
        deadline=None,
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow],
    )
    settings.load_profile("ci")


@pytest.fixture(scope="session")
def shared_data(tmp_path_factory):
    """Unpack an archive of real annotations, or skip where the folder is absent.

    Returns a function of the archive's name without its ending, such as
    ``"voc2007_trainval"``; it returns the folder that the archive holds.
    """
    root = tmp_path_factory.mktemp("shared_data")

    def unpack(name):
        archive = SHARED / "data" / f"{name}.tar.xz"
        if not archive.is_file():
            pytest.skip(f"real annotations are not here: {archive}")
        folder = root / name
        if not folder.exists():
            with tarfile.open(archive) as tar:
                tar.extractall(root, filter="data")
        return folder

    return unpack


@pytest.fixture(scope="session")
def shared_reference():
    """Find a file of reference figures, or skip where the folder is absent."""

    def find(name):
        path = SHARED / "reference" / name
        if not path.is_file():
            pytest.skip(f"reference figures are not here: {path}")
        return path

    return find


@pytest.fixture(scope="session")
def run_command(tmp_path_factory):
    """What a command on a page of the documentation prints; each runs once."""
    pytest.importorskip("docutils")
    path = Path(__file__).resolve().parents[1] / "docs" / "_ext" / "run.py"
    spec = importlib.util.spec_from_file_location("docs_run", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    folder = tmp_path_factory.mktemp("commands")
    module.fill(folder)
    return lambda command: module.run(command, folder)
