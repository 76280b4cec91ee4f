import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from skanchors.annotations.formats._table import BUILT_IN

HERE = Path(__file__).parent
spec = importlib.util.spec_from_file_location("fuzz_readers", HERE / "fuzz_readers.py")
fuzz_readers = importlib.util.module_from_spec(spec)
spec.loader.exec_module(fuzz_readers)

SEEDS = sorted((HERE / "corpus").iterdir())


@pytest.mark.parametrize("seed", SEEDS, ids=lambda path: path.name)
def test_seed(seed):
    fuzz_readers.check(seed.read_bytes())


def test_every_format_is_fuzzed():
    kinds = {fuzz_readers.KINDS[seed.read_bytes()[:1]] for seed in SEEDS}
    assert kinds == set(fuzz_readers.KINDS.values()) == BUILT_IN


def test_a_slow_reader_fails(monkeypatch):
    monkeypatch.setattr(fuzz_readers, "SECONDS", -1e9)
    with pytest.raises(AssertionError, match="slow: "):
        fuzz_readers.check(SEEDS[0].read_bytes())


def test_cut_and_spliced_seeds():
    """A poor man's fuzzer, for where atheris is absent."""
    contents = [seed.read_bytes() for seed in SEEDS]
    for one in contents:
        for cut in range(1, len(one), 7):
            fuzz_readers.check(one[:cut])
            fuzz_readers.check(one[: cut // 2 + 1] + one[cut:])


def test_short_run_of_atheris(tmp_path):
    pytest.importorskip("atheris")
    command = [sys.executable, str(HERE / "fuzz_readers.py"), "-max_total_time=10"]
    command += [f"-dict={HERE / 'readers.dict'}", f"-artifact_prefix={tmp_path}/"]
    done = subprocess.run(
        [*command, str(tmp_path), str(HERE / "corpus")],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-3000:]
