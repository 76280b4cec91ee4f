"""Ctrl-C ends the program at any moment: one line, code 130, nothing half-written."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
PROGRAM = """
import sys
from skanchors.__main__ import program
print("ready", flush=True)
sys.exit(program())
"""


def interrupt(folder, seconds, *words):
    """Start a command in a folder, interrupt it after some seconds.

    Returns
    -------
    (int, str, str)
        The code, standard output and standard error.
    """
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout.readline() == "ready\n"
    time.sleep(seconds)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    with pytest.raises(ProcessLookupError):  # no worker is left
        os.killpg(process.pid, 0)
    return process.returncode, out, err


@pytest.fixture(scope="module")
def many_boxes(tmp_path_factory):
    """A COCO file of so many boxes that a proof takes minutes."""
    rng = np.random.default_rng(0)
    images = [{"id": i, "width": 640, "height": 480} for i in range(300)]
    sizes = np.minimum(rng.lognormal(4, 0.7, (20_000, 2)), 470).tolist()
    annotations = [
        {"id": i, "image_id": i % 300, "category_id": 1, "bbox": [1, 1, *size]}
        for i, size in enumerate(sizes)
    ]
    path = tmp_path_factory.mktemp("data") / "many.json"
    categories = [{"id": 1, "name": "box"}]
    path.write_text(
        json.dumps(
            {"images": images, "annotations": annotations, "categories": categories}
        )
    )
    return str(path)


@pytest.mark.parametrize("seconds", [0.1, 0.5, 1.0, 6.0])
def test_one_line_and_the_code(tmp_path, many_boxes, seconds):
    (tmp_path / "a.html").write_text("old")
    # 0.1 to 1 s is amid the loading of modules.
    command = ["report", many_boxes, "--detector", "yolov5"]
    command += ["--certify", "--max-time", "600", "-o", "a.html"]
    code, out, err = interrupt(tmp_path, seconds, *command)
    assert (code, out) == (130, "")
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
