"""``unipixel caption``."""

from __future__ import annotations

from typing import Any

import click

from unipixel.cli.app import VERBS
from unipixel.cli.options import overrides_option, workspace_argument
from unipixel.cli.progress import Bar
from unipixel.stages.captioning import write_captions
from unipixel.stages.workspace import Workspace


@click.command("caption", short_help=VERBS["caption"])
@workspace_argument
@overrides_option
def command(workspace: Workspace, overrides: tuple[tuple[str, Any], ...]) -> None:
    """Write a caption beside each training image of WORKSPACE.

    Trigger word first, then the recipe's constants, tags by hand and tags measured from the picture. What is only
    guessed stays a proposal in dataset.jsonl.
    """
    bar = Bar()
    count = write_captions(workspace, overrides=dict(overrides), progress=bar)
    bar.close()
    click.echo(f"{count} captions written.", err=True)
