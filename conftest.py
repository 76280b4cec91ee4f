"""What holds for tests, doctests and pages alike.

Doctests that draw or log are left out where the optional packages are absent.
"""

import os
import signal
import sys
from importlib.util import find_spec

import pytest

# Before anything imports pyplot: no picture waits on a screen.
os.environ.setdefault("MPLBACKEND", "Agg")

# Shells start what runs in the background with Ctrl-C ignored, and so all that it
# starts in turn; some tests send it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

collect_ignore_glob = []
if find_spec("matplotlib") is None:
    collect_ignore_glob += [
        "skanchors/callbacks/*.py",
        "skanchors/certify/_display.py",
        "skanchors/inspection/*_display.py",
    ]
if find_spec("tensorboard") is None:
    collect_ignore_glob += ["skanchors/callbacks/*.py"]


@pytest.fixture(autouse=True)
def _no_figure_stays_open():
    """Close what a test drew: pyplot warns about figures of all that ran before."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
