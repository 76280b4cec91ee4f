import importlib.util
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
spec = importlib.util.spec_from_file_location("fuzz_headers", HERE / "fuzz_headers.py")
fuzz_headers = importlib.util.module_from_spec(spec)
spec.loader.exec_module(fuzz_headers)


@pytest.mark.parametrize("seed", fuzz_headers.seeds())
def test_seeds_have_a_size_and_all_beginnings_are_harmless(seed):
    assert fuzz_headers.header_size(io.BytesIO(seed)) in ((640, 480), (480, 640))
    for n in range(len(seed)):
        fuzz_headers.check(seed[:n])


def test_short_run():
    fuzz_headers.changing.run(
        fuzz_headers.check, fuzz_headers.seeds, fuzz_headers.PIECES, most=20_000, seed=0
    )


def test_a_slow_header_fails(monkeypatch):
    monkeypatch.setattr(fuzz_headers, "SECONDS", -1e9)
    with pytest.raises(AssertionError, match=r"\d s"):
        fuzz_headers.check(b"GIF89a")


def test_short_run_of_atheris(tmp_path):
    pytest.importorskip("atheris")
    command = [sys.executable, str(HERE / "fuzz_headers.py"), "--atheris"]
    command += ["-max_total_time=5", f"-artifact_prefix={tmp_path}/"]
    done = subprocess.run(
        [*command, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.returncode == 0, done.stderr[-3000:]
