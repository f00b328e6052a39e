"""``unipixel recipe``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from unipixel.cli.app import VERBS
from unipixel.lora import read_metadata
from unipixel.recipe import Recipe, diff_recipes, dump_recipe, list_presets, load_recipe


@click.group("recipe", short_help=VERBS["recipe"])
def command() -> None:
    """List, show, compare and check recipes. RECIPE is a preset's name or a .toml file."""


@command.command("ls")
def ls() -> None:
    """List the presets."""
    for name in list_presets():
        click.echo(f"{name:<16} {load_recipe(name).title}")


@command.command("show")
@click.argument("recipe")
def show(recipe: str) -> None:
    """Print a whole recipe, with what the article does not state marked as ours; also that of a LoRA file."""
    if Path(recipe).suffix == ".safetensors":
        values = json.loads(read_metadata(recipe).get("unipixel.recipe", "{}"))
        click.echo(json.dumps(values, indent=1, ensure_ascii=False))
        return
    click.echo(dump_recipe(_load(recipe)), nl=False)


@command.command("diff")
@click.argument("first")
@click.argument("second")
def diff(first: str, second: str) -> None:
    """Print the values that differ."""
    for name, (left, right) in diff_recipes(_load(first), _load(second)).items():
        click.echo(f"{name}: {json.dumps(left, ensure_ascii=False)} -> {json.dumps(right, ensure_ascii=False)}")


@command.command("check")
@click.argument("recipe")
def check(recipe: str) -> None:
    """Check a recipe: all problems at once."""
    click.echo(f"{_load(recipe).name}: no problem found.", err=True)


def _load(recipe: str) -> Recipe:
    path = Path(recipe)
    return load_recipe(path / "recipe.toml" if path.is_dir() else recipe)
