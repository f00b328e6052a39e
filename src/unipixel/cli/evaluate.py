"""``unipixel evaluate``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from unipixel.cli.app import VERBS
from unipixel.cli.options import (
    WorkspaceFolder,
    base_option,
    device_option,
    dry_run_option,
    json_option,
    overrides_option,
    run_option,
)
from unipixel.cli.progress import Bar
from unipixel.cli.sample import batch_size_of
from unipixel.sampling import parse_lora
from unipixel.stages.evaluating import evaluate
from unipixel.stages.evaluation.candidate import Candidate, checkpoints_of, file_candidate, run_candidate
from unipixel.stages.evaluation.drawing import Evaluation, evaluation_folder, prepare_evaluation
from unipixel.stages.workspace import Workspace

_ANSWERS = {True: "good", False: "not good yet", None: "too few pictures to say"}


@click.command("evaluate", short_help=VERBS["evaluate"])
@click.argument("target", type=click.Path(path_type=Path), default=".", metavar="[WORKSPACE | RUN | LORA.safetensors]")
@click.option("--checkpoint", type=click.IntRange(min=1), metavar="STEP", help="Evaluate this checkpoint of the run.")
@click.option("--checkpoints", is_flag=True, help="Evaluate the run and each of its checkpoints that were kept.")
@click.option("--workspace", type=WorkspaceFolder(), help="Of a LoRA file: whose training images it may have copied.")
@click.option(
    "--lora", "loras", multiple=True, metavar="FILE[:WEIGHT]",
    help="Stack this LoRA on it, in an arm of its own. Can be given several times.",
)  # fmt: skip
@click.option(
    "--clip", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER",
    help="A CLIP model as transformers saves it, to measure how well prompts are shown.",
)  # fmt: skip
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, file_okay=False), help="Folder; needed for a LoRA file."
)
@click.option("--batch-size", metavar="N|auto", help="Pictures at once. Default: auto, as many as fit into memory.")
@click.option("--workers", type=click.IntRange(min=1), metavar="N", help="Processes that measure. Default: all cores.")
@dry_run_option
@json_option
@base_option
@run_option
@overrides_option
@device_option
def command(
    target: Path,
    base: str,
    overrides: tuple[tuple[str, Any], ...],
    loras: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
    clip: Path | None,
    device: str,
    batch_size: str | None,
    workers: int | None,
    **which: Any,
) -> None:
    """Draw the prompt matrix of a LoRA's recipe, and measure whether it keeps its grid, follows its words and copies.

    Evaluates the LoRA of a WORKSPACE, or of one of its runs (WORKSPACE/runs/NAME), or a file, by the recipe that it
    holds. The section [evaluate] of the recipe says what is drawn. Samples and report go into the folder evaluation of
    the run, or evaluation-step-N for a checkpoint. What is drawn already is not drawn again.
    """
    stack = tuple(map(parse_lora, loras))
    plans = [
        prepare_evaluation(candidate, folder, base=base, others=stack)
        for candidate, folder in _candidates(target, base=base, overrides=dict(overrides), **which)
    ]
    if dry_run:
        _tell_plan(plans, as_json)
        return
    for plan in plans:
        bar = Bar()
        data = evaluate(
            plan,
            clip=clip,
            device=device,
            batch_size=batch_size_of(batch_size),
            workers=workers,
            progress=bar,
        )
        bar.close()
        _tell(data, plan.folder, as_json)


def _candidates(
    target: Path,
    *,
    run: str | None,
    checkpoint: int | None,
    checkpoints: bool,
    workspace: Workspace | None,
    output: Path | None,
    base: str,
    overrides: dict[str, Any],
) -> list[tuple[Candidate, Path]]:
    """What is to be evaluated, each with its folder."""
    if target.suffix.lower() == ".safetensors":
        if run or checkpoint or checkpoints:
            raise click.UsageError("--run, --checkpoint and --checkpoints are of a workspace, not of a LoRA file.")
        if output is None:
            raise click.UsageError(f"{target}: say where to write with -o FOLDER.")
        return [(file_candidate(target, base=base, workspace=workspace, overrides=overrides), output)]
    if workspace is not None:
        raise click.UsageError("--workspace is for a LoRA file; name the workspace itself instead.")
    place = target.resolve()
    if run is None and place.parent.name == "runs" and (place.parents[1] / "recipe.toml").is_file():
        target, run = place.parents[1], place.name
    own = Workspace.open(target)
    steps: list[int | None] = [checkpoint]
    if checkpoints:
        if checkpoint is not None or output is not None:
            raise click.UsageError("--checkpoints goes with neither --checkpoint nor -o.")
        steps = [None, *checkpoints_of(own.run(run))]
    return [
        (run_candidate(own, run, step=step, overrides=overrides), output or evaluation_folder(own.run(run), step))
        for step in steps
    ]


def _tell_plan(plans: Sequence[Evaluation], as_json: bool) -> None:
    for plan in plans:
        counts = plan.counts()
        if as_json:
            click.echo(json.dumps({"name": plan.candidate.name, "folder": str(plan.folder), "arms": counts}))
            continue
        click.echo(f"{plan.candidate.name}: {plan.folder}")
        for arm, row in counts.items():
            click.echo(f"  {arm:<24} {row['pictures']:>5} pictures, {row['planned']} of them to draw")
        total = {name: sum(row[name] for row in counts.values()) for name in ("pictures", "planned")}
        click.echo(f"  {'all':<24} {total['pictures']:>5} pictures, {total['planned']} of them to draw")


def _tell(data: dict[str, Any], folder: Path, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(data, ensure_ascii=False))
        return
    for sentence in data["verdict"]["sentences"]:
        click.echo(sentence)
    click.echo(f"{data['name']}: {_ANSWERS[data['verdict']['good']]}. {folder}", err=True)
