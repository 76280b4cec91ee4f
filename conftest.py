"""Doctests that draw or log are left out where the optional packages are absent."""

from importlib.util import find_spec

collect_ignore_glob = []
if find_spec("matplotlib") is None:
    collect_ignore_glob += [
        "skanchors/callbacks/*.py",
        "skanchors/certify/_display.py",
        "skanchors/inspection/*_display.py",
    ]
if find_spec("tensorboard") is None:
    collect_ignore_glob += ["skanchors/callbacks/*.py"]
