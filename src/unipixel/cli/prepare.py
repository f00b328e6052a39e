"""``unipixel prepare``."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import Any

import click

from unipixel.cli.app import VERBS
from unipixel.cli.options import dry_run_option, engine_options, json_option, overrides_option, workspace_argument
from unipixel.cli.progress import Bar
from unipixel.errors import OptionError
from unipixel.stages.cropping import place_by_hand
from unipixel.stages.engine import Engine
from unipixel.stages.preparing import Prepared, prepare, training_file
from unipixel.stages.workspace import Workspace


@click.command("prepare", short_help=VERBS["prepare"])
@workspace_argument
@overrides_option
@dry_run_option
@click.option(
    "--place", nargs=2, metavar="IMAGE ROW,COL",
    help="Do nothing but put the canvas of one training image elsewhere: its top left corner in px of the native, "
    "negative where fill comes first, or 'auto'. It is kept from then on.",
)  # fmt: skip
@engine_options
@json_option
def command(
    workspace: Workspace,
    overrides: tuple[tuple[str, Any], ...],
    dry_run: bool,
    place: tuple[str, str] | None,
    engine: Engine,
    as_json: bool,
) -> None:
    """Bring every source of WORKSPACE to its native pixels and write the training images.

    Natives are fitted (cropped or filled, never resized), indexed and scaled up with nearest neighbour. Pictures whose
    grid is doubtful wait for 'unipixel decide'.
    """
    if place is not None:
        row = place_by_hand(workspace, place[0], read_corner(place[1]))
        file = workspace.relative(training_file(workspace, row))
        click.echo(json.dumps(row.to_dict(), indent=1) if as_json else file)
        return
    bar = Bar()
    result = prepare(workspace, overrides=dict(overrides), dry_run=dry_run, engine=engine, progress=bar)
    bar.close()
    if as_json:
        click.echo(json.dumps(asdict(result), indent=1))
    say(result)
    if result.doubtful:
        click.echo(f"Look at the doubtful ones with: unipixel decide {workspace.root}", err=True)


def read_corner(text: str) -> tuple[int, int] | None:
    """``ROW,COL`` as numbers; None for ``auto``.

    Raises
    ------
    OptionError
        It is neither.
    """
    if text == "auto":
        return None
    found = re.fullmatch(r"(-?\d+),(-?\d+)", text)
    if found is None:
        raise OptionError(f"--place wants ROW,COL such as 0,12, or auto, not {text!r}.")
    return int(found[1]), int(found[2])


def say(result: Prepared) -> None:
    """Write a result as sentences."""
    click.echo(
        f"{result.sure} natives are sure, {result.doubtful} doubtful, {result.none} pictures have no native.", err=True
    )
    if result.pending:
        click.echo(f"{result.pending} pictures were not looked at yet; what follows is without them.", err=True)
    counts = ", ".join(f"{count} of {size}" for size, count in result.canvases.items())
    kept = f" {result.validation} of them validate." if result.validation else ""
    click.echo(f"{sum(result.canvases.values())} training images: {counts}.{kept}", err=True)
    for note in result.notes:
        click.echo(note, err=True)
