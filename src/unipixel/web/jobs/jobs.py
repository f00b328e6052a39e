"""Start, list and stop jobs: verbs of the command line that work on the workspace, each with a folder of its own.

::

    jobs/0007-train/
        job.json        verb, words and time of its start
        log.txt         what the verb said
        progress.json   the latest sign of life
        stop            is there once somebody asked for the end
        end.json        exit code and time of its end
        .lock           held for as long as its process lives, whoever started it

Nothing but these files is known of a job, so that a server that is started anew knows as much as the one before.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Thread
from typing import Any, Literal

from unipixel.errors import WorkspaceError
from unipixel.files import write_atomic
from unipixel.stages.lock import is_held

FOLDER = "jobs"
JOB, LOG, PROGRESS, STOP, END = "job.json", "log.txt", "progress.json", "stop", "end.json"

if sys.platform == "win32":  # a process that is to be interrupted alone needs a group of its own there
    INTERRUPT, OWN_GROUP = signal.CTRL_BREAK_EVENT, subprocess.CREATE_NEW_PROCESS_GROUP
else:
    INTERRUPT, OWN_GROUP = signal.SIGINT, 0

State = Literal["running", "stopping", "done", "failed", "stopped", "lost"]
"""``lost``: its process was killed before it could say how it ended."""


@dataclass(frozen=True)
class Job:
    """A verb that runs, or ran."""

    folder: Path
    verb: str
    words: tuple[str, ...]
    """The command without ``unipixel``, as a shell would take it from within the workspace."""
    started: float
    """Seconds since 1970."""
    state: State
    ended: float | None
    progress: dict[str, Any] | None
    """``stage``, ``done``, ``total``, ``note``, and ``left``: seconds that may be left, or None."""

    @property
    def id(self) -> str:
        """Name of the folder."""
        return self.folder.name

    @property
    def is_running(self) -> bool:
        """Whether its process lives."""
        return self.state in ("running", "stopping")

    def log(self, most: int = 64 << 10) -> str:
        """The last bytes of what it said; empty before it said anything."""
        try:
            with open(self.folder / LOG, "rb") as file:
                file.seek(max(0, os.fstat(file.fileno()).st_size - most))
                return file.read().decode("utf-8", "replace")
        except FileNotFoundError:
            return ""


class Jobs:
    """The jobs of a workspace.

    Parameters
    ----------
    root : Path
        The workspace.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._own: dict[str, subprocess.Popen[bytes]] = {}
        self._lock = Lock()

    def start(self, verb: str, words: Sequence[str]) -> Job:
        """Start a verb on the workspace.

        Parameters
        ----------
        verb : str
        words : sequence of str
            What follows the verb and the workspace.
        """
        with self._lock:
            folder = self._folder(verb)
            write_atomic(folder / JOB, json.dumps({"verb": verb, "words": [verb, ".", *words], "started": time.time()}))
            command = [sys.executable, "-m", "unipixel.web.jobs.run", str(folder.resolve())]
            process = subprocess.Popen(
                command, cwd=self._root, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                start_new_session=True, creationflags=OWN_GROUP,  # Ctrl-C in the server's terminal is not for it
            )  # fmt: skip
            self._own[folder.name] = process
            Thread(target=process.wait, daemon=True).start()  # so that the system can forget it when it ends
        return self.get(folder.name)

    def again(self, id: str) -> Job:
        """Start a job anew with the same words; what its verb has finished is not done again.

        Raises
        ------
        WorkspaceError
            There is none, or it still runs.
        """
        job = self.get(id)
        if job.is_running:
            raise WorkspaceError(f"the job {id} still runs. Wait until it has ended.")
        return self.start(job.verb, job.words[2:])

    def list(self) -> list[Job]:
        """All jobs, the newest first."""
        folders = sorted((self._root / FOLDER).glob("[0-9]*-*"), key=_number, reverse=True)
        return [self._read(folder) for folder in folders if (folder / JOB).is_file()]

    def get(self, id: str) -> Job:
        """One job.

        Raises
        ------
        WorkspaceError
            There is none.
        """
        folder = self._root / FOLDER / id
        if not re.fullmatch(r"\d+-[a-z]+", id) or not (folder / JOB).is_file():
            raise WorkspaceError(f"there is no job {id[:40]!r}.")
        return self._read(folder)

    def stop(self, id: str) -> Job:
        """Ask a job to end in order, as Ctrl-C does: a training writes its state and can go on later."""
        job = self.get(id)
        if job.state == "running":
            write_atomic(job.folder / STOP, "")
        return self.get(id)

    def _folder(self, verb: str) -> Path:
        """A new folder; another server of the same workspace may take numbers meanwhile."""
        number = max((_number(folder) for folder in (self._root / FOLDER).glob("[0-9]*-*")), default=0)
        while True:
            number += 1
            try:
                folder = self._root / FOLDER / f"{number:04d}-{verb}"
                folder.mkdir(parents=True)
                return folder
            except FileExistsError:
                continue

    def _read(self, folder: Path) -> Job:
        about, end = _json(folder / JOB) or {}, _json(folder / END)
        return Job(
            folder,
            about["verb"],
            tuple(about["words"]),
            about["started"],
            self._state(folder, end),
            end["ended"] if end else None,
            _json(folder / PROGRESS),
        )

    def _state(self, folder: Path, end: dict[str, Any] | None) -> State:
        is_stopped = (folder / STOP).exists()
        if end is not None:
            return "done" if end["code"] == 0 else "stopped" if is_stopped else "failed"
        own = self._own.get(folder.name)
        if (own is not None and own.poll() is None) or is_held(folder):
            return "stopping" if is_stopped else "running"
        end = _json(folder / END)  # it may have ended between two looks
        return self._state(folder, end) if end is not None else "lost"


def _number(folder: Path) -> int:
    return int(folder.name.split("-")[0])


def _json(path: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    return found
