"""``unipixel add``."""

from __future__ import annotations

from pathlib import Path

import click

from unipixel.cli.app import VERBS
from unipixel.cli.options import WorkspaceFolder
from unipixel.cli.progress import Bar
from unipixel.stages.adding import add
from unipixel.stages.workspace import Workspace


@click.command("add", short_help=VERBS["add"])
@click.argument("workspace", type=WorkspaceFolder())
@click.argument("pictures", nargs=-1, required=True, type=click.Path(path_type=Path))
def command(workspace: Workspace, pictures: tuple[Path, ...]) -> None:
    """Copy PICTURES (files or folders) into WORKSPACE.

    A text file of the same name beside a picture holds its tags by hand, comma separated, and is copied with it.
    """
    bar = Bar()
    result = add(workspace, pictures, progress=bar)
    bar.close()
    click.echo(f"{result.added} pictures added, {result.known} were there already.", err=True)
    for problem in result.problems:
        click.echo(f"Left out: {problem}", err=True)
    if result.problems:
        raise SystemExit(1)
