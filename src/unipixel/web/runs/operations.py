"""Trainings, as operations of the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from unipixel.errors import OptionError, WorkspaceError
from unipixel.stages.runs import end_run, known_run, read_preview
from unipixel.web.jobs.operations import JOB, show_job
from unipixel.web.jobs.verbs import verb_schema
from unipixel.web.operation import Asked, File, Operation
from unipixel.web.runs.form import plan, plan_for_memory, show_form
from unipixel.web.runs.showing import show_losses, show_run, show_runs, show_standing, train_jobs
from unipixel.web.schema import INTEGER, NUMBER, SWITCH, list_of, obj, or_null, text

_VALUE = {"description": "Of the kind that the field says."}
_LINES = list_of(text("A sentence."))
_RUN = {
    "name": text("Of its folder in runs/."),
    "state": text(
        "paused: it goes on from a saved state; begun: nothing is saved yet.",
        enum=["training", "paused", "begun", "finished"],
    ),
    "step": {**INTEGER, "description": "Steps that were done."},
    "steps": {**INTEGER, "description": "Steps that its recipe asks for."},
    "saved": {**INTEGER, "description": "Step of the state that it goes on from; 0 without one."},
    "best": or_null(INTEGER),
    "usable": or_null({**INTEGER, "description": "The checkpoint to use, should it end now."}),
    "base": text("Name of its base model."),
    "sentence": text("What can be used, and what it goes on from."),
    "problem": text("Why its latest job ended before its time; empty where it did not."),
    "job": or_null(JOB),
    "command": text("The line for a shell, within the workspace; empty where no job of the studio began it."),
}
RUN = obj(_RUN)
DETAILS = obj(
    {
        **_RUN,
        "looks": list_of({"type": "object"}, "Checkpoints: step, loss, discipline, best, kept and more."),
        "previews": list_of(obj({"file": text("Its name."), "step": INTEGER, "number": INTEGER, "native": SWITCH})),
        "values": list_of(obj({"name": text("In the recipe."), "value": _VALUE, "help": text("What it means.")})),
    }
)
LOSSES = obj({"done": INTEGER, "losses": list_of(NUMBER), "rates": list_of(NUMBER)})
FORM = obj(
    {
        "run": text("A name that no run has."),
        "fields": list_of(
            obj(
                {
                    "name": text("In the recipe."),
                    "help": text("What it means."),
                    "kind": text("Of its value.", enum=["integer", "number", "boolean", "text", "list"]),
                    "choices": list_of(text("A word.")),
                    "value": _VALUE,
                    "often": {**SWITCH, "description": "Whether it is changed often."},
                }
            )
        ),
    }
)
OPTIONS = obj({"options": verb_schema()["train"]})
MEMORY = obj({"lines": _LINES, "is_known": SWITCH})
PLAN = obj({"lines": _LINES, "command": text("For a shell."), "is_taken": SWITCH})


def _options(asked: Asked) -> Mapping[str, Any]:
    options = asked.body.get("options")
    if not isinstance(options, dict):
        raise OptionError("options must be an object with a value for each option.")
    return options


def _preview(asked: Asked) -> File:
    return File(read_preview(known_run(asked.studio.workspace, asked.word("name")), asked.word("file")), "image/png")


def _resume(asked: Asked) -> Any:
    name = asked.word("name")
    job = train_jobs(asked.studio).get(name)
    if job is None:
        raise WorkspaceError(f"no job of the studio began {name[:80]!r}: start its command again in the shell.")
    return show_job(asked.studio.jobs.again(job.id))


def _end(asked: Asked) -> Any:
    name = asked.word("name")
    return show_standing(end_run(known_run(asked.studio.workspace, name)), train_jobs(asked.studio).get(name))


OPERATIONS = (
    Operation(
        "showTrainingForm", "GET", "/api/training/form",
        "The values of the recipe that trainings change most, with their meaning and defaults.",
        lambda asked: show_form(asked.studio), FORM,
    ),
    Operation(
        "planTraining", "POST", "/api/training/plan",
        "Images, steps and checkpoints of a training before it is started, and its command.",
        lambda asked: plan(asked.studio, _options(asked)), PLAN, OPTIONS,
    ),
    Operation(
        "planMemory", "POST", "/api/training/memory",
        "Memory that a training will take, and on which cards; is_known is false until it is worked out: ask again.",
        lambda asked: plan_for_memory(asked.studio, _options(asked)), MEMORY, OPTIONS,
    ),
    Operation(
        "listRuns", "GET", "/api/runs", "The trainings of the workspace, the latest started first.",
        lambda asked: show_runs(asked.studio), list_of(RUN),
    ),
    Operation(
        "showRun", "GET", "/api/runs/{name}", "One training with its checkpoints and previews.",
        lambda asked: show_run(asked.studio, asked.word("name")), DETAILS,
    ),
    Operation(
        "listLosses", "GET", "/api/runs/{name}/losses", "Losses and learning rates by step, also while it trains.",
        lambda asked: show_losses(asked.studio, asked.word("name"), asked.word("from")), LOSSES,
        query={"from": "Steps that are known already; where done is less, steps are taken again."},
    ),
    Operation(
        "readPreview", "GET", "/api/runs/{name}/previews/{file}", "The PNG of a preview.", _preview, "file",
    ),
    Operation(
        "resumeRun", "POST", "/api/runs/{name}/resume",
        "Start the latest job of a run again with the same words: it goes on from its saved state.",
        _resume, JOB, obj({}),
    ),
    Operation(
        "endRun", "POST", "/api/runs/{name}/end",
        "End a stopped training for good: the LoRA of its best kept checkpoint becomes the run's.",
        _end, RUN, obj({}),
    ),
)  # fmt: skip
"""Of trainings."""
