"""``unipixel check``."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click

from unipixel.cli.app import VERBS
from unipixel.cli.options import json_option, overrides_option, workspace_argument
from unipixel.stages.checking import check
from unipixel.stages.workspace import Workspace


@click.command("check", short_help=VERBS["check"])
@workspace_argument
@overrides_option
@json_option
def command(workspace: Workspace, overrides: tuple[tuple[str, Any], ...], as_json: bool) -> None:
    """Check the training images and captions of WORKSPACE. Exit code 1 where anything would spoil a training."""
    findings = check(workspace, overrides=dict(overrides))
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=1, default=str))
    else:
        for finding in findings:
            click.echo(str(finding))
        click.echo(f"{len(findings)} faults." if findings else "No fault found.", err=True)
    if findings:
        raise SystemExit(1)
