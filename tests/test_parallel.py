"""Many items on all cores: the same results in the same order, few of them ahead."""

import math
import operator
import os
import subprocess
import sys
import time
from itertools import count, islice

import pytest

from unipixel.errors import WorkerLost
from unipixel.parallel import AHEAD, in_order


@pytest.mark.parametrize("workers", [1, 2])
def test_results_are_in_the_order_of_the_items(workers):
    assert list(in_order(operator.neg, range(20), workers=workers)) == [-number for number in range(20)]


@pytest.mark.parametrize("workers", [1, 2])
def test_nothing_to_do_is_done(workers):
    assert list(in_order(operator.neg, [], workers=workers)) == []


def test_items_are_taken_as_they_are_needed():
    taken = count()

    assert list(islice(in_order(operator.neg, taken, workers=2), 3)) == [0, -1, -2]
    assert next(taken) <= 2 * AHEAD + 3 + 1


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_comes_through(workers):
    with pytest.raises(ValueError, match="math domain"):
        list(in_order(math.sqrt, [4, -1, 9], workers=workers))


def test_a_worker_that_is_killed_is_named():
    with pytest.raises(WorkerLost, match="memory"):
        list(in_order(os._exit, [1, 1], workers=2))


def test_workers_end_with_a_parent_that_is_killed(tmp_path):
    beat = tmp_path / "beat"
    code = (
        "import time\n"
        "from unipixel.parallel import in_order\n"
        "if __name__ == '__main__':\n"
        "    results = in_order(time.sleep, [0.01] * 2 + [30.0] * 4, workers=2)\n"
        "    next(results)\n"
        "    import multiprocessing\n"
        f"    open({str(beat)!r}, 'w').write(' '.join(str(child.pid) for child in multiprocessing.active_children()))\n"
        "    next(results), next(results)\n"
    )
    (tmp_path / "parent.py").write_text(code)
    parent = subprocess.Popen([sys.executable, str(tmp_path / "parent.py")], stderr=subprocess.DEVNULL)
    workers = _within(20, lambda: beat.exists() and beat.read_text().split())
    parent.kill()
    parent.wait()

    assert len(workers) == 2
    assert _within(20, lambda: not any(_is_alive(int(worker)) for worker in workers))


def _within(seconds, answer):
    """What comes to be true, or what there is when the time is up."""
    end = time.monotonic() + seconds
    while not (found := answer()) and time.monotonic() < end:
        time.sleep(0.05)
    return found


def _is_alive(process):
    try:
        os.kill(process, 0)
    except OSError:
        return False
    return True
