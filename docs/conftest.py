"""How pytest runs the pages: each in an empty folder."""

from importlib.util import find_spec

import pytest

# Pages that need an optional package.
_NEEDS = {
    "how_to/boxes_3d.rst": "matplotlib",
    "how_to/tensorboard.rst": "tensorboard",
    "user_guide/annotations.rst": "pandas",
    "user_guide/clustering.rst": "rich",
    "user_guide/judging.rst": "matplotlib",
    "user_guide/scaling_out.rst": "distributed",
}
collect_ignore = [page for page, needed in _NEEDS.items() if find_spec(needed) is None]
collect_ignore += ["conf.py", "_ext", "api_table.py", "_build", "generated"]


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if find_spec("matplotlib") is not None:
        import matplotlib.pyplot as plt

        monkeypatch.setattr(plt, "show", lambda: None)
