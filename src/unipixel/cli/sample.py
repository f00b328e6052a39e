"""``unipixel sample``."""

from __future__ import annotations

from typing import Any

import click

from unipixel.cli.app import VERBS
from unipixel.cli.options import base_option, device_option, overrides_option, run_option, workspace_argument
from unipixel.cli.progress import Bar
from unipixel.stages.samples import draw_samples
from unipixel.stages.workspace import Workspace


@click.command("sample", short_help=VERBS["sample"])
@workspace_argument
@base_option
@run_option
@overrides_option
@device_option
def command(
    workspace: Workspace, base: str, run: str | None, overrides: tuple[tuple[str, Any], ...], device: str
) -> None:
    """Draw the recipe's prompts with and without the LoRA of WORKSPACE, same seeds, at every size."""
    bar = Bar()
    samples = draw_samples(workspace, run=run, base=base, overrides=dict(overrides), device=device, progress=bar)
    bar.close()
    click.echo(f"{len(samples)} samples with the LoRA and as many without: {workspace.run(run).samples}", err=True)
