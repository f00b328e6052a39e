"""``unipixel prepare``."""

from __future__ import annotations

from typing import Any

import click

from unipixel.cli.app import VERBS
from unipixel.cli.options import overrides_option, workspace_argument
from unipixel.cli.progress import Bar
from unipixel.stages.preparing import prepare
from unipixel.stages.workspace import Workspace


@click.command("prepare", short_help=VERBS["prepare"])
@workspace_argument
@overrides_option
def command(workspace: Workspace, overrides: tuple[tuple[str, Any], ...]) -> None:
    """Bring every source of WORKSPACE to its native pixels and write the training images.

    Natives are fitted (cropped or filled, never resized), indexed and scaled up with nearest neighbour. Pictures whose
    grid is doubtful are left out, listed in dataset.jsonl with the reason.
    """
    bar = Bar()
    result = prepare(workspace, overrides=dict(overrides), progress=bar)
    bar.close()
    click.echo(
        f"{result.sure} natives are sure, {result.doubtful} doubtful, {result.none} pictures have no grid.", err=True
    )
    counts = ", ".join(f"{count} of {size}" for size, count in result.canvases.items())
    click.echo(f"{sum(result.canvases.values())} training images: {counts}.", err=True)
    for note in result.notes:
        click.echo(note, err=True)
