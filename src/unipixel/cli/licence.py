"""``unipixel licence``."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any, get_args

import click

from unipixel.cli.app import VERBS
from unipixel.cli.options import json_option, workspace_argument
from unipixel.dataset.manifest import Permission
from unipixel.dataset.provenance import DECLARATION, provenance_problems
from unipixel.stages.licensing import declare_provenance, list_provenance, set_provenance
from unipixel.stages.workspace import Workspace


@click.command("licence", short_help=VERBS["licence"])
@workspace_argument
@click.argument("patterns", nargs=-1, metavar="[PATTERN]...")
@click.option("--licence", metavar="SPDX", help="SPDX expression such as CC0-1.0, or LicenseRef-NAME for own terms.")
@click.option("--allow-train", type=click.Choice(get_args(Permission)), help="Whether they may be trained on.")
@click.option("--author", metavar="NAME", help="Who made them.")
@click.option("--title", metavar="TEXT", help="What they are called, or the pack they are from.")
@click.option("--url", metavar="URL", help="Where they were found.")
@click.option("--licence-url", metavar="URL", help="The licence's text.")
@click.option(
    "--from", "declaration", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE",
    help=f"Take all of it from a {DECLARATION}: these fields at its top, and [[pictures]] with names = PATTERN.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@json_option
def command(
    workspace: Workspace,
    patterns: tuple[str, ...],
    declaration: Path | None,
    dry_run: bool,
    as_json: bool,
    **values: str | None,
) -> None:
    """List where the pictures of WORKSPACE come from, or set it for those that fit a PATTERN (all without one).

    A PATTERN is a file name or a path in sources/, with * and ?. Screenshots and most art give no right to train on
    them by themselves: --allow-train yes says that somebody looked.
    """
    given = {name: value for name, value in values.items() if value is not None}
    problems = provenance_problems(given)
    if declaration is not None and (given or patterns):
        problems.append("--from says all of it: leave the other options and the patterns out")
    if patterns and not given:
        problems.append("nothing to set: give --licence, --allow-train, --author, --title, --url or --licence-url")
    if problems:
        raise click.UsageError("; ".join(problems))
    changed: list[str] | None = None
    if declaration is not None:
        changed = declare_provenance(workspace, declaration, dry_run=dry_run)
    elif given:
        changed = set_provenance(workspace, given, patterns, dry_run=dry_run)
    rows = list_provenance(workspace)
    if as_json:
        click.echo(json.dumps({"changed": changed or [], "sources": rows}, indent=1, ensure_ascii=False))
        return
    if changed is None:
        for line in _table(rows):
            click.echo(line)
    else:
        would = "would change" if dry_run else "changed"
        click.echo(f"The provenance of {len(changed)} of {len(rows)} pictures {would}.", err=True)
    unknown = sum(row["allow_train"] == "unknown" for row in rows)
    if unknown:
        click.echo(
            f"{unknown} pictures are of unknown permission: unipixel export refuses them. Set it with: "
            f"unipixel licence {workspace.root} PATTERN --licence SPDX --allow-train yes",
            err=True,
        )


def _table(rows: list[dict[str, Any]]) -> list[str]:
    """Permission, licence and author with how many pictures; those of unknown permission one by one."""
    groups = Counter((row["allow_train"], row["licence"] or "-", row["author"] or "-") for row in rows)
    lines = [f"{'train on':<9} {'pictures':>8}  {'licence':<16} author"]
    lines += [
        f"{allowed:<9} {count:>8}  {licence:<16} {author}"
        for (allowed, licence, author), count in sorted(groups.items())
    ]
    return lines + [f"unknown: {row['source']}" for row in rows if row["allow_train"] == "unknown"]
