"""``unipixel train``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from unipixel.cli.app import VERBS
from unipixel.cli.export import tell_export
from unipixel.cli.options import (
    base_option,
    device_option,
    hub_option,
    overrides_option,
    prediction_option,
    run_option,
    workspace_argument,
)
from unipixel.cli.progress import Bar
from unipixel.export import RUN_EXPORTERS
from unipixel.stages.exporting_runs import export_run
from unipixel.stages.planning import plan_training
from unipixel.stages.runs import end_run, known_run
from unipixel.stages.training import train
from unipixel.stages.workspace import Workspace

TRACKERS = ("tensorboard", "wandb")


@click.command("train", short_help=VERBS["train"])
@workspace_argument
@base_option
@prediction_option
@hub_option
@run_option
@overrides_option
@device_option
@click.option(
    "--from", "initial", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="LORA",
    help="LoRA to begin with: same rank, and no modules beyond those that are trained.",
)  # fmt: skip
@click.option(
    "--log", "log_to", type=click.Choice(TRACKERS), multiple=True,
    help="Show losses and checkpoints there too. wandb sends them to its server.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say steps, epochs and the memory that cards need, and train nothing.")
@click.option("--end", is_flag=True, help="End a stopped training for good: its best kept checkpoint becomes the LoRA.")
@click.option(
    "--export-config", type=click.Choice(list(RUN_EXPORTERS)),
    help="Write this run for another trainer, with what would break the grid switched off, and train nothing.",
)  # fmt: skip
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER",
    help="For --export-config: new or empty folder, or an earlier export, which is replaced.",
)  # fmt: skip
@click.option("--root", metavar="PATH", help="For --export-config: FOLDER as the trainer will see it.")
@click.option("--allow-unlicensed", is_flag=True, help="For --export-config: also images that nobody has allowed.")
@click.option("--force", is_flag=True, help="For --export-config: replace an export whose files were changed.")
def command(
    workspace: Workspace,
    base: str,
    prediction_type: str,
    allow_hub: bool,
    run: str | None,
    overrides: tuple[tuple[str, Any], ...],
    device: str,
    initial: Path | None,
    log_to: tuple[str, ...],
    dry_run: bool,
    end: bool,
    export_config: str | None,
    output: Path | None,
    **export: Any,
) -> None:
    """Train the LoRA of WORKSPACE. Stop it with Ctrl-C and run it again: it goes on where it was.

    Several GPUs: accelerate launch -m unipixel train WORKSPACE ...
    """
    if export_config:
        if output is None:
            raise click.UsageError("--export-config needs a folder: -o FOLDER.")
        done = export_run(
            workspace, export_config, output, base=base, prediction_type=prediction_type, run=run,
            overrides=dict(overrides), dry_run=dry_run, **export,
        )  # fmt: skip
        tell_export(done, dry_run=dry_run)
        return
    if dry_run:
        for line in plan_training(workspace, base=base, overrides=dict(overrides)):
            click.echo(line)
        return
    if end:
        click.echo(end_run(known_run(workspace, workspace.run(run).name)).in_words(), err=True)
        return
    bar = Bar()
    file = train(
        workspace, run=run, base=base, overrides=dict(overrides), initial=initial, device=device,
        prediction_type=prediction_type, allow_hub=allow_hub, log_to=log_to, progress=bar,
    )  # fmt: skip
    bar.close()
    click.echo(f"LoRA: {file}", err=True)
