"""``unipixel prepare``."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click

from unipixel.cli.app import VERBS
from unipixel.cli.options import dry_run_option, engine_options, json_option, overrides_option, workspace_argument
from unipixel.cli.progress import Bar
from unipixel.stages.engine import Engine
from unipixel.stages.preparing import Prepared, prepare
from unipixel.stages.workspace import Workspace


@click.command("prepare", short_help=VERBS["prepare"])
@workspace_argument
@overrides_option
@dry_run_option
@engine_options
@json_option
def command(
    workspace: Workspace, overrides: tuple[tuple[str, Any], ...], dry_run: bool, engine: Engine, as_json: bool
) -> None:
    """Bring every source of WORKSPACE to its native pixels and write the training images.

    Natives are fitted (cropped or filled, never resized), indexed and scaled up with nearest neighbour. Pictures whose
    grid is doubtful wait for 'unipixel decide'.
    """
    bar = Bar()
    result = prepare(workspace, overrides=dict(overrides), dry_run=dry_run, engine=engine, progress=bar)
    bar.close()
    if as_json:
        click.echo(json.dumps(asdict(result), indent=1))
    say(result)
    if result.doubtful:
        click.echo(f"Look at the doubtful ones with: unipixel decide {workspace.root}", err=True)


def say(result: Prepared) -> None:
    """Write a result as sentences."""
    click.echo(
        f"{result.sure} natives are sure, {result.doubtful} doubtful, {result.none} pictures have no native.", err=True
    )
    if result.pending:
        click.echo(f"{result.pending} pictures were not looked at yet; what follows is without them.", err=True)
    counts = ", ".join(f"{count} of {size}" for size, count in result.canvases.items())
    kept = f" {result.validation} of them validate." if result.validation else ""
    click.echo(f"{sum(result.canvases.values())} training images: {counts}.{kept}", err=True)
    for note in result.notes:
        click.echo(note, err=True)
