"""A process of its own for each tool, so that one which hangs or dies stops nothing but itself."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import sys
import time
import warnings
from dataclasses import dataclass
from multiprocessing.connection import Connection

import numpy as np
from cases import Pixels
from peers import PEERS
from scoring import Answer

ONE_THREAD = ("OMP", "OPENBLAS", "MKL", "RAYON", "NUMEXPR", "VECLIB")
"""Libraries that are told to use one thread."""

_START_LIMIT = 120.0


@dataclass(frozen=True)
class Reply:
    """One answer, or why there is none.

    Attributes
    ----------
    answer : Answer or None
        None after an error or an overrun.
    cpu : float
        Seconds of CPU time that the call took, all threads together; the limit after an overrun.
    error : str
        Empty where all went well.
    is_over : bool
        The tool took longer than the limit and was stopped.
    """

    answer: Answer | None
    cpu: float
    error: str = ""
    is_over: bool = False


class Worker:
    """A tool in a process of its own, which is started when it is first asked, and anew after an overrun."""

    def __init__(self, tool: str) -> None:
        self._tool = tool
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None

    def ask(self, image: Pixels, limit: float) -> Reply:
        """Run the tool on one picture for at most ``limit`` seconds of wall clock time."""
        try:
            pipe = self._start()
            pipe.send(image)
            if pipe.poll(limit):
                reply: Reply = pipe.recv()
                return reply
            self.stop()
            return Reply(None, limit, is_over=True)
        except (EOFError, OSError) as error:
            self.stop()
            return Reply(None, 0.0, f"the process died: {error!r}")

    def stop(self) -> None:
        """End the process; the next question starts a new one."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
        if self._pipe is not None:
            self._pipe.close()
        self._process = self._pipe = None

    def _start(self) -> Connection:
        if self._pipe is not None:
            return self._pipe
        for library in ONE_THREAD:
            os.environ.setdefault(f"{library}_NUM_THREADS", "1")
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(self._tool, theirs), daemon=True)
        self._process.start()
        theirs.close()
        if not self._pipe.poll(_START_LIMIT):
            raise OSError("it did not start")
        self._pipe.recv()
        return self._pipe


def _serve(name: str, pipe: Connection) -> None:
    """Answer pictures until the other side closes; what the tool prints goes nowhere."""
    silence = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
        os.dup2(silence, stream.fileno())
    warnings.simplefilter("ignore")
    tool = PEERS[name].tool
    board = (np.indices((12, 12)).sum(0) % 2 * 255).astype(np.uint8).repeat(8, 0).repeat(8, 1)
    with contextlib.suppress(Exception):  # the first call pays for imports; it is not counted
        tool(np.dstack([board] * 3))
    pipe.send("ready")
    while True:
        try:
            image = pipe.recv()
        except EOFError:
            return
        start = time.process_time()
        try:
            answer, error = tool(image), ""
        except Exception as problem:
            answer, error = None, f"{type(problem).__name__}: {problem}"[:200]
        pipe.send(Reply(answer, time.process_time() - start, error))
