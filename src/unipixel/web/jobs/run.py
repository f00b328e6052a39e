"""The process of one job: ``python -m unipixel.web.jobs.run FOLDER`` runs its verb, and stops it when that is asked."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from unipixel.files import write_atomic
from unipixel.progress import PROGRESS_FILE
from unipixel.stages.lock import hold
from unipixel.web.jobs.jobs import END, INTERRUPT, JOB, LOG, OWN_GROUP, PROGRESS, STOP

LOOK_SECONDS = 0.1
"""Between two looks at whether the verb has ended or is to be stopped."""


def run(folder: Path) -> int:
    """Run the verb of a job's folder in the workspace that is the current folder; returns its exit code."""
    # a server in a shell's background ignores Ctrl-C, and what it starts would too
    signal.signal(signal.SIGINT, signal.default_int_handler)
    words = json.loads((folder / JOB).read_text("utf-8"))["words"]
    with hold(folder), open(folder / LOG, "wb") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "unipixel", *words],
            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            env={**os.environ, PROGRESS_FILE: str(folder / PROGRESS)}, creationflags=OWN_GROUP,
        )  # fmt: skip
        is_stopped = False
        while child.poll() is None:
            if not is_stopped and (folder / STOP).exists():
                is_stopped = True
                child.send_signal(INTERRUPT)
            time.sleep(LOOK_SECONDS)
        write_atomic(folder / END, json.dumps({"code": child.returncode, "ended": time.time()}))
    return child.returncode


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1])))
