"""Does Ctrl-C at any moment leave nothing half-written, and no process behind?

``python benchmarks/interruptions.py [--moments 20] [--only fit]`` runs each command
once to its end, then interrupts it at random moments of that time. Each must end with
code 130 and one line (or, if it was faster, with 0), without a temporary file or a
worker left, and with what it writes either as it was or whole.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from skanchors.datasets import make_voc_annotations
from skanchors.export import default_anchors

PROGRAM = (
    "import sys; from skanchors.__main__ import program\n"
    "print('ready', flush=True); sys.exit(program())"
)
# `data` is a folder of annotations, `out.*` is what is written.
COMMANDS = {
    "fit": "fit data -k 9 --plot out.png",
    "read": "fit data data -k 2 --n-jobs 2",
    "certify": "fit data -k 3 --certify --max-time 20",
    "select": "select data -k 2:5 --plot out.svg",
    "report": "report data --detector yolov5 -o out.html",
    "convert": "convert --to yolov5 anchors.json",
}


def start(words: list[str], folder: Path) -> subprocess.Popen:
    """A command as a process of a session of its own, whose program has begun."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *words],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    return process


def faults(process: subprocess.Popen, err: str, folder: Path) -> list[str]:
    """What is not as it should be after an interruption."""
    found = []
    lines = [line for line in err.replace("\r", "\n").splitlines() if line.strip()]
    told = lines[-1:] and lines[-1].endswith(": interrupted")
    if process.returncode not in (0, 130):
        found.append(f"code {process.returncode}")
    if process.returncode == 130 and (not told or "Traceback" in err):
        found.append(f"says {err[-200:]!r}")
    try:
        os.killpg(process.pid, 0)
        found.append("a process is left")
    except ProcessLookupError:
        pass
    for path in folder.iterdir():
        if path.name in ("data", "anchors.json"):
            continue
        if not path.name.startswith("out."):
            found.append(f"{path.name} is left")
        # Whole ones have their end; that of a PNG is a checksum.
        elif (
            not path.read_bytes()
            .rstrip()
            .endswith((b"old", b"</html>", b"</svg>", b"IEND\xaeB`\x82"))
        ):
            found.append(f"{path.name} is half-written")
    return found


def main() -> None:
    """Print a row for each command."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--moments", type=int, default=20)
    parser.add_argument("--only", choices=COMMANDS)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_voc_annotations(folder / "data", 300, random_state=0)
        default_anchors("yolov3").save(folder / "anchors.json")
        for name, text in COMMANDS.items():
            if args.only not in (None, name):
                continue
            words = text.split()
            begin = time.monotonic()
            process = start(words, folder)
            _, err = process.communicate()
            seconds = time.monotonic() - begin
            assert process.returncode == 0, err
            interrupted, wrong = 0, []
            for _ in range(args.moments):
                for path in folder.glob("out.*"):
                    path.write_text("old")
                process = start(words, folder)
                time.sleep(rng.uniform(0, seconds))
                os.killpg(process.pid, signal.SIGINT)
                _, err = process.communicate(timeout=120)
                interrupted += process.returncode == 130
                wrong += faults(process, err, folder)
            print(
                f"{name:8s} {seconds:5.1f} s: {interrupted} of {args.moments} "
                f"interrupted, faults: {wrong or 'none'}",
                flush=True,
            )


if __name__ == "__main__":
    main()
