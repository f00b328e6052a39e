"""``unipixel check``."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click

from unipixel.cli.app import VERBS
from unipixel.cli.options import engine_options, json_option, overrides_option, workspace_argument
from unipixel.dataset.checks import faults
from unipixel.stages import mending
from unipixel.stages.checking import review
from unipixel.stages.engine import Engine
from unipixel.stages.workspace import Workspace


@click.command("check", short_help=VERBS["check"])
@workspace_argument
@overrides_option
@click.option("--remove-leftovers", is_flag=True, help="Remove files first that no image needs: what says delete it.")
@engine_options
@json_option
def command(
    workspace: Workspace,
    overrides: tuple[tuple[str, Any], ...],
    remove_leftovers: bool,
    engine: Engine,
    as_json: bool,
) -> None:
    """Check the images, captions and rows of WORKSPACE, each finding with what mends it.

    Exit code 1 where a fault would spoil a training; notes are worth a look, and no more.
    """
    if remove_leftovers:
        for file in mending.remove_leftovers(workspace):
            click.echo(f"removed: {file}", err=True)
    findings = review(workspace, workspace.recipe(dict(overrides)), engine=engine)
    bad = len(faults(findings))
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=1, ensure_ascii=False))
    else:
        for finding in findings:
            click.echo(f"{finding.severity}: {finding}")
        notes = len(findings) - bad
        found = f"{bad} faults" if bad else "No fault found"
        click.echo(f"{found}, {notes} notes." if notes else f"{found}.", err=True)
    if bad:
        raise SystemExit(1)
