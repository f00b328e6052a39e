"""The same function for many items on all cores, with results in the order of the items."""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from unipixel.errors import WorkerLost

if TYPE_CHECKING:
    from concurrent.futures import Future

Item = TypeVar("Item")
Result = TypeVar("Result")

AHEAD = 4
"""Items for each worker that are handed out before the first result is taken: few, so that memory stays flat."""


def in_order(
    function: Callable[[Item], Result], items: Iterable[Item], *, workers: int | None = None
) -> Iterator[Result]:
    """Call a function with each item, in worker processes, and give the results in the order of the items.

    Parameters
    ----------
    function : callable
        Must be picklable, and give the same whichever process it runs in.
    items : iterable
        Picklable; taken as they are needed.
    workers : int, optional
        Processes; default: one for each core. With 1 nothing is started.

    Raises
    ------
    WorkerLost
        A worker was killed from outside, such as by a system that is short of memory.
    """
    count = workers or os.cpu_count() or 1
    if count < 2:
        yield from map(function, items)
        return
    # a tenth of a second to load, which converting one picture need not wait for
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    left = iter(items)
    pool = ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_follow_the_parent)
    try:
        waiting: deque[Future[Result]] = deque(pool.submit(function, item) for item in islice(left, AHEAD * count))
        while waiting:
            result = waiting.popleft().result()
            waiting.extend(pool.submit(function, item) for item in islice(left, 1))
            yield result
    except BrokenProcessPool:
        raise WorkerLost(
            "a worker process was stopped from outside, perhaps for want of memory. "
            "Close other programs, or use fewer workers, and run the same command again."
        ) from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _follow_the_parent() -> None:
    """Leave Ctrl-C to the parent, and end with it: a worker whose parent was killed would else wait for ever."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_parent, daemon=True).start()


def _end_with_the_parent() -> None:
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
