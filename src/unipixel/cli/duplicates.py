"""``unipixel duplicates``."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from unipixel.cli.app import VERBS
from unipixel.cli.options import json_option, workspace_argument
from unipixel.stages.duplicates import find_duplicates
from unipixel.stages.workspace import Workspace


@click.command("duplicates", short_help=VERBS["duplicates"])
@workspace_argument
@json_option
def command(workspace: Workspace, as_json: bool) -> None:
    """List sources of WORKSPACE that have the same native pixels, and such that look alike, mirrored ones too.

    Equal ones are used once, whatever their size. Near ones are for you to look at: leave one out with 'unipixel decide
    WORKSPACE NAME --reject'.
    """
    found = find_duplicates(workspace)
    if as_json:
        click.echo(json.dumps(asdict(found), indent=1))
    else:
        for group in found.equal:
            click.echo(f"equal: {'  '.join(group)}")
        for pair in found.near:
            click.echo(f"near ({pair.bits} of 63 bits{', mirrored' * pair.mirrored}): {'  '.join(pair.sources)}")
    click.echo(f"{len(found.equal)} groups of equal natives, {len(found.near)} near pairs.", err=True)
