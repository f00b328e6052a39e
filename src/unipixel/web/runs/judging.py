"""Evaluations, and LoRAs as they are given to others, as operations of the API."""

from __future__ import annotations

import shlex
from typing import Any

from unipixel.errors import OptionError
from unipixel.stages.evaluation.candidate import run_candidate
from unipixel.stages.evaluation.drawing import evaluation_folder, prepare_evaluation
from unipixel.stages.judging import judge, known_evaluation, read_page, read_sample, samples
from unipixel.stages.releasing import Release, release_of, sizes_of, zip_release
from unipixel.stages.runs import drawn_samples, known_run, read_drawn
from unipixel.web.jobs.verbs import verb_schema, write_words
from unipixel.web.operation import Asked, File, Operation
from unipixel.web.schema import CHANCE, INTEGER, SWITCH, list_of, obj, or_null, text

_STEP = {"step": "Of a checkpoint; without it the run's own LoRA."}
EVALUATION = obj(
    {
        "id": text("RUN, or RUN step N."),
        "run": text("Its name."),
        "step": or_null(INTEGER),
        "base": text("Name of the base model that it was drawn with."),
        "n": {**INTEGER, "description": "Pictures with the LoRA."},
        "on_grid": {**INTEGER, "description": "Those that lie on the grid."},
        "sentences": list_of(text("A sentence."), "What the figures say."),
        "good": or_null({**SWITCH, "description": "Null where the pictures are too few to say."}),
    }
)
JUDGEMENT = obj(
    {
        "evaluations": list_of(EVALUATION, "With more figures, those of unipixel compare --json."),
        "recommended": or_null(text("An id.")),
        "reasons": list_of(text("A sentence.")),
        "problem": text("Why they can't be compared; empty where they can."),
    }
)
SAMPLES = list_of(
    obj(
        {
            "arm": text("With the LoRA, or the base alone.", enum=["lora", "base"]),
            "file": text("Its name."),
            "prompt": text("The whole prompt."),
            "theme": text("Of the matrix."),
            "distance": text("Of the matrix."),
            "light": text("Of the matrix."),
            "size": text("WIDTHxHEIGHT."),
            "seed": INTEGER,
            "score": CHANCE,
            "on_grid": SWITCH,
        }
    )
)
DRAWN = list_of(
    obj({"size": text("WIDTHxHEIGHT."), "number": text("Of the sample in its size."), "prompt": text("The whole one.")})
)
RELEASE = obj(
    {
        "name": text("Of the run, with the step of a checkpoint."),
        "hub": text("README.md for the Hugging Face Hub."),
        "civitai": text("What to put into Civitai's form."),
        "files": list_of(obj({"name": text("Path in the folder."), "bytes": INTEGER})),
        "command": text("For a shell: writes the same folder."),
    }
)
PLAN = obj({"lines": list_of(text("A sentence.")), "command": text("For a shell.")})


def _plan(asked: Asked) -> Any:
    """How many pictures an evaluation draws, and its command."""
    options = asked.body.get("options")
    if not isinstance(options, dict):
        raise OptionError("options must be an object with a value for each option.")
    words, workspace = write_words(asked.studio, "evaluate", options), asked.studio.workspace
    run, step = known_run(workspace, str(options.get("run", ""))), options.get("checkpoint")
    candidate = run_candidate(workspace, run.name, step=step, overrides=options.get("set", {}))
    counts = prepare_evaluation(
        candidate, evaluation_folder(run, step), base=options.get("base", "micro")
    ).counts()  # fmt: skip
    whole = {name: sum(row[name] for row in counts.values()) for name in ("pictures", "planned")}
    lines = [f"{whole['pictures']} pictures, {whole['planned']} of them to draw"]
    lines += [f"{arm} {row['pictures']}" for arm, row in counts.items()]
    return {"lines": lines, "command": shlex.join(["unipixel", "evaluate", ".", *words])}


def _picture(asked: Asked) -> File:
    judged = known_evaluation(asked.studio.workspace, asked.word("id"))
    return File(read_sample(judged, asked.word("file"), native=asked.word("native") == "1"), "image/png")


def _drawn(asked: Asked) -> File:
    run, with_lora = known_run(asked.studio.workspace, asked.word("name")), asked.word("arm") != "without"
    return File(read_drawn(run, asked.word("size"), asked.word("number"), with_lora=with_lora), "image/png")


def _page(asked: Asked) -> File:
    return File(read_page(known_evaluation(asked.studio.workspace, asked.word("id"))), "application/octet-stream")


def _release(asked: Asked) -> tuple[Release, list[str]]:
    step = asked.word("step")
    if step and not step.isdecimal():
        raise OptionError(f"{step!r:.40} is no step.")
    workspace = asked.studio.workspace
    run = known_run(workspace, asked.word("name"))
    words = [f"--run={run.name}", *([f"--checkpoint={step}"] if step else [])]
    return release_of(workspace, run, int(step) if step else None), words


def _card(asked: Asked) -> Any:
    release, words = _release(asked)
    return {
        "name": release.name,
        "hub": release.files["README.md"],
        "civitai": release.files["CIVITAI.md"],
        "files": [{"name": name, "bytes": size} for name, size in sizes_of(release).items()],
        "command": shlex.join(["unipixel", "lora", "release", ".", *words, "-o", release.name.replace(" ", "-")]),
    }


def _zip(asked: Asked) -> File:
    return File(zip_release(_release(asked)[0]), "application/zip")


OPERATIONS = (
    Operation(
        "judge", "GET", "/api/evaluations",
        "Evaluations of all runs and checkpoints with their figures, and which LoRA to use, and why.",
        lambda asked: judge(asked.studio.workspace), JUDGEMENT,
    ),
    Operation(
        "planEvaluation", "POST", "/api/evaluations/plan",
        "How many pictures an evaluation draws before it is started, and its command.",
        _plan, PLAN, obj({"options": verb_schema()["evaluate"]}),
    ),
    Operation(
        "listSamples", "GET", "/api/evaluations/{id}/samples",
        "Pictures of an evaluation; same theme, distance, light, size and seed belong beside each other.",
        lambda asked: samples(known_evaluation(asked.studio.workspace, asked.word("id"))), SAMPLES,
    ),
    Operation(
        "readSample", "GET", "/api/evaluations/{id}/samples/{file}", "The PNG of a picture.", _picture, "file",
        query={"native": "1: as true pixel art."},
    ),
    Operation(
        "readReport", "GET", "/api/evaluations/{id}/page", "The whole report as one HTML file, to be kept.",
        _page, "file",
    ),
    Operation(
        "listDrawn", "GET", "/api/runs/{name}/samples",
        "Samples that were drawn of a run with and without its LoRA, at the same seeds.",
        lambda asked: drawn_samples(known_run(asked.studio.workspace, asked.word("name"))), DRAWN,
    ),
    Operation(
        "readDrawn", "GET", "/api/runs/{name}/samples/{size}/{number}", "The PNG of a sample.", _drawn, "file",
        query={"arm": "without: drawn by the base alone."},
    ),
    Operation(
        "showRelease", "GET", "/api/runs/{name}/card",
        "The model card of a LoRA and what would be written with it, for the Hub and Civitai.",
        _card, RELEASE, query=_STEP,
    ),
    Operation(
        "downloadRelease", "GET", "/api/runs/{name}/release",
        "The LoRA with its card, samples, recipe and attribution as one zip.", _zip, "file", query=_STEP,
    ),
)  # fmt: skip
"""Of evaluations and releases."""
