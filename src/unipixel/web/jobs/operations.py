"""Jobs, as operations of the API."""

from __future__ import annotations

from typing import Any

from unipixel.errors import OptionError
from unipixel.web.jobs.jobs import Job
from unipixel.web.jobs.verbs import VERBS, verb_schema, write_words
from unipixel.web.operation import Asked, Operation
from unipixel.web.schema import NUMBER, list_of, obj, or_null, text

JOB = obj(
    {
        "id": text("Name of the job's folder."),
        "verb": text("Of the command line."),
        "command": list_of(text("A word."), "The command, as it would be typed within the workspace."),
        "state": text(
            "lost: its process was killed.", enum=["running", "stopping", "done", "failed", "stopped", "lost"]
        ),
        "started": {"type": "number", "description": "Seconds since 1970."},
        "ended": or_null(NUMBER),
        "progress": or_null(
            {"type": "object", "description": "stage, done, total, note, and left: seconds, or null where not known."}
        ),
        "last": text("The last line of what it said."),
    }
)
START = obj(
    {"verb": text("What to do.", enum=list(VERBS))},
    options={"type": "object", "description": "By verb; see x-verbs.", "x-verbs": verb_schema()},
)
LOG = obj({"text": text("The last 64 KiB of what the job said.")})


def show_job(job: Job) -> dict[str, Any]:
    """A job as JSON types."""
    lines = [line for line in job.log(4096).splitlines() if line.strip()]
    return {
        "id": job.id,
        "verb": job.verb,
        "command": ["unipixel", *job.words],
        "state": job.state,
        "started": job.started,
        "ended": job.ended,
        "progress": job.progress,
        "last": lines[-1].strip() if lines else "",
    }


def _start(asked: Asked) -> Any:
    verb, options = asked.text("verb"), asked.body.get("options", {})
    if not isinstance(options, dict):
        raise OptionError("options must be an object with a value for each option.")
    return show_job(asked.studio.jobs.start(verb, write_words(asked.studio, verb, options)))


OPERATIONS = (
    Operation(
        "listJobs", "GET", "/api/jobs", "Verbs that run on the workspace and those that ended, the newest first.",
        lambda asked: [show_job(job) for job in asked.studio.jobs.list()], list_of(JOB),
    ),
    Operation(
        "startJob", "POST", "/api/jobs",
        "Start a verb on the workspace, in a process of its own that outlives page and server.",
        _start, JOB, START,
    ),
    Operation(
        "showJob", "GET", "/api/jobs/{id}", "One job.",
        lambda asked: show_job(asked.studio.jobs.get(asked.word("id"))), JOB,
    ),
    Operation(
        "readLog", "GET", "/api/jobs/{id}/log", "What a job said.",
        lambda asked: {"text": asked.studio.jobs.get(asked.word("id")).log()}, LOG,
    ),
    Operation(
        "stopJob", "POST", "/api/jobs/{id}/stop",
        "Ask a job to end in order; a training writes its state and goes on when it is started again.",
        lambda asked: show_job(asked.studio.jobs.stop(asked.word("id"))), JOB, obj({}),
    ),
)  # fmt: skip
"""Of jobs."""
