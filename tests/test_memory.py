"""Memory that is freed and asked for again is not handed back to the system."""

import os
import platform
import subprocess
import sys

import pytest

CODE = """
import resource
import numpy as np
from skanchors import IoUKMeans

X = np.exp(np.random.RandomState(0).normal(4, 1, size=(900, 2)))
IoUKMeans(3, random_state=0).fit(X)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
IoUKMeans(3, random_state=0).fit(X)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc is told to")
def test_a_second_fit_gets_few_new_pages():
    # In a process of its own, as what was freed before matters; 24 000 otherwise.
    env = {key: value for key, value in os.environ.items() if "MALLOC" not in key}
    done = subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, env=env
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 3000
