"""``unipixel train``."""

from __future__ import annotations

from typing import Any

import click

from unipixel.cli.app import VERBS
from unipixel.cli.options import base_option, device_option, overrides_option, run_option, workspace_argument
from unipixel.cli.progress import Bar
from unipixel.stages.training import train
from unipixel.stages.workspace import Workspace


@click.command("train", short_help=VERBS["train"])
@workspace_argument
@base_option
@run_option
@overrides_option
@device_option
def command(
    workspace: Workspace, base: str, run: str | None, overrides: tuple[tuple[str, Any], ...], device: str
) -> None:
    """Train the LoRA of WORKSPACE. Stop it with Ctrl-C and run it again: it goes on where it was."""
    bar = Bar()
    file = train(workspace, run=run, base=base, overrides=dict(overrides), device=device, progress=bar)
    bar.close()
    click.echo(f"LoRA: {file}", err=True)
