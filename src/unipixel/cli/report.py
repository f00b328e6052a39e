"""``unipixel report``."""

from __future__ import annotations

import click

from unipixel.cli.app import VERBS
from unipixel.cli.options import run_option, workspace_argument
from unipixel.stages.reporting import write_report
from unipixel.stages.workspace import Workspace


@click.command("report", short_help=VERBS["report"])
@workspace_argument
@run_option
def command(workspace: Workspace, run: str | None) -> None:
    """Write report.html and report.json of WORKSPACE: all that is there so far."""
    click.echo(f"Report: {write_report(workspace, run=run)}", err=True)
