"""Ctrl-C ends the program at any moment: one line, code 130, nothing half-written."""

import os
import signal
import subprocess
import sys
import time

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
PROGRAM = """
import sys
from skanchors.__main__ import program
print("ready", flush=True)
sys.exit(program())
"""
AT_THE_LAST_STEP = """
import os, sys, time
from skanchors.__main__ import program
replace = os.replace
def ready(source, target):
    if os.path.basename(target) != "a.html":
        return replace(source, target)
    print("ready", flush=True)
    time.sleep(600)
os.replace = ready
sys.exit(program())
"""


def interrupt(folder, program, seconds, *words):
    """Start a command in a folder, interrupt it some seconds after it is ready.

    Returns
    -------
    (int, str)
        The code, and standard error.
    """
    process = subprocess.Popen(
        [sys.executable, "-c", program, *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert "ready\n" in iter(process.stdout.readline, "")
    time.sleep(seconds)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    with pytest.raises(ProcessLookupError):  # no worker is left
        os.killpg(process.pid, 0)
    return process.returncode, err


@pytest.mark.parametrize(
    ("program", "seconds"),
    # Amid the loading of modules, and when all but the name of the page is written.
    [(PROGRAM, 0.1), (PROGRAM, 0.3), (PROGRAM, 0.6), (AT_THE_LAST_STEP, 0.0)],
)
def test_one_line_and_the_code(tmp_path, program, seconds):
    (tmp_path / "a.html").write_text("old")
    command = ["report", "--detector", "yolov5", "-o", "a.html"]
    code, err = interrupt(tmp_path, program, seconds, *command)
    assert code == 130
    lines = err.replace("\r", "\n").splitlines()
    assert lines[-1] in ("skanchors: interrupted", "skanchors report: interrupted")
    assert "Traceback" not in err
    assert os.listdir(tmp_path) == ["a.html"]
    assert (tmp_path / "a.html").read_text() == "old"


def test_an_interruption_that_comes_through_exec(tmp_path):
    """Python then exits by the signal, whatever the code is."""
    program = (
        "import signal, sys, skanchors.cli as cli\n"
        "def run(args):\n"
        "    exec('raise KeyboardInterrupt', {})\n"
        "import skanchors.__main__ as main\n"
        "from argparse import Namespace\n"
        "main.parse_arguments = lambda: Namespace(command='fit', run=run)\n"
        "sys.exit(main.program())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stderr == "\nskanchors fit: interrupted\n"
    assert done.returncode == 130
