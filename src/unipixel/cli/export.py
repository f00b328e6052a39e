"""``unipixel export``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from unipixel.cli.app import VERBS
from unipixel.cli.options import json_option, overrides_option, workspace_argument
from unipixel.cli.progress import Bar
from unipixel.export import EXPORTERS
from unipixel.stages.exporting import Exported, export
from unipixel.stages.workspace import Workspace

_FORMATS = "\b\nFormats:\n" + "\n".join(f"  {name:<12} {exporter.line}" for name, exporter in EXPORTERS.items())


@click.command("export", short_help=VERBS["export"], epilog=_FORMATS)
@workspace_argument
@click.option("--to", required=True, type=click.Choice(list(EXPORTERS)), help="Format: see below.")
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER",
    help="New or empty folder, or an earlier export, which is replaced.",
)  # fmt: skip
@click.option(
    "--root", metavar="PATH",
    help="FOLDER as the trainer will see it, for its configuration file. Default: where it is now; . for paths"
    " relative to it.",
)  # fmt: skip
@click.option("--allow-unlicensed", is_flag=True, help="Export also images of which nobody said that they may be used.")
@click.option("--hard-links", is_flag=True, help="Link the images into FOLDER instead of copying them.")
@click.option("--force", is_flag=True, help="Replace an earlier export also where files in it were changed or added.")
@click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
@overrides_option
@json_option
def command(
    workspace: Workspace,
    to: str,
    output: Path,
    root: str | None,
    allow_unlicensed: bool,
    hard_links: bool,
    force: bool,
    dry_run: bool,
    overrides: tuple[tuple[str, Any], ...],
    as_json: bool,
) -> None:
    """Write the data set of WORKSPACE for another trainer, with the settings that keep it on the grid.

    Images and captions are those of the training folder; SETTINGS.md beside them says what to set, ATTRIBUTION.md
    whose pictures they are.
    """
    bar = Bar()
    done = export(
        workspace, to, output, root=root, allow_unlicensed=allow_unlicensed, hard_links=hard_links, force=force,
        dry_run=dry_run, overrides=dict(overrides), progress=bar,
    )  # fmt: skip
    bar.close()
    tell_export(done, dry_run=dry_run, as_json=as_json)


def tell_export(done: Exported, *, dry_run: bool, as_json: bool = False) -> None:
    """Say what was exported, and what to set in the trainer."""
    if as_json:
        row = {
            "folder": str(done.folder),
            "wrote": done.wrote,
            "train": done.train,
            "validation": done.validation,
            "files": list(done.files),
            "settings": list(done.settings),
        }
        click.echo(json.dumps(row, indent=1, ensure_ascii=False))
        return
    what = "written" if done.wrote else "would be written" if dry_run else "there already, the same"
    click.echo(
        f"{done.folder}: {done.train} training and {done.validation} validation images, {len(done.files)} files"
        f" {what}.",
        err=True,
    )
    for note in done.settings:
        click.echo(f"- {note}")
