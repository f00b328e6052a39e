"""Work out the memory of trainings in a process of its own: torch takes seconds to load, and much memory while it is.

The process answers a line of JSON for each that it reads, and ends with its server, whose end closes the pipe, or
when nobody has asked for a while.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from threading import Condition, Thread
from typing import Any

from unipixel.errors import UniPixelError

IDLE_SECONDS = 60.0
"""Without a question until the process ends."""
MOST_KEPT = 64
"""Answers that are remembered."""


class Planner:
    """Answers at once, if only that it is not known yet; of several questions meanwhile the last one counts.

    Parameters
    ----------
    root : Path
        The workspace.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._known: dict[str, dict[str, Any]] = {}
        self._wanted: str | None = None
        self._is_working = False
        self._changed = Condition()

    def ask(self, base: str, overrides: Mapping[str, Any]) -> list[str] | None:
        """Lines of :func:`unipixel.stages.planning.plan_memory`; None while they are being worked out.

        Raises
        ------
        UniPixelError
            What that raised.
        """
        question = json.dumps({"root": str(self._root.resolve()), "base": base, "set": dict(overrides)}, sort_keys=True)
        with self._changed:
            if question not in self._known:
                self._wanted = question
                self._changed.notify()
                if not self._is_working:
                    self._is_working = True
                    Thread(target=self._work, daemon=True).start()
                return None
            answer = self._known[question]
            if "error" in answer:
                del self._known[question]  # it may be mended by the next time
                raise UniPixelError(answer["error"])
            return list(answer["lines"])

    def _work(self) -> None:
        """Answer questions until none has come for a while."""
        command = [sys.executable, "-m", "unipixel.web.runs.planner"]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            bufsize=0,  # nothing is left to be written where it has ended
            start_new_session=True,  # Ctrl-C in the server's terminal is not for it: the end of the pipe is
        ) as process:  # fmt: skip
            while (question := self._next()) is not None:
                answer = _talk(process, question)
                with self._changed:
                    self._known[question] = answer
                    while len(self._known) > MOST_KEPT:
                        del self._known[next(iter(self._known))]
                    if process.poll() is not None:
                        self._is_working = False
                        return

    def _next(self) -> str | None:
        """The question that was asked last; None where none has come for a while, and the process is to end."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._wanted is not None, IDLE_SECONDS):
                self._is_working = False
            question, self._wanted = self._wanted, None
            return question


def _talk(process: subprocess.Popen[bytes], question: str) -> dict[str, Any]:
    """Ask the process, and wait for what it says."""
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(question.encode() + b"\n")
        said: dict[str, Any] = json.loads(process.stdout.readline())
    except (OSError, ValueError):
        return {"error": "the memory could not be worked out: its process ended."}
    return said


def answer(question: Mapping[str, Any]) -> dict[str, Any]:
    """What the process says: ``lines``, or ``error``."""
    from unipixel.stages.planning import plan_memory
    from unipixel.stages.workspace import Workspace

    try:
        workspace = Workspace.open(Path(question["root"]))
        return {"lines": plan_memory(workspace, base=question["base"], overrides=question["set"])}
    except UniPixelError as error:
        return {"error": str(error)}


if __name__ == "__main__":
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(json.loads(line))) + "\n")
        sys.stdout.flush()
