from __future__ import annotations

import platform
import subprocess
import sys

import pytest

_TWICE = """
import resource, sys
import numpy as np
from unipixel.diffusion.heap import keep_freed_memory

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    np.ones(100 << 20, np.uint8)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

if sys.argv[1] == "kept":
    assert keep_freed_memory()
faults()
print(faults())
"""


def _second_time(how: str) -> int:
    """Pages that a second array of 100 MB asks the system for, once a first one was freed."""
    done = subprocess.run([sys.executable, "-c", _TWICE, how], capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the thresholds are glibc's")
def test_an_array_takes_the_pages_of_the_one_before() -> None:
    given_back, kept = _second_time("given back"), _second_time("kept")

    assert kept < given_back / 10
