"""``unipixel new``."""

from __future__ import annotations

from pathlib import Path

import click

from unipixel.cli.app import VERBS
from unipixel.stages.workspace import Workspace


@click.command("new", short_help=VERBS["new"])
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--preset", default="unipixel", show_default=True, help="Recipe to start from: see 'unipixel recipe ls'.")
def command(folder: Path, preset: str) -> None:
    """Make a workspace in FOLDER: a recipe.toml and an empty folder for sources."""
    workspace = Workspace.create(folder, preset=preset)
    click.echo(
        f"{workspace.root}: a workspace with the recipe {preset}. Next: unipixel add {folder} PICTURES...", err=True
    )
