"""What a real terminal shows: progress, an interruption, and whole words."""

import json
import os
import re
import select
import signal
import struct
import sys
import time

import numpy as np
import pytest

pty = pytest.importorskip("pty")
fcntl = pytest.importorskip("fcntl")
termios = pytest.importorskip("termios")

WITHOUT_RICH = """
import sys
from importlib import util
found = util.find_spec
util.find_spec = lambda name, *rest: None if name == "rich" else found(name, *rest)
"""
PROGRAM = """
import sys
from skanchors.__main__ import program
sys.exit(program())
"""


# Several in turn, each followed by its code.
COMMANDS = """
import json, sys
from skanchors.cli import main
for words in json.loads(sys.argv[1]):
    try:
        code = main(words)
    except SystemExit as error:
        code = error.code
    print(f"@{code}@")
"""


def on_terminal(
    folder, *words, width=80, interrupt_at=None, rich=True, program=PROGRAM
):
    """Run the command on a terminal of its own.

    Returns
    -------
    (int, str)
        The code, and all that the terminal got.
    """
    code = ("" if rich else WITHOUT_RICH) + program
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    environment.pop("COLUMNS", None)
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(folder)
        time.sleep(0.1)  # until the terminal has its width
        os.execve(sys.executable, [sys.executable, "-c", code, *words], environment)
    size = struct.pack("HHHH", 40, width, 0, 0)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, size)
    out, waiting, end = b"", interrupt_at, time.monotonic() + 240
    while time.monotonic() < end:
        if not select.select([terminal], [], [], 0.2)[0]:
            continue
        try:
            part = os.read(terminal, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        out += part
        if waiting is not None and waiting.encode() in out:
            waiting = None
            os.write(terminal, b"\x03")
    else:
        os.kill(process, signal.SIGKILL)
    status = os.waitpid(process, 0)[1]
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), out.decode("utf-8", "replace")


def lines_of(text):
    """Lines as they are in the end, without what moves the cursor."""
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)
    return [part for line in plain.splitlines() for part in line.split("\r")]


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """Boxes whose numbers of anchors take long to choose among."""
    folder = tmp_path_factory.mktemp("many") / "labels"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for i in range(200):
        sides = rng.lognormal(-2, 0.8, size=(60, 2)).clip(0.01, 0.99)
        lines = [f"0 0.5 0.5 {w:.4f} {h:.4f}" for w, h in sides]
        (folder / f"{i}.txt").write_text("\n".join(lines))
    return folder


@pytest.mark.parametrize("rich", [True, False])
def test_choosing_shows_how_far_it_is_and_ends_in_one_line(many, rich):
    if rich:
        pytest.importorskip("rich")
    words = ("select", str(many), "-k", "2:40", "--scaling", "stretch")
    code, text = on_terminal(many, *words, interrupt_at="Choosing k", rich=rich)
    assert code == 130
    assert "Traceback" not in text
    last = [line for line in lines_of(text) if line.strip("^C ")]
    assert last[-1] == "skanchors select: interrupted"


@pytest.mark.parametrize("rich", [True, False])
def test_a_proof_shows_how_far_it_is_and_ends_in_one_line(many, rich):
    words = ("fit", str(many), "-k", "12", "--certify", "--max-time", "600")
    code, text = on_terminal(many, *words, interrupt_at="Proving: ", rich=rich)
    assert code == 130
    assert "no set can be more than 0." in text
    assert lines_of(text)[-1] == "skanchors fit: interrupted"


SAID = [
    ("fit nowhere/at/all", 1, "does not exist"),
    ("fit --detector yolov8", 2, "has no anchors"),
    ("fit --format yolov5 --input-size 640", 0, "use letterbox"),
    ("cost -k 9 --classes 80 --input-size 416", 0, "10,647"),
    ("evaluate --preset yolov3 --compare-with yolov2", 0, "yolov2"),
]


@pytest.mark.parametrize("width", [60, 80])
def test_nothing_is_broken_within_a_word(tmp_path, width):
    words = json.dumps([command.split() for command, *_ in SAID])
    code, text = on_terminal(tmp_path, words, width=width, program=COMMANDS)
    assert code == 0
    *parts, rest = re.split(r"@(\d)@\s*", text)
    assert rest == "" and len(parts) == 2 * len(SAID)
    for (_, expected, said), part, found in zip(
        SAID, parts[::2], parts[1::2], strict=True
    ):
        assert int(found) == expected
        assert said in " ".join(lines_of(part))
        # A name of a file may be longer than any line; nothing else is.
        assert all(len(line) <= width or " " not in line for line in lines_of(part))
