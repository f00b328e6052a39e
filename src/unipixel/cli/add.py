"""``unipixel add``."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import get_args

import click

from unipixel.cli.app import VERBS
from unipixel.cli.options import WorkspaceFolder, dry_run_option, engine_options, json_option
from unipixel.cli.progress import Bar
from unipixel.dataset.manifest import Permission, Provenance
from unipixel.stages.adding import add
from unipixel.stages.engine import Engine
from unipixel.stages.workspace import Workspace


@click.command("add", short_help=VERBS["add"])
@click.argument("workspace", type=WorkspaceFolder())
@click.argument("pictures", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--theme", help="Theme of these pictures. Default: the name of the subfolder that each lies in.")
@click.option("--licence", default="", help="Their licence: an SPDX name such as CC0-1.0, or free text.")
@click.option("--licence-url", default="", metavar="URL", help="The licence's text.")
@click.option("--author", default="", help="Who made them.")
@click.option("--title", default="", help="Title of the picture, or of the pack that they are from.")
@click.option("--url", default="", metavar="URL", help="Where they were found.")
@click.option(
    "--allow-train", type=click.Choice(get_args(Permission)), default="unknown", help="Whether they may be trained on."
)
@dry_run_option
@engine_options
@json_option
def command(
    workspace: Workspace,
    pictures: tuple[Path, ...],
    theme: str | None,
    licence: str,
    licence_url: str,
    author: str,
    title: str,
    url: str,
    allow_train: Permission,
    dry_run: bool,
    engine: Engine,
    as_json: bool,
) -> None:
    """Copy PICTURES (files or folders) into WORKSPACE, and note where they come from.

    A text file of the same name beside a picture holds its tags by hand, comma separated, and is copied with it.
    Adding pictures again with other options changes what is noted of them.
    """
    said = Provenance(
        licence=licence, licence_url=licence_url, author=author, title=title, url=url, allow_train=allow_train
    )
    bar = Bar()
    result = add(
        workspace, pictures, provenance=said, theme=theme, dry_run=dry_run, engine=engine, progress=bar
    )  # fmt: skip
    bar.close()
    if as_json:
        click.echo(json.dumps(asdict(result), indent=1))
    would = "would be " if dry_run else ""
    click.echo(f"{result.added} pictures {would}added, {result.known} were there already.", err=True)
    for problem in result.problems:
        click.echo(f"Left out: {problem}", err=True)
    if result.problems:
        raise SystemExit(1)
