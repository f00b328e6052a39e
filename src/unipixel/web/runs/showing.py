"""A run as the page shows it: how far it is by its files, and what its latest job says of it."""

from __future__ import annotations

import shlex
from typing import Any

from unipixel.errors import WorkspaceError
from unipixel.stages.runs import Standing, known_run, list_runs, losses, previews, recipe_of, stand
from unipixel.web.jobs.jobs import Job
from unipixel.web.jobs.operations import show_job
from unipixel.web.runs.form import show_values
from unipixel.web.studio import Studio


def train_jobs(studio: Studio) -> dict[str, Job]:
    """The latest job of verb ``train`` of each run, by the run's name."""
    unnamed = studio.workspace.run().name
    found: dict[str, Job] = {}
    for job in studio.jobs.list():
        if job.verb == "train":
            names = [word.removeprefix("--run=") for word in job.words if word.startswith("--run=")]
            found.setdefault(names[-1] if names else unnamed, job)
    return found


def show_runs(studio: Studio) -> list[dict[str, Any]]:
    """All runs, and those that a job is about to begin or failed to."""
    jobs, known = train_jobs(studio), list_runs(studio.workspace)
    names = {run.name for run in known}
    latest = next(iter(jobs), None)
    rows = [show_standing(stand(run), jobs.get(run.name)) for run in known]
    rows += [
        _not_begun(name, job) for name, job in jobs.items() if name not in names and (job.is_running or name == latest)
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row["job"] or {}).get("started", 0.0), reverse=True)


def show_run(studio: Studio, name: str) -> dict[str, Any]:
    """One run with its checkpoints and previews.

    Raises
    ------
    WorkspaceError
        There is none, and no job that is about to begin it.
    """
    job = train_jobs(studio).get(name)
    try:
        run = known_run(studio.workspace, name)
    except WorkspaceError:
        if job is None:
            raise
        return _not_begun(name, job) | {"looks": [], "previews": [], "values": []}
    standing = stand(run)
    return show_standing(standing, job) | {
        "looks": [{**look, "kept": look["step"] in standing.kept} for look in standing.looks],
        "previews": previews(run),
        "values": show_values(recipe_of(run)),
    }


def show_losses(studio: Studio, name: str, first: str) -> dict[str, Any]:
    """Losses behind a step; none of a run that is not begun yet."""
    if name not in [run.name for run in list_runs(studio.workspace)]:
        return {"done": 0, "losses": [], "rates": []}
    return losses(known_run(studio.workspace, name), int(first) if first.isdecimal() else 0)


def show_standing(standing: Standing, job: Job | None) -> dict[str, Any]:
    """A run in a few facts."""
    return {
        "name": standing.run.name,
        "state": standing.state,
        "step": standing.step,
        "steps": standing.steps,
        "saved": standing.saved,
        "best": standing.best,
        "usable": standing.usable,
        "base": (standing.run.facts().get("base") or {}).get("name", ""),
        "sentence": _sentence(standing, job),
        "problem": _problem(job),
        "job": None if job is None else show_job(job),
        "command": "" if job is None else write_command(job),
    }


def write_command(job: Job) -> str:
    """The line for a shell that does what a job does, within the workspace."""
    return shlex.join(["unipixel", *job.words])


def _not_begun(name: str, job: Job) -> dict[str, Any]:
    nothing = {"step": 0, "steps": 0, "saved": 0, "best": None, "usable": None, "base": ""}
    return {
        "name": name,
        "state": "training" if job.is_running else "begun",
        **nothing,
        "sentence": "The base model is being loaded." if job.is_running else "It did not begin.",
        "problem": _problem(job),
        "job": show_job(job),
        "command": write_command(job),
    }


def _sentence(standing: Standing, job: Job | None) -> str:
    is_elsewhere = standing.state == "training" and (job is None or not job.is_running)
    return ("A command in a shell trains it. " if is_elsewhere else "") + standing.in_words()


def _problem(job: Job | None) -> str:
    """Why the latest job of a run ended before its time; empty where it did not."""
    if job is None or job.state not in ("failed", "lost"):
        return ""
    if job.state == "lost":
        return "Its process was killed: by the system, for want of memory, or by somebody. What was saved is whole."
    log = job.log(8192).strip()
    at = log.rfind("Error: ")
    return log[at + len("Error: ") :] if at >= 0 else log[-1000:]
