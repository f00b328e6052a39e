"""``unipixel new``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from unipixel.cli.app import VERBS
from unipixel.cli.options import dry_run_option, json_option
from unipixel.recipe import load_recipe
from unipixel.stages.workspace import Workspace


@click.command("new", short_help=VERBS["new"])
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--preset", default="unipixel", show_default=True, help="Recipe to start from: see 'unipixel recipe ls'.")
@dry_run_option
@json_option
def command(folder: Path, preset: str, dry_run: bool, as_json: bool) -> None:
    """Make a workspace in FOLDER: a recipe.toml and an empty folder for sources."""
    is_new = not (folder / "recipe.toml").exists()
    if dry_run:
        load_recipe(preset)
    else:
        Workspace.create(folder, preset=preset)
    if as_json:
        click.echo(json.dumps({"workspace": str(folder), "preset": preset, "new": is_new}))
    would = "would be " if dry_run else ""
    click.echo(
        f"{folder}: {would}a workspace with the recipe {preset}. Next: unipixel add {folder} PICTURES...", err=True
    )
